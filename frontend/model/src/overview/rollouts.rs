//! What the status of workloads tells of change: rollouts that are on their way, and since when one is stuck.

use std::collections::HashSet;

use super::change::Change;
use crate::chart::stack::Tone;
use crate::failing::newest_pod_s;
use crate::format::count;
use crate::k8s::workload::WorkloadKind;
use crate::route::Page;
use crate::store::Store;
use crate::store::names::Name;
use crate::store::workloads::{Course, Replicas, WorkloadRow};

/// The deployments whose rollout has not reached all pods, by namespace and name.
pub(super) fn on_their_way(store: &Store) -> HashSet<(Name, Name)> {
    let rows = store.workloads.rows().iter().map(|(_, row)| row);
    let rolling = rows.filter(|row| row.kind == WorkloadKind::Deployment && (row.rolling || is_stuck(store, row)));
    rolling.map(|row| (row.namespace, row.name)).collect()
}

/// Rollouts that have got stuck, and the last step of those that events do not tell of: no event says when a stateful set or a daemon set
/// got a new template.
pub(super) fn steps(store: &Store, in_scope: impl Fn(Name) -> bool) -> Vec<Change> {
    let rows = store.workloads.rows().iter().map(|(_, row)| row).filter(|row| in_scope(row.namespace));
    rows.filter_map(|row| step(store, row)).collect()
}

fn step(store: &Store, row: &WorkloadRow) -> Option<Change> {
    let (namespace, name) = (store.names.text(row.namespace).to_owned(), store.names.text(row.name).to_owned());
    let (at_s, tone, words) = if is_stuck(store, row) {
        (row.since_s?, Tone::Bad, format!("rollout of {name} is stuck"))
    } else if row.rolling && row.kind != WorkloadKind::Deployment {
        let Course::Replicas(Replicas { wanted, up_to_date: Some(updated), .. }) = row.course else { return None };
        let words = format!("rollout of {name} is at {} of {} pods", count(updated.into()), count(wanted.into()));
        (newest_pod_s(store, row)?, Tone::Ok, words)
    } else {
        return None;
    };
    let page = Page::Workload { kind: row.kind, namespace, name };
    Some(Change { at_s, tone, words, page, query: String::new() })
}

fn is_stuck(store: &Store, row: &WorkloadRow) -> bool {
    store.names.text(row.reason) == "ProgressDeadlineExceeded"
}
