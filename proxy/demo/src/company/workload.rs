//! An app in one cell of the company: its controller, its revisions and how its pods fare.

use serde_json::{Value, json};

use super::app::{App, Pool, Runs};
use super::fate::Fate;
use super::identity::template_hash;
use super::load;
use super::moment::Moment;
use super::origin::Origin;
use super::trouble::Trouble;
use crate::tree;

mod daemon_set;
mod deployment;
mod job;
mod stateful_set;
mod status;
mod template;

pub use deployment::QUOTA;
pub use job::{condition as job_condition, run_labels, run_name};
pub use status::{Progress, ReplicaCounts, deployment_status};

/// An app as it runs in one namespace.
#[derive(Clone, Debug)]
pub struct Workload {
    /// What it is.
    pub app: &'static App,
    /// Where it runs.
    pub namespace: String,
    /// How many replicas are wanted; for daemons, how many nodes there are.
    pub replicas: u32,
    /// The nodes it may run on here.
    pub pool: Pool,
    /// What is wrong with it here.
    pub trouble: Option<Trouble>,
    /// When it was first deployed.
    pub created: Moment,
    /// When its newest version was rolled out.
    pub rolled_out: Moment,
}

/// Pods that one object keeps, of one template.
#[derive(Clone, Debug)]
pub struct Crew {
    /// `metadata.ownerReferences` of the pods.
    pub owners: Value,
    /// What the pods are made from.
    pub template: Value,
    /// Before the generated ending of the names, or before the ordinal.
    pub prefix: String,
    /// Whether pods are numbered instead of named by chance.
    pub numbered: bool,
    /// Whether there is one on each node.
    pub daemons: bool,
    /// Whether they use their node's network.
    pub on_host: bool,
    /// When the first of them was made.
    pub since: Moment,
    /// How they fare, and how many of each.
    pub fates: Vec<(Fate, u32)>,
}

/// A workload's objects and the pods to be made for it.
#[derive(Clone, Debug, Default)]
pub struct Deployed {
    /// The controller, and what stands between it and its pods.
    pub objects: Vec<Value>,
    /// The pods.
    pub crews: Vec<Crew>,
}

impl Workload {
    /// What is in the cluster for it, apart from services and the like.
    pub fn deployed(&self, origin: &Origin) -> Deployed {
        match self.app.runs {
            Runs::Deployment(_) => self.deployment(origin),
            Runs::StatefulSet(_, volume_gib) => self.stateful_set(origin, volume_gib),
            Runs::DaemonSet => self.daemon_set(origin),
            Runs::Job(completions) => self.job(origin, completions),
            Runs::CronJob(schedule, takes_s) => self.cron_job(origin, schedule, takes_s),
        }
    }

    /// How many pods there are at the start.
    pub fn pods(&self) -> u32 {
        match (self.app.runs, self.trouble) {
            (Runs::Job(_), Some(Trouble::PastDeadline)) => 0,
            (Runs::Job(completions), _) => completions,
            (Runs::CronJob(..), _) => job::KEPT_RUNS,
            (Runs::Deployment(_), _) => self.revisions().iter().map(|revision| revision.pods()).sum(),
            (Runs::StatefulSet(..) | Runs::DaemonSet, _) => self.replicas,
        }
    }

    /// How many of its pods are ready at the start.
    pub fn healthy(&self) -> u32 {
        match self.app.runs {
            Runs::Job(_) | Runs::CronJob(..) => 0,
            Runs::Deployment(_) => self.revisions().iter().map(|revision| revision.ready()).sum(),
            Runs::StatefulSet(..) | Runs::DaemonSet => self.replicas - u32::from(self.trouble.is_some()),
        }
    }

    /// The labels that tell its pods from others'.
    pub fn selector(&self) -> Value {
        json!({"app.kubernetes.io/instance": self.namespace, "app.kubernetes.io/name": self.app.name})
    }

    /// The labels of its objects.
    pub fn labels(&self, version: &str) -> Value {
        json!({
            "app.kubernetes.io/instance": self.namespace,
            "app.kubernetes.io/name": self.app.name,
            "app.kubernetes.io/part-of": self.app.part_of,
            "app.kubernetes.io/version": version,
            "team": self.app.team,
            "tier": self.app.tier,
        })
    }

    /// Its image at a version.
    pub fn image(&self, version: &str) -> String {
        format!("registry.example.com/{}/{}:{version}", self.app.part_of, self.app.name)
    }

    fn annotations(&self) -> Value {
        let mut annotations = json!({
            "deploy.example.com/revision": &template_hash(&json!(self.app.version)),
            "deploy.example.com/source": format!("https://git.example.com/{}/{}", self.app.team, self.app.name),
        });
        if matches!(self.app.runs, Runs::Deployment(_) | Runs::StatefulSet(..)) {
            tree::put(&mut annotations, &[load::PLANNED], self.replicas.to_string().into());
        }
        annotations
    }
}
