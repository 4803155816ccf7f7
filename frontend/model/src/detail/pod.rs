//! A pod as its page shows it.

use super::{ConditionRow, owned_pairs};
use crate::k8s::json::Text;
use crate::k8s::pod::{Container, ContainerState, ContainerStatus, Pod};
use crate::k8s::pod_state::PodState;
use crate::k8s::pod_status::{PodColumns, how_it_ended, pod_columns};
use crate::k8s::projection::read;
use crate::k8s::resources::{Resources, pod_limits, pod_requests};
use crate::timestamp;

/// A pod, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodDetail {
    /// Its uid, as the server writes it.
    pub uid: String,
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Its one state.
    pub state: PodState,
    /// kubectl's columns.
    pub columns: PodColumns,
    /// A sentence of the server for why it is as it is, or empty.
    pub message: String,
    /// The node it is bound to, or empty.
    pub node: String,
    /// Its address, or empty.
    pub ip: String,
    /// The node's address, or empty.
    pub host_ip: String,
    /// `Guaranteed`, `Burstable` or `BestEffort`.
    pub qos_class: String,
    /// The account it acts as.
    pub service_account: String,
    /// `Always`, `OnFailure` or `Never`.
    pub restart_policy: String,
    /// Kind and name of what manages it.
    pub owner: Option<(String, String)>,
    /// When it was created, in seconds since the epoch.
    pub created_s: Option<i64>,
    /// What it requests in all.
    pub requests: Resources,
    /// What it may use at most in all.
    pub limits: Resources,
    /// Sorted by key.
    pub labels: Vec<(String, String)>,
    /// In the server's order.
    pub conditions: Vec<ConditionRow>,
    /// Init containers first.
    pub containers: Vec<ContainerDetail>,
}

/// A container, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerDetail {
    /// Its name.
    pub name: String,
    /// What part it plays.
    pub role: Role,
    /// The image as it was asked for.
    pub image: String,
    /// Whether its readiness probe passes.
    pub ready: bool,
    /// How it is.
    pub state: Run,
    /// A word: `Running`, `CrashLoopBackOff`, `Completed`.
    pub status: String,
    /// A sentence of the server, or empty.
    pub message: String,
    /// How it ended the last time.
    pub last: Option<End>,
    /// How often it was started again.
    pub restarts: i64,
    /// What it requests.
    pub requests: Resources,
    /// What it may use at most.
    pub limits: Resources,
}

/// The part of a container in its pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Runs to completion before the others.
    Init,
    /// An init container that keeps running.
    Sidecar,
    /// An ordinary one.
    Main,
    /// Added for debugging.
    Ephemeral,
}

/// How a container is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// It runs.
    Running,
    /// It waits its turn, or is being made.
    Waiting,
    /// It waits for a reason that does not pass by itself.
    Stuck,
    /// It has ended well.
    Completed,
    /// It has ended badly.
    Failed,
    /// Nothing is known of it yet.
    Unknown,
}

/// How a container ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// For example `OOMKilled`.
    pub reason: String,
    /// The process's exit status.
    pub exit_code: i64,
    /// Its last words, or empty.
    pub message: String,
    /// In seconds since the epoch.
    pub finished_s: Option<i64>,
}

impl Role {
    /// The word for it; none for an ordinary container.
    pub fn word(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::Sidecar => "sidecar",
            Self::Main => "",
            Self::Ephemeral => "ephemeral",
        }
    }
}

impl PodDetail {
    /// Reads a pod; `None` where it is none.
    pub fn parse(json: &[u8]) -> Option<Self> {
        let pod: Pod<'_> = read(json).ok()?;
        let (meta, spec, status) = (&pod.metadata, &pod.spec, &pod.status);
        if meta.uid.is_empty() {
            return None;
        }
        let unscheduled = status.condition("PodScheduled").filter(|c| !c.is_true());
        let message = status.message.non_empty().or_else(|| unscheduled?.message.non_empty()).unwrap_or("");
        let inits = spec.init_containers.iter().map(|c| {
            let role = if c.is_sidecar() { Role::Sidecar } else { Role::Init };
            container(c, role, &status.init_container_statuses)
        });
        let mains = spec.containers.iter().map(|c| container(c, Role::Main, &status.container_statuses));
        let added = spec
            .ephemeral_containers
            .iter()
            .map(|c| container(c, Role::Ephemeral, &status.ephemeral_container_statuses));
        Some(Self {
            uid: meta.uid.to_string(),
            name: meta.name.to_string(),
            namespace: meta.namespace.to_string(),
            state: PodState::of(&pod),
            columns: pod_columns(&pod),
            message: message.to_owned(),
            node: spec.node_name.to_string(),
            ip: status.pod_ip.to_string(),
            host_ip: status.host_ip.to_string(),
            qos_class: status.qos_class.to_string(),
            service_account: spec.service_account_name.to_string(),
            restart_policy: spec.restart_policy.to_string(),
            owner: meta.controller().map(|o| (o.kind.to_string(), o.name.to_string())),
            created_s: timestamp::seconds(&meta.creation_timestamp),
            requests: pod_requests(spec),
            limits: pod_limits(spec),
            labels: owned_pairs(&meta.labels),
            conditions: status.conditions.iter().map(ConditionRow::from).collect(),
            containers: inits.chain(mains).chain(added).collect(),
        })
    }
}

fn container(spec: &Container<'_>, role: Role, statuses: &[ContainerStatus<'_>]) -> ContainerDetail {
    let status = statuses.iter().find(|s| *s.name == *spec.name);
    let (state, word, message) = match status {
        Some(s) => run(&s.state),
        None => (Run::Unknown, "Not started".to_owned(), String::new()),
    };
    ContainerDetail {
        name: spec.name.to_string(),
        role,
        image: spec.image.to_string(),
        ready: status.is_some_and(|s| s.ready),
        state,
        status: word,
        message,
        last: status.and_then(|s| s.last_state.terminated.as_ref()).map(|t| End {
            reason: how_it_ended(t),
            exit_code: t.exit_code,
            message: t.message.to_string(),
            finished_s: timestamp::seconds(&t.finished_at),
        }),
        restarts: status.map_or(0, |s| s.restart_count),
        requests: Resources::from_pairs(&spec.resources.requests),
        limits: Resources::from_pairs(&spec.resources.limits),
    }
}

fn run(state: &ContainerState<'_>) -> (Run, String, String) {
    if state.running.is_some() {
        return (Run::Running, "Running".into(), String::new());
    }
    if let Some(t) = &state.terminated {
        let run = if t.exit_code == 0 { Run::Completed } else { Run::Failed };
        return (run, how_it_ended(t), t.message.to_string());
    }
    let reason = state.waiting.as_ref().map_or("", |w| &*w.reason);
    let message = state.waiting.as_ref().map(|w| &w.message).map(Text::to_string).unwrap_or_default();
    match reason {
        "" => (Run::Waiting, "Waiting".into(), message),
        "ContainerCreating" | "PodInitializing" => (Run::Waiting, reason.to_owned(), message),
        _ => (Run::Stuck, reason.to_owned(), message),
    }
}

#[cfg(test)]
mod tests {
    use super::{PodDetail, Role, Run};

    #[test]
    fn each_container_is_shown_with_what_is_known_of_it() {
        let json = br#"{"metadata":{"uid":"u","name":"p","ownerReferences":[{"kind":"Job","name":"j"}]},
            "spec":{"initContainers":[{"name":"i"},{"name":"s","restartPolicy":"Always"}],"containers":[{"name":"a","image":"x:1"},{"name":"b"}]},
            "status":{"phase":"Running","containerStatuses":[{"name":"a","restartCount":3,
                "state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 5m0s"}},
                "lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled","finishedAt":"2026-11-23T18:00:00Z"}}}]}}"#;
        let pod = PodDetail::parse(json).unwrap();
        let roles: Vec<_> = pod.containers.iter().map(|c| (c.role, c.state)).collect();
        assert_eq!(
            roles,
            [
                (Role::Init, Run::Unknown),
                (Role::Sidecar, Run::Unknown),
                (Role::Main, Run::Stuck),
                (Role::Main, Run::Unknown)
            ]
        );
        let crashed = &pod.containers[2];
        assert_eq!((crashed.restarts, crashed.message.as_str()), (3, "back-off 5m0s"));
        assert_eq!(crashed.last.as_ref().map(|e| (e.reason.as_str(), e.exit_code)), Some(("OOMKilled", 137)));
    }

    #[test]
    fn what_is_no_pod_is_refused() {
        for json in ["", "{}", "[]", "null", r#"{"metadata":[]}"#] {
            assert_eq!(PodDetail::parse(json.as_bytes()), None, "{json}");
        }
    }
}
