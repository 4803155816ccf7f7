//! What goes with its owner, and what waits for a finalizer that nobody else takes off.

use std::sync::Arc;

use serde_json::Value;

use super::cluster::Cluster;
use super::collects;
use crate::error::ApiError;
use crate::kinds::builtin;
use crate::store::Key;
use crate::store::ending::{self, Ending, FOREGROUND};
use crate::store::object::Object;
use crate::store::object::part::Part;
use crate::tree;

/// The kinds that are let go when they wait for nothing but our own finalizers.
pub(super) const RELEASED: [&str; 8] = [
    "cronjobs",
    "daemonsets",
    "deployments",
    "jobs",
    "persistentvolumeclaims",
    "replicasets",
    "services",
    "statefulsets",
];

/// What of an object tells what holds it.
const HELD: &[Part] = &[Part::of("metadata", &[Part::whole("deletionTimestamp"), Part::whole("finalizers")])];

/// The finalizers that Kubernetes' own controllers take off.
const OURS: [&str; 4] =
    ["kubernetes.io/pvc-protection", "kubernetes.io/pv-protection", FOREGROUND, "batch.kubernetes.io/job-tracking"];

impl Cluster {
    /// Takes away what an object that is gone owned.
    pub(super) fn collect(&mut self, gone: &Object) {
        self.take_owned(&gone.uid);
        match (gone.kind.group, gone.kind.plural) {
            ("", "nodes") => self.orphan_pods(&gone.name),
            ("", "persistentvolumeclaims") => self.reclaim(gone),
            _ => {}
        }
        // Its owner may have waited for it.
        let owner = gone.owner.as_ref().and_then(|owner| self.controllers.get(owner));
        if let Some(Ok(owner)) = owner.map(|owner| self.store.get(owner)) {
            self.release(&owner);
        }
        self.store.finish_namespace(&gone.namespace);
    }

    /// Takes away what the owner of this uid owned: the pods with their grace, of kinds that are not watched here what they
    /// owned in turn.
    fn take_owned(&mut self, uid: &Arc<str>) {
        let mut owners = vec![Arc::clone(uid)];
        while let Some(uid) = owners.pop() {
            for owned in self.store.owned(&uid) {
                if owned.kind.is("", "pods") {
                    self.dismiss(&owned);
                } else if self.let_go(&Key::of(&owned)) && !collects(owned.kind) {
                    owners.push(Arc::clone(&owned.uid));
                }
            }
        }
    }

    /// Takes an object away, as far as its finalizers let it go; false where they hold it. What is gone already needs
    /// nothing.
    pub(super) fn let_go(&self, key: &Key) -> bool {
        matches!(self.store.let_go(key, &self.now.to_string()), Ok(Ending::Gone(_)) | Err(ApiError::NotFound(..)))
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

    /// Lets an object go that waits for none but our own finalizers, when what it owns is gone if it is to go first.
    pub(super) fn release(&mut self, object: &Object) {
        if !RELEASED.contains(&object.kind.plural) {
            return;
        }
        let held = object.part(HELD);
        if held.pointer("/metadata/deletionTimestamp").is_none() {
            return;
        }
        let waits = ending::finalizers(&held).any(|finalizer| finalizer == FOREGROUND);
        if waits && !self.take_dependents(object) {
            return;
        }
        if ending::finalizers(&held).all(|finalizer| OURS.contains(&finalizer)) {
            let _ = self.store.delete(&Key::of(object));
        } else if waits {
            self.change(&Key::of(object), |object| ending::free(object, FOREGROUND));
        }
    }

    /// Lets what an object owns go; whether nothing of it is left.
    fn take_dependents(&mut self, owner: &Object) -> bool {
        let mut is_left = false;
        for owned in self.store.owned(&owner.uid) {
            match (owned.kind.group, owned.kind.plural) {
                ("", "pods") => {
                    is_left = true;
                    if !self.leaving.contains(&owned.uid) {
                        self.dismiss(&owned);
                    }
                }
                // What they own goes before them, too.
                ("apps", "replicasets") | ("batch", "jobs") => {
                    is_left = true;
                    let now = self.now.to_string();
                    self.change(&Key::of(&owned), |owned| {
                        ending::hold(owned, FOREGROUND);
                        ending::mark(owned, &now);
                    });
                }
                _ if self.let_go(&Key::of(&owned)) => self.take_owned(&owned.uid),
                _ => is_left = true,
            }
        }
        !is_left
    }

    /// Deletes the pods of a node that is gone: nobody else will.
    fn orphan_pods(&mut self, node: &str) {
        for pod in self.pods_on(node) {
            self.let_go(&Key::of(&pod));
        }
    }
}
