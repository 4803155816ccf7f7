//! Nodes: their heartbeats, and the one that comes and goes and takes its pods with it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::cluster::{Cluster, Tale};
use super::queue::Work;
use super::rollout::put_texts;
use crate::company::moment::Moment;
use crate::company::placement::Ask;
use crate::company::pod::{self, Course};
use crate::company::trouble::{AWAY_S, BACK_SINCE_S, FLAPS_EVERY_S};
use crate::kinds::builtin;
use crate::store::Key;
use crate::store::object::Object;

/// How long the node controller waits for a heartbeat.
const GRACE_S: i64 = 40;
/// How long pods tolerate that their node is away.
const TOLERATED_S: i64 = 300;
/// A lease is renewed every 10 s, in large clusters less often: nobody looks at 5,000 leases.
const RENEWED_S: i64 = 10;
const LEASES_A_SECOND: i64 = 10;

const UNREACHABLE: &str = "node.kubernetes.io/unreachable";

impl Cluster {
    /// Begins to live with a node that is there already.
    pub(super) fn meet_node(&mut self, key: &Key) {
        let wait_s = self.between(1, self.next_step_s(&key.name));
        self.later(wait_s, Work::Node(key.clone()));
    }

    fn renewal_s(&self) -> i64 {
        let nodes = i64::try_from(self.rooms.rooms.len()).unwrap_or(i64::MAX);
        RENEWED_S.max(nodes / LEASES_A_SECOND)
    }

    /// Renews a node's lease, and moves a node that flaps one step on.
    pub(super) fn step_node(&mut self, key: &Key) {
        let Ok(node) = self.store.get(key) else { return };
        let away_since = self.silent.get(&node.name).copied();
        match (self.flaps(&node.name), away_since) {
            (true, None) if self.stays_for_s() == 0 => {
                self.silent.insert(Arc::clone(&node.name), self.now);
                self.queue.add(self.now + GRACE_S, Work::Node(key.clone()));
                return;
            }
            (_, Some(since)) if self.now < since + GRACE_S => {}
            (_, Some(since)) if self.now >= since + AWAY_S => self.come_back(key, &node),
            (_, Some(since)) => {
                self.lose_sight(key, &node, since);
                let next = if self.now < since + GRACE_S + TOLERATED_S {
                    since + GRACE_S + TOLERATED_S
                } else {
                    since + AWAY_S
                };
                self.queue.add(next, Work::Node(key.clone()));
                return;
            }
            (_, None) => {}
        }
        self.renew_lease(&node);
        self.later(self.next_step_s(&node.name), Work::Node(key.clone()));
    }

    /// In how many seconds there is something to do for a node that is not away.
    fn next_step_s(&self, name: &str) -> i64 {
        if self.flaps(name) { self.renewal_s().min(self.stays_for_s().max(1)) } else { self.renewal_s() }
    }

    /// Whether the company says that this node flaps.
    fn flaps(&self, name: &str) -> bool {
        self.flapping.iter().any(|flapping| flapping == name)
    }

    /// How many seconds a node that flaps stays; none when the time has come for it to be away.
    fn stays_for_s(&self) -> i64 {
        let since_s = (self.now.0 - self.began.0 + BACK_SINCE_S).rem_euclid(FLAPS_EVERY_S);
        (FLAPS_EVERY_S - AWAY_S - since_s).max(0)
    }

    /// Tells that a node that flaps has been away before, and came back before its pods were missed.
    pub(super) fn tell_past_flaps(&mut self) {
        const TIMES: u32 = 4;
        const MISSED_S: i64 = 55;
        for name in self.flapping.clone() {
            let Ok(node) = self.store.get(&Key::new(builtin("", "nodes"), "", &name)) else { continue };
            let back = self.now - BACK_SINCE_S;
            let mut told = |tale: Tale<'_>, last: Moment| {
                self.tell_late(&node, "", "", tale, (last - FLAPS_EVERY_S * i64::from(TIMES - 1), last, TIMES));
            };
            let message = format!("Node {name} status is now: NodeNotReady");
            told(Tale::normal("node-controller", "NodeNotReady", &message), back - MISSED_S);
            let message = format!("Node {name} status is now: NodeReady");
            told(Tale::normal("kubelet", "NodeReady", &message), back);
        }
    }

    fn renew_lease(&self, node: &Object) {
        let key = Key::new(builtin("coordination.k8s.io", "leases"), "kube-node-lease", &node.name);
        let now = self.now.micros(node.version * 7919);
        self.change(&key, |lease| {
            if let Some(spec) = lease.get_mut("spec").and_then(Value::as_object_mut) {
                spec.insert("renewTime".to_owned(), now.as_str().into());
            }
        });
    }

    /// What the node controller does about a node that it hears nothing of.
    fn lose_sight(&mut self, key: &Key, node: &Arc<Object>, since: Moment) {
        let value = node.value();
        let is_known = has_taint(&value);
        if !is_known {
            let now = self.now.to_string();
            self.change(key, |node| {
                let conditions = node.pointer_mut("/status/conditions").and_then(Value::as_array_mut);
                for condition in conditions.into_iter().flatten() {
                    let texts = [
                        ("status", "Unknown"),
                        ("reason", "NodeStatusUnknown"),
                        ("message", "Kubelet stopped posting node status."),
                        ("lastTransitionTime", &now),
                    ];
                    put_texts(condition, &texts);
                }
                let Some(spec) = node.get_mut("spec").and_then(Value::as_object_mut) else { return };
                let taints = spec.entry("taints").or_insert_with(|| json!([]));
                if let Some(taints) = taints.as_array_mut() {
                    taints.extend(
                        ["NoSchedule", "NoExecute"]
                            .map(|effect| json!({"effect": effect, "key": UNREACHABLE, "timeAdded": now})),
                    );
                }
            });
            let message = format!("Node {} status is now: NodeNotReady", node.name);
            self.tell(node, Tale::normal("node-controller", "NodeNotReady", &message));
            for pod in self.pods_on(&node.name) {
                self.set_ready(&pod, false);
                self.tell(&pod, Tale::warning("node-controller", "NodeNotReady", "Node is not ready"));
            }
        }
        if self.now >= since + GRACE_S + TOLERATED_S {
            for pod in self.pods_on(&node.name) {
                let stays = Ask::of(pod.value().get("spec").unwrap_or(&Value::Null)).stays(UNREACHABLE);
                if !stays && !self.leaving.contains(&pod.uid) {
                    let message = format!("Marking for deletion Pod {}/{}", pod.namespace, pod.name);
                    self.tell(&pod, Tale::normal("taint-eviction-controller", "TaintManagerEviction", &message));
                    self.dismiss(&pod);
                }
            }
        }
    }

    /// The node's kubelet is heard again.
    fn come_back(&mut self, key: &Key, node: &Arc<Object>) {
        self.silent.remove(&node.name);
        let now = self.now.to_string();
        self.change(key, |node| {
            let conditions = node.pointer_mut("/status/conditions").and_then(Value::as_array_mut);
            for condition in conditions.into_iter().flatten() {
                let kind = condition.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
                let (status, reason, message) = well(&kind);
                let times = [("lastTransitionTime", now.as_str()), ("lastHeartbeatTime", &now)];
                put_texts(condition, &times);
                put_texts(condition, &[("status", status), ("reason", reason), ("message", message)]);
            }
            if let Some(spec) = node.get_mut("spec").and_then(Value::as_object_mut) {
                let taints = spec.get_mut("taints").and_then(Value::as_array_mut);
                let left = taints.map(|taints| {
                    taints.retain(|taint| taint.get("key").and_then(Value::as_str) != Some(UNREACHABLE));
                    taints.len()
                });
                if left == Some(0) {
                    spec.remove("taints");
                }
            }
        });
        let message = format!("Node {} status is now: NodeReady", node.name);
        self.tell(node, Tale::normal("kubelet", "NodeReady", &message));
        for pod in self.pods_on(&node.name) {
            if self.leaving.contains(&pod.uid) {
                self.later(1, Work::Pod(Key::of(&pod)));
            } else {
                self.set_ready(&pod, true);
                self.later(2, Work::Pod(Key::of(&pod)));
            }
        }
    }

    /// Writes whether a pod that runs is ready.
    fn set_ready(&mut self, pod: &Object, ready: bool) {
        if pod.field("status.phase") != Some("Running") {
            return;
        }
        let now = self.now;
        self.change(&Key::of(pod), |pod| {
            let mut course = Course::of(pod);
            let can = |container: &pod::ContainerCourse| matches!(container.state, pod::ContainerState::Running(_));
            if ready && !course.containers.iter().all(can) {
                return;
            }
            course.containers.iter_mut().for_each(|container| container.ready = ready);
            course.ready_since = now;
            pod::report(pod, &course, now);
        });
    }

    /// The pods of a node.
    pub(super) fn pods_on(&self, node: &str) -> Vec<Arc<Object>> {
        let pods = self.store.list(builtin("", "pods"), None).objects;
        pods.into_iter().filter(|pod| pod.field("spec.nodeName") == Some(node)).collect()
    }
}

fn has_taint(node: &Value) -> bool {
    let taints = node.pointer("/spec/taints").and_then(Value::as_array).into_iter().flatten();
    taints.filter_map(|taint| taint.get("key")?.as_str()).any(|key| key == UNREACHABLE)
}

/// What a kubelet says of a condition when all is well.
fn well(kind: &str) -> (&'static str, &'static str, &'static str) {
    match kind {
        "Ready" => ("True", "KubeletReady", "kubelet is posting ready status"),
        "MemoryPressure" => ("False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        "DiskPressure" => ("False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        _ => ("False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    }
}
