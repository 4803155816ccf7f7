//! The one state of a workload, the same everywhere in the product.

use super::workload::{CronJob, Workload, WorkloadKind};

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
    /// Why, in the server's words; empty where nothing needs a reason.
    pub why: String,
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
    let stuck = status.condition("Progressing").filter(|c| &*c.status == "False");
    if let Some(condition) = status.holds("ReplicaFailure").or(stuck) {
        let why = condition.message.non_empty().unwrap_or(&condition.reason).to_owned();
        return Verdict { state: WorkloadState::Degraded, word: "Degraded", why };
    }
    if workload.spec.paused {
        return plain(WorkloadState::Suspended, "Paused");
    }
    let behind = workload.metadata.generation > status.observed_generation;
    let rolling = match kind {
        WorkloadKind::Deployment => {
            let done = status.condition("Progressing").is_none_or(|c| &*c.reason == "NewReplicaSetAvailable");
            !done || status.updated_replicas < wanted || status.replicas > status.updated_replicas
        }
        WorkloadKind::StatefulSet => status.current_revision != status.update_revision || status.replicas < wanted,
        // It has no time by which its pods should be available.
        _ => status.available_replicas < wanted,
    };
    let missing = wanted.saturating_sub(status.available_replicas);
    if behind || rolling || status.replicas > wanted {
        plain(WorkloadState::Progressing, "Progressing")
    } else if missing > 0 {
        Verdict { state: WorkloadState::Degraded, word: "Degraded", why: not_available(missing, wanted) }
    } else if wanted == 0 {
        plain(WorkloadState::Healthy, "Scaled to 0")
    } else {
        plain(WorkloadState::Healthy, "Healthy")
    }
}

fn daemon_set(workload: &Workload<'_>) -> Verdict {
    let (status, wanted) = (&workload.status, workload.status.desired_number_scheduled);
    let missing = wanted.saturating_sub(status.number_available);
    if workload.metadata.generation > status.observed_generation
        || status.updated_number_scheduled < wanted
        || status.current_number_scheduled < wanted
    {
        plain(WorkloadState::Progressing, "Progressing")
    } else if missing > 0 {
        Verdict { state: WorkloadState::Degraded, word: "Degraded", why: not_available(missing, wanted) }
    } else {
        plain(WorkloadState::Healthy, "Healthy")
    }
}

/// The words are kubectl's.
fn job(workload: &Workload<'_>) -> Verdict {
    let status = &workload.status;
    if let Some(condition) = status.holds("Failed").or(status.holds("FailureTarget")) {
        let why = condition.message.non_empty().unwrap_or(&condition.reason).to_owned();
        return Verdict { state: WorkloadState::Degraded, word: "Failed", why };
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
    Verdict { state, word, why: String::new() }
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
}
