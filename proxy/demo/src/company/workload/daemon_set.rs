//! DaemonSets: one pod on every node.

use serde_json::{Value, json};

use super::super::draft::{Draft, controller};
use super::super::fate::Fate;
use super::super::identity::template_hash;
use super::super::origin::Origin;
use super::{Crew, Deployed, Workload};

impl Workload {
    pub(super) fn daemon_set(&self, origin: &Origin) -> Deployed {
        let name = self.app.name;
        let mut template = self.template(self.app.version);
        let hash = template_hash(&template);
        let status = json!({
            "currentNumberScheduled": self.replicas,
            "desiredNumberScheduled": self.replicas,
            "numberAvailable": self.replicas,
            "numberMisscheduled": 0,
            "numberReady": self.replicas,
            "observedGeneration": 1,
            "updatedNumberScheduled": self.replicas,
        });
        let mut annotations = self.annotations();
        if let Some(annotations) = annotations.as_object_mut() {
            annotations.insert("deprecated.daemonset.template.generation".to_owned(), "1".into());
        }
        let spec = json!({
            "revisionHistoryLimit": 10,
            "selector": {"matchLabels": self.selector()},
            "template": template,
            "updateStrategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}, "type": "RollingUpdate"},
        });
        let set = Draft::new(origin, "apps/v1", "DaemonSet", &self.namespace, name, self.created)
            .labels(self.labels(self.app.version))
            .meta("annotations", annotations)
            .meta("generation", 1)
            .with("spec", spec)
            .by("deployer", &["metadata", "spec"])
            .status_by("kube-controller-manager", status)
            .done();
        let revision = self.controller_revision(origin, &format!("{name}-{hash}"), &template);
        if let Some(labels) = template.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
            labels.insert("controller-revision-hash".to_owned(), hash.into());
            labels.insert("pod-template-generation".to_owned(), "1".into());
        }
        let uid = origin.uid("DaemonSet", &self.namespace, name);
        let crew = Crew {
            owners: controller("apps/v1", "DaemonSet", name, &uid),
            template,
            prefix: format!("{name}-"),
            numbered: false,
            daemons: true,
            on_host: self.is_host_agent(),
            since: self.rolled_out,
            fates: vec![(Fate::Runs, self.replicas)],
        };
        Deployed { objects: vec![set, revision], crews: vec![crew] }
    }
}
