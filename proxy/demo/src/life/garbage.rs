//! What goes with its owner, and what waits for a finalizer that nobody else takes off.

use serde_json::Value;

use super::cluster::Cluster;
use crate::kinds::builtin;
use crate::store::Key;
use crate::store::ending::Ending;
use crate::store::object::Object;
use crate::tree;

/// The kinds that are owned by others.
const OWNED: [(&str, &str); 7] = [
    ("apps", "replicasets"),
    ("batch", "jobs"),
    ("apps", "controllerrevisions"),
    ("discovery.k8s.io", "endpointslices"),
    ("", "pods"),
    ("coordination.k8s.io", "leases"),
    ("", "persistentvolumeclaims"),
];

/// The finalizers that Kubernetes' own controllers take off.
const OURS: [&str; 4] = [
    "kubernetes.io/pvc-protection",
    "kubernetes.io/pv-protection",
    "foregroundDeletion",
    "batch.kubernetes.io/job-tracking",
];

impl Cluster {
    /// Takes away what an object that is gone owned.
    pub(super) fn collect(&mut self, gone: &Object) {
        for (group, plural) in OWNED {
            for owned in self.store.owned_by(builtin(group, plural), &gone.uid) {
                if plural == "pods" {
                    self.dismiss(&owned);
                } else {
                    self.let_go(&Key::of(&owned));
                }
            }
        }
        match gone.kind.plural {
            "nodes" => self.orphan_pods(&gone.name),
            "persistentvolumeclaims" => self.reclaim(gone),
            _ => {}
        }
        self.store.finish_namespace(&gone.namespace);
    }

    /// Takes an object away, as far as its finalizers let it go; false where they hold it. What is gone already needs
    /// nothing.
    pub(super) fn let_go(&self, key: &Key) -> bool {
        !matches!(self.store.let_go(key, &self.now.to_string()), Ok(Ending::Held(_)))
    }

    /// Takes the volume of a claim that is gone, unless it is to be kept.
    fn reclaim(&self, claim: &Object) {
        let value = claim.value();
        let volume = value.pointer("/spec/volumeName").and_then(Value::as_str).unwrap_or_default();
        let key = Key::new(builtin("", "persistentvolumes"), "", volume);
        let Ok(volume) = self.store.get(&key) else { return };
        let policy = volume.value();
        let policy = policy.pointer("/spec/persistentVolumeReclaimPolicy").and_then(Value::as_str);
        if policy == Some("Delete") {
            let _ = self.store.delete(&key);
        } else {
            self.change(&key, |volume| tree::put(volume, &["status", "phase"], "Released".into()));
        }
    }

    /// Lets an object go that waits for none but our own finalizers.
    pub(super) fn release(&mut self, object: &Object) {
        if !matches!(object.kind.plural, "persistentvolumeclaims" | "deployments" | "replicasets" | "jobs") {
            return;
        }
        let value = object.value();
        let metadata = |name: &str| value.pointer(&format!("/metadata/{name}"));
        let finalizers = metadata("finalizers").and_then(Value::as_array);
        let ours = |finalizer: &Value| finalizer.as_str().is_some_and(|name| OURS.contains(&name));
        if metadata("deletionTimestamp").is_some() && finalizers.is_none_or(|all| all.iter().all(ours)) {
            let _ = self.store.delete(&Key::of(object));
        }
    }

    /// Deletes the pods of a node that is gone: nobody else will.
    fn orphan_pods(&mut self, node: &str) {
        for pod in self.pods_on(node) {
            self.let_go(&Key::of(&pod));
        }
    }
}
