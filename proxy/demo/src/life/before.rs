//! What was told in the last hour before anyone watched.

use std::sync::Arc;

use serde_json::Value;

use super::cluster::{Cluster, Tale};
use super::queue::Work;
use crate::company::fate::{self, Fate};
use crate::company::hiring::Troubled;
use crate::company::moment::Moment;
use crate::company::pod::{ContainerState, Scheduling};
use crate::company::trouble::Trouble;
use crate::kinds::builtin;
use crate::store::Key;
use crate::store::object::Object;

impl Cluster {
    /// Tells what a pod in trouble went through.
    pub(super) fn tell_past(&mut self, troubled: &Troubled) {
        let (pod, value) = (&troubled.pod, troubled.pod.value());
        let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let created = Moment::parse(text("/metadata/creationTimestamp")).unwrap_or(self.now);
        let (node, image, name) =
            (text("/spec/nodeName"), text("/spec/containers/0/image"), text("/spec/containers/0/name"));
        let told = Told { pod, node, container: name };
        match &troubled.course.scheduling {
            Scheduling::Unschedulable(_, message) => {
                let tries = tries(self.now, created, 300);
                return self.past(&told, "default-scheduler", (true, "FailedScheduling", message), created, tries);
            }
            Scheduling::Waiting => return,
            Scheduling::Bound(at) => {
                let message = format!("Successfully assigned {}/{} to {node}", pod.namespace, pod.name);
                self.past(&told, "default-scheduler", (false, "Scheduled", &message), *at, (*at, 1));
            }
        }
        let Fate::Suffers(trouble) = troubled.fate else { return };
        let now = self.now;
        let kubelet = "kubelet";
        match trouble {
            Trouble::MissingImage => {
                let failure = fate::pull_failure(image);
                let pulling = format!("Pulling image \"{image}\"");
                let failed = format!("Failed to pull image \"{image}\": rpc error: code = NotFound desc = {failure}");
                let back_off = format!("Back-off pulling image \"{image}\"");
                let (pulls, waits) = (tries(now, created, 320), tries(now, created, 14));
                self.past(&told, kubelet, (false, "Pulling", &pulling), created + 3, pulls);
                self.past(&told, kubelet, (true, "Failed", &failed), created + 4, pulls);
                self.past(&told, kubelet, (true, "Failed", "Error: ErrImagePull"), created + 4, pulls);
                self.past(&told, kubelet, (false, "BackOff", &back_off), created + 18, waits);
                self.past(&told, kubelet, (true, "Failed", "Error: ImagePullBackOff"), created + 18, waits);
            }
            Trouble::StuckRollout => {
                let message = format!("Error: secret \"{name}-signing-key\" not found");
                self.past(&told, kubelet, (true, "Failed", &message), created + 3, tries(now, created, 13));
            }
            Trouble::FailingProbe => {
                let message = "Readiness probe failed: HTTP probe failed with statuscode: 503";
                self.past(&told, kubelet, (true, "Unhealthy", message), created + 9, tries(now, created, 5));
            }
            Trouble::CrashLoop | Trouble::OutOfMemory => self.past_crashes(troubled, &value, &told, image),
            _ => {}
        }
    }

    /// Tells what nodes that flap or are short of memory, jobs that were late and rollouts on their way went through.
    pub(super) fn tell_past_of_others(&mut self) {
        self.tell_past_flaps();
        for node in self.store.list(builtin("", "nodes"), None).objects {
            let value = node.value();
            let condition = value.pointer("/status/conditions/0").unwrap_or(&Value::Null);
            let text = |name: &str| condition.get(name).and_then(Value::as_str).unwrap_or_default();
            let since = Moment::parse(text("lastTransitionTime")).filter(|_| text("status") == "True");
            let Some(since) = since.filter(|_| text("type") == "MemoryPressure") else { continue };
            let wait_s = self.between(120, 600);
            self.later(wait_s, Work::Relieve(Key::of(&node)));
            let message = format!("Node {} status is now: NodeHasInsufficientMemory", node.name);
            let tale = Tale::normal("kubelet", "NodeHasInsufficientMemory", &message);
            self.tell_late(&node, "", &node.name, tale, (since, since, 1));
            let tale = Tale::warning("kubelet", "EvictionThresholdMet", "Attempting to reclaim memory");
            let (last, count) = tries(self.now, since, 10);
            self.tell_late(&node, "", &node.name, tale, (since, last, count));
        }
        for job in self.store.list(builtin("batch", "jobs"), None).objects {
            let value = job.value();
            let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            let Some(ended) = Moment::parse(text("/status/conditions/1/lastTransitionTime")) else { continue };
            let (reason, message) = (text("/status/conditions/1/reason"), text("/status/conditions/1/message"));
            let tale = if text("/status/conditions/1/type") == "Failed" {
                Tale::warning("job-controller", reason, message)
            } else {
                Tale::normal("job-controller", "Completed", "Job completed")
            };
            self.tell_late(&job, "", "", tale, (ended, ended, 1));
        }
        for set in self.store.list(builtin("apps", "replicasets"), None).objects {
            let value = set.value();
            let made = value.pointer("/metadata/creationTimestamp").and_then(Value::as_str).and_then(Moment::parse);
            let owner = value.pointer("/metadata/ownerReferences/0/name").and_then(Value::as_str).unwrap_or_default();
            let wanted = value.pointer("/spec/replicas").and_then(Value::as_u64).unwrap_or(0);
            let key = Key::new(builtin("apps", "deployments"), &set.namespace, owner);
            let (Some(made), Ok(deployment)) = (made, self.store.get(&key)) else { continue };
            let message = format!("Scaled up replica set {} from 0 to {wanted}", set.name);
            let tale = Tale::normal("deployment-controller", "ScalingReplicaSet", &message);
            self.tell_late(&deployment, "", "", tale, (made, made, 1));
        }
    }

    fn past_crashes(&mut self, troubled: &Troubled, pod: &Value, told: &Told<'_>, image: &str) {
        let Some(main) = troubled.course.containers.first() else { return };
        let Some(last) = main.last else { return };
        let started = match main.state {
            ContainerState::Running(since) => since,
            ContainerState::Waiting(..) | ContainerState::Terminated(_) => last.started,
        };
        let pulled = format!("Container image \"{image}\" already present on machine");
        let (made, began) =
            (format!("Container created: {}", told.container), format!("Container started: {}", told.container));
        let starts = (started, main.restarts + 1);
        let first = troubled.course.started.unwrap_or(started);
        for (reason, message) in [("Pulled", &pulled), ("Created", &made), ("Started", &began)] {
            self.past(told, "kubelet", (false, reason, message), first, starts);
        }
        if last.exit_code == 1 {
            let message = fate::crash_back_off(pod, 0, main.restarts);
            let message = message
                .split_once(" failed ")
                .map_or_else(String::new, |(_, rest)| format!("Back-off restarting failed {rest}"));
            let ends = (last.finished, main.restarts.max(1) * 20);
            self.past(told, "kubelet", (true, "BackOff", &message), first + 10, ends);
        }
    }

    fn past(
        &mut self,
        told: &Told<'_>,
        component: &str,
        (warning, reason, message): (bool, &str, &str),
        first: Moment,
        (last, count): (Moment, u32),
    ) {
        let of_kubelet = component == "kubelet";
        let (container, host) = if of_kubelet { (told.container, told.node) } else { ("", "") };
        let tale = Tale { component, warning, reason, message };
        self.tell_late(told.pod, container, host, tale, (first, last.max(first), count));
    }
}

/// About whom it is told.
struct Told<'a> {
    pod: &'a Arc<Object>,
    node: &'a str,
    container: &'a str,
}

/// When something that happens again and again since then happened last, and how often it has.
fn tries(now: Moment, since: Moment, every_s: i64) -> (Moment, u32) {
    let times = (now.0 - since.0).max(0) / every_s;
    (since + times * every_s, u32::try_from(times).unwrap_or(1).max(1))
}
