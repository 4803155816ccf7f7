//! One trouble in many namespaces: a version that fails wherever it runs is one line, not one a namespace.

use std::collections::HashMap;

use super::{Rows, Trouble, rank};
use crate::filter::{Filter, Named, any_of};
use crate::order::sorted;
use crate::store::Store;
use crate::store::names::Name;

/// In fewer namespaces there is nothing to fold.
const FEWEST: usize = 2;

/// The term of a filter that tells since when events are meant.
const SINCE: &str = "since:";

/// Tells troubles of pods and workloads, and warnings, that have one cause, owner's name and version once for all their namespaces.
pub(super) fn in_many_namespaces(
    store: &Store,
    in_scope: &dyn Fn(Name) -> bool,
    found: Vec<Trouble>,
    now_s: i64,
) -> Vec<Trouble> {
    let mut alike: HashMap<_, Vec<Trouble>> = HashMap::new();
    let mut told = Vec::new();
    for trouble in found {
        // A pod that nothing runs has no namesakes that are more than that.
        if trouble.rows != Rows::Nodes && !trouble.owner.0.is_empty() {
            let what = (trouble.cause, trouble.owner.clone(), trouble.version.clone());
            // Warnings of one thing have reasons, each with a line of its own.
            let reason = if trouble.rows == Rows::Events { everywhere(&trouble) } else { String::new() };
            alike.entry((what, trouble.rows, reason)).or_default().push(trouble);
        } else {
            told.push(trouble);
        }
    }
    for troubles in alike.into_values() {
        if troubles.len() < FEWEST {
            told.extend(troubles);
        } else {
            told.extend(together(troubles, now_s).map(|all| in_an_address(store, in_scope, all)));
        }
    }
    told
}

/// The filter of a trouble without its namespace and its time.
fn everywhere(trouble: &Trouble) -> String {
    let terms = trouble.filter.split(' ').filter(|term| !term.starts_with("ns:") && !term.starts_with(SINCE));
    terms.collect::<Vec<_>>().join(" ")
}

/// All of them as one. The one to look at first tells for all.
fn together(troubles: Vec<Trouble>, now_s: i64) -> Option<Trouble> {
    let mut troubles = sorted(troubles, |a, b| b.rank.cmp(&a.rank).then_with(|| a.key.cmp(&b.key))).into_iter();
    let mut all = troubles.next()?;
    let alone = format!("ns:{}", all.namespace);
    let mut namespaces = vec![std::mem::take(&mut all.namespace)];
    let since = |trouble: &Trouble| trouble.filter.split(' ').find(|term| term.starts_with(SINCE)).map(str::to_owned);
    let mut oldest = since(&all);
    for trouble in troubles {
        // Times read in their order. All of them are of the last hour, and so is what happened since the first.
        oldest = oldest.into_iter().chain(since(&trouble)).min();
        all.count = all.count.saturating_add(trouble.count);
        all.restarts = all.restarts.zip(trouble.restarts).map(|(a, b)| a.saturating_add(b));
        all.since_s = all.since_s.into_iter().chain(trouble.since_s).min();
        all.on.extend(trouble.on);
        all.last_s = all.last_s.max(trouble.last_s);
        all.history = all.history.plus(&trouble.history);
        namespaces.push(trouble.namespace);
    }
    all.namespaces = sorted(namespaces, Ord::cmp);
    all.namespaces.dedup();
    // Each of them has the same filter but for its namespace and its time.
    let named = any_of("ns", &all.namespaces);
    let terms = all.filter.split(' ').filter_map(|term| match term {
        term if term == alone => named.as_deref(),
        term if term.starts_with(SINCE) => oldest.as_deref(),
        term => Some(term),
    });
    all.filter = terms.collect::<Vec<_>>().join(" ");
    let what = if all.rows == Rows::Events { &all.title } else { all.cause.id() };
    all.key = format!("*/{}/{}/{what}/{}", all.owner.0, all.owner.1, all.version);
    all.rank = rank(now_s, all.since_s, all.restarts.unwrap_or(0), all.count);
    Some(all)
}

/// The same with as many behind it as its filter leaves: where its namespaces are too many for an address, those in which it is no trouble
/// yet count too.
fn in_an_address(store: &Store, in_scope: &dyn Fn(Name) -> bool, mut all: Trouble) -> Trouble {
    if any_of("ns", &all.namespaces).is_some() {
        return all;
    }
    if all.rows == Rows::Workloads {
        all.filter.push_str(" status:degraded,progressing");
    }
    let filter = Filter::parse(&all.filter);
    let found = if all.rows == Rows::Events {
        let rows = store.events.rows().iter().map(|(_, row)| row).filter(|row| in_scope(row.namespace));
        rows.filter(|row| filter.matches(&Named { row: *row, store })).count()
    } else if all.rows == Rows::Workloads {
        let rows = store.workloads.rows().iter().map(|(_, row)| row).filter(|row| in_scope(row.namespace));
        rows.filter(|row| filter.matches(&Named { row: *row, store })).count()
    } else {
        // What its filter leaves has a cause, and so a symptom.
        let rows = store.pods.symptoms().iter().filter_map(|symptom| store.pods.get(symptom.row));
        rows.filter(|row| in_scope(row.namespace()) && filter.matches(&Named { row, store })).count()
    };
    all.count = found as u64;
    all
}
