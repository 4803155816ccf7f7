//! Troubles of what is not watched here, by the warnings about it.

use std::collections::HashMap;

use super::history::{History, OVER_S};
use super::{Rows, Trouble, rank, report, words};
use crate::filter::{quoted, since};
use crate::store::Store;
use crate::store::events::EventRow;
use crate::store::names::Name;

/// What warnings of the last hour tell of things whose status is not watched here.
pub(super) fn reports(store: &Store, in_scope: &dyn Fn(Name) -> bool, now_s: i64) -> Vec<Trouble> {
    let names = &store.names;
    let mut groups: HashMap<(Name, Name, &str, Name), Vec<&EventRow>> = HashMap::new();
    let recent = |event: &EventRow| event.last_s.is_some_and(|at| now_s - at <= OVER_S);
    for (_, event) in store.events.rows().iter() {
        if event.warning && in_scope(event.namespace) && recent(event) {
            groups.entry((event.namespace, event.kind, &*event.name, event.reason)).or_default().push(event);
        }
    }
    let trouble = |((namespace, kind, name, reason), events): (_, Vec<&EventRow>)| {
        let (kind, reason) = (names.text(kind), names.text(reason));
        let cause = report::cause(kind, reason)?;
        let newest = events.iter().max_by_key(|event| (event.last_s, event.uid))?;
        let since_s = events.iter().filter_map(|event| event.first_s).min();
        let times = events.iter().fold(0_i64, |sum, event| sum.saturating_add(event.count));
        // Some clusters keep events for longer: what is older than these was not counted.
        let last_s = events.iter().filter_map(|event| event.last_s).min();
        let namespace = names.text(namespace).to_owned();
        Some(Trouble {
            key: format!("{namespace}/{kind}/{name}/{reason}"),
            cause,
            tone: cause.tone(),
            title: reason.to_owned(),
            words: report::words(reason, &newest.message),
            owner: words::workload(kind, name),
            filter: {
                // A reason is free text: what writes events may put spaces in it.
                let (reason, kind) = (quoted(reason), kind.to_ascii_lowercase());
                let since = last_s.map(since).unwrap_or_default();
                format!("type:warning reason:{reason} ns:{namespace} object:{kind}/{name} {since}")
            },
            namespace,
            namespaces: Vec::new(),
            version: String::new(),
            count: events.len() as u64,
            rows: Rows::Events,
            restarts: None,
            since_s,
            last_s: None,
            log: None,
            history: History::of_events(&events, now_s),
            rank: rank(cause.tone(), now_s, since_s, times, 1),
        })
    };
    groups.into_iter().filter_map(trouble).collect()
}
