//! What runs the pods of a namespace.

use serde_json::{Value, json};

use super::dice::Dice;
use super::drawn::Fate;
use super::nodes::SINCE;

/// The hash of the one template that a deployment has here.
const HASH: &str = "6d4cf56db6";

/// The workloads of a namespace: what their pods say of them, and themselves.
pub struct Owners {
    /// The namespace.
    pub namespace: String,
    /// For each the labels and the owner of its pods.
    pub marks: Vec<Mark>,
    /// The objects with their keys.
    pub objects: Vec<(String, Value)>,
}

/// What a pod has from its owner.
#[derive(Clone, Debug)]
pub struct Mark {
    /// Labels.
    pub labels: Value,
    /// The reference to what controls it.
    pub owner: Value,
}

/// Draws those of a namespace. A deployment that is stuck has no pods: where it has some, these say why.
pub fn owners(namespace: &str, fate: Fate, dice: &mut Dice) -> Owners {
    let mut owners = Owners { namespace: namespace.to_owned(), marks: Vec::new(), objects: Vec::new() };
    for at in 0..dice.below(5) {
        let name = format!("{}-{at}", dice.of(&["cart", "search", "checkout"]));
        match dice.below(4) {
            0 => owners.runs("apps/v1", "StatefulSet", "statefulsets", &name),
            1 => owners.runs("apps/v1", "DaemonSet", "daemonsets", &name),
            2 => owners.marks.push(mark("batch/v1", "Job", &name, "job-name", &name)),
            _ => owners.deploys(&name),
        }
    }
    if fate != Fate::Healthy && dice.one_in(3) {
        let stuck = json!({
            "type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded",
            "lastTransitionTime": SINCE, "lastUpdateTime": SINCE,
        });
        owners.keep("apps/v1", "Deployment", "deployments", "stuck", &json!([stuck]));
    }
    owners
}

impl Owners {
    fn runs(&mut self, version: &str, kind: &str, prefix: &str, name: &str) {
        self.keep(version, kind, prefix, name, &json!([]));
        self.marks.push(mark(version, kind, name, "app", name));
    }

    fn deploys(&mut self, name: &str) {
        let available = json!({
            "type": "Available", "status": "True", "reason": "MinimumReplicasAvailable",
            "lastTransitionTime": SINCE, "lastUpdateTime": SINCE,
        });
        self.keep("apps/v1", "Deployment", "deployments", name, &json!([available]));
        self.marks.push(mark("apps/v1", "ReplicaSet", &format!("{name}-{HASH}"), "pod-template-hash", HASH));
    }

    /// A workload whose status says that all has been done that its spec asks for.
    fn keep(&mut self, version: &str, kind: &str, prefix: &str, name: &str, conditions: &Value) {
        let mut status = json!({ "observedGeneration": 1, "conditions": conditions });
        let numbers: &[&str] = match kind {
            "DaemonSet" => &[
                "desiredNumberScheduled",
                "currentNumberScheduled",
                "numberReady",
                "numberAvailable",
                "updatedNumberScheduled",
            ],
            "StatefulSet" => &["replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"],
            _ => &["replicas", "readyReplicas", "updatedReplicas", "availableReplicas"],
        };
        for number in numbers {
            status[*number] = json!(2);
        }
        if kind == "DaemonSet" {
            status["numberMisscheduled"] = json!(0);
        }
        let mut spec = json!({
            "selector": { "matchLabels": { "app": name } },
            "template": {
                "metadata": { "labels": { "app": name } },
                "spec": { "containers": [{ "name": "app", "image": "registry.example/app:1" }] },
            },
        });
        match kind {
            "DaemonSet" => {}
            "StatefulSet" => {
                spec["replicas"] = json!(2);
                spec["serviceName"] = json!(name);
            }
            _ => spec["replicas"] = json!(2),
        }
        let object = json!({
            "apiVersion": version, "kind": kind, "spec": spec, "status": status,
            "metadata": { "name": name, "namespace": self.namespace, "generation": 1 },
        });
        self.objects.push((format!("{prefix}/{}/{name}", self.namespace), object));
    }
}

fn mark(version: &str, kind: &str, name: &str, label: &str, value: &str) -> Mark {
    let owner = json!([{ "apiVersion": version, "kind": kind, "name": name, "uid": name, "controller": true }]);
    Mark { labels: json!({ label: value }), owner }
}
