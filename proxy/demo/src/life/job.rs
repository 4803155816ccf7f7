//! Jobs run until they are complete, have failed too often or are late.

use std::sync::Arc;

use serde_json::{Value, json};

use super::cluster::{Cluster, Tale};
use super::queue::Work;
use super::rollout::{BURST, Place, component, count, number};
use crate::company::moment::Moment;
use crate::company::workload::{job_condition, run_labels};
use crate::kinds::builtin;
use crate::store::Key;
use crate::store::object::Object;

impl Cluster {
    /// Starts what pods are missing, and ends the job when it is done.
    pub(super) fn sync_job(&mut self, job: &Arc<Object>) {
        let value = job.value();
        if is_finished(&value) {
            self.expire_job(job, &value);
            return;
        }
        let started = value.pointer("/status/startTime").and_then(Value::as_str).and_then(Moment::parse);
        let start = started.unwrap_or(self.now);
        let suspended = value.pointer("/spec/suspend").and_then(Value::as_bool) == Some(true);
        let completions = number(&value, "/spec/completions", 1);
        let parallelism = number(&value, "/spec/parallelism", 1);
        let pods = self.store.owned_by(builtin("", "pods"), &job.uid);
        let in_phase = |wanted: &str| count(pods.iter().filter(|pod| pod.field("status.phase") == Some(wanted)));
        let (succeeded, failed) = (in_phase("Succeeded"), in_phase("Failed"));
        let mut active = self.active_pods(&job.uid);
        let deadline =
            value.pointer("/spec/activeDeadlineSeconds").and_then(Value::as_i64).map(|after_s| start + after_s);
        let end = if succeeded >= completions {
            Some(("Complete", "CompletionsReached", "Reached expected number of succeeded pods"))
        } else if deadline.is_some_and(|deadline| deadline <= self.now) {
            Some(("Failed", "DeadlineExceeded", "Job was active longer than specified deadline"))
        } else if failed > number(&value, "/spec/backoffLimit", 6) {
            Some(("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit"))
        } else {
            None
        };
        if end.is_some() || suspended {
            for pod in &active {
                self.dismiss(pod);
            }
            active.clear();
        } else {
            let wanted = parallelism.min(completions.saturating_sub(succeeded));
            let template = job_template(job, &value);
            for _ in (count(&active)..wanted).take(BURST as usize) {
                if !self.make_pod(job, &template, Place::Any) {
                    break;
                }
            }
            active = self.active_pods(&job.uid);
            if let Some(deadline) = deadline {
                self.queue.add(deadline, Work::Sync(Key::of(job)));
            }
        }
        let ready = count(active.iter().filter(|pod| self.is_ready(pod)));
        let mut status = json!({
            "ready": ready,
            "startTime": start.to_string(),
            "terminating": 0,
            "uncountedTerminatedPods": {},
        });
        let counts = [("active", count(&active)), ("succeeded", succeeded), ("failed", failed)];
        if let Some(status) = status.as_object_mut() {
            for (name, number) in counts.into_iter().filter(|(_, number)| *number > 0) {
                status.insert(name.to_owned(), number.into());
            }
            if let Some((kind, reason, message)) = end {
                let target = if kind == "Complete" { "SuccessCriteriaMet" } else { "FailureTarget" };
                let conditions = [target, kind].map(|kind| job_condition(kind, reason, message, self.now));
                status.insert("conditions".to_owned(), conditions.to_vec().into());
                if kind == "Complete" {
                    status.insert("completionTime".to_owned(), self.now.to_string().into());
                }
            }
        }
        self.change(&Key::of(job), |job| super::rollout::put_status(job, status.clone()));
        match end {
            Some(("Complete", ..)) => self.tell(job, Tale::normal(component(job), "Completed", "Job completed")),
            Some((_, reason, message)) => self.tell(job, Tale::warning(component(job), reason, message)),
            None => {}
        }
    }

    /// Takes a finished job away when nobody needs it any more.
    fn expire_job(&mut self, job: &Object, value: &Value) {
        let Some(kept_s) = value.pointer("/spec/ttlSecondsAfterFinished").and_then(Value::as_i64) else { return };
        let ended = value.pointer("/status/conditions/0/lastTransitionTime").and_then(Value::as_str);
        let gone = ended.and_then(Moment::parse).unwrap_or(self.now) + kept_s;
        if gone <= self.now {
            self.let_go(&Key::of(job));
        } else {
            self.queue.add(gone, Work::Sync(Key::of(job)));
        }
    }
}

/// Whether a job has ended, well or not.
pub(super) fn is_finished(job: &Value) -> bool {
    let conditions = job.pointer("/status/conditions").and_then(Value::as_array).into_iter().flatten();
    let mut kinds = conditions.filter_map(|condition| condition.get("type")?.as_str());
    kinds.any(|kind| kind == "Complete" || kind == "Failed")
}

/// A job's template with the labels that tell its pods from others'.
fn job_template(job: &Object, value: &Value) -> Value {
    let mut template = value.pointer("/spec/template").cloned().unwrap_or(json!({}));
    if let Some(template) = template.as_object_mut() {
        let metadata = template.entry("metadata").or_insert_with(|| json!({}));
        if let Some(metadata) = metadata.as_object_mut() {
            let labels = metadata.entry("labels").or_insert_with(|| json!({}));
            if let Some(labels) = labels.as_object_mut() {
                labels.extend(run_labels(&job.name, &job.uid));
            }
        }
    }
    template
}
