//! The READY, STATUS and RESTARTS columns of `kubectl get pods`, by the API server's own rules.
//!
//! The rules are those of `printPod` in Kubernetes 1.37 (`pkg/printers/internalversion/printers.go`); an end-to-end
//! test holds them against the server's own Table.

use super::pod::{ContainerStatus, Pod, Terminated};
use crate::timestamp;

/// What `kubectl get pods` prints of a pod besides its name and age.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodColumns {
    /// Containers that are ready, sidecars included.
    pub ready: u32,
    /// Containers that should be.
    pub containers: u32,
    /// For example `Running`, `CrashLoopBackOff`, `Init:0/2`.
    pub status: String,
    /// How often its containers were started again.
    pub restarts: i64,
    /// When the last of them ended, in seconds since the epoch.
    pub last_restart_s: Option<i64>,
}

/// Restarts counted so far and when the last was.
#[derive(Default)]
struct Restarts {
    count: i64,
    last_s: Option<i64>,
}

/// Computes the columns.
pub fn pod_columns(pod: &Pod<'_>) -> PodColumns {
    let status = &pod.status;
    let mut reason = status.reason.non_empty().unwrap_or(&status.phase).to_owned();
    if status.conditions.iter().any(|c| &*c.kind == "PodScheduled" && &*c.reason == "SchedulingGated") {
        "SchedulingGated".clone_into(&mut reason);
    }

    let sidecar = |name: &str| pod.spec.init_containers.iter().any(|c| &*c.name == name && c.is_sidecar());
    let sidecars = pod.spec.init_containers.iter().filter(|c| c.is_sidecar()).count();
    let mut ready = 0;
    let mut restarts = Restarts::default();
    let mut sidecar_restarts = Restarts::default();
    let mut initializing = false;
    for (i, container) in status.init_container_statuses.iter().enumerate() {
        let is_sidecar = sidecar(&container.name);
        restarts.add(container);
        if is_sidecar {
            sidecar_restarts.add(container);
        }
        let terminated = container.state.terminated.as_ref();
        if terminated.is_some_and(|t| t.exit_code == 0) {
            continue;
        }
        if is_sidecar && container.started {
            ready += u32::from(container.ready);
            continue;
        }
        let waiting = container.state.waiting.as_ref().and_then(|w| w.reason.non_empty());
        reason = match (terminated, waiting) {
            (Some(t), _) => format!("Init:{}", how_it_ended(t)),
            (None, Some(why)) if why != "PodInitializing" => format!("Init:{why}"),
            _ => format!("Init:{i}/{}", pod.spec.init_containers.len()),
        };
        initializing = true;
        break;
    }

    if !initializing || status.is_true("Initialized") {
        restarts = sidecar_restarts;
        let mut running = false;
        let mut error = None;
        for container in status.container_statuses.iter().rev() {
            restarts.add(container);
            if let Some(why) = container.state.waiting.as_ref().and_then(|w| w.reason.non_empty()) {
                why.clone_into(&mut reason);
            } else if let Some(t) = &container.state.terminated {
                reason = how_it_ended(t);
                if t.exit_code != 0 {
                    error = Some(reason.clone());
                }
            } else if container.ready && container.state.running.is_some() {
                running = true;
                ready += 1;
            }
        }
        if reason == "Completed" {
            if running && status.is_true("Ready") {
                "Running".clone_into(&mut reason);
            } else if let Some(error) = error {
                reason = error;
            } else if running {
                "NotReady".clone_into(&mut reason);
            }
        }
    }

    if pod.metadata.deleting() {
        if &*status.reason == "NodeLost" {
            "Unknown".clone_into(&mut reason);
        } else if !matches!(&*status.phase, "Succeeded" | "Failed") {
            "Terminating".clone_into(&mut reason);
        }
    }

    PodColumns {
        ready,
        containers: u32::try_from(pod.spec.containers.len() + sidecars).unwrap_or(u32::MAX),
        status: reason,
        restarts: restarts.count,
        last_restart_s: restarts.last_s,
    }
}

impl Restarts {
    fn add(&mut self, container: &ContainerStatus<'_>) {
        self.count = self.count.saturating_add(container.restart_count);
        if let Some(t) = &container.last_state.terminated {
            self.last_s = self.last_s.max(timestamp::seconds(&t.finished_at));
        }
    }
}

/// The word for how a container ended: its reason, its signal, or its exit code.
pub fn how_it_ended(t: &Terminated<'_>) -> String {
    match t.reason.non_empty() {
        Some(reason) => reason.to_owned(),
        None if t.signal != 0 => format!("Signal:{}", t.signal),
        None => format!("ExitCode:{}", t.exit_code),
    }
}

#[cfg(test)]
mod tests {
    use super::pod_columns;
    use crate::k8s::pod::Pod;
    use crate::k8s::pod_state::PodState::{self, Completed, Failing, NotReady, Running, Terminating, Waiting};
    use crate::k8s::projection::read;

    /// The checked table of cases: a pod, what `kubectl get pods` prints of it, and our state.
    #[test]
    fn status_ready_and_state_are_those_of_the_server() {
        for line in include_str!("pod_status_cases.txt").lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
            let mut parts = line.splitn(5, '|').map(str::trim);
            let mut next = || parts.next().expect("a case has five parts");
            let (status, ready, restarts, state, json) = (next(), next(), next(), next(), next());
            let pod: Pod = read(json.as_bytes()).unwrap_or_else(|e| panic!("{json}: {e}"));
            let columns = pod_columns(&pod);
            assert_eq!(columns.status, status, "{json}");
            assert_eq!(format!("{}/{}", columns.ready, columns.containers), ready, "{json}");
            assert_eq!(columns.restarts.to_string(), restarts, "{json}");
            let expected = [Failing, Waiting, NotReady, Terminating, Running, Completed]
                .into_iter()
                .find(|s| s.word() == state)
                .unwrap_or_else(|| panic!("{state} is no state"));
            assert_eq!(PodState::of(&pod), expected, "{json}");
        }
    }
}
