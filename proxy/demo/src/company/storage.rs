//! What databases keep things on: classes, claims and volumes.

use serde_json::{Value, json};

use super::app::Runs;
use super::draft::Draft;
use super::origin::Origin;
use super::trouble::Trouble;
use super::workload::Workload;

/// The classes of storage: the last one provides nothing by itself.
const CLASSES: [(&str, &str, &str); 3] = [
    ("standard", "csi.example.com", "WaitForFirstConsumer"),
    ("fast", "csi.example.com", "WaitForFirstConsumer"),
    ("local-nvme", "kubernetes.io/no-provisioner", "WaitForFirstConsumer"),
];

/// The cluster's storage classes.
pub fn classes(origin: &Origin) -> Vec<Value> {
    let class = |(name, provisioner, mode): (&str, &str, &str)| {
        let created = origin.ago("storage", 86_400 * 90, 86_400 * 91);
        let is_default = if name == "standard" { "true" } else { "false" };
        Draft::new(origin, "storage.k8s.io/v1", "StorageClass", "", name, created)
            .meta("annotations", json!({"storageclass.kubernetes.io/is-default-class": is_default}))
            .with("allowVolumeExpansion", provisioner == "csi.example.com")
            .with("provisioner", provisioner)
            .with("reclaimPolicy", "Delete")
            .with("volumeBindingMode", mode)
            .by("deployer", &["metadata", "provisioner", "reclaimPolicy", "volumeBindingMode"])
            .done()
    };
    CLASSES.into_iter().map(class).collect()
}

impl Workload {
    /// The claims of its pods with the volumes that they got.
    pub fn storage(&self, origin: &Origin) -> Vec<Value> {
        let Runs::StatefulSet(_, gib) = self.app.runs else { return Vec::new() };
        let waiting =
            self.trouble.filter(|trouble| *trouble == Trouble::WaitingVolume).and(self.replicas.checked_sub(1));
        let claims = (0..self.replicas).map(|ordinal| self.claim(origin, ordinal, gib, waiting != Some(ordinal)));
        claims.flatten().collect()
    }

    fn claim(&self, origin: &Origin, ordinal: u32, gib: u32, bound: bool) -> Vec<Value> {
        let name = format!("data-{}-{ordinal}", self.app.name);
        let uid = origin.uid("PersistentVolumeClaim", &self.namespace, &name);
        let volume = format!("pvc-{uid}");
        let size = json!({"storage": format!("{gib}Gi")});
        let modes = json!(["ReadWriteOnce"]);
        let class = self.storage_class();
        let mut spec = json!({
            "accessModes": modes,
            "resources": {"requests": size},
            "storageClassName": class,
            "volumeMode": "Filesystem",
        });
        let mut status = json!({"phase": "Pending"});
        if bound {
            status = json!({"accessModes": modes, "capacity": size, "phase": "Bound"});
            if let Some(spec) = spec.as_object_mut() {
                spec.insert("volumeName".to_owned(), volume.as_str().into());
            }
        }
        let created = if bound { self.created } else { self.rolled_out };
        let claim = Draft::new(origin, "v1", "PersistentVolumeClaim", &self.namespace, &name, created)
            .labels(self.selector())
            .meta("annotations", if bound { bound_annotations() } else { json!({}) })
            .meta("finalizers", json!(["kubernetes.io/pvc-protection"]))
            .with("spec", spec)
            .by("kube-controller-manager", &["metadata", "spec"])
            .status_by("kube-controller-manager", status)
            .done();
        if !bound {
            return vec![claim];
        }
        let zone = char::from(b'a' + u8::try_from(ordinal % 3).unwrap_or(0));
        let spec = json!({
            "accessModes": modes,
            "capacity": size,
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "name": name,
                "namespace": self.namespace,
                "uid": uid,
            },
            "csi": {"driver": "csi.example.com", "fsType": "ext4", "volumeHandle": format!("vol-{}", &volume)},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [{
                "key": "topology.kubernetes.io/zone",
                "operator": "In",
                "values": [format!("eu-central-1{zone}")],
            }]}]}},
            "persistentVolumeReclaimPolicy": "Delete",
            "storageClassName": class,
            "volumeMode": "Filesystem",
        });
        let volume = Draft::new(origin, "v1", "PersistentVolume", "", &volume, self.created + 4)
            .meta("annotations", json!({"pv.kubernetes.io/provisioned-by": "csi.example.com"}))
            .meta("finalizers", json!(["kubernetes.io/pv-protection"]))
            .with("spec", spec)
            .by("csi-provisioner", &["metadata", "spec"])
            .status_by(
                "kube-controller-manager",
                json!({"lastPhaseTransitionTime": (self.created + 5).to_string(), "phase": "Bound"}),
            )
            .done();
        vec![claim, volume]
    }
}

fn bound_annotations() -> Value {
    json!({
        "pv.kubernetes.io/bind-completed": "yes",
        "pv.kubernetes.io/bound-by-controller": "yes",
        "volume.beta.kubernetes.io/storage-provisioner": "csi.example.com",
        "volume.kubernetes.io/storage-provisioner": "csi.example.com",
    })
}
