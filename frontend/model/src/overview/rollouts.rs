//! What the status of workloads tells of change: rollouts that are on their way, and since when one is stuck.

use std::collections::HashSet;

use super::change::Change;
use crate::chart::stack::Tone;
use crate::k8s::workload::WorkloadKind;
use crate::route::Page;
use crate::store::Store;
use crate::store::names::Name;
use crate::store::workloads::WorkloadRow;

/// The deployments whose rollout has not reached all pods, by namespace and name.
pub(super) fn on_their_way(store: &Store) -> HashSet<(Name, Name)> {
    let rows = store.workloads.rows().iter().map(|(_, row)| row);
    let rolling = rows.filter(|row| row.kind == WorkloadKind::Deployment && (row.rolling || is_stuck(store, row)));
    rolling.map(|row| (row.namespace, row.name)).collect()
}

/// Rollouts that have got stuck.
pub(super) fn stuck(store: &Store, in_scope: impl Fn(Name) -> bool) -> Vec<Change> {
    let rows = store.workloads.rows().iter().map(|(_, row)| row).filter(|row| in_scope(row.namespace));
    let change = |row: &WorkloadRow| {
        let (namespace, name) = (store.names.text(row.namespace).to_owned(), store.names.text(row.name).to_owned());
        let words = format!("rollout of {name} is stuck");
        let page = Page::Workload { kind: row.kind, namespace, name };
        Some(Change { at_s: row.since_s?, tone: Tone::Bad, words, page })
    };
    rows.filter(|row| is_stuck(store, row)).filter_map(change).collect()
}

fn is_stuck(store: &Store, row: &WorkloadRow) -> bool {
    store.names.text(row.reason) == "ProgressDeadlineExceeded"
}
