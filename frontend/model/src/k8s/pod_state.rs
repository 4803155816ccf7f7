//! The one state of a pod, the same everywhere in the product.

use super::pod::{Pod, PodStatus, Terminated};
use crate::timestamp;

/// What a person needs to know of a pod first. Each pod has exactly one, so they sum to the total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PodState {
    /// Failed or Unknown, or a container waits for a reason that does not pass by itself, or ends again and again and was not ready in between.
    Failing,
    /// Pending: not scheduled, or its containers are being made.
    Waiting,
    /// Runs, but its Ready condition is not true.
    NotReady,
    /// Has a deletion timestamp.
    Terminating,
    /// Runs and is ready.
    Running,
    /// Succeeded, or put out by its kubelet and replaced by the set that made it.
    Completed,
}

impl PodState {
    /// All states, the worst first.
    pub const ALL: [Self; 6] =
        [Self::Failing, Self::Waiting, Self::NotReady, Self::Terminating, Self::Running, Self::Completed];

    /// Decides the state. The order of the rules is their rank: what has ended stays ended, what is being deleted is
    /// not counted as failing.
    pub fn of(pod: &Pod<'_>) -> Self {
        let status = &pod.status;
        if &*status.phase == "Succeeded" || is_replaced(pod) {
            Self::Completed
        } else if pod.metadata.deleting() {
            Self::Terminating
        } else if matches!(&*status.phase, "Failed" | "Unknown")
            || has_stuck_container(status)
            || is_between_runs(status)
        {
            Self::Failing
        } else if &*status.phase != "Running" {
            Self::Waiting
        } else if status.is_true("Ready") {
            Self::Running
        } else {
            Self::NotReady
        }
    }

    /// The word for it, also the value of the filter `status:`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::Waiting => "waiting",
            Self::NotReady => "not ready",
            Self::Terminating => "terminating",
            Self::Running => "running",
            Self::Completed => "completed",
        }
    }
}

/// Whether a pod that was evicted has left its place to another: a replica set makes one at once and keeps what is left of the old one. That
/// one is told as failing, waiting or not ready for as long as it is.
fn is_replaced(pod: &Pod<'_>) -> bool {
    let has_set =
        || pod.metadata.controller().is_some_and(|by| matches!(&*by.kind, "ReplicaSet" | "ReplicationController"));
    &*pod.status.phase == "Failed" && &*pod.status.reason == "Evicted" && has_set()
}

/// Whether a container, an init container too, waits for anything but its turn.
fn has_stuck_container(status: &PodStatus<'_>) -> bool {
    status.container_statuses.iter().chain(status.init_container_statuses.iter()).any(|c| {
        c.state.waiting.as_ref().is_some_and(|w| !matches!(&*w.reason, "" | "ContainerCreating" | "PodInitializing"))
    })
}

/// Whether a container that ended badly is started again, and has not been ready since: kubectl says `Running` of a pod that crashes for as long
/// as each of its runs lasts, and a headline would count it here and there.
fn is_between_runs(status: &PodStatus<'_>) -> bool {
    let bad = |end: &Option<Terminated<'_>>| end.as_ref().is_some_and(|end| end.exit_code != 0);
    let unready_s = status.condition("Ready").filter(|c| &*c.status == "False").map(|c| &c.last_transition_time);
    let unready_s = unready_s.and_then(|text| timestamp::seconds(text));
    status.container_statuses.iter().chain(status.init_container_statuses.iter()).any(|c| {
        let started_s = c.state.running.as_ref().and_then(|running| timestamp::seconds(&running.started_at));
        let was_not_ready = started_s.zip(unready_s).is_some_and(|(started_s, unready_s)| started_s >= unready_s);
        !c.ready && c.restart_count > 0 && bad(&c.last_state.terminated) && (was_not_ready || bad(&c.state.terminated))
    })
}

#[cfg(test)]
mod tests {
    use super::PodState;
    use crate::k8s::projection::read;
    use serde_json::{Value, json};

    #[test]
    fn a_pod_that_was_evicted_and_replaced_was_failing_for_as_long_as_its_remains_were_kept() {
        let check = |reason: &str, kind: &str, expect: PodState| {
            let owner = json!([{"kind": kind, "name": "web-4q2mjcfslw", "controller": true}]);
            let pod = json!({"metadata": {"ownerReferences": owner}, "status": {"phase": "Failed", "reason": reason}});
            assert_eq!(PodState::of(&read(pod.to_string().as_bytes()).unwrap()), expect, "{reason} {kind}");
        };
        check("Evicted", "ReplicaSet", PodState::Completed);
        // These are made anew only when the old one is gone, or never.
        check("Evicted", "StatefulSet", PodState::Failing);
        check("Evicted", "Job", PodState::Failing);
        check("OutOfcpu", "ReplicaSet", PodState::Failing);
    }

    #[test]
    fn a_pod_that_crashes_was_not_failing_while_each_of_its_runs_lasted() {
        let check = |container: Value, expect: PodState| {
            let ready = json!({"type": "Ready", "status": "False", "lastTransitionTime": "2026-11-23T23:30:00Z"});
            let pod = json!({"status": {"phase": "Running", "conditions": [ready], "containerStatuses": [container]}});
            assert_eq!(PodState::of(&read(pod.to_string().as_bytes()).unwrap()), expect, "{container}");
        };
        let ended = |code: i64| json!({"terminated": {"exitCode": code}});
        let runs = |started: &str, restarts: i64, code: i64| json!({"restartCount": restarts, "state": {"running": {"startedAt": started}}, "lastState": ended(code)});
        check(runs("2026-11-23T23:35:00Z", 3, 1), PodState::Failing);
        check(json!({"restartCount": 3, "state": ended(1), "lastState": ended(1)}), PodState::Failing);
        // It was ready after its restart, and is not now; or it ended well, or never.
        check(runs("2026-11-23T20:00:00Z", 3, 1), PodState::NotReady);
        check(runs("2026-11-23T23:35:00Z", 3, 0), PodState::NotReady);
        check(
            json!({"restartCount": 0, "state": {"running": {"startedAt": "2026-11-23T23:35:00Z"}}}),
            PodState::NotReady,
        );
    }
}
