//! Deployments with their ReplicaSets: several versions at once where a rollout is on its way.

use serde_json::{Value, json};

use super::super::draft::{Draft, controller};
use super::super::fate::Fate;
use super::super::identity::template_hash;
use super::super::moment::Moment;
use super::super::origin::Origin;
use super::super::quantity::cpu;
use super::super::trouble::Trouble;
use super::status::condition;
use super::{Crew, Deployed, Progress, ReplicaCounts, Workload, deployment_status};

/// The quota that is full.
pub const QUOTA: &str = "batch-low";

/// A template that was or is rolled out.
#[derive(Debug)]
pub(super) struct Revision {
    version: &'static str,
    number: u32,
    wanted: u32,
    fates: Vec<(Fate, u32)>,
}

impl Revision {
    pub(super) fn pods(&self) -> u32 {
        self.fates.iter().map(|(_, count)| count).sum()
    }

    pub(super) fn ready(&self) -> u32 {
        self.fates.iter().filter(|(fate, _)| *fate == Fate::Runs).map(|(_, count)| count).sum()
    }
}

impl Workload {
    /// Its revisions, the newest last.
    pub(super) fn revisions(&self) -> Vec<Revision> {
        let (wanted, app) = (self.replicas, self.app);
        let surge = wanted.div_ceil(4);
        let old = |count| (count, vec![(Fate::Runs, count)]);
        let failing = |trouble, count| (count, vec![(Fate::Suffers(trouble), count)]);
        let [(old_wanted, old_fates), (new_wanted, new_fates)] = match self.trouble {
            Some(Trouble::RollingOut) => [old(wanted - wanted / 2), old(wanted / 2 + surge.min(wanted))],
            Some(trouble @ (Trouble::StuckRollout | Trouble::MissingImage)) => [old(wanted), failing(trouble, surge)],
            Some(trouble @ (Trouble::CrashLoop | Trouble::FailingProbe)) => {
                let bad = wanted.div_ceil(2);
                [old(0), (wanted, vec![(Fate::Suffers(trouble), bad), (Fate::Runs, wanted - bad)])]
            }
            Some(trouble @ Trouble::OutOfMemory) => {
                let bad = wanted.div_ceil(3);
                [old(0), (wanted, vec![(Fate::Suffers(trouble), bad), (Fate::Runs, wanted - bad)])]
            }
            Some(trouble @ Trouble::Unschedulable) => [old(0), failing(trouble, wanted)],
            Some(Trouble::FullQuota) => [old(0), (wanted, vec![(Fate::Runs, wanted - wanted / 3)])],
            _ => [old(0), old(wanted)],
        };
        let number = 3 + u32::try_from(app.name.len() % 9).unwrap_or_default();
        vec![
            Revision { version: app.before, number: number - 1, wanted: old_wanted, fates: old_fates },
            Revision { version: app.version, number, wanted: new_wanted, fates: new_fates },
        ]
    }

    pub(super) fn deployment(&self, origin: &Origin) -> Deployed {
        let name = self.app.name;
        let uid = origin.uid("Deployment", &self.namespace, name);
        let owners = controller("apps/v1", "Deployment", name, &uid);
        let mut deployed = Deployed::default();
        let revisions = self.revisions();
        let mut newest = String::new();
        for revision in &revisions {
            // Without a predecessor of its own an app has one ReplicaSet.
            if revision.version == self.app.version && revision.number != revisions.last().map_or(0, |last| last.number)
            {
                continue;
            }
            let is_newest = revision.version == self.app.version;
            let since = if is_newest { self.rolled_out } else { self.created };
            let (set, crew) = self.replica_set(origin, revision, &owners, since);
            newest.clone_from(&crew.prefix);
            deployed.objects.push(set);
            deployed.crews.push(crew);
        }
        let object = self.deployment_object(origin, &revisions, newest.trim_end_matches('-'));
        deployed.objects.push(object);
        deployed
    }

    fn deployment_object(&self, origin: &Origin, revisions: &[Revision], newest: &str) -> Value {
        let revision = revisions.last().map_or(1, |revision| revision.number);
        let counts = ReplicaCounts {
            replicas: revisions.iter().map(Revision::pods).sum(),
            updated: revisions.last().map_or(0, Revision::pods),
            ready: revisions.iter().map(Revision::ready).sum(),
        };
        let newest = newest.to_owned();
        let progress = match self.trouble {
            Some(Trouble::RollingOut) => Progress::Moving(newest),
            Some(Trouble::StuckRollout | Trouble::MissingImage | Trouble::Unschedulable | Trouble::FullQuota) => {
                Progress::TimedOut(newest)
            }
            _ => Progress::Complete(newest),
        };
        let progressed = if let Progress::TimedOut(_) = progress { self.rolled_out + 600 } else { self.rolled_out };
        let since = [self.created + 25, progressed];
        let mut status = deployment_status(1, self.replicas, self.replicas / 4, counts, &progress, since);
        if self.trouble == Some(Trouble::FullQuota)
            && let Some(conditions) = status.get_mut("conditions").and_then(Value::as_array_mut)
        {
            let failure = ("True", "FailedCreate", self.quota_exceeded("x2k9d"));
            conditions.push(condition("ReplicaFailure", failure, self.rolled_out));
        }
        let mut annotations = self.annotations();
        if let Some(annotations) = annotations.as_object_mut() {
            annotations.insert("deployment.kubernetes.io/revision".to_owned(), revision.to_string().into());
        }
        let spec = json!({
            "progressDeadlineSeconds": 600,
            "replicas": self.replicas,
            "revisionHistoryLimit": 10,
            "selector": {"matchLabels": self.selector()},
            "strategy": {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}, "type": "RollingUpdate"},
            "template": self.template(self.app.version),
        });
        Draft::new(origin, "apps/v1", "Deployment", &self.namespace, self.app.name, self.created)
            .labels(self.labels(self.app.version))
            .meta("annotations", annotations)
            .meta("generation", 1)
            .with("spec", spec)
            .by("deployer", &["metadata", "spec"])
            .status_by("kube-controller-manager", status.into())
            .done()
    }

    fn replica_set(&self, origin: &Origin, revision: &Revision, owners: &Value, since: Moment) -> (Value, Crew) {
        let mut template = self.template(revision.version);
        let hash = template_hash(&template);
        let name = format!("{}-{hash}", self.app.name);
        let mut selector = self.selector();
        for labels in [template.pointer_mut("/metadata/labels"), Some(&mut selector)].into_iter().flatten() {
            if let Some(labels) = labels.as_object_mut() {
                labels.insert("pod-template-hash".to_owned(), hash.as_str().into());
            }
        }
        let labels = template.pointer("/metadata/labels").cloned().unwrap_or_default();
        let annotations = json!({
            "deployment.kubernetes.io/desired-replicas": self.replicas.to_string(),
            "deployment.kubernetes.io/max-replicas": (self.replicas + self.replicas.div_ceil(4)).to_string(),
            "deployment.kubernetes.io/revision": revision.number.to_string(),
        });
        let (pods, ready) = (revision.pods(), revision.ready());
        let mut status = json!({"observedGeneration": 1, "replicas": pods});
        if let Some(status) = status.as_object_mut() {
            let numbers = [("fullyLabeledReplicas", pods), ("readyReplicas", ready), ("availableReplicas", ready)];
            for (member, number) in numbers.into_iter().filter(|(_, number)| *number > 0) {
                status.insert(member.to_owned(), number.into());
            }
            if pods < revision.wanted {
                let failure = json!([{
                    "lastTransitionTime": since.to_string(),
                    "message": self.quota_exceeded("x2k9d"),
                    "reason": "FailedCreate",
                    "status": "True",
                    "type": "ReplicaFailure",
                }]);
                status.insert("conditions".to_owned(), failure);
            }
        }
        let set = Draft::new(origin, "apps/v1", "ReplicaSet", &self.namespace, &name, since)
            .labels(labels)
            .meta("annotations", annotations)
            .meta("generation", 1)
            .meta("ownerReferences", owners.clone())
            .with(
                "spec",
                json!({"replicas": revision.wanted, "selector": {"matchLabels": selector}, "template": template}),
            )
            .by("kube-controller-manager", &["metadata", "spec"])
            .status_by("kube-controller-manager", status)
            .done();
        let uid = origin.uid("ReplicaSet", &self.namespace, &name);
        let crew = Crew {
            owners: controller("apps/v1", "ReplicaSet", &name, &uid),
            template,
            prefix: format!("{name}-"),
            numbered: false,
            daemons: false,
            on_host: false,
            since,
            fates: revision.fates.clone(),
        };
        (set, crew)
    }

    /// What admission answers when the quota leaves no room.
    fn quota_exceeded(&self, suffix: &str) -> String {
        let hash = template_hash(&self.template(self.app.version));
        let used = cpu(self.pods() * self.app.cpu_millis);
        format!(
            "pods \"{}-{hash}-{suffix}\" is forbidden: exceeded quota: {QUOTA}, requested: requests.cpu={}, \
             used: requests.cpu={used}, limited: requests.cpu={used}",
            self.app.name,
            cpu(self.app.cpu_millis)
        )
    }
}
