//! The one state of a workload, the same everywhere in the product.

use super::pod::Condition;
use super::workload::{CronJob, Workload, WorkloadKind};
use crate::timestamp;

/// What a person needs to know of a workload first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkloadState {
    /// It failed, or has fewer pods than it should and no change under way that explains it.
    Degraded,
    /// A change is being rolled out, or its first pods are being made.
    Progressing,
    /// Somebody paused or suspended it.
    Suspended,
    /// It does what it should.
    Healthy,
    /// A job that has done what it should.
    Complete,
}

/// A state, kubectl's or our word for it, and the server's reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The state.
    pub state: WorkloadState,
    /// The word that stands in the table.
    pub word: &'static str,
    /// Why, in the server's words or by its numbers; empty where nothing needs a reason.
    pub why: String,
    /// The reason of the condition that decided, for example `ProgressDeadlineExceeded`; empty where none did.
    pub reason: String,
    /// Since when that condition is so, in seconds since the epoch.
    pub since_s: Option<i64>,
    /// Whether a change has not reached all pods that it should reach by itself.
    pub rolling: bool,
}

impl WorkloadState {
    /// All states, the worst first.
    pub const ALL: [Self; 5] = [Self::Degraded, Self::Progressing, Self::Suspended, Self::Healthy, Self::Complete];

    /// The word for it, also the value of the filter `status:`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Degraded => "degraded",
            Self::Progressing => "progressing",
            Self::Suspended => "suspended",
            Self::Healthy => "healthy",
            Self::Complete => "complete",
        }
    }
}

/// Judges a workload.
pub fn verdict(kind: WorkloadKind, workload: &Workload<'_>) -> Verdict {
    if workload.metadata.deleting() {
        return plain(WorkloadState::Progressing, "Terminating");
    }
    match kind {
        WorkloadKind::Job => job(workload),
        WorkloadKind::DaemonSet => daemon_set(workload),
        _ => replicated(kind, workload),
    }
}

/// Judges a cron job: what became of its jobs is said by these.
pub fn cron_job_verdict(cron_job: &CronJob<'_>) -> Verdict {
    if cron_job.spec.suspend {
        plain(WorkloadState::Suspended, "Suspended")
    } else {
        plain(WorkloadState::Healthy, "Scheduled")
    }
}

/// Deployments, stateful sets and replica sets.
fn replicated(kind: WorkloadKind, workload: &Workload<'_>) -> Verdict {
    let (wanted, status) = (workload.spec.replicas, &workload.status);
    let updated = status.updated_replicas;
    let progressing = status.condition("Progressing");
    // Whether a change is on its way: only deployments say so.
    let done = kind != WorkloadKind::Deployment || progressing.is_none_or(|c| &*c.reason == "NewReplicaSetAvailable");
    let stuck = progressing.filter(|c| &*c.status == "False");
    if let Some(condition) = status.holds("ReplicaFailure").or(stuck) {
        let rolling = !done || kind == WorkloadKind::Deployment && status.replicas > updated;
        return Verdict { rolling, ..by_condition("Degraded", condition) };
    }
    if workload.spec.paused {
        return plain(WorkloadState::Suspended, "Paused");
    }
    let behind = workload.metadata.generation > status.observed_generation;
    let missing = wanted.saturating_sub(status.available_replicas);
    // Whether a change is on its way, and whether pods are.
    let (rolling, scaling) = match kind {
        WorkloadKind::Deployment => (!done || updated < wanted || status.replicas > updated, false),
        WorkloadKind::StatefulSet => (rolls_out(workload), status.replicas < wanted),
        // It has no time by which its pods should be available.
        _ => (false, missing > 0),
    };
    if behind || rolling || scaling || status.replicas > wanted {
        let why = progress(rolling.then_some(updated), wanted, missing);
        Verdict { why, rolling, ..plain(WorkloadState::Progressing, "Progressing") }
    } else if missing > 0 {
        Verdict { why: not_available(missing, wanted), ..plain(WorkloadState::Degraded, "Degraded") }
    } else if wanted == 0 {
        plain(WorkloadState::Healthy, "Scaled to 0")
    } else {
        plain(WorkloadState::Healthy, "Healthy")
    }
}

/// Whether a stateful set's pods are to be replaced by itself and are not yet, as `kubectl rollout status` decides it. Where somebody
/// else deletes the old ones, or a partition keeps them, they may stay as they are.
fn rolls_out(stateful_set: &Workload<'_>) -> bool {
    let (spec, status) = (&stateful_set.spec, &stateful_set.status);
    match spec.update_strategy.rolling_update.partition {
        _ if &*spec.update_strategy.kind == "OnDelete" => false,
        partition @ 1.. => status.updated_replicas < spec.replicas.saturating_sub(partition),
        _ => status.current_revision != status.update_revision,
    }
}

fn daemon_set(workload: &Workload<'_>) -> Verdict {
    let (status, wanted) = (&workload.status, workload.status.desired_number_scheduled);
    let missing = wanted.saturating_sub(status.number_available);
    let by_itself = &*workload.spec.update_strategy.kind != "OnDelete";
    let rolling = by_itself && status.updated_number_scheduled < wanted;
    if workload.metadata.generation > status.observed_generation || rolling || status.current_number_scheduled < wanted
    {
        let why = progress(rolling.then_some(status.updated_number_scheduled), wanted, missing);
        Verdict { why, rolling, ..plain(WorkloadState::Progressing, "Progressing") }
    } else if missing > 0 {
        Verdict { why: not_available(missing, wanted), ..plain(WorkloadState::Degraded, "Degraded") }
    } else {
        plain(WorkloadState::Healthy, "Healthy")
    }
}

/// The words are kubectl's.
fn job(workload: &Workload<'_>) -> Verdict {
    let status = &workload.status;
    if let Some(condition) = status.holds("Failed").or(status.holds("FailureTarget")) {
        return by_condition("Failed", condition);
    }
    if status.holds("Complete").or(status.holds("SuccessCriteriaMet")).is_some() {
        plain(WorkloadState::Complete, "Complete")
    } else if workload.spec.suspend || status.holds("Suspended").is_some() {
        plain(WorkloadState::Suspended, "Suspended")
    } else if status.active == 0 {
        plain(WorkloadState::Progressing, "Running")
    } else {
        plain(WorkloadState::Healthy, "Running")
    }
}

fn plain(state: WorkloadState, word: &'static str) -> Verdict {
    Verdict { state, word, why: String::new(), reason: String::new(), since_s: None, rolling: false }
}

/// What a condition says is degraded.
fn by_condition(word: &'static str, condition: &Condition<'_>) -> Verdict {
    Verdict {
        why: condition.message.non_empty().unwrap_or(&condition.reason).to_owned(),
        reason: condition.reason.to_string(),
        since_s: timestamp::seconds(&condition.last_transition_time),
        ..plain(WorkloadState::Degraded, word)
    }
}

/// How far a change has come; empty where it has only begun.
fn progress(updated: Option<i64>, wanted: i64, missing: i64) -> String {
    match updated {
        Some(updated) if updated < wanted => format!("{updated} of {wanted} pods are of the new template."),
        _ if missing > 0 => not_available(missing, wanted),
        Some(_) => "Old pods are still to go.".to_owned(),
        None => String::new(),
    }
}

fn not_available(missing: i64, wanted: i64) -> String {
    format!("{missing} of {wanted} pods are not available.")
}

#[cfg(test)]
mod tests {
    use super::{WorkloadKind, WorkloadState, verdict};
    use crate::k8s::projection::read;

    #[test]
    fn a_workload_is_judged_by_what_its_controller_says() {
        use WorkloadKind::{DaemonSet, Deployment, Job, ReplicaSet, StatefulSet};
        use WorkloadState::{Complete, Degraded, Healthy, Progressing, Suspended};
        let check = |kind: WorkloadKind, json: &str, state: WorkloadState, word: &str| {
            let found = verdict(kind, &read(json.as_bytes()).unwrap());
            assert_eq!((found.state, found.word), (state, word), "{kind:?} {json}");
        };
        let rolled_out = r#""conditions":[{"type":"Progressing","status":"True","reason":"NewReplicaSetAvailable"}]"#;
        let full = format!(
            r#"{{"metadata":{{"generation":2}},"spec":{{"replicas":3}},
                "status":{{"observedGeneration":2,"replicas":3,"updatedReplicas":3,"availableReplicas":3,{rolled_out}}}}}"#
        );
        check(Deployment, &full, Healthy, "Healthy");
        check(
            Deployment,
            &full.replace(r#""observedGeneration":2"#, r#""observedGeneration":1"#),
            Progressing,
            "Progressing",
        );
        check(
            Deployment,
            &full.replace(r#""updatedReplicas":3"#, r#""updatedReplicas":1"#),
            Progressing,
            "Progressing",
        );
        check(Deployment, &full.replace("NewReplicaSetAvailable", "ReplicaSetUpdated"), Progressing, "Progressing");
        check(Deployment, &full.replace(r#""availableReplicas":3"#, r#""availableReplicas":2"#), Degraded, "Degraded");
        check(Deployment, &full.replace(r#""status":"True""#, r#""status":"False""#), Degraded, "Degraded");
        check(Deployment, &full.replace(r#""replicas":3},"#, r#""replicas":3,"paused":true},"#), Suspended, "Paused");
        check(Deployment, r#"{"metadata":{"deletionTimestamp":"2026-11-24T00:00:00Z"}}"#, Progressing, "Terminating");
        check(Deployment, "{}", Healthy, "Scaled to 0");
        check(StatefulSet, r#"{"spec":{"replicas":2},"status":{"replicas":1}}"#, Progressing, "Progressing");
        check(
            StatefulSet,
            r#"{"spec":{"replicas":2},"status":{"replicas":2,"availableReplicas":1}}"#,
            Degraded,
            "Degraded",
        );
        check(
            StatefulSet,
            r#"{"spec":{"replicas":2},"status":{"replicas":2,"availableReplicas":2,"currentRevision":"a","updateRevision":"b"}}"#,
            Progressing,
            "Progressing",
        );
        let daemons = r#"{"status":{"desiredNumberScheduled":9,"currentNumberScheduled":9,"numberAvailable":9,"updatedNumberScheduled":9}}"#;
        check(DaemonSet, daemons, Healthy, "Healthy");
        check(DaemonSet, &daemons.replace(r#""numberAvailable":9"#, r#""numberAvailable":8"#), Degraded, "Degraded");
        check(DaemonSet, &daemons.replace(r#","updatedNumberScheduled":9"#, ""), Progressing, "Progressing");
        let old = r#""status":{"replicas":3,"updatedReplicas":1,"availableReplicas":3,"currentRevision":"a","updateRevision":"b"}"#;
        let set = |strategy: &str| format!(r#"{{"spec":{{"replicas":3,"updateStrategy":{strategy}}},{old}}}"#);
        check(StatefulSet, &set(r#"{"type":"RollingUpdate"}"#), Progressing, "Progressing");
        check(StatefulSet, &set(r#"{"rollingUpdate":{"partition":1}}"#), Progressing, "Progressing");
        check(StatefulSet, &set(r#"{"rollingUpdate":{"partition":2}}"#), Healthy, "Healthy");
        check(StatefulSet, &set(r#"{"type":"OnDelete"}"#), Healthy, "Healthy");
        check(StatefulSet, &set(r#"{"rollingUpdate":{"partition":-9223372036854775808}}"#), Progressing, "Progressing");
        let kept = daemons.replace(r#""updatedNumberScheduled":9"#, r#""updatedNumberScheduled":2"#);
        check(DaemonSet, &kept, Progressing, "Progressing");
        check(
            DaemonSet,
            &kept.replace(r#"{"status""#, r#"{"spec":{"updateStrategy":{"type":"OnDelete"}},"status""#),
            Healthy,
            "Healthy",
        );
        check(ReplicaSet, r#"{"spec":{"replicas":2},"status":{"replicas":2}}"#, Progressing, "Progressing");
        check(
            ReplicaSet,
            r#"{"status":{"conditions":[{"type":"ReplicaFailure","status":"True"}]}}"#,
            Degraded,
            "Degraded",
        );
        check(Job, r#"{"status":{"active":1}}"#, Healthy, "Running");
        check(Job, "{}", Progressing, "Running");
        check(Job, r#"{"spec":{"suspend":true}}"#, Suspended, "Suspended");
        check(Job, r#"{"status":{"conditions":[{"type":"Complete","status":"True"}]}}"#, Complete, "Complete");
        check(
            Job,
            r#"{"status":{"conditions":[{"type":"Failed","status":"True","message":"no"}]}}"#,
            Degraded,
            "Failed",
        );
        check(Job, r#"{"status":7,"spec":[],"metadata":null}"#, Progressing, "Running");
    }

    #[test]
    fn a_workload_that_is_not_well_says_why() {
        use WorkloadKind::{DaemonSet, Deployment, StatefulSet};
        let check = |kind: WorkloadKind, json: &str, why: &str, reason: &str, rolling: bool| {
            let found = verdict(kind, &read(json.as_bytes()).unwrap());
            assert_eq!((&*found.why, &*found.reason, found.rolling), (why, reason, rolling), "{kind:?} {json}");
        };
        let deployment = |status: &str| format!(r#"{{"spec":{{"replicas":3}},"status":{{{status}}}}}"#);
        check(
            Deployment,
            &deployment(
                r#""conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded","message":"ReplicaSet \"web-1\" has timed out progressing."}]"#,
            ),
            "ReplicaSet \"web-1\" has timed out progressing.",
            "ProgressDeadlineExceeded",
            true,
        );
        check(
            Deployment,
            &deployment(
                r#""conditions":[{"type":"ReplicaFailure","status":"True","reason":"FailedCreate","message":"exceeded quota: low"}]"#,
            ),
            "exceeded quota: low",
            "FailedCreate",
            false,
        );
        let counts = r#""replicas":4,"updatedReplicas":1,"availableReplicas":3"#;
        check(Deployment, &deployment(counts), "1 of 3 pods are of the new template.", "", true);
        let counts = r#""replicas":4,"updatedReplicas":3,"availableReplicas":2"#;
        check(Deployment, &deployment(counts), "1 of 3 pods are not available.", "", true);
        let counts = r#""replicas":4,"updatedReplicas":3,"availableReplicas":3"#;
        check(Deployment, &deployment(counts), "Old pods are still to go.", "", true);
        let counts = r#""replicas":3,"updatedReplicas":3,"availableReplicas":2"#;
        check(Deployment, &deployment(counts), "1 of 3 pods are not available.", "", false);
        check(
            StatefulSet,
            r#"{"spec":{"replicas":3},"status":{"replicas":3,"updatedReplicas":1,"currentRevision":"a","updateRevision":"b"}}"#,
            "1 of 3 pods are of the new template.",
            "",
            true,
        );
        check(
            StatefulSet,
            r#"{"spec":{"replicas":3},"status":{"replicas":1,"updatedReplicas":1,"availableReplicas":1,"currentRevision":"a","updateRevision":"a"}}"#,
            "2 of 3 pods are not available.",
            "",
            false,
        );
        check(
            DaemonSet,
            r#"{"status":{"desiredNumberScheduled":9,"currentNumberScheduled":9,"numberAvailable":8,"updatedNumberScheduled":4}}"#,
            "4 of 9 pods are of the new template.",
            "",
            true,
        );
    }
}
