//! A pod's course, read back from the status that was made of it.

use serde_json::Value;

use super::super::moment::Moment;
use super::course::{ContainerCourse, ContainerState, Course, Phase, Scheduling, Termination};

impl Course {
    /// The course that a pod's status tells of.
    pub fn of(pod: &Value) -> Self {
        let moment = |pointer: &str| pod.pointer(pointer).and_then(Value::as_str).and_then(Moment::parse);
        let text = |pointer: &str| pod.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let created = moment("/metadata/creationTimestamp").unwrap_or_default();
        let mut course = Self::new(created);
        course.phase = match text("/status/phase").as_str() {
            "Running" => Phase::Running,
            "Succeeded" => Phase::Succeeded,
            "Failed" => Phase::Failed,
            _ => Phase::Pending,
        };
        let conditions = pod.pointer("/status/conditions").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let condition = |kind: &str| {
            let condition = conditions.iter().find(|one| one.get("type").and_then(Value::as_str) == Some(kind))?;
            let since = condition.get("lastTransitionTime").and_then(Value::as_str).and_then(Moment::parse)?;
            Some((condition.get("status").and_then(Value::as_str) == Some("True"), since, condition))
        };
        course.scheduling = match condition("PodScheduled") {
            Some((true, since, _)) => Scheduling::Bound(since),
            Some((false, since, condition)) => {
                let message = condition.get("message").and_then(Value::as_str).unwrap_or_default();
                Scheduling::Unschedulable(since, message.to_owned())
            }
            None => Scheduling::Waiting,
        };
        course.started = moment("/status/startTime");
        course.sandbox = condition("PodReadyToStartContainers").filter(|(holds, ..)| *holds).map(|(_, since, _)| since);
        course.addresses = (text("/status/hostIP"), text("/status/podIP"));
        course.ready_since = condition("Ready").map_or(created, |(_, since, _)| since);
        let statuses = pod.pointer("/status/containerStatuses").and_then(Value::as_array);
        course.containers = statuses.into_iter().flatten().map(ContainerCourse::of).collect();
        course
    }
}

impl ContainerCourse {
    fn of(status: &Value) -> Self {
        let state = status.get("state").unwrap_or(&Value::Null);
        let started = state.pointer("/running/startedAt").and_then(Value::as_str).and_then(Moment::parse);
        let state = match (started, Termination::of(state)) {
            (Some(since), _) => ContainerState::Running(since),
            (None, Some(end)) => ContainerState::Terminated(end),
            (None, None) => {
                let text = |pointer: &str| state.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
                ContainerState::Waiting(waiting_reason(text("/waiting/reason")), text("/waiting/message").to_owned())
            }
        };
        let restarts = status.get("restartCount").and_then(Value::as_u64).unwrap_or(0);
        Self {
            state,
            last: status.get("lastState").and_then(Termination::of),
            restarts: u32::try_from(restarts).unwrap_or(u32::MAX),
            ready: status.get("ready").and_then(Value::as_bool).unwrap_or(false),
        }
    }
}

impl Termination {
    fn of(state: &Value) -> Option<Self> {
        let end = state.get("terminated")?;
        let moment = |name: &str| end.get(name).and_then(Value::as_str).and_then(Moment::parse);
        let reason = match end.get("reason").and_then(Value::as_str)? {
            "Completed" => "Completed",
            "OOMKilled" => "OOMKilled",
            _ => "Error",
        };
        let exit_code = end.get("exitCode").and_then(Value::as_i64).and_then(|code| i32::try_from(code).ok())?;
        Some(Self { exit_code, reason, started: moment("startedAt")?, finished: moment("finishedAt")? })
    }
}

/// The word for why a container waits; others than ours count as the first of them.
fn waiting_reason(reason: &str) -> &'static str {
    const REASONS: [&str; 5] =
        ["ContainerCreating", "CrashLoopBackOff", "CreateContainerConfigError", "ErrImagePull", "ImagePullBackOff"];
    REASONS.into_iter().find(|known| *known == reason).unwrap_or("ContainerCreating")
}
