//! A cluster as the dice draw it, and how it comes into etcd and goes again.

use std::ops::RangeInclusive;

use anyhow::Result;
use pilothouse_e2e::control_plane::{EtcdClient, TEAM_NAMESPACE};
use serde_json::{Value, json};

use super::dice::Dice;
use super::events;
use super::nodes::node;
use super::owners::owners;
use super::pods::Draft;
use super::usage;

/// etcd takes 128 changes in one transaction.
const BATCH: usize = 100;
/// Where the API server keeps what is drawn.
const KEPT: [&str; 9] = [
    "pods/",
    "minions/",
    "events/",
    "namespaces/random-",
    "deployments/",
    "replicasets/",
    "statefulsets/",
    "daemonsets/",
    "metrics.k8s.io/",
];

/// What kind of cluster is to be drawn.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How the things in it are.
    pub fate: Fate,
    /// How many nodes it has.
    pub nodes: RangeInclusive<usize>,
    /// How many pods it has.
    pub pods: RangeInclusive<usize>,
    /// Of what there is usage.
    pub metrics: Metrics,
}

/// How the things in a cluster are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// All is well.
    Healthy,
    /// Hardly anything is.
    Broken,
    /// Anything may be.
    Mixed,
}

/// What metrics.k8s.io tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metrics {
    /// It is not served.
    Absent,
    /// Whoever should serve it does not answer.
    Failing,
    /// It knows some nodes and pods.
    OfSome,
    /// It knows all.
    OfAll,
}

/// All objects of a cluster, each under the key at which the API server keeps it.
pub struct Drawn(Vec<(String, Value)>);

impl Drawn {
    /// Draws one. `index` tells its objects from those of the others.
    pub fn new(plan: &Plan, index: usize, dice: &mut Dice) -> Self {
        let mut objects = Vec::new();
        let nodes: Vec<String> = (0..dice.within(plan.nodes.clone())).map(|at| format!("node-{at:02}")).collect();
        // A zone for each, a few for all, or none: a cluster has what its provider gives it.
        let zones = dice.below(5);
        for name in &nodes {
            objects.push((format!("minions/{name}"), node(name, zones, plan.fate, dice)));
        }
        let mut namespaces = vec![TEAM_NAMESPACE.to_owned()];
        namespaces.extend((0..dice.within(1..=12)).map(|at| format!("random-{at}")));
        for name in namespaces.iter().skip(1) {
            objects.push((format!("namespaces/{name}"), namespace(name)));
        }
        let owners: Vec<_> = namespaces.iter().map(|name| owners(name, plan.fate, dice)).collect();
        objects.extend(owners.iter().flat_map(|owners| owners.objects.iter().cloned()));
        for at in 0..dice.within(plan.pods.clone()) {
            let owners = &owners[dice.below(owners.len())];
            let pod = Draft::new(plan.fate, owners, &nodes, dice).pod(&format!("pod-{at:03}"), dice);
            objects.push((format!("pods/{}/pod-{at:03}", owners.namespace), pod));
        }
        objects.extend(events::of(&objects, plan.fate, dice));
        objects.extend(usage::of(&objects, plan.metrics, dice));
        for (at, (_, object)) in objects.iter_mut().enumerate() {
            object["metadata"]["uid"] = json!(format!("{index:08x}-0000-4000-8000-{at:012x}"));
            object["metadata"]["creationTimestamp"] = json!("2026-05-04T07:00:00Z");
        }
        Self(objects)
    }

    /// Puts it in the place of the one before.
    pub async fn settle(&self, etcd: &EtcdClient) -> Result<()> {
        for prefix in KEPT {
            etcd.delete_below(&format!("/registry/{prefix}")).await?;
        }
        let pairs: Vec<_> =
            self.0.iter().map(|(key, object)| (format!("/registry/{key}"), object.to_string())).collect();
        for batch in pairs.chunks(BATCH) {
            etcd.put(batch).await?;
        }
        // All changes of a batch are one revision, which the API server takes for the present one as soon as it has read the first of
        // them. With one after the last batch it reads all of that before it answers.
        etcd.put(&[("/registry/settled".to_owned(), "{}".to_owned())]).await
    }
}

fn namespace(name: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name },
        "spec": { "finalizers": ["kubernetes"] }, "status": { "phase": "Active" },
    })
}
