//! For tests: a store of nodes and pods that are written in a line each.

use serde_json::{Value, json};

use crate::store::Store;

/// A store with these objects.
pub fn store(nodes: impl IntoIterator<Item = Value>, pods: impl IntoIterator<Item = Value>) -> Store {
    let mut store = Store::default();
    for node in nodes {
        store.nodes.upsert(node.to_string().as_bytes(), &mut store.names);
    }
    let epoch = store.pods.begin();
    for pod in pods {
        store.pods.upsert(pod.to_string().as_bytes(), &mut store.names);
    }
    store.pods.end(epoch, None);
    store
}

/// An object that is being written.
pub struct Object(Value);

/// A node that is ready.
pub fn node(name: &str) -> Object {
    Object(json!({
        "metadata": {"uid": format!("node-{name}"), "name": name, "labels": {}},
        "status": {"conditions": [{"type": "Ready", "status": "True"}]},
    }))
}

/// A pod.
pub fn pod(name: &str, namespace: &str) -> Object {
    Object(json!({
        "metadata": {"uid": format!("pod-{namespace}-{name}"), "name": name, "namespace": namespace, "labels": {}},
        "spec": {"containers": [{"name": "c"}]},
        "status": {},
    }))
}

impl Object {
    /// What it is in JSON.
    pub fn json(self) -> Value {
        self.0
    }

    /// Whether the node is ready.
    pub fn ready(self, ready: bool) -> Self {
        self.with("/status/conditions/0", "status", json!(if ready { "True" } else { "False" }))
    }

    /// A further condition of the node that is true.
    pub fn condition(mut self, kind: &str) -> Self {
        let conditions = self.0.pointer_mut("/status/conditions").and_then(Value::as_array_mut);
        conditions.expect("a node has conditions").push(json!({"type": kind, "status": "True"}));
        self
    }

    /// What the node has for pods.
    pub fn allocatable(self, cpu: &str, memory: &str, pods: &str) -> Self {
        self.with("/status", "allocatable", json!({"cpu": cpu, "memory": memory, "pods": pods}))
    }

    /// A label.
    pub fn label(self, key: &str, value: &str) -> Self {
        self.with("/metadata/labels", key, json!(value))
    }

    /// The node that the pod is on.
    pub fn on(self, node: &str) -> Self {
        self.with("/spec", "nodeName", json!(node))
    }

    /// What the pod requests, and its limit.
    pub fn cpu(self, request: &str, limit: &str) -> Self {
        let resources = json!({"requests": {"cpu": request}, "limits": {"cpu": limit}});
        self.with("/spec/containers/0", "resources", resources)
    }

    /// The image of the pod's container.
    pub fn image(self, image: &str) -> Self {
        self.with("/spec/containers/0", "image", json!(image))
    }

    /// What owns the pod.
    pub fn owner(self, kind: &str, name: &str) -> Self {
        let owner = json!([{"kind": kind, "name": name, "controller": true}]);
        self.with("/metadata", "ownerReferences", owner)
    }

    /// The pod's phase.
    pub fn phase(self, phase: &str) -> Self {
        self.with("/status", "phase", json!(phase))
    }

    /// The pod runs and is ready.
    pub fn running(self) -> Self {
        self.phase("Running").with("/status", "conditions", json!([{"type": "Ready", "status": "True"}]))
    }

    /// A container of the pod waits for `reason`.
    pub fn failing(self, reason: &str) -> Self {
        let waiting = json!([{"name": "c", "state": {"waiting": {"reason": reason}}}]);
        self.phase("Running").with("/status", "containerStatuses", waiting)
    }

    fn with(mut self, place: &str, key: &str, value: Value) -> Self {
        let object = self.0.pointer_mut(place).and_then(Value::as_object_mut).expect("the place is an object");
        object.insert(key.to_owned(), value);
        self
    }
}
