//! The statuses of controllers, as their controllers in Kubernetes write them.

use serde_json::{Map, Value, json};

use super::super::moment::Moment;

/// How many pods a controller has.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ReplicaCounts {
    /// All of them.
    pub replicas: u32,
    /// Of the newest template.
    pub updated: u32,
    /// Ready, and so available: nothing here waits `minReadySeconds`.
    pub ready: u32,
}

/// How far a rollout has come.
#[derive(Clone, Debug)]
pub enum Progress {
    /// The newest ReplicaSet of this name has all replicas.
    Complete(String),
    /// It is getting there.
    Moving(String),
    /// It has not moved for `progressDeadlineSeconds`.
    TimedOut(String),
}

/// A Deployment's status; `since` is when each condition became what it is.
pub fn deployment_status(
    generation: u64,
    wanted: u32,
    most_unavailable: u32,
    counts: ReplicaCounts,
    progress: &Progress,
    since: [Moment; 2],
) -> Map<String, Value> {
    let available = if counts.ready.saturating_add(most_unavailable) >= wanted {
        ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.".to_owned())
    } else {
        ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.".to_owned())
    };
    let progressing = match progress {
        Progress::Complete(name) => {
            ("True", "NewReplicaSetAvailable", format!("ReplicaSet \"{name}\" has successfully progressed."))
        }
        Progress::Moving(name) => ("True", "ReplicaSetUpdated", format!("ReplicaSet \"{name}\" is progressing.")),
        Progress::TimedOut(name) => {
            ("False", "ProgressDeadlineExceeded", format!("ReplicaSet \"{name}\" has timed out progressing."))
        }
    };
    let [available_since, progressing_since] = since;
    let conditions = json!([
        condition("Available", available, available_since),
        condition("Progressing", progressing, progressing_since),
    ]);
    let numbers = [
        ("replicas", counts.replicas),
        ("updatedReplicas", counts.updated),
        ("readyReplicas", counts.ready),
        ("availableReplicas", counts.ready),
        ("unavailableReplicas", wanted.max(counts.replicas).saturating_sub(counts.ready)),
    ];
    // Go's omitempty.
    let numbers = numbers.into_iter().filter(|(_, number)| *number > 0);
    let mut status: Map<String, Value> = numbers.map(|(name, number)| (name.to_owned(), number.into())).collect();
    status.insert("observedGeneration".to_owned(), generation.into());
    status.insert("conditions".to_owned(), conditions);
    status
}

/// A controller's condition.
pub fn condition(kind: &str, (status, reason, message): (&str, &str, String), since: Moment) -> Value {
    json!({
        "lastTransitionTime": since.to_string(),
        "lastUpdateTime": since.to_string(),
        "message": message,
        "reason": reason,
        "status": status,
        "type": kind,
    })
}
