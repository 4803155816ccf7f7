//! Why something fails: the few causes that people tell apart, each with the word of the field for it.

use crate::chart::stack::Tone;
use crate::k8s::node::NodeReadiness;
use crate::k8s::pod_state::PodState;
use crate::store::names::Names;
use crate::store::nodes::NodeRow;
use crate::store::symptoms::Symptom;

/// A cause. What decides it is in `docs/failing.md`; for pods it is the status alone, so that a link to "the pods with
/// this cause" finds the same ones tomorrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// A container ends again and again, or has ended badly.
    Crash,
    /// A container was killed for its memory.
    OutOfMemory,
    /// An image cannot be had.
    ImagePull,
    /// A Secret, a ConfigMap or a setting that a container needs is not there.
    Config,
    /// A container cannot be made or started.
    Start,
    /// The kubelet put the pod out.
    Evicted,
    /// The node would not take the pod, or was shut down.
    Refused,
    /// The pod's node does not report.
    NodeLost,
    /// No node takes the pod.
    Unschedulable,
    /// Somebody holds the pod back.
    Gated,
    /// Its containers are being made, for a long time.
    Creating,
    /// Its init containers run, for a long time.
    Initializing,
    /// It runs, and its probe fails.
    Unready,
    /// It runs, and a condition that its readiness waits for is not true.
    ReadinessGate,
    /// It was to end, and is still there.
    Terminating,
    /// A job took too long or failed too often.
    Job,
    /// A workload or a job cannot make its pods.
    CannotCreate,
    /// A change does not reach the pods of a workload.
    Rollout,
    /// A volume cannot be had.
    Volume,
    /// An autoscaler cannot do its work.
    Autoscaler,
    /// A node does not report, or cannot run pods.
    NodeNotReady,
    /// A node is short of memory.
    MemoryPressure,
    /// A node is short of disk.
    DiskPressure,
    /// A node is short of process ids.
    PidPressure,
    /// Anything else that is failing.
    Other,
}

impl Cause {
    /// The value of the filter `cause:`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::OutOfMemory => "out-of-memory",
            Self::ImagePull => "image",
            Self::Config => "config",
            Self::Start => "start",
            Self::Evicted => "evicted",
            Self::Refused => "refused",
            Self::NodeLost => "node-lost",
            Self::Unschedulable => "unschedulable",
            Self::Gated => "gated",
            Self::Creating => "creating",
            Self::Initializing => "initializing",
            Self::Unready => "unready",
            Self::ReadinessGate => "readiness-gate",
            Self::Terminating => "terminating",
            Self::Job => "job",
            Self::CannotCreate => "cannot-create",
            Self::Rollout => "rollout",
            Self::Volume => "volume",
            Self::Autoscaler => "autoscaler",
            Self::NodeNotReady => "node-not-ready",
            Self::MemoryPressure => "memory-pressure",
            Self::DiskPressure => "disk-pressure",
            Self::PidPressure => "pid-pressure",
            Self::Other => "other",
        }
    }

    /// How grave it is.
    pub fn tone(self) -> Tone {
        match self {
            Self::Unschedulable
            | Self::Gated
            | Self::Creating
            | Self::Initializing
            | Self::Unready
            | Self::ReadinessGate
            | Self::Terminating
            | Self::Volume
            | Self::Rollout
            | Self::CannotCreate
            | Self::Autoscaler
            | Self::MemoryPressure
            | Self::DiskPressure
            | Self::PidPressure => Tone::Warn,
            _ => Tone::Bad,
        }
    }

    /// Whether it is ordinary for a while: then it is a trouble only when it lasts.
    pub fn passes(self) -> bool {
        matches!(self, Self::Creating | Self::Initializing | Self::Unready | Self::Gated | Self::Terminating)
    }

    /// Of a pod, by its status.
    pub fn of_pod(symptom: &Symptom, names: &Names) -> Self {
        let text = |name| names.text(name);
        if symptom.state == PodState::Terminating {
            return Self::Terminating;
        }
        if let Some(cause) = Self::of_pod_reason(text(symptom.reason)) {
            return cause;
        }
        match text(symptom.waiting) {
            "" | "ContainerCreating" | "PodInitializing" | "CrashLoopBackOff" => {}
            "ErrImagePull"
            | "ImagePullBackOff"
            | "InvalidImageName"
            | "ErrImageNeverPull"
            | "ImageInspectError"
            | "RegistryUnavailable"
            | "SignatureValidationFailed" => return Self::ImagePull,
            "CreateContainerConfigError" => return Self::Config,
            "CreateContainerError"
            | "RunContainerError"
            | "StartError"
            | "ContainerCannotRun"
            | "PostStartHookError"
            | "PreStartHookError"
            | "PreCreateHookError"
            | "CreatePodSandboxError"
            | "ConfigPodSandboxError" => return Self::Start,
            _ => return Self::Other,
        }
        let crashed = symptom.state == PodState::Failing || symptom.restarts > 0 || !symptom.running;
        if let Some(end) = symptom.end.as_ref().filter(|_| crashed) {
            return match text(end.reason) {
                "OOMKilled" => Self::OutOfMemory,
                "StartError" | "ContainerCannotRun" => Self::Start,
                _ => Self::Crash,
            };
        }
        match (symptom.state, text(symptom.condition)) {
            (_, _) if text(symptom.waiting) == "CrashLoopBackOff" => Self::Crash,
            (PodState::Waiting, "SchedulingGated") => Self::Gated,
            (PodState::Waiting, "") if symptom.init => Self::Initializing,
            (PodState::Waiting, "") => Self::Creating,
            (PodState::Waiting, _) => Self::Unschedulable,
            (PodState::NotReady, _) if !symptom.container.is_empty() => Self::Unready,
            (PodState::NotReady, "") => Self::NodeLost,
            (PodState::NotReady, _) => Self::ReadinessGate,
            _ => Self::Other,
        }
    }

    /// Of a node, by its conditions: the worst.
    pub fn of_node(node: &NodeRow) -> Option<Self> {
        match node {
            _ if node.readiness != NodeReadiness::Ready => Some(Self::NodeNotReady),
            _ if node.pressure.memory => Some(Self::MemoryPressure),
            _ if node.pressure.disk => Some(Self::DiskPressure),
            _ if node.pressure.pid => Some(Self::PidPressure),
            _ => None,
        }
    }

    /// Of a pod that has ended or is lost, by its own word for why; none where its containers tell more.
    fn of_pod_reason(reason: &str) -> Option<Self> {
        Some(match reason {
            "Evicted" => Self::Evicted,
            "NodeLost" | "Unknown" => Self::NodeLost,
            "DeadlineExceeded" => Self::Job,
            "NodeAffinity"
            | "NodePorts"
            | "NodeShutdown"
            | "Terminated"
            | "Shutdown"
            | "Preempting"
            | "UnexpectedAdmissionError"
            | "TopologyAffinityError"
            | "ResourceAllocationError"
            | "PodOSNotSupported"
            | "UnknownContainerStatus" => Self::Refused,
            _ if reason.starts_with("OutOf") => Self::Refused,
            _ => return None,
        })
    }
}
