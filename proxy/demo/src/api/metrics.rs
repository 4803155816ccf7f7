//! metrics.k8s.io: what pods and nodes use, worked out when somebody asks.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::clock::rfc3339;
use crate::company::load;
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
    shares: Shares,
    /// By node; empty where only pods are asked for.
    by_node: HashMap<Arc<str>, Usage>,
}

/// How much of what was planned for it a pod has to do, by the namespace and the name of its app.
#[derive(Debug, Default)]
struct Shares(HashMap<(Arc<str>, Arc<str>), u64>);

/// Reading so many takes about half a second.
const MAX_READ_PODS: usize = 10_000;

/// The label with the name of a pod's app, which its workload has, too.
const APP: &str = "app.kubernetes.io/name";

/// The group of the metrics.
pub const GROUP: &str = "metrics.k8s.io";

impl Metrics {
    /// The metrics of a kind at the end of the latest window.
    pub fn now(store: &Store, kind: &Kind) -> Self {
        let now = store.clock().now();
        let seconds = now.as_second().rem_euclid(WINDOW_S);
        let end = now.saturating_sub(SignedDuration::from_secs(seconds)).unwrap_or(now);
        let at = Moment::of(end);
        let shares = Shares::of(store);
        let by_node = if kind.plural == "nodes" { by_node(store, &shares, at) } else { HashMap::new() };
        Self { at, timestamp: rfc3339(end), shares, by_node }
    }

    /// The metrics of a pod or a node; none where nothing runs.
    pub fn of(&self, object: &Object) -> Option<Value> {
        let is_node = object.kind.plural == "nodes";
        let value = if is_node { object.brief() } else { object.part(usage::OF_POD) };
        let mut metadata = json!({ "name": &*object.name, "creationTimestamp": self.timestamp });
        if let Some(labels) = value.pointer("/metadata/labels") {
            tree::put(&mut metadata, &["labels"], labels.clone());
        }
        let window = format!("{WINDOW_S}.0s");
        if is_node {
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
            .map(|(name, used)| json!({ "name": name, "usage": quantities(self.shares.of_pod(object, used)) }))
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
fn by_node(store: &Store, shares: &Shares, at: Moment) -> HashMap<Arc<str>, Usage> {
    let pods = store.list(kinds::builtin("", "pods"), None).objects;
    let is_large = pods.len() > MAX_READ_PODS;
    let mut by_owner: HashMap<Arc<str>, Usage> = HashMap::new();
    let mut by_node: HashMap<Arc<str>, Usage> = HashMap::new();
    for pod in pods.iter().filter(|pod| pod.field("status.phase") == Some("Running")) {
        let used = match &pod.owner {
            Some(owner) if is_large => *by_owner.entry(Arc::clone(owner)).or_insert_with(|| of_pod(pod, shares, at)),
            _ => of_pod(pod, shares, at),
        };
        let node = pod.field("spec.nodeName").unwrap_or_default();
        let sum = match by_node.get_mut(node) {
            Some(sum) => sum,
            None => by_node.entry(node.into()).or_default(),
        };
        *sum = sum.and(used);
    }
    by_node
}

impl Shares {
    fn of(store: &Store) -> Self {
        let kinds = [kinds::builtin("apps", "deployments"), kinds::builtin("apps", "statefulsets")];
        let workloads = kinds.iter().flat_map(|kind| store.list(kind, None).objects);
        let share = |workload: Arc<Object>| {
            let share = load::share(&workload.part(load::PARTS));
            ((Arc::clone(&workload.namespace), Arc::clone(&workload.name)), share)
        };
        // Most have what was planned.
        Self(workloads.map(share).filter(|(_, share)| *share != 100).collect())
    }

    /// What a pod uses of what it would if it had what was planned.
    fn of_pod(&self, pod: &Object, planned: Usage) -> Usage {
        let app = pod.labels.iter().find(|(name, _)| **name == *APP);
        let share = app.and_then(|(_, app)| self.0.get(&(Arc::clone(&pod.namespace), Arc::clone(app))));
        // Its memory is mostly its own.
        Usage { cpu_nanos: planned.cpu_nanos.saturating_mul(share.copied().unwrap_or(100)) / 100, ..planned }
    }
}

fn of_pod(pod: &Object, shares: &Shares, at: Moment) -> Usage {
    let sum = |sum: Usage, (_, used): (String, Usage)| sum.and(used);
    shares.of_pod(pod, usage::of_pod(&pod.part(usage::OF_POD), at).into_iter().fold(Usage::default(), sum))
}

fn quantities(used: Usage) -> Value {
    json!({ "cpu": format!("{}n", used.cpu_nanos), "memory": format!("{}Ki", used.mem_bytes / 1024) })
}
