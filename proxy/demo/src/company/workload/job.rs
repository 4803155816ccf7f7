//! Jobs and CronJobs, with the runs that are kept.

use serde_json::{Map, Value, json};

use super::super::draft::{Draft, controller};
use super::super::fate::Fate;
use super::super::moment::Moment;
use super::super::origin::Origin;
use super::super::schedule::Schedule;
use super::super::trouble::Trouble;
use super::{Crew, Deployed, Workload};

/// How many finished runs of a CronJob are kept.
pub const KEPT_RUNS: u32 = 3;

/// When a job began, and when and how it ended.
struct Run {
    name: String,
    began: Moment,
    completions: u32,
    takes_s: i64,
}

impl Workload {
    pub(super) fn job(&self, origin: &Origin, completions: u32) -> Deployed {
        let run = Run { name: self.app.name.to_owned(), began: self.rolled_out, completions, takes_s: 340 };
        self.deployed_run(origin, &run, None)
    }

    pub(super) fn cron_job(&self, origin: &Origin, schedule: &str, takes_s: i64) -> Deployed {
        let name = self.app.name;
        let uid = origin.uid("CronJob", &self.namespace, name);
        let owners = controller("batch/v1", "CronJob", name, &uid);
        let mut deployed = Deployed::default();
        let parsed = Schedule::parse(schedule).unwrap_or_default();
        let mut fired = origin.now - takes_s;
        let mut last = None;
        for _ in 0..KEPT_RUNS {
            let Some(previous) = parsed.before(fired) else { break };
            let run = Run { name: run_name(name, previous), began: previous, completions: 1, takes_s };
            let of_run = self.deployed_run(origin, &run, Some(&owners));
            deployed.objects.extend(of_run.objects);
            deployed.crews.extend(of_run.crews);
            last = last.or(Some(previous));
            fired = previous;
        }
        let status = last.map_or(
            json!({}),
            |last| json!({"lastScheduleTime": last.to_string(), "lastSuccessfulTime": (last + takes_s).to_string()}),
        );
        let spec = json!({
            "concurrencyPolicy": "Forbid",
            "failedJobsHistoryLimit": 1,
            "jobTemplate": {
                "metadata": {"labels": self.labels(self.app.version)},
                "spec": {"backoffLimit": 6, "template": self.template(self.app.version)},
            },
            "schedule": schedule,
            "successfulJobsHistoryLimit": KEPT_RUNS,
            "suspend": false,
        });
        let object = Draft::new(origin, "batch/v1", "CronJob", &self.namespace, name, self.created)
            .labels(self.labels(self.app.version))
            .meta("annotations", self.annotations())
            .meta("generation", 1)
            .with("spec", spec)
            .by("deployer", &["metadata", "spec"])
            .status_by("kube-controller-manager", status)
            .done();
        deployed.objects.push(object);
        deployed
    }

    /// A run of a job that has ended.
    fn deployed_run(&self, origin: &Origin, run: &Run, owners: Option<&Value>) -> Deployed {
        let uid = origin.uid("Job", &self.namespace, &run.name);
        let mut template = self.template(self.app.version);
        let labels = run_labels(&run.name, &uid);
        if let Some(of_pods) = template.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
            of_pods.extend(labels.clone());
        }
        let mut spec = json!({
            "backoffLimit": 6,
            "completionMode": "NonIndexed",
            "completions": run.completions,
            "manualSelector": false,
            "parallelism": run.completions,
            "podReplacementPolicy": "TerminatingOrFailed",
            "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}},
            "suspend": false,
            "template": template,
        });
        let late = self.trouble == Some(Trouble::PastDeadline);
        if let Some(spec) = spec.as_object_mut().filter(|_| late) {
            spec.insert("activeDeadlineSeconds".to_owned(), DEADLINE_S.into());
        }
        let mut draft = Draft::new(origin, "batch/v1", "Job", &self.namespace, &run.name, run.began)
            .labels(self.labels(self.app.version))
            .meta("generation", 1)
            .with("spec", spec);
        if let Some(owners) = owners {
            let scheduled = json!({"batch.kubernetes.io/cronjob-scheduled-timestamp": run.began.to_string()});
            draft = draft.meta("ownerReferences", owners.clone()).meta("annotations", scheduled);
        }
        let status = if late { past_deadline(run) } else { complete(run) };
        let manager = if owners.is_some() { "kube-controller-manager" } else { "deployer" };
        let job = draft.by(manager, &["metadata", "spec"]).status_by("kube-controller-manager", status).done();
        let crew = Crew {
            owners: controller("batch/v1", "Job", &run.name, &uid),
            template,
            prefix: format!("{}-", run.name),
            numbered: false,
            daemons: false,
            on_host: false,
            since: run.began,
            fates: if late { Vec::new() } else { vec![(Fate::Completed, run.completions)] },
        };
        Deployed { objects: vec![job], crews: vec![crew] }
    }
}

/// How long the job that is late may run.
const DEADLINE_S: i64 = 1800;

/// The name of a CronJob's run: its minute since 1970.
pub fn run_name(cron_job: &str, scheduled: Moment) -> String {
    format!("{cron_job}-{}", scheduled.0 / 60)
}

/// The labels that tell a job's pods from others'.
pub fn run_labels(job: &str, uid: &str) -> Map<String, Value> {
    let labels = [
        ("batch.kubernetes.io/controller-uid", uid),
        ("batch.kubernetes.io/job-name", job),
        ("controller-uid", uid),
        ("job-name", job),
    ];
    labels.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
}

/// A job's condition.
pub fn condition(kind: &str, reason: &str, message: &str, since: Moment) -> Value {
    json!({
        "lastProbeTime": since.to_string(),
        "lastTransitionTime": since.to_string(),
        "message": message,
        "reason": reason,
        "status": "True",
        "type": kind,
    })
}

fn complete(run: &Run) -> Value {
    let ended = run.began + run.takes_s;
    let message = "Reached expected number of succeeded pods";
    json!({
        "completionTime": ended.to_string(),
        "conditions": [
            condition("SuccessCriteriaMet", "CompletionsReached", message, ended),
            condition("Complete", "CompletionsReached", message, ended),
        ],
        "ready": 0,
        "startTime": run.began.to_string(),
        "succeeded": run.completions,
        "terminating": 0,
        "uncountedTerminatedPods": {},
    })
}

fn past_deadline(run: &Run) -> Value {
    let ended = run.began + DEADLINE_S;
    let message = "Job was active longer than specified deadline";
    json!({
        "conditions": [
            condition("FailureTarget", "DeadlineExceeded", message, ended),
            condition("Failed", "DeadlineExceeded", message, ended),
        ],
        "failed": run.completions,
        "ready": 0,
        "startTime": run.began.to_string(),
        "terminating": 0,
        "uncountedTerminatedPods": {},
    })
}
