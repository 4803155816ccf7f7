//! The kubelets: pods start, become ready, crash, back off, finish and go.

use std::sync::Arc;

use serde_json::Value;

use super::cluster::{Cluster, Tale};
use super::queue::Work;
use crate::company::app::{APPS, App, Runs};
use crate::company::fate::{self, Fate, Habit};
use crate::company::moment::Moment;
use crate::company::pod::{self, ContainerCourse, ContainerState, Course, Phase, Scheduling, Termination};
use crate::company::trouble::Trouble;
use crate::store::Key;
use crate::store::object::Object;

/// How long it takes to pull an image, to probe for the first time, to stop.
const PULL_S: i64 = 3;
const PROBE_S: i64 = 6;
const STOP_S: i64 = 3;

/// What a kubelet tells: whether it is something to worry about, a word and a sentence.
type Said = (bool, &'static str, String);

/// What a step comes to.
struct Step {
    course: Course,
    /// Whether it is to be written down.
    changed: bool,
    /// When to look again.
    again: Option<Moment>,
    tales: Vec<Said>,
}

impl Cluster {
    /// Moves a pod one step on.
    pub(super) fn step_pod(&mut self, key: &Key) {
        let Ok(stored) = self.store.get(key) else { return };
        let Some(node) = stored.field("spec.nodeName").filter(|node| !node.is_empty()).map(str::to_owned) else {
            return;
        };
        if self.silent.contains_key(node.as_str()) || self.rooms.get(&node).is_none() {
            // Nobody is there; the node's return wakes its pods.
            return;
        }
        let value = stored.value();
        if value.pointer("/metadata/deletionTimestamp").is_some() {
            self.stop(&stored, &value, &node);
            return;
        }
        let course = Course::of(&value);
        if matches!(course.phase, Phase::Succeeded | Phase::Failed) {
            return;
        }
        let fate = self.fate(&stored, &value);
        let step = self.step(&value, course, fate, &node);
        let host_tales = step.tales;
        let container = value.pointer("/spec/containers/0/name").and_then(Value::as_str).unwrap_or_default();
        for (warning, reason, message) in &host_tales {
            let tale = Tale { component: "kubelet", warning: *warning, reason, message };
            self.tell_of_container(&stored, container, &node, tale);
        }
        if step.changed {
            let now = self.now;
            self.change(key, |pod| pod::report(pod, &step.course, now));
        }
        if let Some(again) = step.again {
            self.queue.add(again.max(self.now + 1), Work::Pod(key.clone()));
        }
    }

    /// Ends a pod that was asked to go, and takes it away when it has ended.
    fn stop(&mut self, stored: &Arc<Object>, value: &Value, node: &str) {
        let mut course = Course::of(value);
        let grace_s = value.pointer("/metadata/deletionGracePeriodSeconds").and_then(Value::as_i64).unwrap_or(30);
        let end = value.pointer("/metadata/deletionTimestamp").and_then(Value::as_str).and_then(Moment::parse);
        let asked = end.map_or(self.now, |end| end - grace_s);
        let stopped = asked + STOP_S.min(grace_s);
        let runs = course.containers.iter().any(|container| matches!(container.state, ContainerState::Running(_)));
        if self.now >= stopped || !runs {
            if !self.let_go(&Key::of(stored)) && runs {
                // It has ended, and stays for those who have to finish something first.
                let now = self.now;
                course.end(now);
                self.change(&Key::of(stored), |pod| pod::report(pod, &course, now));
            }
            return;
        }
        let containers = value.pointer("/spec/containers").and_then(Value::as_array).into_iter().flatten();
        for container in containers.filter_map(|container| container.get("name")?.as_str()) {
            let message = format!("Stopping container {container}");
            self.tell_of_container(stored, container, node, Tale::normal("kubelet", "Killing", &message));
        }
        self.queue.add(stopped, Work::Pod(Key::of(stored)));
    }

    /// How a pod fares, by what is wrong with its app where it runs.
    fn fate(&self, stored: &Object, value: &Value) -> Fate {
        let app = stored.label("app.kubernetes.io/name").unwrap_or_default();
        let instance = stored.namespace.to_string();
        let Some(trouble) = self.troubles.get(&(instance, app.to_owned())).copied() else { return Fate::Runs };
        let Some(app) = APPS.iter().find(|known| known.name == app) else { return Fate::Runs };
        if is_mended(app, trouble, value) { Fate::Runs } else { Fate::Suffers(trouble) }
    }

    fn step(&mut self, pod: &Value, mut course: Course, fate: Fate, node: &str) -> Step {
        let now = self.now;
        let containers = pod.pointer("/spec/containers").and_then(Value::as_array).map_or(0, Vec::len);
        let step = |course, again, tales| Step { course, changed: true, again, tales };
        if !matches!(course.scheduling, Scheduling::Bound(_)) {
            course.scheduling = Scheduling::Bound(now);
        }
        if course.started.is_none() || course.containers.len() != containers {
            let on_host = pod.pointer("/spec/hostNetwork").and_then(Value::as_bool).unwrap_or(false);
            course.addresses = self.addresses(node, on_host);
            course.started = Some(now);
            course.ready_since = now;
            course.containers = vec![ContainerCourse::waiting("ContainerCreating", String::new()); containers];
            return step(course, Some(now + PULL_S), Vec::new());
        }
        let image = pod.pointer("/spec/containers/0/image").and_then(Value::as_str).unwrap_or_default();
        let name = pod.pointer("/spec/containers/0/name").and_then(Value::as_str).unwrap_or_default();
        let Some(main) = course.containers.first().cloned() else {
            return Step { course, changed: false, again: None, tales: Vec::new() };
        };
        match main.state {
            ContainerState::Waiting("CrashLoopBackOff", _) => {
                let waited = main.last.map(|last| last.finished + fate::back_off_s(main.restarts));
                let again = waited.unwrap_or(now);
                if again > now {
                    return Step { course, changed: false, again: Some(again), tales: Vec::new() };
                }
                let tales = start(&mut course, now, image, name);
                step(course, Some(now + PROBE_S.min(fate.habit().map_or(PROBE_S, |habit| habit.runs_s))), tales)
            }
            ContainerState::Waiting(reason, _) => {
                let stuck = stuck(fate, pod, reason, image, name);
                let Some((reason, message, tales)) = stuck else {
                    let tales = start(&mut course, now, image, name);
                    let first = fate.habit().map_or(PROBE_S, |habit| habit.runs_s.min(PROBE_S));
                    return step(course, Some(now + first), tales);
                };
                start_others(&mut course, now);
                if let Some(main) = course.containers.first_mut() {
                    main.state = ContainerState::Waiting(reason, message);
                }
                step(course, Some(now + if reason == "ErrImagePull" { 14 } else { 150 }), tales)
            }
            ContainerState::Running(since) => self.go_on(pod, course, fate, since),
            ContainerState::Terminated(_) => Step { course, changed: false, again: None, tales: Vec::new() },
        }
    }

    /// What becomes of a container that runs.
    fn go_on(&self, pod: &Value, mut course: Course, fate: Fate, since: Moment) -> Step {
        let now = self.now;
        if let Some(takes_s) = takes_s(pod) {
            let end = since + takes_s;
            if now < end {
                let changed = become_ready(&mut course, now);
                return Step { course, changed, again: Some(end), tales: Vec::new() };
            }
            for container in &mut course.containers {
                let end = Termination { exit_code: 0, reason: "Completed", started: since, finished: end };
                *container = ContainerCourse::ended(end);
            }
            course.phase = Phase::Succeeded;
            course.ready_since = now;
            return Step { course, changed: true, again: None, tales: Vec::new() };
        }
        if let Some(habit) = fate.habit() {
            return end_again(pod, course, habit, since, now);
        }
        if fate == Fate::Suffers(Trouble::FailingProbe) {
            let message = "Readiness probe failed: HTTP probe failed with statuscode: 503".to_owned();
            let tales = vec![(true, "Unhealthy", message)];
            return Step { course, changed: false, again: Some(now + 120), tales };
        }
        if now < since + PROBE_S {
            return Step { course, changed: false, again: Some(since + PROBE_S), tales: Vec::new() };
        }
        let changed = become_ready(&mut course, now);
        Step { course, changed, again: None, tales: Vec::new() }
    }
}

/// Lets a container end as it always does, when it is time.
fn end_again(pod: &Value, mut course: Course, habit: Habit, since: Moment, now: Moment) -> Step {
    let finished = since + habit.runs_s;
    if now < finished {
        let changed = habit.ready && now >= since + PROBE_S && become_ready(&mut course, now);
        let probe = since + PROBE_S;
        let again = if habit.ready && now < probe { probe.min(finished) } else { finished };
        return Step { course, changed, again: Some(again), tales: Vec::new() };
    }
    let Some(main) = course.containers.first_mut() else {
        return Step { course, changed: false, again: None, tales: Vec::new() };
    };
    let end = Termination { exit_code: habit.exit_code, reason: habit.reason, started: since, finished };
    main.last = Some(end);
    main.ready = false;
    let message = fate::crash_back_off(pod, 0, main.restarts);
    // One that ran long is started at once, without a wait.
    let wait_s = if habit.runs_s >= fate::FORGIVEN_AFTER_S { 1 } else { fate::back_off_s(main.restarts) };
    let told = format!("Back-off restarting failed {}", message.split_once(" failed ").map_or("", |(_, rest)| rest));
    main.state = ContainerState::Waiting("CrashLoopBackOff", message);
    if course.ready_since < finished {
        course.ready_since = finished;
    }
    let tales = if wait_s > 1 { vec![(true, "BackOff", told)] } else { Vec::new() };
    Step { course, changed: true, again: Some(finished + wait_s), tales }
}

/// Starts the main container, and the others if they do not run yet.
fn start(course: &mut Course, now: Moment, image: &str, name: &str) -> Vec<Said> {
    start_others(course, now);
    if let Some(main) = course.containers.first_mut() {
        if main.last.is_some() {
            main.restarts = main.restarts.saturating_add(1);
        }
        main.state = ContainerState::Running(now);
        main.ready = false;
    }
    course.phase = Phase::Running;
    vec![
        (false, "Pulled", format!("Container image \"{image}\" already present on machine")),
        (false, "Created", format!("Container created: {name}")),
        (false, "Started", format!("Container started: {name}")),
    ]
}

fn start_others(course: &mut Course, now: Moment) {
    course.sandbox = course.sandbox.or(Some(now));
    for other in course.containers.iter_mut().skip(1) {
        if !matches!(other.state, ContainerState::Running(_)) {
            *other = ContainerCourse::running(now);
        }
    }
}

/// Lets all containers be ready; false when they were.
fn become_ready(course: &mut Course, now: Moment) -> bool {
    if course.is_ready() {
        return false;
    }
    course.containers.iter_mut().for_each(|container| container.ready = true);
    course.ready_since = now;
    true
}

/// Why a container cannot start: what it waits for, and what is told of it.
fn stuck(fate: Fate, pod: &Value, reason: &str, image: &str, name: &str) -> Option<(&'static str, String, Vec<Said>)> {
    match fate {
        Fate::Suffers(Trouble::MissingImage) if reason == "ErrImagePull" => {
            let message = fate::pull_back_off(image);
            let told = vec![
                (false, "BackOff", format!("Back-off pulling image \"{image}\"")),
                (true, "Failed", "Error: ImagePullBackOff".to_owned()),
            ];
            Some(("ImagePullBackOff", message, told))
        }
        Fate::Suffers(Trouble::MissingImage) => {
            let failure = format!("rpc error: code = NotFound desc = {}", fate::pull_failure(image));
            let told = vec![
                (false, "Pulling", format!("Pulling image \"{image}\"")),
                (true, "Failed", format!("Failed to pull image \"{image}\": {failure}")),
                (true, "Failed", "Error: ErrImagePull".to_owned()),
            ];
            Some(("ErrImagePull", failure, told))
        }
        Fate::Suffers(Trouble::StuckRollout) if has_env(pod, "SIGNING_KEY") => {
            let message = format!("secret \"{name}-signing-key\" not found");
            let told = vec![(true, "Failed", format!("Error: {message}"))];
            Some(("CreateContainerConfigError", message, told))
        }
        _ => None,
    }
}

/// Whether somebody has done what ends the trouble.
fn is_mended(app: &App, trouble: Trouble, pod: &Value) -> bool {
    let text = |pointer: &str| pod.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let is_faulty = text("/spec/containers/0/image").ends_with(&format!(":{}", app.version));
    match trouble {
        Trouble::CrashLoop => !is_faulty || has_env(pod, "REVIEWS_DB_URL"),
        Trouble::OutOfMemory => {
            let limit = crate::company::quantity::millis(text("/spec/containers/0/resources/limits/memory"));
            !is_faulty || limit.is_none_or(|limit| limit / 1000 > u64::from(app.mem_mib) * 2 * 1024 * 1024)
        }
        Trouble::FailingProbe => !is_faulty || pod.pointer("/spec/containers/0/readinessProbe").is_none(),
        _ => !is_faulty,
    }
}

fn has_env(pod: &Value, name: &str) -> bool {
    let env = pod.pointer("/spec/containers/0/env").and_then(Value::as_array).into_iter().flatten();
    env.filter_map(|one| one.get("name")?.as_str()).any(|known| known == name)
}

/// How long the work of a job's pod takes; none for what runs for ever.
fn takes_s(pod: &Value) -> Option<i64> {
    let text = |pointer: &str| pod.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    if text("/spec/restartPolicy") == "Always" {
        return None;
    }
    let name = text("/metadata/labels/app.kubernetes.io~1name");
    let app = APPS.iter().find(|app| app.name == name);
    Some(match app.map(|app| app.runs) {
        Some(Runs::CronJob(_, takes_s)) => takes_s,
        Some(Runs::Job(_)) => 340,
        _ => 30,
    })
}
