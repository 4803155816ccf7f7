//! The one state of a pod, the same everywhere in the product.

use super::pod::{Pod, PodStatus};

/// What a person needs to know of a pod first. Each pod has exactly one, so they sum to the total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PodState {
    /// Failed or Unknown, or a container waits for a reason that does not pass by itself.
    Failing,
    /// Pending: not scheduled, or its containers are being made.
    Waiting,
    /// Runs, but its Ready condition is not true.
    NotReady,
    /// Has a deletion timestamp.
    Terminating,
    /// Runs and is ready.
    Running,
    /// Succeeded.
    Completed,
}

impl PodState {
    /// All states, the worst first.
    pub const ALL: [Self; 6] =
        [Self::Failing, Self::Waiting, Self::NotReady, Self::Terminating, Self::Running, Self::Completed];

    /// Decides the state. The order of the rules is their rank: what has ended stays ended, what is being deleted is
    /// not counted as failing.
    pub fn of(pod: &Pod<'_>) -> Self {
        let status = &pod.status;
        if &*status.phase == "Succeeded" {
            Self::Completed
        } else if pod.metadata.deleting() {
            Self::Terminating
        } else if matches!(&*status.phase, "Failed" | "Unknown") || has_stuck_container(status) {
            Self::Failing
        } else if &*status.phase != "Running" {
            Self::Waiting
        } else if status.is_true("Ready") {
            Self::Running
        } else {
            Self::NotReady
        }
    }

    /// The word for it, also the value of the filter `status:`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::Waiting => "waiting",
            Self::NotReady => "not ready",
            Self::Terminating => "terminating",
            Self::Running => "running",
            Self::Completed => "completed",
        }
    }
}

/// Whether a container, an init container too, waits for anything but its turn.
fn has_stuck_container(status: &PodStatus<'_>) -> bool {
    status.container_statuses.iter().chain(status.init_container_statuses.iter()).any(|c| {
        c.state.waiting.as_ref().is_some_and(|w| !matches!(&*w.reason, "" | "ContainerCreating" | "PodInitializing"))
    })
}
