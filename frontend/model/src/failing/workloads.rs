//! Workloads that say themselves that they cannot go on: a rollout that is stuck, pods that cannot be made.

use super::cause::Cause;
use super::history::History;
use super::{Rows, Trouble, rank, report};
use crate::format::plural;
use crate::k8s::image;
use crate::k8s::workload::WorkloadKind;
use crate::k8s::workload_state::WorkloadState;
use crate::store::Store;
use crate::store::names::Name;
use crate::store::workloads::{Course, WorkloadRow};

/// A rollout that has made no pod for so long is stuck. Deployments have this deadline unless they say otherwise; the status of the other
/// kinds has no times.
const DEADLINE_S: i64 = 600;

/// The troubles of workloads.
pub(super) fn workloads(store: &Store, in_scope: &dyn Fn(Name) -> bool, now_s: i64) -> Vec<Trouble> {
    let rows = store.workloads.rows().iter().map(|(_, row)| row).filter(|row| in_scope(row.namespace));
    rows.filter(|row| row.stands_alone()).filter_map(|row| told(store, row, now_s)).collect()
}

/// Those of pods that are known to last, and those of workloads that pods do not explain: where these say why a rollout does not go on, it
/// needs no line, and what would pass by itself has lasted for too long.
pub(super) fn with_their_pods(pods: Vec<Trouble>, workloads: Vec<Trouble>) -> Vec<Trouble> {
    let is_stuck = |pods: &Trouble| {
        let mut stuck = workloads.iter().filter(|trouble| trouble.cause == Cause::Rollout);
        stuck.any(|trouble| trouble.is_of_the_owner_of(pods))
    };
    // That old pods end or were put out does not keep new ones from coming.
    let explains = |pods: &Trouble| !matches!(pods.cause, Cause::Terminating | Cause::Evicted);
    let tells = |pods: &Trouble| pods.lasts || explains(pods) && is_stuck(pods);
    let mut found: Vec<Trouble> = pods.into_iter().filter(tells).collect();
    let of_pods = found.len();
    for trouble in workloads {
        let explained = || found.iter().take(of_pods).any(|pods| explains(pods) && pods.is_of_the_owner_of(&trouble));
        if trouble.cause != Cause::Rollout || !explained() {
            found.push(trouble);
        }
    }
    found
}

fn told(store: &Store, row: &WorkloadRow, now_s: i64) -> Option<Trouble> {
    let text = |name: Name| store.names.text(name);
    let stopped = row.state == WorkloadState::Degraded && !row.reason.is_empty();
    let (cause, title, words, since_s) = match (row.kind, text(row.reason)) {
        // What becomes of jobs is told by their pods and events.
        (WorkloadKind::Job | WorkloadKind::CronJob, _) => return None,
        (_, reason @ "ProgressDeadlineExceeded") => {
            (Cause::Rollout, reason, format!("its rollout is stuck{}", so_far(row)), row.since_s)
        }
        (_, reason) if stopped => (Cause::CannotCreate, reason, report::words(reason, &row.why), row.since_s),
        _ if row.rolling && row.kind != WorkloadKind::Deployment => {
            let since_s = newest_pod_s(store, row).filter(|at_s| now_s.saturating_sub(*at_s) >= DEADLINE_S)?;
            let words = format!("no pod was replaced for a while{}", so_far(row));
            (Cause::Rollout, "Stuck rollout", words, Some(since_s))
        }
        _ => return None,
    };
    let (namespace, kind, name) = (text(row.namespace).to_owned(), row.kind.name(), text(row.name));
    let image = row.images.first().map_or("", |image| text(*image));
    Some(Trouble {
        key: format!("{namespace}/{kind}/{name}/{}", cause.id()),
        cause,
        tone: cause.tone(),
        title: title.to_owned(),
        words,
        owner: (kind.to_owned(), name.to_owned()),
        image: String::new(),
        version: image::version(image).to_owned(),
        count: 1,
        rows: Rows::Workloads,
        filter: format!("ns:{namespace} object:{}/{name}", kind.to_ascii_lowercase()),
        namespace,
        namespaces: Vec::new(),
        restarts: None,
        since_s,
        last_s: None,
        log: None,
        history: History::of_moment(since_s, now_s),
        lasts: true,
        rank: rank(now_s, since_s, 0, 1),
        on: Vec::new(),
        brought: None,
        place: String::new(),
        places: Vec::new(),
    })
}

/// `: 1 of 3 pods are of the new template`.
fn so_far(row: &WorkloadRow) -> String {
    match &row.course {
        Course::Replicas(replicas) => match replicas.up_to_date {
            Some(updated) if updated < replicas.wanted => {
                format!(": {updated} of {} of the new template", plural(replicas.wanted.into(), "pod is", "pods are"))
            }
            _ => format!(
                ": {} of {} available",
                replicas.available,
                plural(replicas.wanted.into(), "pod is", "pods are")
            ),
        },
        Course::Job(_) | Course::Schedule(_) => String::new(),
    }
}

/// When the newest of its pods was made, in seconds since the epoch.
pub fn newest_pod_s(store: &Store, row: &WorkloadRow) -> Option<i64> {
    pods_made_s(store, row).map(|(_, newest_s)| newest_s)
}

/// When the oldest and the newest of its pods were made, in seconds since the epoch.
pub fn pods_made_s(store: &Store, row: &WorkloadRow) -> Option<(i64, i64)> {
    let kind = store.names.find(row.kind.name())?;
    let own = store.pods.templates().iter().filter(|(_, template, _)| {
        (template.namespace, template.owner_kind, template.owner) == (row.namespace, kind, row.name)
    });
    let made = own.flat_map(|(number, ..)| store.pods.of_template(number)).filter_map(|pod| pod.created_s());
    made.fold(None, |span, at_s| {
        span.map_or(Some((at_s, at_s)), |(from_s, to_s)| Some((at_s.min(from_s), at_s.max(to_s))))
    })
}
