//! A pod, as much of it as the views need.

use serde::Deserialize;

use super::json::{List, Pairs, Text, or_default, present};
use super::meta::ObjectMeta;
use super::resources::ResourceRequirements;

/// A pod: <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/>.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Pod<'a> {
    /// Identity, labels and owners.
    #[serde(borrow, deserialize_with = "or_default")]
    pub metadata: ObjectMeta<'a>,
    /// What was asked for.
    #[serde(borrow, deserialize_with = "or_default")]
    pub spec: PodSpec<'a>,
    /// What was observed.
    #[serde(borrow, deserialize_with = "or_default")]
    pub status: PodStatus<'a>,
}

/// What a pod should run.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodSpec<'a> {
    /// Empty until it is scheduled.
    #[serde(borrow)]
    pub node_name: Text<'a>,
    /// The account it acts as.
    #[serde(borrow)]
    pub service_account_name: Text<'a>,
    /// `Always`, `OnFailure` or `Never`.
    #[serde(borrow)]
    pub restart_policy: Text<'a>,
    /// Run together.
    #[serde(borrow)]
    pub containers: List<Container<'a>>,
    /// Run before, one after the other.
    #[serde(borrow)]
    pub init_containers: List<Container<'a>>,
    /// Added while it ran.
    #[serde(borrow)]
    pub ephemeral_containers: List<Container<'a>>,
    /// Further conditions that readiness waits for.
    #[serde(borrow)]
    pub readiness_gates: List<ReadinessGate<'a>>,
    /// Pod-level resources (KEP-2837).
    #[serde(borrow, deserialize_with = "or_default")]
    pub resources: ResourceRequirements<'a>,
    /// What the runtime class adds (KEP-688).
    #[serde(borrow)]
    pub overhead: Pairs<'a>,
}

/// A container as it was asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Container<'a> {
    /// Unique within the pod.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// As it was written; what runs is in the status.
    #[serde(borrow)]
    pub image: Text<'a>,
    /// `Always` on an init container makes it a sidecar.
    #[serde(borrow)]
    pub restart_policy: Text<'a>,
    /// Requests and limits.
    #[serde(borrow, deserialize_with = "or_default")]
    pub resources: ResourceRequirements<'a>,
}

/// The name of a condition that must be true.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ReadinessGate<'a> {
    /// A condition's type.
    #[serde(borrow)]
    pub condition_type: Text<'a>,
}

/// What was observed of a pod.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodStatus<'a> {
    /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
    #[serde(borrow)]
    pub phase: Text<'a>,
    /// A word for why, for example `Evicted`.
    #[serde(borrow)]
    pub reason: Text<'a>,
    /// A sentence for why.
    #[serde(borrow)]
    pub message: Text<'a>,
    /// `BestEffort`, `Burstable` or `Guaranteed`.
    #[serde(borrow)]
    pub qos_class: Text<'a>,
    /// Where a preempting pod will go.
    #[serde(borrow)]
    pub nominated_node_name: Text<'a>,
    /// The first address.
    #[serde(borrow, rename = "podIP")]
    pub pod_ip: Text<'a>,
    /// The node's address.
    #[serde(borrow, rename = "hostIP")]
    pub host_ip: Text<'a>,
    /// `PodScheduled`, `Initialized`, `ContainersReady`, `Ready` and others.
    #[serde(borrow)]
    pub conditions: List<Condition<'a>>,
    /// One for each container that was started.
    #[serde(borrow)]
    pub container_statuses: List<ContainerStatus<'a>>,
    /// One for each init container.
    #[serde(borrow)]
    pub init_container_statuses: List<ContainerStatus<'a>>,
    /// One for each ephemeral container.
    #[serde(borrow)]
    pub ephemeral_container_statuses: List<ContainerStatus<'a>>,
}

/// A condition of a pod or a node.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Condition<'a> {
    /// For example `Ready`.
    #[serde(borrow, rename = "type")]
    pub kind: Text<'a>,
    /// `True`, `False` or `Unknown`.
    #[serde(borrow)]
    pub status: Text<'a>,
    /// A word for why.
    #[serde(borrow)]
    pub reason: Text<'a>,
    /// A sentence for why.
    #[serde(borrow)]
    pub message: Text<'a>,
    /// RFC 3339: since when the status is what it is.
    #[serde(borrow)]
    pub last_transition_time: Text<'a>,
}

/// A container as it was observed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerStatus<'a> {
    /// The container's name in the spec.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// Whether its readiness probe passes.
    #[serde(deserialize_with = "or_default")]
    pub ready: bool,
    /// Whether its startup probe has passed.
    #[serde(deserialize_with = "or_default")]
    pub started: bool,
    /// How often it was started again.
    #[serde(deserialize_with = "or_default")]
    pub restart_count: i64,
    /// The image that runs.
    #[serde(borrow)]
    pub image: Text<'a>,
    /// Waiting, running or terminated.
    #[serde(borrow, deserialize_with = "or_default")]
    pub state: ContainerState<'a>,
    /// How it ended before.
    #[serde(borrow, deserialize_with = "or_default")]
    pub last_state: ContainerState<'a>,
}

/// One of its members is set; none means waiting.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ContainerState<'a> {
    /// Not yet started, or between two starts.
    #[serde(borrow)]
    pub waiting: Option<Waiting<'a>>,
    /// Whether it runs.
    #[serde(deserialize_with = "present")]
    pub running: bool,
    /// It has ended.
    #[serde(borrow)]
    pub terminated: Option<Terminated<'a>>,
}

/// Why a container waits.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Waiting<'a> {
    /// For example `CrashLoopBackOff`.
    #[serde(borrow)]
    pub reason: Text<'a>,
    /// A sentence.
    #[serde(borrow)]
    pub message: Text<'a>,
}

/// How a container ended.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Terminated<'a> {
    /// The process's exit status.
    #[serde(deserialize_with = "or_default")]
    pub exit_code: i64,
    /// The signal that ended it, or 0.
    #[serde(deserialize_with = "or_default")]
    pub signal: i64,
    /// For example `OOMKilled`.
    #[serde(borrow)]
    pub reason: Text<'a>,
    /// A sentence, or the last lines of its log.
    #[serde(borrow)]
    pub message: Text<'a>,
    /// RFC 3339.
    #[serde(borrow)]
    pub finished_at: Text<'a>,
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
