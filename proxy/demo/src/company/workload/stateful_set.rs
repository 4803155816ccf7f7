//! StatefulSets with a volume for each of their pods.

use serde_json::{Value, json};

use super::super::draft::{Draft, controller};
use super::super::fate::Fate;
use super::super::identity::template_hash;
use super::super::origin::Origin;
use super::super::trouble::Trouble;
use super::{Crew, Deployed, Workload};

impl Workload {
    pub(super) fn stateful_set(&self, origin: &Origin, volume_gib: u32) -> Deployed {
        let name = self.app.name;
        let mut template = self.template(self.app.version);
        let hash = format!("{name}-{}", template_hash(&template));
        let suffers = self.trouble.filter(|_| self.replicas > 0);
        let ready = self.replicas - u32::from(suffers.is_some());
        let mut status = json!({
            "collisionCount": 0,
            "currentReplicas": self.replicas,
            "currentRevision": hash,
            "observedGeneration": 1,
            "replicas": self.replicas,
            "updateRevision": hash,
            "updatedReplicas": self.replicas,
            "availableReplicas": ready,
        });
        if let Some(status) = status.as_object_mut().filter(|_| ready > 0) {
            status.insert("readyReplicas".to_owned(), ready.into());
        }
        let spec = json!({
            "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
            "podManagementPolicy": "OrderedReady",
            "replicas": self.replicas,
            "revisionHistoryLimit": 10,
            "selector": {"matchLabels": self.selector()},
            "serviceName": format!("{name}-headless"),
            "template": template,
            "updateStrategy": {"rollingUpdate": {"partition": 0}, "type": "RollingUpdate"},
            "volumeClaimTemplates": [self.claim_template(volume_gib)],
        });
        let set = Draft::new(origin, "apps/v1", "StatefulSet", &self.namespace, name, self.created)
            .labels(self.labels(self.app.version))
            .meta("annotations", self.annotations())
            .meta("generation", 1)
            .with("spec", spec)
            .by("deployer", &["metadata", "spec"])
            .status_by("kube-controller-manager", status)
            .done();
        let revision = self.controller_revision(origin, &hash, &template);
        if let Some(labels) = template.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
            labels.insert("controller-revision-hash".to_owned(), hash.into());
        }
        // The last one suffers: those before it must be ready before it is made.
        let mut fates = vec![(Fate::Runs, ready)];
        fates.extend(suffers.map(|trouble| (Fate::Suffers(trouble), 1)));
        let uid = origin.uid("StatefulSet", &self.namespace, name);
        let crew = Crew {
            owners: controller("apps/v1", "StatefulSet", name, &uid),
            template,
            prefix: format!("{name}-"),
            numbered: true,
            daemons: false,
            on_host: false,
            since: self.rolled_out,
            fates,
        };
        Deployed { objects: vec![set, revision], crews: vec![crew] }
    }

    fn claim_template(&self, volume_gib: u32) -> Value {
        json!({
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "data"},
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": format!("{volume_gib}Gi")}},
                "storageClassName": self.storage_class(),
                "volumeMode": "Filesystem",
            },
            "status": {"phase": "Pending"},
        })
    }

    /// The class of its volumes.
    pub fn storage_class(&self) -> &'static str {
        if self.trouble == Some(Trouble::WaitingVolume) {
            "local-nvme"
        } else if self.app.tier == "data" {
            "fast"
        } else {
            "standard"
        }
    }

    /// The record of a StatefulSet's or DaemonSet's template.
    pub(super) fn controller_revision(&self, origin: &Origin, name: &str, template: &Value) -> Value {
        let kind = if self.app.runs == super::Runs::DaemonSet { "DaemonSet" } else { "StatefulSet" };
        let uid = origin.uid(kind, &self.namespace, self.app.name);
        Draft::new(origin, "apps/v1", "ControllerRevision", &self.namespace, name, self.rolled_out)
            .labels(self.labels(self.app.version))
            .meta("ownerReferences", controller("apps/v1", kind, self.app.name, &uid))
            .with("data", json!({"spec": {"template": template}}))
            .with("revision", 2)
            .done()
    }
}
