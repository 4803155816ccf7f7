//! What the status of workloads tells of change: rollouts that are on their way, and since when one is stuck.

use std::collections::HashMap;

use super::change::Change;
use crate::chart::stack::Tone;
use crate::failing::{newest_pod_s, pods_made_s};
use crate::format::count;
use crate::k8s::image;
use crate::k8s::workload::WorkloadKind;
use crate::k8s::workload_state::WorkloadState;
use crate::route::Page;
use crate::store::Store;
use crate::store::names::Name;
use crate::store::rows::Uid;
use crate::store::workloads::{Course, Replicas, WorkloadRow};

/// The deployments whose rollout has not reached all pods, by namespace and name, and since when it is stuck.
pub(super) fn on_their_way(store: &Store) -> HashMap<(Name, Name), Option<i64>> {
    let rows = store.workloads.rows().iter().map(|(_, row)| row);
    let rolling = rows.filter(|row| row.kind == WorkloadKind::Deployment && row.rolling);
    rolling.map(|row| ((row.namespace, row.name), row.since_s.filter(|_| is_stuck(row)))).collect()
}

/// Rollouts that have got stuck, and the last step of those that events do not tell of: no event says when a stateful set or a daemon set
/// got a new template. That one was finished this tab has seen, or all pods are newer than the first that was deleted for another.
///
/// After a rollout no pod is older than that: where some are, one of them was made anew by itself, or a node has come.
pub(super) fn steps(store: &Store, in_scope: impl Fn(Name) -> bool, is_recent: impl Fn(i64) -> bool) -> Vec<Change> {
    let rows = store.workloads.rows().iter().map(|(_, row)| row).filter(|row| in_scope(row.namespace));
    let deletions = deletions(store);
    rows.filter_map(|row| step(store, row, &deletions, &is_recent)).collect()
}

/// When a controller first deleted a pod, by what it controls.
type Deletions = HashMap<Uid, i64>;

fn deletions(store: &Store) -> Deletions {
    let mut first: Deletions = HashMap::new();
    let Some(reason) = store.names.find("SuccessfulDelete") else { return first };
    let deleted = store.events.rows().iter().filter(|(_, event)| event.reason == reason);
    for (about, at_s) in deleted.filter_map(|(_, event)| Some((event.about, event.first_s?))) {
        let earliest_s = first.entry(about).or_insert(at_s);
        *earliest_s = at_s.min(*earliest_s);
    }
    first
}

fn step(store: &Store, row: &WorkloadRow, deletions: &Deletions, is_recent: impl Fn(i64) -> bool) -> Option<Change> {
    let (namespace, name) = (store.names.text(row.namespace).to_owned(), store.names.text(row.name).to_owned());
    let (at_s, tone, words) = if is_stuck(row) {
        let version = row.images.first().map_or("", |image| image::version(store.names.text(*image)));
        let what = format!("{name} {version}");
        (row.since_s?, Tone::Bad, format!("rollout of {} is stuck", what.trim_end()))
    } else if row.rolling && row.kind != WorkloadKind::Deployment {
        let Course::Replicas(Replicas { wanted, up_to_date: Some(updated), .. }) = row.course else { return None };
        let words = format!("rollout of {name} is at {} of {} pods", count(updated.into()), count(wanted.into()));
        (newest_pod_s(store, row)?, Tone::Ok, words)
    } else if row.rolled_out && is_set(row) {
        let version = row.images.first().map_or("", |image| image::version(store.names.text(*image)));
        let what = format!("{name} {version}");
        let (_, newest_s) = pods_made_s(store, row).filter(|(oldest_s, _)| is_recent(*oldest_s))?;
        (newest_s, Tone::Ok, format!("{} rolled out", what.trim_end()))
    } else {
        let deleted_s = deletions.get(&row.uid).filter(|_| is_set(row) && !row.rolling)?;
        // Scaling down deletes some of them and keeps the others.
        let (oldest_s, newest_s) = pods_made_s(store, row)?;
        (newest_s, Tone::Ok, (oldest_s >= *deleted_s).then(|| format!("all pods of {name} were replaced"))?)
    };
    let page = Page::Workload { kind: row.kind, namespace, name };
    Some(Change { at_s, tone, words, page, query: String::new() })
}

fn is_set(row: &WorkloadRow) -> bool {
    matches!(row.kind, WorkloadKind::StatefulSet | WorkloadKind::DaemonSet)
}

/// Whether a deployment's rollout got no further in its time, or cannot make its pods.
fn is_stuck(row: &WorkloadRow) -> bool {
    row.kind == WorkloadKind::Deployment && row.rolling && row.state == WorkloadState::Degraded
}
