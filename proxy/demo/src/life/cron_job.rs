//! CronJobs start their jobs, and forget the oldest.

use std::sync::Arc;

use serde_json::{Value, json};

use super::cluster::{Cluster, Tale};
use super::job::is_finished;
use super::queue::Work;
use super::rollout::{component, number};
use crate::company::draft::controller;
use crate::company::moment::Moment;
use crate::company::schedule::Schedule;
use crate::company::workload::run_name;
use crate::kinds::builtin;
use crate::store::Key;
use crate::store::object::Object;

impl Cluster {
    /// Starts a job if it is time, and sees to it that the next time is not missed.
    pub(super) fn sync_cron_job(&mut self, cron_job: &Arc<Object>) {
        let value = cron_job.value();
        let schedule = value.pointer("/spec/schedule").and_then(Value::as_str).and_then(Schedule::parse);
        let suspended = value.pointer("/spec/suspend").and_then(Value::as_bool) == Some(true);
        let Some(schedule) = schedule.filter(|_| !suspended) else { return };
        let moment = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).and_then(Moment::parse);
        let last = moment("/status/lastScheduleTime").or(moment("/metadata/creationTimestamp")).unwrap_or(self.now);
        let jobs = self.store.owned_by(builtin("batch", "jobs"), &cron_job.uid);
        let mut runs: Vec<(Arc<Object>, Value)> = jobs.into_iter().map(|job| (Arc::clone(&job), job.value())).collect();
        let due = schedule.before(self.now + 1).filter(|due| *due > last);
        let busy = runs.iter().any(|(_, job)| !is_finished(job));
        let forbids = value.pointer("/spec/concurrencyPolicy").and_then(Value::as_str) == Some("Forbid");
        if let Some(due) = due.filter(|_| !(busy && forbids)) {
            self.start_run(cron_job, &value, due);
        }
        self.forget_runs(&value, &mut runs);
        self.report_cron_job(cron_job, due.unwrap_or(last));
        if let Some(next) = schedule.after(self.now) {
            self.queue.add(next, Work::Sync(Key::of(cron_job)));
        }
    }

    fn start_run(&mut self, cron_job: &Arc<Object>, value: &Value, due: Moment) {
        let name = run_name(&cron_job.name, due);
        let uid = self.uid();
        let mut spec = value.pointer("/spec/jobTemplate/spec").cloned().unwrap_or(json!({}));
        if let Some(spec) = spec.as_object_mut() {
            let defaults = [
                ("backoffLimit", json!(6)),
                ("completionMode", json!("NonIndexed")),
                ("completions", json!(1)),
                ("manualSelector", json!(false)),
                ("parallelism", json!(1)),
                ("podReplacementPolicy", json!("TerminatingOrFailed")),
                ("selector", json!({"matchLabels": {"batch.kubernetes.io/controller-uid": uid}})),
                ("suspend", json!(false)),
            ];
            for (name, value) in defaults {
                spec.entry(name).or_insert(value);
            }
        }
        let job = json!({
            "metadata": {
                "name": name,
                "namespace": &*cron_job.namespace,
                "uid": uid,
                "creationTimestamp": self.now.to_string(),
                "labels": value.pointer("/spec/jobTemplate/metadata/labels").cloned().unwrap_or(json!({})),
                "annotations": {"batch.kubernetes.io/cronjob-scheduled-timestamp": due.to_string()},
                "ownerReferences": controller("batch/v1", "CronJob", &cron_job.name, &cron_job.uid),
            },
            "spec": spec,
            "status": {},
        });
        if self.store.create(builtin("batch", "jobs"), job).is_ok() {
            let message = format!("Created job {name}");
            self.tell(cron_job, Tale::normal(component(cron_job), "SuccessfulCreate", &message));
        }
    }

    fn forget_runs(&mut self, value: &Value, runs: &mut Vec<(Arc<Object>, Value)>) {
        let keep = |name: &str, default| usize::try_from(number(value, name, default)).unwrap_or(usize::MAX);
        let limits = [
            ("Complete", keep("/spec/successfulJobsHistoryLimit", 3)),
            ("Failed", keep("/spec/failedJobsHistoryLimit", 1)),
        ];
        runs.retain(|(_, job)| is_finished(job));
        runs.sort_by_key(|(job, _)| job.version);
        for (kind, kept) in limits {
            let ended = |job: &Value| job.pointer("/status/conditions/1/type").and_then(Value::as_str) == Some(kind);
            let mut of_kind: Vec<&(Arc<Object>, Value)> = runs.iter().filter(|(_, job)| ended(job)).collect();
            of_kind.sort_by_key(|(_, job)| {
                job.pointer("/status/startTime").and_then(Value::as_str).unwrap_or_default().to_owned()
            });
            for (job, _) in of_kind.iter().take(of_kind.len().saturating_sub(kept)) {
                self.let_go(&Key::of(job));
            }
        }
    }

    /// Tells of the runs that the status still calls active.
    fn tell_of_runs_that_ended(&mut self, cron_job: &Object, runs: &[(Arc<Object>, Value)]) {
        let Ok(stored) = self.store.get(&Key::of(cron_job)) else { return };
        let status = stored.value();
        let active = status.pointer("/status/active").and_then(Value::as_array).into_iter().flatten();
        for name in active.filter_map(|run| run.get("name")?.as_str()) {
            let ended = runs.iter().find(|(job, value)| &*job.name == name && is_finished(value));
            if let Some((_, job)) = ended {
                let how = job.pointer("/status/conditions").and_then(Value::as_array).into_iter().flatten();
                let how =
                    how.filter_map(|one| one.get("type")?.as_str()).find(|kind| ["Complete", "Failed"].contains(kind));
                let message = format!("Saw completed job: {name}, condition: {}", how.unwrap_or_default());
                self.tell(cron_job, Tale::normal(component(cron_job), "SawCompletedJob", &message));
            }
        }
    }

    fn report_cron_job(&mut self, cron_job: &Object, last: Moment) {
        let jobs = self.store.owned_by(builtin("batch", "jobs"), &cron_job.uid);
        let runs: Vec<(Arc<Object>, Value)> = jobs.into_iter().map(|job| (Arc::clone(&job), job.value())).collect();
        let reference = |job: &Object| {
            json!({
                "apiVersion": "batch/v1",
                "kind": "Job",
                "name": &*job.name,
                "namespace": &*job.namespace,
                "resourceVersion": job.version.to_string(),
                "uid": &*job.uid,
            })
        };
        let active: Vec<Value> =
            runs.iter().filter(|(_, value)| !is_finished(value)).map(|(job, _)| reference(job)).collect();
        self.tell_of_runs_that_ended(cron_job, &runs);
        let done = runs.iter().filter_map(|(_, job)| job.pointer("/status/completionTime")?.as_str()).max();
        self.change(&Key::of(cron_job), |cron_job| {
            let Some(members) = cron_job.as_object_mut() else { return };
            let status = members.entry("status").or_insert_with(|| json!({}));
            let Some(status) = status.as_object_mut() else { return };
            status.insert("lastScheduleTime".to_owned(), last.to_string().into());
            if let Some(done) = done {
                status.insert("lastSuccessfulTime".to_owned(), done.into());
            }
            if active.is_empty() {
                status.remove("active");
            } else if status.get("active").and_then(Value::as_array).map(Vec::len) != Some(active.len()) {
                status.insert("active".to_owned(), active.clone().into());
            }
        });
    }
}
