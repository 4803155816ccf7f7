//! One trouble in many namespaces: a version that fails wherever it runs is one line, not one a namespace.

use std::collections::HashMap;

use super::{Rows, Trouble, rank};
use crate::filter::{Filter, Named, any_of};
use crate::order::sorted;
use crate::store::Store;
use crate::store::names::Name;

/// In fewer namespaces each has a line of its own.
const FEWEST: usize = 3;

/// Tells troubles of pods and workloads that have one cause, owner's name and version once for all their namespaces.
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
        if matches!(trouble.rows, Rows::Pods | Rows::Workloads) && !trouble.owner.0.is_empty() {
            let what = (trouble.cause, trouble.owner.clone(), trouble.version.clone());
            alike.entry((what, trouble.rows == Rows::Pods)).or_default().push(trouble);
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

/// All of them as one. The one to look at first tells for all.
fn together(troubles: Vec<Trouble>, now_s: i64) -> Option<Trouble> {
    let mut troubles = sorted(troubles, |a, b| b.rank.cmp(&a.rank).then_with(|| a.key.cmp(&b.key))).into_iter();
    let mut all = troubles.next()?;
    let alone = format!("ns:{}", all.namespace);
    let mut namespaces = vec![std::mem::take(&mut all.namespace)];
    for trouble in troubles {
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
    // Each of them has the same filter but for its namespace.
    let everywhere = any_of("ns", &all.namespaces);
    let terms = all.filter.split(' ').filter_map(|term| if term == alone { everywhere.as_deref() } else { Some(term) });
    all.filter = terms.collect::<Vec<_>>().join(" ");
    all.key = format!("*/{}/{}/{}/{}", all.owner.0, all.owner.1, all.cause.id(), all.version);
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
    let found = if all.rows == Rows::Workloads {
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
