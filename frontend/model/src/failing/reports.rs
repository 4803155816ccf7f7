//! Troubles of what is not watched here, by the warnings about it.

use std::collections::HashMap;

use super::cause::Cause;
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
            image: String::new(),
            version: String::new(),
            count: events.len() as u64,
            rows: Rows::Events,
            restarts: None,
            since_s,
            last_s: None,
            log: None,
            history: History::of_events(&events, now_s),
            rank: rank(now_s, since_s, times, 1),
            lasts: true,
            on: Vec::new(),
            brought: None,
            place: String::new(),
            places: Vec::new(),
        })
    };
    groups.into_iter().filter_map(trouble).collect()
}

/// The reports of what the statuses in `found` do not tell. A status tells what goes on, the warnings how often it was tried; why a job was
/// given up its pod tells, and why a rollout is stuck the pods that cannot be made.
pub(super) fn unknown(found: &mut [Trouble], mut reports: Vec<Trouble>) -> Vec<Trouble> {
    for trouble in found {
        let tells = |report: &Trouble| match (trouble.rows, trouble.cause, report.cause) {
            (Rows::Pods, _, cause) => cause == Cause::Job,
            (_, Cause::Rollout, cause) => cause == Cause::CannotCreate,
            (_, cause, told) => cause == told,
        };
        let (same, others): (Vec<_>, Vec<_>) =
            reports.into_iter().partition(|report| trouble.is_of_the_owner_of(report) && tells(report));
        reports = others;
        let Some(first) = same.first() else { continue };
        match (trouble.rows, trouble.cause) {
            (Rows::Pods, _) => trouble.words = format!("{}; the job {}", trouble.words, first.words),
            (_, Cause::Rollout) => trouble.words = format!("{}; {}", first.words, trouble.words),
            _ => {}
        }
        let histories = same.iter().map(|report| report.history.clone());
        if let Some(history) = histories.reduce(|a, b| a.plus(&b)).filter(|_| trouble.rows != Rows::Pods) {
            trouble.history = history;
            trouble.since_s = trouble.since_s.into_iter().chain(same.iter().filter_map(|report| report.since_s)).min();
        }
    }
    reports
}
