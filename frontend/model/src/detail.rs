//! One object, whole, as its page shows it: owned, comparable, and without anything a view would have to parse.

pub mod node;
pub mod pod;

use crate::k8s::json::Pairs;
use crate::k8s::pod::Condition;
use crate::timestamp;

/// A condition of a pod or a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionRow {
    /// Its type.
    pub kind: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// Whether this status is the good one: `Ready` should be true, `MemoryPressure` false.
    pub well: Option<bool>,
    /// A word for why.
    pub reason: String,
    /// A sentence for why.
    pub message: String,
    /// Since when, in seconds since the epoch.
    pub since_s: Option<i64>,
}

impl From<&Condition<'_>> for ConditionRow {
    fn from(condition: &Condition<'_>) -> Self {
        Self {
            kind: condition.kind.to_string(),
            status: condition.status.to_string(),
            well: is_well(&condition.kind, &condition.status),
            reason: condition.reason.to_string(),
            message: condition.message.to_string(),
            since_s: timestamp::seconds(&condition.last_transition_time),
        }
    }
}

/// `None` for conditions of which nobody can say which way is good.
fn is_well(kind: &str, status: &str) -> Option<bool> {
    let good = match kind {
        "Ready" | "Initialized" | "ContainersReady" | "PodScheduled" | "PodReadyToStartContainers" => "True",
        "MemoryPressure" | "DiskPressure" | "PIDPressure" | "NetworkUnavailable" | "DisruptionTarget" => "False",
        _ => return None,
    };
    Some(status == good)
}

/// Labels or annotations, sorted by key.
fn owned_pairs(pairs: &Pairs<'_>) -> Vec<(String, String)> {
    let mut owned: Vec<_> = pairs.0.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
    owned.sort();
    owned
}
