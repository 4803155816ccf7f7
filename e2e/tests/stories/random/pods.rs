//! Pods in every kind of life, as a kubelet would tell of them.

use serde_json::{Value, json};

use super::dice::Dice;
use super::drawn::Fate;
use super::nodes::{SINCE, condition};
use super::owners::{Mark, Owners};

/// How a pod fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    Runs,
    Succeeded,
    NotReady,
    /// Its containers are ready, and what else its readiness waits for is not.
    Gated,
    /// Its first container waits for this reason.
    Waits(&'static str),
    /// Its first init container does.
    WaitsAtFirst(&'static str),
    /// Its first container has just ended badly, and will be started again.
    HasEnded,
    Starting,
    Initializing,
    Unplaced,
    HeldBack,
    /// Its first container was killed for its memory, again and again.
    OutOfMemory,
    Failed,
    /// The kubelet ended it for this reason, or did not take it.
    PutOut(&'static str),
    Lost,
    Ending,
}

/// All of them; the first are what a healthy cluster has, the last what a broken one has.
const LIVES: [Life; 26] = [
    Life::Runs,
    Life::Runs,
    Life::Succeeded,
    Life::Ending,
    Life::NotReady,
    Life::Gated,
    Life::Starting,
    Life::Initializing,
    Life::Unplaced,
    Life::HeldBack,
    Life::HasEnded,
    Life::Waits("CrashLoopBackOff"),
    Life::Waits("ImagePullBackOff"),
    Life::Waits("ErrImagePull"),
    Life::Waits("InvalidImageName"),
    Life::Waits("CreateContainerConfigError"),
    Life::Waits("CreateContainerError"),
    Life::WaitsAtFirst("CrashLoopBackOff"),
    Life::WaitsAtFirst("ImagePullBackOff"),
    Life::Failed,
    Life::OutOfMemory,
    Life::PutOut("Evicted"),
    Life::PutOut("NodeShutdown"),
    Life::PutOut("OutOfcpu"),
    Life::PutOut("DeadlineExceeded"),
    Life::Lost,
];
const HEALTHY: usize = 3;
const AILING: usize = 4;

/// A pod before it is written down.
pub struct Draft<'o> {
    life: Life,
    namespace: &'o str,
    mark: Option<&'o Mark>,
    /// The node it is bound to, if any.
    node: Option<String>,
    containers: usize,
    /// Of each init container whether it is a sidecar.
    init: Vec<bool>,
}

impl<'o> Draft<'o> {
    /// Draws one.
    pub fn new(fate: Fate, owners: &'o Owners, nodes: &[String], dice: &mut Dice) -> Self {
        let lives = match fate {
            Fate::Healthy => LIVES.get(..HEALTHY),
            Fate::Broken => LIVES.get(AILING..),
            Fate::Mixed if dice.one_in(2) => LIVES.get(..HEALTHY),
            Fate::Mixed => LIVES.get(..),
        };
        let life = dice.of(lives.unwrap_or_default());
        let mark = match owners.marks.len() {
            0 => None,
            count => owners.marks.get(dice.below(count)).filter(|_| !dice.one_in(4)),
        };
        // What ran on a node that is gone is there until it is collected.
        let is_orphan = nodes.is_empty() || (fate != Fate::Healthy && dice.one_in(15));
        let node = match life {
            Life::Unplaced | Life::HeldBack => None,
            _ if is_orphan => Some("node-gone".to_owned()),
            _ => nodes.get(dice.below(nodes.len())).cloned(),
        };
        let mut init: Vec<bool> = (0..dice.below(3)).map(|_| dice.one_in(2)).collect();
        if init.is_empty() && matches!(life, Life::WaitsAtFirst(_) | Life::Initializing) {
            init.push(false);
        }
        Self { life, namespace: &owners.namespace, mark, node, containers: dice.within(1..=3), init }
    }

    /// The pod as an object.
    pub fn pod(&self, name: &str, dice: &mut Dice) -> Value {
        let mut metadata = json!({ "name": name, "namespace": self.namespace, "labels": { "drawn": "true" } });
        if let Some(Mark { labels, owner }) = self.mark {
            metadata["labels"] = labels.clone();
            metadata["ownerReferences"] = owner.clone();
        }
        if self.life == Life::Ending {
            metadata["deletionTimestamp"] = json!("2026-05-04T09:00:00Z");
            metadata["deletionGracePeriodSeconds"] = json!(30);
        }
        let mut containers: Vec<Value> = (0..self.containers).map(|at| container(&format!("c{at}"), dice)).collect();
        let mut spec = json!({ "restartPolicy": "Always" });
        if matches!(self.life, Life::Succeeded | Life::Failed) {
            spec["restartPolicy"] = json!("Never");
        }
        let mut init: Vec<Value> = Vec::new();
        for (at, is_sidecar) in self.init.iter().enumerate() {
            let mut container = container(&format!("i{at}"), dice);
            if *is_sidecar {
                container["restartPolicy"] = json!("Always");
            }
            init.push(container);
        }
        if let Some(node) = &self.node {
            spec["nodeName"] = json!(node);
        }
        match self.life {
            Life::Gated => spec["readinessGates"] = json!([{ "conditionType": "example.com/in-service" }]),
            Life::HeldBack => spec["schedulingGates"] = json!([{ "name": "example.com/quota" }]),
            _ => {}
        }
        if dice.one_in(12) {
            spec["overhead"] = json!({ "cpu": "250m", "memory": "120Mi" });
            spec["runtimeClassName"] = json!("sandboxed");
        }
        if dice.one_in(12) {
            spec["resources"] =
                json!({ "requests": { "cpu": "3", "memory": "3Gi" }, "limits": { "cpu": "5", "memory": "5Gi" } });
            // What is given for all of them together, none of them has by itself.
            for container in containers.iter_mut().chain(&mut init) {
                container["resources"] = json!({});
            }
        }
        spec["containers"] = json!(containers);
        spec["initContainers"] = json!(init);
        let mut status = self.status(dice);
        if self.life == Life::Runs && dice.one_in(4) {
            // It still has what it was started with: a change of what it asks for is under way.
            let had = json!({ "cpu": "2", "memory": "2Gi" });
            status["containerStatuses"][0]["resources"] = json!({ "requests": had, "limits": had });
            status["containerStatuses"][0]["allocatedResources"] = had;
        }
        json!({ "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": status })
    }

    fn status(&self, dice: &mut Dice) -> Value {
        let phase = match self.life {
            Life::Runs | Life::NotReady | Life::Gated | Life::HasEnded | Life::Ending => "Running",
            Life::Waits("CrashLoopBackOff") | Life::OutOfMemory => "Running",
            Life::Succeeded => "Succeeded",
            Life::Failed => "Failed",
            Life::Lost => "Unknown",
            Life::PutOut(reason) => {
                return json!({ "phase": "Failed", "reason": reason, "startTime": SINCE, "qosClass": "Burstable" });
            }
            Life::Unplaced => return self.unplaced("Unschedulable", "0/3 nodes are available: 3 Insufficient cpu."),
            Life::HeldBack => {
                return self.unplaced("SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates");
            }
            _ => "Pending",
        };
        let is_initialized = !matches!(self.life, Life::WaitsAtFirst(_) | Life::Initializing);
        let are_ready = matches!(self.life, Life::Runs | Life::Gated | Life::Ending);
        let word = |met: bool| if met { "True" } else { "False" };
        let mut conditions = vec![
            condition("PodScheduled", "True"),
            condition("Initialized", word(is_initialized)),
            condition("ContainersReady", word(are_ready)),
            condition("Ready", word(are_ready && self.life != Life::Gated)),
        ];
        if self.life == Life::Gated {
            conditions[3]["reason"] = json!("ReadinessGatesNotReady");
        }
        json!({
            "phase": phase, "startTime": SINCE, "qosClass": "Burstable", "conditions": conditions,
            "initContainerStatuses": self.init.iter().enumerate().map(|(at, is_sidecar)| self.first(at, *is_sidecar)).collect::<Vec<_>>(),
            "containerStatuses": (0..self.containers).map(|at| self.status_of(at, dice)).collect::<Vec<_>>(),
        })
    }

    fn unplaced(&self, reason: &str, message: &str) -> Value {
        let mut scheduled = condition("PodScheduled", "False");
        scheduled["reason"] = json!(reason);
        scheduled["message"] = json!(message);
        json!({ "phase": "Pending", "qosClass": "Burstable", "conditions": [scheduled] })
    }

    /// An init container: all have done their work, but for the first of a pod that is not yet past them.
    fn first(&self, at: usize, is_sidecar: bool) -> Value {
        let name = format!("i{at}");
        let later = waits("PodInitializing");
        match self.life {
            Life::WaitsAtFirst(reason) if at == 0 => told(&name, false, restarts_of(reason), &waits(reason)),
            Life::Initializing if at == 0 => told(&name, false, 0, &runs()),
            Life::WaitsAtFirst(_) | Life::Initializing => told(&name, false, 0, &later),
            _ if is_sidecar && !matches!(self.life, Life::Succeeded | Life::Failed) => {
                let mut told = told(&name, true, 0, &runs());
                told["started"] = json!(true);
                told
            }
            _ => told(&name, !is_sidecar, 0, &ended("Completed", 0)),
        }
    }

    /// A container: what befalls the pod befalls its first one.
    fn status_of(&self, at: usize, dice: &mut Dice) -> Value {
        let name = format!("c{at}");
        let restarts = if dice.one_in(4) { dice.below(300) } else { 0 };
        let is_first = at == 0;
        match self.life {
            Life::Waits(reason) if is_first => {
                let mut told = told(&name, false, restarts_of(reason), &waits(reason));
                if reason == "CrashLoopBackOff" {
                    told["lastState"] = ended("Error", 1);
                }
                told
            }
            Life::OutOfMemory if is_first => {
                let mut told = told(&name, false, 5, &waits("CrashLoopBackOff"));
                told["lastState"] = ended("OOMKilled", 137);
                told
            }
            Life::Waits("CrashLoopBackOff") | Life::OutOfMemory | Life::Runs | Life::Gated | Life::Ending => {
                told(&name, true, restarts, &runs())
            }
            Life::Waits(_) | Life::Starting => told(&name, false, 0, &waits("ContainerCreating")),
            Life::WaitsAtFirst(_) | Life::Initializing => told(&name, false, 0, &waits("PodInitializing")),
            Life::HasEnded if is_first => told(&name, false, 1, &ended("Error", 3)),
            Life::Failed if is_first => told(&name, false, restarts, &ended("Error", 1)),
            Life::Succeeded | Life::Failed => told(&name, false, 0, &ended("Completed", 0)),
            Life::NotReady => told(&name, !is_first, restarts, &runs()),
            Life::HasEnded | Life::Lost | Life::Unplaced | Life::HeldBack | Life::PutOut(_) => {
                told(&name, false, restarts, &runs())
            }
        }
    }
}

/// A container that asks for something, for much or for nothing, in one of the ways in which that is written.
fn container(name: &str, dice: &mut Dice) -> Value {
    const CPU: [&str; 8] = ["10m", "100m", "250m", "0.3", "1", "1.5", "2500m", "0"];
    const MEMORY: [&str; 8] = ["16Mi", "64Mi", "100M", "0.5Gi", "1Gi", "134217728", "2e8", "3000Ki"];
    let mut amounts = || json!({ "cpu": dice.of(&CPU), "memory": dice.of(&MEMORY) });
    let (some, more) = (amounts(), amounts());
    let mut resources = match dice.below(6) {
        0 => json!({}),
        1 => json!({ "requests": some }),
        2 => json!({ "limits": some }),
        3 => json!({ "requests": some, "limits": some }),
        4 => json!({ "requests": { "cpu": some["cpu"] }, "limits": { "memory": more["memory"] } }),
        _ => json!({ "requests": some, "limits": more }),
    };
    if dice.one_in(6) {
        resources["requests"]["ephemeral-storage"] = json!(dice.of(&["1Gi", "500M", "20Gi"]));
    }
    json!({ "name": name, "image": "registry.example/app:1", "resources": resources })
}

fn restarts_of(reason: &str) -> usize {
    if reason == "CrashLoopBackOff" { 7 } else { 0 }
}

fn told(name: &str, ready: bool, restarts: usize, state: &Value) -> Value {
    json!({
        "name": name, "image": "registry.example/app:1", "imageID": "", "ready": ready, "restartCount": restarts,
        "state": state,
    })
}

fn waits(reason: &str) -> Value {
    json!({ "waiting": { "reason": reason } })
}

fn runs() -> Value {
    json!({ "running": { "startedAt": SINCE } })
}

fn ended(reason: &str, code: i32) -> Value {
    json!({ "terminated": { "reason": reason, "exitCode": code, "startedAt": SINCE, "finishedAt": SINCE } })
}
