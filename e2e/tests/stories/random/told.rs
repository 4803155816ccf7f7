//! What the API server's own tables, `kubectl describe` and metrics.k8s.io tell of a cluster.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use jiff::{SignedDuration, Timestamp};
use pilothouse_e2e::api::Api;
use pilothouse_e2e::kubectl::Kubectl;
use serde_json::Value;

use super::drawn::Metrics;
use crate::oracle::{Described, NANOS, described, quantity};

/// A cluster as they tell it.
#[derive(Debug)]
pub struct Told {
    /// The nodes.
    pub nodes: Vec<Node>,
    /// The pods.
    pub pods: Vec<Pod>,
    /// Warnings of the last hour.
    pub warnings: Vec<Warning>,
    /// The namespaces of deployments that are stuck.
    pub stuck: Vec<String>,
    /// Whether there are metrics at all.
    pub metrics: Metrics,
}

/// A warning.
#[derive(Debug)]
pub struct Warning {
    /// Its namespace.
    pub namespace: String,
    /// The kind of what it is about.
    pub kind: String,
    /// Its reason.
    pub reason: String,
}

/// A node.
#[derive(Debug)]
pub struct Node {
    /// What its table says under STATUS.
    pub status: String,
    /// What it is short of: memory, disk, process ids.
    pub short: [bool; 3],
    /// Its zone, if it is in one.
    pub zone: Option<String>,
    /// What kubectl describes.
    pub described: Described,
    /// CPU and memory that it uses, in whole millicores and bytes, in billionths.
    pub used: Option<[u128; 2]>,
}

/// A pod.
#[derive(Debug)]
pub struct Pod {
    /// Its namespace.
    pub namespace: String,
    /// The node it is bound to, or empty.
    pub node: String,
    /// What its table says under STATUS, without the `Init:` of init containers.
    pub status: String,
    /// The one state that it is in.
    pub state: &'static str,
    /// What its table says under RESTARTS.
    pub restarts: usize,
    /// Kind and name of what a person would say runs it.
    pub owner: Option<(String, String)>,
    /// Whether a container of it was killed for its memory before.
    pub ran_out_of_memory: bool,
    /// Whether all its containers are ready.
    pub has_ready_containers: bool,
}

impl Told {
    /// Asks, as an administrator.
    pub async fn of(api: &Api, kubectl: &Kubectl, metrics: Metrics) -> Result<Self> {
        let nodes = api.table("/api/v1/nodes").await?;
        let described = match nodes.len() {
            0 => Vec::new(),
            _ => described(&kubectl.run("describe nodes --show-events=false")?)?,
        };
        let mut described: BTreeMap<String, Described> =
            described.into_iter().map(|node| (node.name.clone(), node)).collect();
        let mut used = match metrics {
            Metrics::Absent | Metrics::Failing => BTreeMap::new(),
            Metrics::OfSome | Metrics::OfAll => used(api).await?,
        };
        let nodes = nodes.into_iter().map(|(cells, node)| {
            let name = text(&node["metadata"]["name"]);
            let short = ["MemoryPressure", "DiskPressure", "PIDPressure"].map(|kind| is_true(&node, kind));
            let zone = node["metadata"]["labels"]["topology.kubernetes.io/zone"].as_str().map(str::to_owned);
            let described = described.remove(&name).with_context(|| format!("kubectl does not describe {name}"))?;
            Ok(Node { status: text(&cells["Status"]), short, zone, described, used: used.remove(&name) })
        });
        let nodes = nodes.collect::<Result<_>>()?;
        let pods = api.table("/api/v1/pods").await?.iter().map(|(cells, pod)| Pod::of(cells, pod)).collect();
        let deployments = api.list("/apis/apps/v1/deployments").await?;
        let stuck =
            deployments.iter().filter(|one| one["status"]["conditions"][0]["reason"] == "ProgressDeadlineExceeded");
        let stuck = stuck.map(|one| text(&one["metadata"]["namespace"])).collect();
        let events = api.list("/api/v1/events").await?;
        let warnings = events.iter().filter(|event| is_recent_warning(event)).map(|event| Warning {
            namespace: text(&event["metadata"]["namespace"]),
            kind: text(&event["involvedObject"]["kind"]),
            reason: text(&event["reason"]),
        });
        Ok(Self { nodes, pods, warnings: warnings.collect(), stuck, metrics })
    }

    /// The namespaces that have pods.
    pub fn namespaces(&self) -> BTreeSet<&str> {
        self.pods.iter().map(|pod| pod.namespace.as_str()).collect()
    }
}

impl Node {
    /// Whether pods can run on it.
    pub fn is_ready(&self) -> bool {
        self.status.split(',').any(|word| word == "Ready")
    }
}

impl Pod {
    fn of(cells: &BTreeMap<String, Value>, pod: &Value) -> Self {
        let (status, ready) = (text(&cells["Status"]), text(&cells["Ready"]));
        let has_ready_containers = ready.split_once('/').is_some_and(|(ready, all)| ready == all);
        let phase = pod["status"]["phase"].as_str().unwrap_or_default();
        let owner = pod["metadata"]["ownerReferences"].get(0).map(|owner| {
            let (kind, name) = (text(&owner["kind"]), text(&owner["name"]));
            let hash = pod["metadata"]["labels"]["pod-template-hash"].as_str();
            match hash.and_then(|hash| name.strip_suffix(hash)?.strip_suffix('-')) {
                Some(deployment) => ("Deployment".to_owned(), deployment.to_owned()),
                None => (kind, name),
            }
        });
        let is_first = status.starts_with("Init:");
        let status = status.trim_start_matches("Init:").to_owned();
        let is_under_way = is_first && status.contains('/');
        let state = match status.as_str() {
            "Terminating" => "terminating",
            "Completed" => "completed",
            "Evicted" if pod["metadata"]["ownerReferences"][0]["kind"] == "ReplicaSet" => "completed",
            "Pending" | "ContainerCreating" | "PodInitializing" | "SchedulingGated" => "waiting",
            _ if is_under_way => "waiting",
            "Running" if has_ready_containers && is_true(pod, "Ready") => "running",
            // A container that has ended, and will be started again.
            "Running" | "NotReady" => "not ready",
            "Error" if phase == "Running" => "not ready",
            _ => "failing",
        };
        let status = if is_under_way { "PodInitializing".to_owned() } else { status };
        let containers = pod["status"]["containerStatuses"].as_array().into_iter().flatten();
        let mut before = containers.map(|container| &container["lastState"]["terminated"]);
        // `7 (3h ago)`
        let restarts = text(&cells["Restarts"]).split(' ').next().and_then(|count| count.parse().ok());
        Self {
            namespace: text(&pod["metadata"]["namespace"]),
            node: text(&pod["spec"]["nodeName"]),
            status,
            state,
            restarts: restarts.unwrap_or_default(),
            owner,
            ran_out_of_memory: before.any(|ended| ended["reason"] == "OOMKilled"),
            has_ready_containers,
        }
    }

    /// Why it is not well, as `docs/failing.md` names it.
    pub fn cause(&self) -> Option<&'static str> {
        Some(match self.status.as_str() {
            "CrashLoopBackOff" if self.ran_out_of_memory => "out-of-memory",
            "CrashLoopBackOff" | "Error" => "crash",
            "ImagePullBackOff" | "ErrImagePull" | "InvalidImageName" => "image",
            "CreateContainerConfigError" => "config",
            "CreateContainerError" => "start",
            "Evicted" => "evicted",
            "NodeShutdown" | "OutOfcpu" => "refused",
            "DeadlineExceeded" => "job",
            "Unknown" => "node-lost",
            "Pending" => "unschedulable",
            "SchedulingGated" => "gated",
            "Terminating" => "terminating",
            "ContainerCreating" => "creating",
            "PodInitializing" => "initializing",
            "Running" if self.state == "running" => return None,
            "Running" if self.has_ready_containers => "readiness-gate",
            "Running" => "unready",
            _ => return None,
        })
    }
}

/// What each node uses, as `kubectl top` rounds it: up, to whole millicores and bytes.
async fn used(api: &Api) -> Result<BTreeMap<String, [u128; 2]>> {
    let up = |amount: &Value, unit: u128| -> Result<u128> {
        Ok(quantity(amount.as_str().context("usage without an amount")?)?.div_ceil(unit) * unit)
    };
    let nodes = api.list("/apis/metrics.k8s.io/v1beta1/nodes").await?;
    let node = |node: &Value| {
        let usage = &node["usage"];
        Ok((text(&node["metadata"]["name"]), [up(&usage["cpu"], NANOS / 1_000)?, up(&usage["memory"], NANOS)?]))
    };
    nodes.iter().map(node).collect()
}

fn is_recent_warning(event: &Value) -> bool {
    let last = event["lastTimestamp"].as_str().and_then(|time| time.parse::<Timestamp>().ok());
    let is_recent = |last| Timestamp::now().duration_since(last) < SignedDuration::from_hours(1);
    event["type"] == "Warning" && last.is_some_and(is_recent)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn is_true(object: &Value, condition: &str) -> bool {
    let conditions = object["status"]["conditions"].as_array();
    conditions.into_iter().flatten().any(|one| one["type"] == condition && one["status"] == "True")
}
