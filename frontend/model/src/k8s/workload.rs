//! What makes pods: deployments, stateful sets, daemon sets, replica sets, jobs, and cron jobs, which make jobs.

use super::json::{List, Pairs, Text};
use super::label_selector::LabelSelector;
use super::meta::ObjectMeta;
use super::pod::{Condition, Container};
use super::projection::fields;

/// A kind of workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkloadKind {
    /// `apps/v1`.
    Deployment,
    /// `apps/v1`.
    StatefulSet,
    /// `apps/v1`.
    DaemonSet,
    /// `batch/v1`.
    CronJob,
    /// `batch/v1`.
    Job,
    /// `apps/v1`; most belong to a deployment.
    ReplicaSet,
}

/// A workload that runs pods: <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/>. One projection for
/// the five kinds, since what they share has the same names.
#[derive(Clone, Debug, Default)]
pub struct Workload<'a> {
    /// Identity, labels and owners.
    pub metadata: ObjectMeta<'a>,
    /// What was asked for.
    pub spec: WorkloadSpec<'a>,
    /// What was observed.
    pub status: WorkloadStatus<'a>,
}

/// What a workload should run.
#[derive(Clone, Debug, Default)]
pub struct WorkloadSpec<'a> {
    /// How many pods; of deployments, stateful sets and replica sets.
    pub replicas: i64,
    /// Which pods are its own.
    pub selector: LabelSelector<'a>,
    /// What its pods are made from.
    pub template: PodTemplate<'a>,
    /// Of deployments: changes are not rolled out.
    pub paused: bool,
    /// Of stateful sets and daemon sets: how a change reaches their pods.
    pub update_strategy: UpdateStrategy<'a>,
    /// Of jobs: no pods are made.
    pub suspend: bool,
    /// Of jobs: how many pods must succeed, in digits; absent where one success is enough.
    pub completions: Text<'a>,
    /// Of jobs: how many pods run at once.
    pub parallelism: i64,
}

/// How a change reaches the pods of a stateful set or a daemon set.
#[derive(Clone, Debug, Default)]
pub struct UpdateStrategy<'a> {
    /// `RollingUpdate`, or `OnDelete`: somebody deletes the old pods.
    pub kind: Text<'a>,
    /// Which pods are changed.
    pub rolling_update: RollingUpdate,
}

/// Which pods a change reaches by itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct RollingUpdate {
    /// Of stateful sets: pods below this ordinal keep what they are.
    pub partition: i64,
}

/// What pods are made from.
#[derive(Clone, Debug, Default)]
pub struct PodTemplate<'a> {
    /// The spec of each pod.
    pub spec: TemplateSpec<'a>,
}

/// Of the spec of each pod what tables show.
#[derive(Clone, Debug, Default)]
pub struct TemplateSpec<'a> {
    /// Run together.
    pub containers: List<Container<'a>>,
    /// Labels that a node must have.
    pub node_selector: Pairs<'a>,
}

/// What was observed of a workload.
#[derive(Clone, Debug, Default)]
pub struct WorkloadStatus<'a> {
    /// The generation that this status is about.
    pub observed_generation: i64,
    /// Pods that there are.
    pub replicas: i64,
    /// Pods that are ready.
    pub ready_replicas: i64,
    /// Pods of the newest template.
    pub updated_replicas: i64,
    /// Pods that are ready for long enough.
    pub available_replicas: i64,
    /// Of stateful sets: the revision that is being left.
    pub current_revision: Text<'a>,
    /// Of stateful sets: the revision that is rolled out.
    pub update_revision: Text<'a>,
    /// Of daemon sets: nodes that should have a pod.
    pub desired_number_scheduled: i64,
    /// Of daemon sets: nodes that should have a pod, and do.
    pub current_number_scheduled: i64,
    /// Of daemon sets: nodes whose pod is ready.
    pub number_ready: i64,
    /// Of daemon sets: nodes whose pod is of the newest template.
    pub updated_number_scheduled: i64,
    /// Of daemon sets: nodes whose pod is ready for long enough.
    pub number_available: i64,
    /// Of jobs: pods that run or wait.
    pub active: i64,
    /// Of jobs: pods that ended well.
    pub succeeded: i64,
    /// Of jobs: pods that failed.
    pub failed: i64,
    /// Of jobs, RFC 3339.
    pub start_time: Text<'a>,
    /// Of jobs, RFC 3339.
    pub completion_time: Text<'a>,
    /// `Progressing`, `Available`, `ReplicaFailure`, `Complete`, `Failed`, `Suspended` and others.
    pub conditions: List<Condition<'a>>,
}

/// A cron job; its `status.active` is a list where a job's is a number.
#[derive(Clone, Debug, Default)]
pub struct CronJob<'a> {
    /// Identity and labels.
    pub metadata: ObjectMeta<'a>,
    /// What was asked for.
    pub spec: CronJobSpec<'a>,
    /// What was observed.
    pub status: CronJobStatus<'a>,
}

/// When a cron job makes which jobs.
#[derive(Clone, Debug, Default)]
pub struct CronJobSpec<'a> {
    /// `*/5 * * * *`.
    pub schedule: Text<'a>,
    /// `Europe/Vienna`; absent means that of the controller.
    pub time_zone: Text<'a>,
    /// No jobs are made.
    pub suspend: bool,
    /// What its jobs are made from.
    pub job_template: JobTemplate<'a>,
}

/// What jobs are made from.
#[derive(Clone, Debug, Default)]
pub struct JobTemplate<'a> {
    /// The spec of each job.
    pub spec: WorkloadSpec<'a>,
}

/// What was observed of a cron job.
#[derive(Clone, Debug, Default)]
pub struct CronJobStatus<'a> {
    /// Its jobs that run.
    pub active: List<Reference<'a>>,
    /// RFC 3339.
    pub last_schedule_time: Text<'a>,
}

/// A link to another object.
#[derive(Clone, Debug, Default)]
pub struct Reference<'a> {
    /// Its name.
    pub name: Text<'a>,
}

fields! {
    Workload<'de> {
        "metadata": metadata,
        "spec": spec,
        "status": status,
    }
    WorkloadSpec<'de> {
        "replicas": replicas,
        "selector": selector,
        "template": template,
        "paused": paused,
        "updateStrategy": update_strategy,
        "suspend": suspend,
        "completions": completions,
        "parallelism": parallelism,
    }
    UpdateStrategy<'de> {
        "type": kind,
        "rollingUpdate": rolling_update,
    }
    RollingUpdate {
        "partition": partition,
    }
    PodTemplate<'de> {
        "spec": spec,
    }
    TemplateSpec<'de> {
        "containers": containers,
        "nodeSelector": node_selector,
    }
    WorkloadStatus<'de> {
        "observedGeneration": observed_generation,
        "replicas": replicas,
        "readyReplicas": ready_replicas,
        "updatedReplicas": updated_replicas,
        "availableReplicas": available_replicas,
        "currentRevision": current_revision,
        "updateRevision": update_revision,
        "desiredNumberScheduled": desired_number_scheduled,
        "currentNumberScheduled": current_number_scheduled,
        "numberReady": number_ready,
        "updatedNumberScheduled": updated_number_scheduled,
        "numberAvailable": number_available,
        "active": active,
        "succeeded": succeeded,
        "failed": failed,
        "startTime": start_time,
        "completionTime": completion_time,
        "conditions": conditions,
    }
    CronJob<'de> {
        "metadata": metadata,
        "spec": spec,
        "status": status,
    }
    CronJobSpec<'de> {
        "schedule": schedule,
        "timeZone": time_zone,
        "suspend": suspend,
        "jobTemplate": job_template,
    }
    JobTemplate<'de> {
        "spec": spec,
    }
    CronJobStatus<'de> {
        "active": active,
        "lastScheduleTime": last_schedule_time,
    }
    Reference<'de> {
        "name": name,
    }
}

impl WorkloadKind {
    /// All kinds, in the order of the page.
    pub const ALL: [Self; 6] =
        [Self::Deployment, Self::StatefulSet, Self::DaemonSet, Self::CronJob, Self::Job, Self::ReplicaSet];

    /// Its name in the API: `Deployment`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deployment => "Deployment",
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
            Self::CronJob => "CronJob",
            Self::Job => "Job",
            Self::ReplicaSet => "ReplicaSet",
        }
    }

    /// Group, version and resource: `apis/apps/v1`, `deployments`.
    pub fn path(self) -> (&'static str, &'static str) {
        match self {
            Self::Deployment => ("apis/apps/v1", "deployments"),
            Self::StatefulSet => ("apis/apps/v1", "statefulsets"),
            Self::DaemonSet => ("apis/apps/v1", "daemonsets"),
            Self::CronJob => ("apis/batch/v1", "cronjobs"),
            Self::Job => ("apis/batch/v1", "jobs"),
            Self::ReplicaSet => ("apis/apps/v1", "replicasets"),
        }
    }

    /// The kind of a resource: of `deployments`.
    pub fn of_resource(resource: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.path().1 == resource)
    }
}

impl WorkloadStatus<'_> {
    /// A condition by its type.
    pub fn condition(&self, kind: &str) -> Option<&Condition<'_>> {
        self.conditions.iter().find(|c| &*c.kind == kind)
    }

    /// The condition of this type, if it holds.
    pub fn holds(&self, kind: &str) -> Option<&Condition<'_>> {
        self.condition(kind).filter(|c| c.is_true())
    }
}
