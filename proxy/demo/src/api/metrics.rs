//! metrics.k8s.io: what pods and nodes use, worked out when somebody asks.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::clock::rfc3339;
use crate::company::moment::Moment;
use crate::company::usage::{self, Usage, WINDOW_S};
use crate::kinds::{self, Kind};
use crate::store::Store;
use crate::store::object::Object;
use crate::tree;

/// What turns a pod or a node into its metrics.
#[derive(Debug)]
pub struct Metrics {
    at: Moment,
    timestamp: String,
    /// By node; empty where only pods are asked for.
    by_node: HashMap<Arc<str>, Usage>,
}

/// The group of the metrics.
pub const GROUP: &str = "metrics.k8s.io";

impl Metrics {
    /// The metrics of a kind at the end of the latest window.
    pub fn now(store: &Store, kind: &Kind) -> Self {
        let now = store.clock().now();
        let seconds = now.as_second().rem_euclid(WINDOW_S);
        let end = now.saturating_sub(SignedDuration::from_secs(seconds)).unwrap_or(now);
        let at = Moment::of(end);
        let mut by_node: HashMap<Arc<str>, Usage> = HashMap::new();
        if kind.plural == "nodes" {
            for pod in store.list(kinds::builtin("", "pods"), None).objects {
                let node = pod.field("spec.nodeName").unwrap_or_default();
                if node.is_empty() || pod.field("status.phase") != Some("Running") {
                    continue;
                }
                let used = by_node.entry(node.into()).or_default();
                for (_, of_container) in usage::of_pod(&pod.value(), at) {
                    used.cpu_nanos += of_container.cpu_nanos;
                    used.mem_bytes += of_container.mem_bytes;
                }
            }
        }
        Self { at, timestamp: rfc3339(end), by_node }
    }

    /// The metrics of a pod or a node; none where nothing runs.
    pub fn of(&self, object: &Object) -> Option<Value> {
        let value = object.value();
        let mut metadata = json!({ "name": &*object.name, "creationTimestamp": self.timestamp });
        if let Some(labels) = value.pointer("/metadata/labels") {
            tree::put(&mut metadata, &["labels"], labels.clone());
        }
        let window = format!("{WINDOW_S}.0s");
        if object.kind.plural == "nodes" {
            let used = usage::of_node(&value, self.by_node.get(&object.name).copied().unwrap_or_default());
            return Some(json!({
                "metadata": metadata,
                "timestamp": self.timestamp,
                "window": window,
                "usage": quantities(used),
            }));
        }
        let containers: Vec<_> = usage::of_pod(&value, self.at)
            .into_iter()
            .map(|(name, used)| json!({ "name": name, "usage": quantities(used) }))
            .collect();
        if containers.is_empty() {
            return None;
        }
        tree::put(&mut metadata, &["namespace"], (&*object.namespace).into());
        Some(json!({
            "metadata": metadata,
            "timestamp": self.timestamp,
            "window": window,
            "containers": containers,
        }))
    }
}

fn quantities(used: Usage) -> Value {
    json!({ "cpu": format!("{}n", used.cpu_nanos), "memory": format!("{}Ki", used.mem_bytes / 1024) })
}
