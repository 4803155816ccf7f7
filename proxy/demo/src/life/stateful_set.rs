//! StatefulSets: members in their order, each with its claims.

use std::sync::Arc;

use serde_json::{Value, json};

use super::cluster::{Cluster, Tale};
use super::queue::Work;
use super::rollout::{BURST, Place, component, count, number, put_counts, sibling};
use crate::company::identity::template_hash;
use crate::kinds::builtin;
use crate::store::Key;
use crate::store::object::Object;

/// How long a provisioner takes for a volume.
const PROVISION_S: i64 = 4;
const REVISION: &str = "controller-revision-hash";

impl Cluster {
    /// Makes, renews or gives up one member at a time.
    pub(super) fn sync_stateful_set(&mut self, set: &Arc<Object>) {
        let value = set.value();
        let wanted = number(&value, "/spec/replicas", 1);
        let mut template = value.pointer("/spec/template").cloned().unwrap_or_default();
        let revision = self.revision_of(set, &value, &template);
        if let Some(labels) = template.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
            labels.insert(REVISION.to_owned(), revision.as_str().into());
        }
        let all = self.store.owned_by(builtin("", "pods"), &set.uid);
        let member = |ordinal: u32| {
            let name = format!("{}-{ordinal}", set.name);
            all.iter().find(|pod| *pod.name == *name)
        };
        let parallel = value.pointer("/spec/podManagementPolicy").and_then(Value::as_str) == Some("Parallel");
        let mut settled = true;
        let mut made = 0;
        for ordinal in 0..wanted {
            match member(ordinal) {
                None if made >= BURST => break,
                None => {
                    made += 1;
                    self.claim(set, &value, ordinal);
                    self.make_pod(set, &template, Place::Member(ordinal));
                    settled = false;
                }
                Some(pod) => settled &= self.is_ready(pod) && !self.leaving.contains(&pod.uid),
            }
            if !settled && !parallel {
                break;
            }
        }
        let ordinal = |pod: &Object| pod.name.rsplit_once('-').and_then(|(_, ordinal)| ordinal.parse::<u32>().ok());
        let surplus = all.iter().filter(|pod| ordinal(pod).is_none_or(|ordinal| ordinal >= wanted));
        let leaves = all.iter().any(|pod| self.leaving.contains(&pod.uid));
        if let Some(last) = surplus.max_by_key(|pod| ordinal(pod)).filter(|_| !leaves) {
            self.remove_pod(set, last);
        } else if settled && !leaves {
            let old = all.iter().filter(|pod| pod.label(REVISION) != Some(&revision));
            if let Some(old) = old.max_by_key(|pod| ordinal(pod)) {
                self.remove_pod(set, old);
            }
        }
        self.report_stateful_set(set, &value, wanted, &revision);
    }

    /// The name of the template's revision: a new template has a new one.
    fn revision_of(&self, set: &Object, value: &Value, template: &Value) -> String {
        let known = value.pointer("/status/updateRevision").and_then(Value::as_str).unwrap_or_default();
        let name = format!("{}-{}", set.name, template_hash(template));
        let key = |name: &str| sibling(set, "apps", "controllerrevisions", name);
        if known == name || self.store.get(&key(&name)).is_ok() {
            return name;
        }
        let record = json!({
            "metadata": {
                "name": name,
                "namespace": &*set.namespace,
                "labels": value.pointer("/spec/selector/matchLabels"),
                "creationTimestamp": self.now.to_string(),
                "ownerReferences": crate::company::draft::controller(
                    &set.kind.api_version(), set.kind.name, &set.name, &set.uid),
            },
            "data": {"spec": {"template": template}},
            "revision": number(value, "/metadata/generation", 1).saturating_add(1),
        });
        // Another template of the same hash is as good.
        let _ = self.store.create(builtin("apps", "controllerrevisions"), record);
        name
    }

    /// Makes the claims of a member, unless it has them from before.
    fn claim(&mut self, set: &Object, value: &Value, ordinal: u32) {
        let templates = value.pointer("/spec/volumeClaimTemplates").and_then(Value::as_array).into_iter().flatten();
        for template in templates {
            let base = template.pointer("/metadata/name").and_then(Value::as_str).unwrap_or("data");
            let name = format!("{base}-{}-{ordinal}", set.name);
            let claim = json!({
                "metadata": {
                    "name": name,
                    "namespace": &*set.namespace,
                    "labels": value.pointer("/spec/selector/matchLabels"),
                    "creationTimestamp": self.now.to_string(),
                    "finalizers": ["kubernetes.io/pvc-protection"],
                },
                "spec": template.get("spec"),
                "status": {"phase": "Pending"},
            });
            if self.store.create(builtin("", "persistentvolumeclaims"), claim).is_ok() {
                let message =
                    format!("create Claim {name} Pod {}-{ordinal} in StatefulSet {} success", set.name, set.name);
                self.tell(set, Tale::normal(component(set), "SuccessfulCreate", &message));
            }
        }
    }

    /// Gives a claim a volume, if its class provides any.
    pub(super) fn sync_claim(&mut self, claim: &Arc<Object>) {
        let value = claim.value();
        let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        if text("/status/phase") == "Bound" || value.pointer("/metadata/deletionTimestamp").is_some() {
            return;
        }
        let class = value.pointer("/spec/storageClassName").and_then(Value::as_str).unwrap_or("standard").to_owned();
        let provisioner = self.store.get(&Key::new(builtin("storage.k8s.io", "storageclasses"), "", &class));
        let provisioner = provisioner.map(|class| class.value()).unwrap_or_default();
        if provisioner.get("provisioner").and_then(Value::as_str) != Some("csi.example.com") {
            let message = "waiting for first consumer to be created before binding";
            let tale = Tale::normal("persistentvolume-controller", "WaitForFirstConsumer", message);
            self.tell(claim, tale);
            return;
        }
        let created = crate::company::moment::Moment::parse(text("/metadata/creationTimestamp")).unwrap_or(self.now);
        if self.now < created + PROVISION_S {
            self.queue.add(created + PROVISION_S, Work::Sync(Key::of(claim)));
            return;
        }
        let volume = format!("pvc-{}", claim.uid);
        let size = value.pointer("/spec/resources/requests").cloned().unwrap_or_default();
        let modes = value.pointer("/spec/accessModes").cloned().unwrap_or_default();
        let object = json!({
            "metadata": {
                "name": volume,
                "creationTimestamp": self.now.to_string(),
                "annotations": {"pv.kubernetes.io/provisioned-by": "csi.example.com"},
                "finalizers": ["kubernetes.io/pv-protection"],
            },
            "spec": {
                "accessModes": modes,
                "capacity": size,
                "claimRef": {
                    "apiVersion": "v1",
                    "kind": "PersistentVolumeClaim",
                    "name": &*claim.name,
                    "namespace": &*claim.namespace,
                    "uid": &*claim.uid,
                },
                "csi": {"driver": "csi.example.com", "fsType": "ext4", "volumeHandle": format!("vol-{volume}")},
                "persistentVolumeReclaimPolicy": "Delete",
                "storageClassName": class,
                "volumeMode": "Filesystem",
            },
            "status": {"phase": "Bound", "lastPhaseTransitionTime": self.now.to_string()},
        });
        let _ = self.store.create(builtin("", "persistentvolumes"), object);
        let status = json!({"accessModes": modes, "capacity": size, "phase": "Bound"});
        self.change(&Key::of(claim), |claim| {
            if let Some(spec) = claim.get_mut("spec").and_then(Value::as_object_mut) {
                spec.insert("volumeName".to_owned(), volume.as_str().into());
            }
            super::rollout::put_status(claim, status.clone());
        });
        let message = format!("Successfully provisioned volume {volume}");
        self.tell(claim, Tale::normal("csi.example.com", "ProvisioningSucceeded", &message));
        self.retry_soon();
    }

    fn report_stateful_set(&mut self, set: &Object, value: &Value, wanted: u32, revision: &str) {
        let pods = self.store.owned_by(builtin("", "pods"), &set.uid);
        let ready = count(pods.iter().filter(|pod| self.is_ready(pod)));
        let updated = count(pods.iter().filter(|pod| pod.label(REVISION) == Some(revision)));
        let all = count(&pods);
        let done = updated == wanted && ready == wanted;
        let before = value.pointer("/status/currentRevision").and_then(Value::as_str).unwrap_or(revision);
        let current = if done { revision.to_owned() } else { before.to_owned() };
        let of_current = count(pods.iter().filter(|pod| pod.label(REVISION) == Some(&current)));
        let counts = [
            ("replicas", all),
            ("readyReplicas", ready),
            ("availableReplicas", ready),
            ("updatedReplicas", updated),
            ("currentReplicas", of_current),
            ("observedGeneration", number(value, "/metadata/generation", 1)),
        ];
        self.change(&Key::of(set), |set| {
            put_counts(set, &counts);
            if let Some(status) = set.get_mut("status").and_then(Value::as_object_mut) {
                status.entry("collisionCount").or_insert_with(|| 0.into());
                status.insert("currentRevision".to_owned(), current.as_str().into());
                status.insert("updateRevision".to_owned(), revision.into());
            }
        });
    }
}
