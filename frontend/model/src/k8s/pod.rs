//! A pod, as much of it as the views need.

use super::json::{List, Pairs, Text};
use super::meta::ObjectMeta;
use super::projection::fields;
use super::resources::ResourceRequirements;

/// A pod: <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/>.
#[derive(Clone, Debug, Default)]
pub struct Pod<'a> {
    /// Identity, labels and owners.
    pub metadata: ObjectMeta<'a>,
    /// What was asked for.
    pub spec: PodSpec<'a>,
    /// What was observed.
    pub status: PodStatus<'a>,
}

/// What a pod should run.
#[derive(Clone, Debug, Default)]
pub struct PodSpec<'a> {
    /// Empty until it is scheduled.
    pub node_name: Text<'a>,
    /// The account it acts as.
    pub service_account_name: Text<'a>,
    /// `Always`, `OnFailure` or `Never`.
    pub restart_policy: Text<'a>,
    /// The name of what its priority comes from.
    pub priority_class_name: Text<'a>,
    /// Its rank in the scheduler's queue.
    pub priority: i64,
    /// Run together.
    pub containers: List<Container<'a>>,
    /// Run before, one after the other.
    pub init_containers: List<Container<'a>>,
    /// Added while it ran.
    pub ephemeral_containers: List<Container<'a>>,
    /// Further conditions that readiness waits for.
    pub readiness_gates: List<ReadinessGate<'a>>,
    /// Pod-level resources (KEP-2837).
    pub resources: ResourceRequirements<'a>,
    /// What the runtime class adds (KEP-688).
    pub overhead: Pairs<'a>,
}

/// A container as it was asked for.
#[derive(Clone, Debug, Default)]
pub struct Container<'a> {
    /// Unique within the pod.
    pub name: Text<'a>,
    /// As it was written; what runs is in the status.
    pub image: Text<'a>,
    /// `Always` on an init container makes it a sidecar.
    pub restart_policy: Text<'a>,
    /// Requests and limits.
    pub resources: ResourceRequirements<'a>,
}

/// The name of a condition that must be true.
#[derive(Clone, Debug, Default)]
pub struct ReadinessGate<'a> {
    /// A condition's type.
    pub condition_type: Text<'a>,
}

/// What was observed of a pod.
#[derive(Clone, Debug, Default)]
pub struct PodStatus<'a> {
    /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
    pub phase: Text<'a>,
    /// A word for why, for example `Evicted`.
    pub reason: Text<'a>,
    /// A sentence for why.
    pub message: Text<'a>,
    /// `BestEffort`, `Burstable` or `Guaranteed`.
    pub qos_class: Text<'a>,
    /// Where a preempting pod will go.
    pub nominated_node_name: Text<'a>,
    /// The first address.
    pub pod_ip: Text<'a>,
    /// The node's address.
    pub host_ip: Text<'a>,
    /// `PodScheduled`, `Initialized`, `ContainersReady`, `Ready` and others.
    pub conditions: List<Condition<'a>>,
    /// One for each container that was started.
    pub container_statuses: List<ContainerStatus<'a>>,
    /// One for each init container.
    pub init_container_statuses: List<ContainerStatus<'a>>,
    /// One for each ephemeral container.
    pub ephemeral_container_statuses: List<ContainerStatus<'a>>,
}

/// A condition of a pod or a node.
#[derive(Clone, Debug, Default)]
pub struct Condition<'a> {
    /// For example `Ready`.
    pub kind: Text<'a>,
    /// `True`, `False` or `Unknown`.
    pub status: Text<'a>,
    /// A word for why.
    pub reason: Text<'a>,
    /// A sentence for why.
    pub message: Text<'a>,
    /// RFC 3339: since when the status is what it is.
    pub last_transition_time: Text<'a>,
}

/// A container as it was observed.
#[derive(Clone, Debug, Default)]
pub struct ContainerStatus<'a> {
    /// The container's name in the spec.
    pub name: Text<'a>,
    /// Whether its readiness probe passes.
    pub ready: bool,
    /// Whether its startup probe has passed.
    pub started: bool,
    /// How often it was started again.
    pub restart_count: i64,
    /// The image that runs.
    pub image: Text<'a>,
    /// Waiting, running or terminated.
    pub state: ContainerState<'a>,
    /// How it ended before.
    pub last_state: ContainerState<'a>,
}

/// One of its members is set; none means waiting.
#[derive(Clone, Debug, Default)]
pub struct ContainerState<'a> {
    /// Not yet started, or between two starts.
    pub waiting: Option<Waiting<'a>>,
    /// It runs.
    pub running: Option<Running<'a>>,
    /// It has ended.
    pub terminated: Option<Terminated<'a>>,
}

/// Since when a container runs.
#[derive(Clone, Debug, Default)]
pub struct Running<'a> {
    /// RFC 3339.
    pub started_at: Text<'a>,
}

/// Why a container waits.
#[derive(Clone, Debug, Default)]
pub struct Waiting<'a> {
    /// For example `CrashLoopBackOff`.
    pub reason: Text<'a>,
    /// A sentence.
    pub message: Text<'a>,
}

/// How a container ended.
#[derive(Clone, Debug, Default)]
pub struct Terminated<'a> {
    /// The process's exit status.
    pub exit_code: i64,
    /// The signal that ended it, or 0.
    pub signal: i64,
    /// For example `OOMKilled`.
    pub reason: Text<'a>,
    /// A sentence, or the last lines of its log.
    pub message: Text<'a>,
    /// RFC 3339.
    pub started_at: Text<'a>,
    /// RFC 3339.
    pub finished_at: Text<'a>,
}

fields! {
    Pod<'de> {
        "metadata" = 1: metadata,
        "spec" = 2: spec,
        "status" = 3: status,
    }
    PodSpec<'de> {
        "nodeName" = 10: node_name,
        "serviceAccountName" = 8: service_account_name,
        "restartPolicy" = 3: restart_policy,
        "priorityClassName" = 24: priority_class_name,
        "priority" = 25: priority,
        "containers" = 2: containers,
        "initContainers" = 20: init_containers,
        "ephemeralContainers": ephemeral_containers,
        "readinessGates" = 28: readiness_gates,
        "resources" = 40: resources,
        "overhead" = 32 quantities: overhead,
    }
    Container<'de> {
        "name" = 1: name,
        "image" = 2: image,
        "restartPolicy" = 24: restart_policy,
        "resources" = 8: resources,
    }
    ReadinessGate<'de> {
        "conditionType" = 1: condition_type,
    }
    PodStatus<'de> {
        "phase" = 1: phase,
        "reason" = 4: reason,
        "message" = 3: message,
        "qosClass" = 9: qos_class,
        "nominatedNodeName" = 11: nominated_node_name,
        "podIP" = 6: pod_ip,
        "hostIP" = 5: host_ip,
        "conditions" = 2: conditions,
        "containerStatuses" = 8: container_statuses,
        "initContainerStatuses" = 10: init_container_statuses,
        "ephemeralContainerStatuses" = 13: ephemeral_container_statuses,
    }
    Condition<'de> {
        "type" = 1: kind,
        "status" = 2: status,
        "reason" = 5: reason,
        "message" = 6: message,
        "lastTransitionTime" = 4 time: last_transition_time,
    }
    ContainerStatus<'de> {
        "name" = 1: name,
        "ready" = 4: ready,
        "started" = 9: started,
        "restartCount" = 5: restart_count,
        "image" = 6: image,
        "state" = 2: state,
        "lastState" = 3: last_state,
    }
    ContainerState<'de> {
        "waiting" = 1: waiting,
        "running" = 2: running,
        "terminated" = 3: terminated,
    }
    Running<'de> {
        "startedAt" = 1 time: started_at,
    }
    Waiting<'de> {
        "reason" = 1: reason,
        "message" = 2: message,
    }
    Terminated<'de> {
        "exitCode" = 1: exit_code,
        "signal" = 2: signal,
        "reason" = 3: reason,
        "message" = 4: message,
        "startedAt" = 5 time: started_at,
        "finishedAt" = 6 time: finished_at,
    }
}

impl Container<'_> {
    /// Whether this init container keeps running beside the others (KEP-753).
    pub fn is_sidecar(&self) -> bool {
        &*self.restart_policy == "Always"
    }
}

impl PodStatus<'_> {
    /// A condition by its type.
    pub fn condition(&self, kind: &str) -> Option<&Condition<'_>> {
        self.conditions.iter().find(|c| &*c.kind == kind)
    }

    /// Whether a condition is there and true.
    pub fn is_true(&self, kind: &str) -> bool {
        self.condition(kind).is_some_and(Condition::is_true)
    }
}

impl Condition<'_> {
    /// Whether its status is `True`.
    pub fn is_true(&self) -> bool {
        &*self.status == "True"
    }
}
