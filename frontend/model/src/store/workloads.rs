//! Workloads of six kinds: one row each.

use super::names::{Name, Names};
use super::rows::{Rows, Uid};
use super::symptoms::bounded;
use crate::k8s::json::List;
use crate::k8s::label_selector::{pairs_text, selector_text};
use crate::k8s::meta::{Object, ObjectMeta};
use crate::k8s::pod::Container;
use crate::k8s::projection::{self, read};
use crate::k8s::workload::{CronJob, TemplateSpec, Workload, WorkloadKind};
use crate::k8s::workload_state::{Verdict, WorkloadState, cron_job_verdict, verdict};
use crate::timestamp;

/// What is kept of a workload.
#[derive(Clone, Debug)]
pub struct WorkloadRow {
    /// Its identity.
    pub uid: Uid,
    /// Its kind.
    pub kind: WorkloadKind,
    /// Its name, as its pods name their owner.
    pub name: Name,
    /// Its namespace.
    pub namespace: Name,
    /// Its state.
    pub state: WorkloadState,
    /// The word for it: `Healthy`, `Complete`, `Paused`.
    pub status: Name,
    /// Why it is not well, in the server's words; else empty.
    pub why: Box<str>,
    /// The reason of the condition that says so, for example `ProgressDeadlineExceeded`; else empty.
    pub reason: Name,
    /// Since when that condition is so, in seconds since the epoch.
    pub since_s: Option<i64>,
    /// Whether a change has not reached all pods that it should reach by itself.
    pub rolling: bool,
    /// Whether this tab saw the last change reach all of them.
    pub rolled_out: bool,
    /// When it was created, in seconds since the epoch.
    pub created_s: Option<i64>,
    /// The kind of its controller, or empty.
    pub owner_kind: Name,
    /// The name of its controller, or empty.
    pub owner: Name,
    /// Its labels.
    pub labels: Box<[(Name, Name)]>,
    /// What it counts.
    pub course: Course,
    /// kubectl's CONTAINERS.
    pub containers: Name,
    /// The images of its containers, in their order.
    pub images: Box<[Name]>,
    /// kubectl's SELECTOR, or empty.
    pub selector: Name,
    /// kubectl's NODE SELECTOR, or empty.
    pub node_selector: Name,
}

/// What a workload of one kind or another counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Course {
    /// Deployments, stateful sets, replica sets and daemon sets.
    Replicas(Replicas),
    /// A job.
    Job(JobRun),
    /// A cron job.
    Schedule(Schedule),
}

/// The pods of a workload that keeps some running.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replicas {
    /// How many there should be.
    pub wanted: u32,
    /// How many there are.
    pub current: u32,
    /// How many of them are ready.
    pub ready: u32,
    /// How many are of the newest template; replica sets do not say.
    pub up_to_date: Option<u32>,
    /// How many are ready for long enough.
    pub available: u32,
}

/// A job's pods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobRun {
    /// How many must succeed; absent where one success is enough.
    pub wanted: Option<u32>,
    /// How many run at once.
    pub parallelism: u32,
    /// How many succeeded.
    pub succeeded: u32,
    /// How many run or wait.
    pub active: u32,
    /// When it began, in seconds since the epoch.
    pub started_s: Option<i64>,
    /// When it was complete, in seconds since the epoch.
    pub completed_s: Option<i64>,
}

/// When a cron job makes jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// `*/5 * * * *`.
    pub cron: Name,
    /// `Europe/Vienna`, or empty.
    pub time_zone: Name,
    /// Whether it rests.
    pub suspended: bool,
    /// How many of its jobs run.
    pub active: u32,
    /// When it last made one, in seconds since the epoch.
    pub last_s: Option<i64>,
}

impl WorkloadRow {
    /// Each name in it; a field that is added must say here whether it is one.
    pub(super) fn each_name(&self, mark: &mut dyn FnMut(Name)) {
        let Self {
            uid: _,
            kind: _,
            name,
            namespace,
            state: _,
            status,
            why: _,
            reason,
            since_s: _,
            rolling: _,
            rolled_out: _,
            created_s: _,
            owner_kind,
            owner,
            labels,
            course,
            containers,
            images,
            selector,
            node_selector,
        } = self;
        let words = [name, namespace, status, reason, owner_kind, owner, containers, selector, node_selector];
        words.into_iter().chain(images).copied().for_each(&mut *mark);
        labels.iter().flat_map(|(key, value)| [*key, *value]).for_each(&mut *mark);
        if let Course::Schedule(schedule) = course {
            [schedule.cron, schedule.time_zone].into_iter().for_each(mark);
        }
    }
}

/// All workloads that are loaded.
#[derive(Debug, Default)]
pub struct Workloads {
    rows: Rows<WorkloadRow>,
    /// Objects that could not be decoded since the start.
    pub undecodable: u64,
}

/// The field mask of what is read of a workload.
pub fn mask(kind: WorkloadKind) -> String {
    match kind {
        WorkloadKind::CronJob => projection::mask::<CronJob<'_>>(),
        _ => projection::mask::<Workload<'_>>(),
    }
}

impl Workloads {
    /// The rows, of all kinds.
    pub fn rows(&self) -> &Rows<WorkloadRow> {
        &self.rows
    }

    /// What each part holds of the memory, in bytes.
    pub fn memory(&self) -> Vec<(&'static str, usize)> {
        let own = |row: &WorkloadRow| row.why.len() + size_of_val(&*row.labels) + size_of_val(&*row.images);
        let own = self.rows.iter().map(|(_, row)| own(row)).sum();
        vec![("rows", self.rows.bytes()), ("labels, images and reasons", own)]
    }

    /// Begins a list.
    pub fn begin(&mut self) -> u32 {
        self.rows.begin()
    }

    /// Ends a list of one kind, in one namespace or in all.
    pub fn end(&mut self, epoch: u32, kind: WorkloadKind, namespace: Option<Name>) {
        self.rows.sweep(epoch, |row| row.kind == kind && namespace.is_none_or(|n| n == row.namespace));
    }

    /// Forgets what is outside these namespaces, since nobody keeps it up to date any more.
    pub fn retain(&mut self, kind: WorkloadKind, namespaces: &[Name]) {
        let epoch = self.rows.begin();
        self.rows.sweep(epoch, |row| row.kind == kind && !namespaces.contains(&row.namespace));
    }

    /// Takes an object in, new or changed.
    pub fn upsert(&mut self, kind: WorkloadKind, json: &[u8], names: &mut Names) {
        let taken = match kind {
            WorkloadKind::CronJob => read(json)
                .ok()
                .map(|cron_job: CronJob<'_>| (cron_job.metadata.version(), WorkloadRow::of_cron_job(&cron_job, names))),
            kind => read(json)
                .ok()
                .map(|workload: Workload<'_>| (workload.metadata.version(), WorkloadRow::new(kind, &workload, names))),
        };
        // Without a uid it is no workload of a cluster.
        match taken.filter(|(_, row)| row.uid != Uid::parse("")) {
            Some((version, mut row)) => {
                let before = self.rows.by_uid(row.uid);
                row.rolled_out = !row.rolling && before.is_some_and(|old| old.rolling || old.rolled_out);
                self.rows.upsert(row.uid, version, row);
            }
            None => self.undecodable += 1,
        }
    }

    /// Takes an object out; of its JSON only the uid counts.
    pub fn delete(&mut self, json: &[u8]) {
        match read::<Object<'_>>(json) {
            Ok(object) => {
                self.rows.remove(Uid::parse(&object.metadata.uid));
            }
            Err(_) => self.undecodable += 1,
        }
    }
}

impl WorkloadRow {
    /// The value of a label.
    pub fn label(&self, key: Name) -> Option<Name> {
        self.labels.iter().find(|(k, _)| *k == key).map(|(_, v)| *v)
    }

    /// Whether it is listed beside others: a replica set of a deployment is one of its revisions.
    pub fn stands_alone(&self) -> bool {
        self.kind != WorkloadKind::ReplicaSet || self.owner.is_empty()
    }

    fn new(kind: WorkloadKind, workload: &Workload<'_>, names: &mut Names) -> Self {
        let (spec, status) = (&workload.spec, &workload.status);
        let course = match kind {
            WorkloadKind::Job => Course::Job(JobRun {
                wanted: spec.completions.parse().ok(),
                parallelism: count(spec.parallelism),
                succeeded: count(status.succeeded),
                active: count(status.active),
                started_s: timestamp::seconds(&status.start_time),
                completed_s: timestamp::seconds(&status.completion_time),
            }),
            WorkloadKind::DaemonSet => Course::Replicas(Replicas {
                wanted: count(status.desired_number_scheduled),
                current: count(status.current_number_scheduled),
                ready: count(status.number_ready),
                up_to_date: Some(count(status.updated_number_scheduled)),
                available: count(status.number_available),
            }),
            _ => Course::Replicas(Replicas {
                wanted: count(spec.replicas),
                current: count(status.replicas),
                ready: count(status.ready_replicas),
                up_to_date: (kind != WorkloadKind::ReplicaSet).then(|| count(status.updated_replicas)),
                available: count(status.available_replicas),
            }),
        };
        let row = Self::with(kind, &workload.metadata, &verdict(kind, workload), course, names);
        row.running(&spec.template.spec, &selector_text(&spec.selector), names)
    }

    fn of_cron_job(cron_job: &CronJob<'_>, names: &mut Names) -> Self {
        let (spec, status) = (&cron_job.spec, &cron_job.status);
        let course = Course::Schedule(Schedule {
            cron: names.intern(&spec.schedule),
            time_zone: names.intern(&spec.time_zone),
            suspended: spec.suspend,
            active: u32::try_from(status.active.len()).unwrap_or(u32::MAX),
            last_s: timestamp::seconds(&status.last_schedule_time),
        });
        let row = Self::with(WorkloadKind::CronJob, &cron_job.metadata, &cron_job_verdict(cron_job), course, names);
        let template = &spec.job_template.spec;
        row.running(&template.template.spec, &selector_text(&template.selector), names)
    }

    /// A row without what its pods are made from.
    fn with(kind: WorkloadKind, meta: &ObjectMeta<'_>, verdict: &Verdict, course: Course, names: &mut Names) -> Self {
        let owner = meta.controller();
        Self {
            uid: Uid::parse(&meta.uid),
            kind,
            name: names.intern(&meta.name),
            namespace: names.intern(&meta.namespace),
            state: verdict.state,
            status: names.intern(verdict.word),
            why: bounded(&verdict.why),
            reason: names.intern(&verdict.reason),
            since_s: verdict.since_s,
            rolling: verdict.rolling,
            rolled_out: false,
            created_s: timestamp::seconds(&meta.creation_timestamp),
            owner_kind: names.intern(owner.map_or("", |o| &o.kind)),
            owner: names.intern(owner.map_or("", |o| &o.name)),
            labels: names.intern_pairs(&meta.labels),
            course,
            containers: Name::EMPTY,
            images: Box::default(),
            selector: Name::EMPTY,
            node_selector: Name::EMPTY,
        }
    }

    fn running(self, template: &TemplateSpec<'_>, selector: &str, names: &mut Names) -> Self {
        let containers: &List<Container<'_>> = &template.containers;
        let called: Vec<&str> = containers.iter().map(|c| &*c.name).collect();
        Self {
            containers: names.intern(&called.join(",")),
            images: containers.iter().map(|c| names.intern(&c.image)).collect(),
            selector: names.intern(selector),
            node_selector: names.intern(&pairs_text(&template.node_selector)),
            ..self
        }
    }
}

/// Below zero there is none.
fn count(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
