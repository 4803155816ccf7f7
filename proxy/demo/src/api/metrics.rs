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

/// Reading so many takes about half a second.
const MAX_READ_PODS: usize = 10_000;

/// The group of the metrics.
pub const GROUP: &str = "metrics.k8s.io";

impl Metrics {
    /// The metrics of a kind at the end of the latest window.
    pub fn now(store: &Store, kind: &Kind) -> Self {
        let now = store.clock().now();
        let seconds = now.as_second().rem_euclid(WINDOW_S);
        let end = now.saturating_sub(SignedDuration::from_secs(seconds)).unwrap_or(now);
        let at = Moment::of(end);
        let by_node = if kind.plural == "nodes" { by_node(store, at) } else { HashMap::new() };
        Self { at, timestamp: rfc3339(end), by_node }
    }

    /// The metrics of a pod or a node; none where nothing runs.
    pub fn of(&self, object: &Object) -> Option<Value> {
        let value = object.brief();
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

/// What the pods of each node use. In a large cluster one pod stands for all of its owner's, as reading each of them would
/// take seconds.
fn by_node(store: &Store, at: Moment) -> HashMap<Arc<str>, Usage> {
    let pods = store.list(kinds::builtin("", "pods"), None).objects;
    let is_large = pods.len() > MAX_READ_PODS;
    let mut by_owner: HashMap<Arc<str>, Usage> = HashMap::new();
    let mut by_node: HashMap<Arc<str>, Usage> = HashMap::new();
    for pod in pods.iter().filter(|pod| pod.field("status.phase") == Some("Running")) {
        let used = match &pod.owner {
            Some(owner) if is_large => *by_owner.entry(Arc::clone(owner)).or_insert_with(|| of_pod(pod, at)),
            _ => of_pod(pod, at),
        };
        let node = pod.field("spec.nodeName").unwrap_or_default();
        let sum = match by_node.get_mut(node) {
            Some(sum) => sum,
            None => by_node.entry(node.into()).or_default(),
        };
        sum.cpu_nanos += used.cpu_nanos;
        sum.mem_bytes += used.mem_bytes;
    }
    by_node
}

fn of_pod(pod: &Object, at: Moment) -> Usage {
    let sum = |sum: Usage, (_, used): (String, Usage)| Usage {
        cpu_nanos: sum.cpu_nanos + used.cpu_nanos,
        mem_bytes: sum.mem_bytes + used.mem_bytes,
    };
    usage::of_pod(&pod.brief(), at).into_iter().fold(Usage::default(), sum)
}

fn quantities(used: Usage) -> Value {
    json!({ "cpu": format!("{}n", used.cpu_nanos), "memory": format!("{}Ki", used.mem_bytes / 1024) })
}
