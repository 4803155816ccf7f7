//! The course of a pod's life so far, and the status that its kubelet makes of it.

use serde_json::{Map, Value, json};

use super::super::identity::{digest, hash};
use super::super::moment::Moment;
use super::qos_class;
use crate::random::Random;

/// What has happened to a pod.
#[derive(Clone, Debug)]
pub struct Course {
    /// The sum of it.
    pub phase: Phase,
    /// Whether it has a node.
    pub scheduling: Scheduling,
    /// When its kubelet took it up; none until then.
    pub started: Option<Moment>,
    /// When its sandbox had a network; none until then.
    pub sandbox: Option<Moment>,
    /// The addresses of its node and, with a sandbox, its own.
    pub addresses: (String, String),
    /// Its containers, in the order of the spec.
    pub containers: Vec<ContainerCourse>,
    /// Since when it is ready, or is not.
    pub ready_since: Moment,
    /// Why the whole pod failed: a reason and a message.
    pub failure: Option<(&'static str, String)>,
}

/// `status.phase`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Phase {
    /// Not all containers have started.
    Pending,
    /// All have started, one at least runs or will again.
    Running,
    /// All have ended well.
    Succeeded,
    /// All have ended, one badly.
    Failed,
}

/// Where a pod is on its way to a node.
#[derive(Clone, Debug)]
pub enum Scheduling {
    /// Nobody has looked at it.
    Waiting,
    /// No node has room; since when, and why.
    Unschedulable(Moment, String),
    /// It was bound then.
    Bound(Moment),
}

/// What has happened to a container.
#[derive(Clone, Debug)]
pub struct ContainerCourse {
    /// What it does now.
    pub state: ContainerState,
    /// How it ended before.
    pub last: Option<Termination>,
    /// How often it was started again.
    pub restarts: u32,
    /// Whether its readiness probe passes.
    pub ready: bool,
}

/// What a container does.
#[derive(Clone, Debug)]
pub enum ContainerState {
    /// It does not run: a reason and a message, which may be empty.
    Waiting(&'static str, String),
    /// It runs since then.
    Running(Moment),
    /// It has ended.
    Terminated(Termination),
}

/// The end of a container.
#[derive(Clone, Copy, Debug)]
pub struct Termination {
    /// What it exited with.
    pub exit_code: i32,
    /// `Completed`, `Error` or `OOMKilled`.
    pub reason: &'static str,
    /// When it had started.
    pub started: Moment,
    /// When it ended.
    pub finished: Moment,
}

impl ContainerCourse {
    /// A container that has not run yet.
    pub fn waiting(reason: &'static str, message: String) -> Self {
        Self { state: ContainerState::Waiting(reason, message), last: None, restarts: 0, ready: false }
    }

    /// A container that runs well since then.
    pub fn running(since: Moment) -> Self {
        Self { state: ContainerState::Running(since), last: None, restarts: 0, ready: true }
    }

    /// A container that has ended for good.
    pub fn ended(termination: Termination) -> Self {
        Self { state: ContainerState::Terminated(termination), last: None, restarts: 0, ready: false }
    }
}

impl Course {
    /// Lets all that runs end well.
    pub fn end(&mut self, now: Moment) {
        self.stop(now, 0, "Completed");
        self.phase = Phase::Succeeded;
    }

    /// Lets the whole pod fail: a reason and a message.
    pub fn fail(&mut self, now: Moment, why: (&'static str, String)) {
        self.stop(now, 137, "Error");
        self.phase = Phase::Failed;
        self.failure = Some(why);
    }

    fn stop(&mut self, now: Moment, exit_code: i32, reason: &'static str) {
        for container in &mut self.containers {
            if let ContainerState::Running(started) = container.state {
                let end = Termination { exit_code, reason, started, finished: now };
                container.state = ContainerState::Terminated(end);
            }
            container.ready = false;
        }
        self.ready_since = now;
    }

    /// A pod that nobody has looked at.
    pub fn new(created: Moment) -> Self {
        Self {
            phase: Phase::Pending,
            scheduling: Scheduling::Waiting,
            started: None,
            sandbox: None,
            addresses: (String::new(), String::new()),
            containers: Vec::new(),
            ready_since: created,
            failure: None,
        }
    }

    /// Whether all containers are ready.
    pub fn is_ready(&self) -> bool {
        self.phase == Phase::Running && self.containers.iter().all(|container| container.ready)
    }

    /// The status of a pod with this course.
    pub fn status(&self, pod: &Value) -> Value {
        let spec = pod.get("spec").unwrap_or(&Value::Null);
        let phase = match self.phase {
            Phase::Pending => "Pending",
            Phase::Running => "Running",
            Phase::Succeeded => "Succeeded",
            Phase::Failed => "Failed",
        };
        let mut status = Map::new();
        status.insert("phase".to_owned(), phase.into());
        status.insert("qosClass".to_owned(), qos_class(spec).into());
        if let Some((reason, message)) = &self.failure {
            status.insert("reason".to_owned(), (*reason).into());
            status.insert("message".to_owned(), message.as_str().into());
        }
        let scheduled = match &self.scheduling {
            Scheduling::Waiting => return Value::Object(status),
            Scheduling::Unschedulable(since, message) => {
                let mut condition = condition("PodScheduled", *since, Err(("Unschedulable", message.clone())));
                if let Some(condition) = condition.as_object_mut() {
                    condition.insert("observedGeneration".to_owned(), 1.into());
                }
                status.insert("conditions".to_owned(), json!([condition]));
                return Value::Object(status);
            }
            Scheduling::Bound(since) => condition("PodScheduled", *since, Ok(())),
        };
        let Some(started) = self.started else {
            status.insert("conditions".to_owned(), json!([scheduled]));
            return Value::Object(status);
        };
        let has_sandbox = self.sandbox.ok_or(("", String::new())).map(drop);
        let ready = self.readiness(spec);
        let conditions = json!([
            condition("PodReadyToStartContainers", self.sandbox.unwrap_or(started), has_sandbox),
            condition("Initialized", started, Ok(())),
            condition("Ready", self.ready_since, ready.clone()),
            condition("ContainersReady", self.ready_since, ready),
            scheduled,
        ]);
        status.insert("conditions".to_owned(), conditions);
        status.insert("observedGeneration".to_owned(), 1.into());
        let (host_ip, pod_ip) = &self.addresses;
        status.insert("hostIP".to_owned(), host_ip.as_str().into());
        status.insert("hostIPs".to_owned(), json!([{"ip": host_ip}]));
        if self.sandbox.is_some() {
            status.insert("podIP".to_owned(), pod_ip.as_str().into());
            status.insert("podIPs".to_owned(), json!([{"ip": pod_ip}]));
        }
        status.insert("startTime".to_owned(), started.to_string().into());
        let uid = pod.pointer("/metadata/uid").and_then(Value::as_str).unwrap_or_default();
        let containers = spec.get("containers").and_then(Value::as_array).into_iter().flatten();
        let statuses: Vec<Value> =
            containers.zip(&self.containers).map(|(container, course)| course.status(container, uid)).collect();
        status.insert("containerStatuses".to_owned(), statuses.into());
        Value::Object(status)
    }

    /// Whether the pod is ready, and why not.
    fn readiness(&self, spec: &Value) -> Result<(), (&'static str, String)> {
        match self.phase {
            Phase::Succeeded => return Err(("PodCompleted", String::new())),
            Phase::Failed => return Err(("PodFailed", String::new())),
            Phase::Pending | Phase::Running => {}
        }
        let containers = spec.get("containers").and_then(Value::as_array).into_iter().flatten();
        let unready = containers.zip(&self.containers).filter(|(_, course)| !course.ready);
        let unready: Vec<&str> = unready.filter_map(|(container, _)| container.get("name")?.as_str()).collect();
        if unready.is_empty() {
            return Ok(());
        }
        Err(("ContainersNotReady", format!("containers with unready status: [{}]", unready.join(" "))))
    }
}

impl ContainerCourse {
    fn status(&self, container: &Value, uid: &str) -> Value {
        let text = |name| container.get(name).and_then(Value::as_str).unwrap_or_default();
        let (name, image) = (text("name"), text("image"));
        let has_run = !matches!(self.state, ContainerState::Waiting(..)) || self.last.is_some();
        let id = |restarts: u32| {
            let mut random = Random::new(hash(format!("{uid}/{name}/{restarts}").as_bytes()));
            format!("containerd://{}", digest(&mut random))
        };
        let before = id(self.restarts.saturating_sub(1));
        let now = if matches!(self.state, ContainerState::Waiting(..)) { before.clone() } else { id(self.restarts) };
        let mut status = json!({
            "image": image,
            "imageID": if has_run { image_id(image) } else { String::new() },
            "lastState": self.last.map_or(json!({}), |last| json!({"terminated": last.value(&before)})),
            "name": name,
            "ready": self.ready,
            "restartCount": self.restarts,
            "started": matches!(self.state, ContainerState::Running(_)),
            "state": match &self.state {
                ContainerState::Waiting(reason, message) if message.is_empty() => {
                    json!({"waiting": {"reason": reason}})
                }
                ContainerState::Waiting(reason, message) => {
                    json!({"waiting": {"reason": reason, "message": message}})
                }
                ContainerState::Running(since) => json!({"running": {"startedAt": since.to_string()}}),
                ContainerState::Terminated(end) => json!({"terminated": end.value(&now)}),
            },
        });
        let Some(members) = status.as_object_mut().filter(|_| has_run) else { return status };
        members.insert("containerID".to_owned(), now.into());
        if matches!(self.state, ContainerState::Running(_)) {
            if let Some(resources) = container.get("resources").filter(|resources| resources.get("requests").is_some())
            {
                members.insert("allocatedResources".to_owned(), resources.get("requests").cloned().unwrap_or_default());
                members.insert("resources".to_owned(), resources.clone());
            }
            members.insert("volumeMounts".to_owned(), mounts(container));
        }
        status
    }
}

impl Termination {
    fn value(&self, container_id: &str) -> Value {
        json!({
            "containerID": container_id,
            "exitCode": self.exit_code,
            "finishedAt": self.finished.to_string(),
            "reason": self.reason,
            "startedAt": self.started.to_string(),
        })
    }
}

/// A condition that holds, or does not for a reason.
fn condition(kind: &str, since: Moment, holds: Result<(), (&'static str, String)>) -> Value {
    let mut condition = json!({
        "lastProbeTime": null,
        "lastTransitionTime": since.to_string(),
        "status": if holds.is_ok() { "True" } else { "False" },
        "type": kind,
    });
    if let Some(members) = condition.as_object_mut() {
        let (reason, message) = holds.err().unwrap_or_default();
        let texts = [("reason", reason.to_owned()), ("message", message)];
        for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
            members.insert(name.to_owned(), text.into());
        }
        members.insert("observedGeneration".to_owned(), 1.into());
    }
    condition
}

/// The digest that an image's name stands for.
fn image_id(image: &str) -> String {
    let repository = image.rsplit_once(':').map_or(image, |(repository, _)| repository);
    format!("{repository}@sha256:{}", digest(&mut Random::new(hash(image.as_bytes()))))
}

/// What is mounted, as the kubelet tells it.
fn mounts(container: &Value) -> Value {
    let mounts = container.get("volumeMounts").and_then(Value::as_array).into_iter().flatten();
    let mounts = mounts.map(|mount| {
        let mut mount = mount.clone();
        if let Some(members) = mount.as_object_mut().filter(|mount| mount.get("readOnly") == Some(&json!(true))) {
            members.insert("recursiveReadOnly".to_owned(), "Disabled".into());
        }
        mount
    });
    mounts.collect()
}
