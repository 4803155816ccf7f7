//! How pods fare, and the course that their lives have taken by now.

use serde_json::Value;

use super::moment::Moment;
use super::pod::{ContainerCourse, ContainerState, Course, Phase, Scheduling, Termination};
use super::trouble::Trouble;

/// How a pod fares.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Fate {
    /// It runs and is ready.
    Runs,
    /// It has this trouble.
    Suffers(Trouble),
    /// It has done its work.
    Completed,
}

/// How a container that ends again and again does it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Habit {
    /// How long it runs each time.
    pub runs_s: i64,
    /// What it exits with.
    pub exit_code: i32,
    /// `Error` or `OOMKilled`.
    pub reason: &'static str,
    /// Whether it is ready while it runs.
    pub ready: bool,
}

/// The longest wait between two starts.
const MOST_BACK_OFF_S: i64 = 300;
/// A container that ran for so long is started as if it had never failed.
pub const FORGIVEN_AFTER_S: i64 = 600;

impl Fate {
    /// How its container ends, if it does so again and again.
    pub fn habit(self) -> Option<Habit> {
        match self {
            Self::Suffers(Trouble::CrashLoop) => Some(Habit { runs_s: 4, exit_code: 1, reason: "Error", ready: false }),
            Self::Suffers(Trouble::OutOfMemory) => {
                Some(Habit { runs_s: 1560, exit_code: 137, reason: "OOMKilled", ready: true })
            }
            _ => None,
        }
    }

    /// The course of a pod with a node that was made at `created` and first ran 3 s later.
    pub fn course(self, pod: &Value, created: Moment, now: Moment, addresses: (String, String)) -> Course {
        let containers = pod.pointer("/spec/containers").and_then(Value::as_array).map_or(0, Vec::len);
        let (started, ready) = (created + 3, created + 9);
        let mut course = Course {
            phase: Phase::Running,
            scheduling: Scheduling::Bound(created),
            started: Some(created),
            sandbox: Some(started),
            addresses,
            containers: vec![ContainerCourse::running(started); containers],
            ready_since: ready,
            failure: None,
        };
        let Some(main) = course.containers.first_mut() else { return course };
        if let Some(habit) = self.habit() {
            *main = habit.course(pod, started, now);
            if let Some(last) = main.last {
                course.ready_since = if main.ready { last.finished + 18 } else { last.finished };
            }
            return course;
        }
        match self {
            Self::Suffers(Trouble::MissingImage) => {
                let image = pod.pointer("/spec/containers/0/image").and_then(Value::as_str).unwrap_or_default();
                *main = ContainerCourse::waiting("ImagePullBackOff", pull_back_off(image));
            }
            Self::Suffers(Trouble::StuckRollout) => {
                let name = pod.pointer("/spec/containers/0/name").and_then(Value::as_str).unwrap_or_default();
                let message = format!("secret \"{name}-signing-key\" not found");
                *main = ContainerCourse::waiting("CreateContainerConfigError", message);
            }
            Self::Suffers(Trouble::FailingProbe) => main.ready = false,
            Self::Completed => {
                let end = Termination { exit_code: 0, reason: "Completed", started, finished: ready };
                *main = ContainerCourse::ended(end);
                course.phase = Phase::Succeeded;
                return course;
            }
            _ => return course,
        }
        if matches!(main.state, ContainerState::Waiting(..)) {
            course.phase = Phase::Pending;
        }
        course.ready_since = created;
        course
    }
}

impl Habit {
    /// What has become by `now` of a container that was first started at `start`.
    pub fn course(&self, pod: &Value, start: Moment, now: Moment) -> ContainerCourse {
        let mut course = ContainerCourse::running(start);
        course.ready = self.ready;
        let mut started = start;
        loop {
            let finished = started + self.runs_s;
            if finished > now {
                course.state = ContainerState::Running(started);
                return course;
            }
            let end = Termination { exit_code: self.exit_code, reason: self.reason, started, finished };
            course.last = Some(end);
            let wait_s = if self.runs_s >= FORGIVEN_AFTER_S { 1 } else { back_off_s(course.restarts) };
            if finished + wait_s > now {
                course.ready = false;
                course.state = ContainerState::Waiting("CrashLoopBackOff", crash_back_off(pod, 0, course.restarts));
                return course;
            }
            course.restarts += 1;
            started = finished + wait_s;
        }
    }
}

/// How long a container waits after it has ended and was restarted so many times before.
pub fn back_off_s(restarts: u32) -> i64 {
    10_i64.checked_shl(restarts.min(16)).unwrap_or(MOST_BACK_OFF_S).min(MOST_BACK_OFF_S)
}

/// What a kubelet says while a container waits to be started again.
pub fn crash_back_off(pod: &Value, container: usize, restarts: u32) -> String {
    let text = |pointer: &str| pod.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let container = text(&format!("/spec/containers/{container}/name"));
    let wait_s = back_off_s(restarts);
    let wait = if wait_s < 60 { format!("{wait_s}s") } else { format!("{}m{}s", wait_s / 60, wait_s % 60) };
    format!(
        "back-off {wait} restarting failed container={container} pod={}_{}({})",
        text("/metadata/name"),
        text("/metadata/namespace"),
        text("/metadata/uid")
    )
}

/// What a kubelet says of an image that is not there.
pub fn pull_failure(image: &str) -> String {
    format!("failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": {image}: not found")
}

/// What a kubelet says while it waits to pull an image again.
pub fn pull_back_off(image: &str) -> String {
    format!(
        "Back-off pulling image \"{image}\": ErrImagePull: rpc error: code = NotFound desc = {}",
        pull_failure(image)
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn looped(after_s: i64) -> ContainerCourse {
        let habit = Fate::Suffers(Trouble::CrashLoop).habit().unwrap();
        habit.course(&json!({}), Moment(0), Moment(after_s))
    }

    #[test]
    fn back_off_doubles_up_to_five_minutes() {
        let waits: Vec<_> = (0..7).map(back_off_s).collect();
        assert_eq!(waits, [10, 20, 40, 80, 160, 300, 300]);
        assert_eq!(back_off_s(u32::MAX), 300);
    }

    #[test]
    fn a_container_that_crashes_is_started_again_and_again() {
        let check = |after_s, restarts, waits| {
            let course = looped(after_s);
            assert_eq!(course.restarts, restarts, "after {after_s} s");
            assert_eq!(
                matches!(course.state, ContainerState::Waiting("CrashLoopBackOff", _)),
                waits,
                "after {after_s} s"
            );
        };
        check(0, 0, false);
        check(3, 0, false);
        check(4, 0, true);
        check(13, 0, true);
        check(14, 1, false);
        check(18, 1, true);
        check(10_800, 39, true);
    }
}
