//! Troubles: pods and nodes in the states that a UI must show well, written straight into their statuses.

use std::time::Duration;

use anyhow::{Context as _, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::api::Api;
use crate::control_plane::{BY_HAND_LABEL, STUCK};
use crate::wait;
use crate::workloads::container;

/// What is wrong with a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Its container ends again and again.
    CrashLoop,
    /// Its image cannot be pulled.
    ImagePull,
    /// A Secret it names is not there.
    ConfigError,
    /// It runs again after the kernel killed it for its memory.
    OutOfMemory,
    /// It runs, and its readiness probe fails.
    NotReady,
    /// Its container is being created.
    Creating,
    /// It asks for more than any node has; this one the scheduler plays itself.
    Unschedulable,
    /// Its init container ends again and again.
    InitCrashLoop,
    /// It was deleted and does not end.
    Terminating,
}

/// The troubles of `make cluster`: where, how many pods, which.
const TROUBLES: [(&str, &str, usize, Trouble); 9] = [
    ("payments", "ledger-worker", 2, Trouble::CrashLoop),
    ("shop", "recommender", 1, Trouble::ImagePull),
    ("team-a", "exporter", 1, Trouble::ConfigError),
    ("data", "warehouse-loader", 1, Trouble::OutOfMemory),
    ("shop", "checkout", 2, Trouble::NotReady),
    ("team-b", "mailer", 1, Trouble::Creating),
    ("payments", "risk-training", 1, Trouble::Unschedulable),
    ("team-a", "migrator", 1, Trouble::InitCrashLoop),
    ("monitoring", "old-agent", 1, Trouble::Terminating),
];

/// Creates a deployment for each trouble and brings its pods into that state; the namespaces must exist.
pub async fn create_troubles(api: &Api) -> Result<()> {
    for (namespace, name, replicas, trouble) in TROUBLES {
        let path = format!("/apis/apps/v1/namespaces/{namespace}/deployments");
        api.create(&path, &deployment(name, replicas, trouble)).await?;
    }
    for (namespace, name, replicas, trouble) in TROUBLES {
        for pod in scheduled_pods(api, namespace, name, replicas, trouble).await? {
            play(api, namespace, &pod, trouble).await?;
        }
    }
    Ok(())
}

/// Makes a node not ready, as a kubelet does that lost its container runtime.
pub async fn make_not_ready(api: &Api, node: &str) -> Result<()> {
    write_condition(api, node, "Ready", "False", "KubeletNotReady", "container runtime is down").await
}

/// Puts a node under memory pressure.
pub async fn make_pressed(api: &Api, node: &str) -> Result<()> {
    let message = "kubelet has insufficient memory available";
    write_condition(api, node, "MemoryPressure", "True", "KubeletHasInsufficientMemory", message).await
}

/// Gives a node back to kwok, which makes it ready.
pub async fn make_ready(api: &Api, node: &str) -> Result<()> {
    let path = format!("/api/v1/nodes/{node}");
    api.patch(&path, &json!({ "metadata": { "labels": { BY_HAND_LABEL: null } } })).await?;
    Ok(())
}

/// Writes itself that a node is ready, where no kubelet would.
pub async fn say_ready(api: &Api, node: &str) -> Result<()> {
    write_condition(api, node, "Ready", "True", "KubeletReady", "kubelet is posting ready status").await
}

async fn write_condition(api: &Api, node: &str, kind: &str, status: &str, reason: &str, message: &str) -> Result<()> {
    let path = format!("/api/v1/nodes/{node}");
    let mut labelled = api.patch(&path, &json!({ "metadata": { "labels": { BY_HAND_LABEL: "true" } } })).await?;
    let Value::Array(mut conditions) = labelled["status"]["conditions"].take() else {
        anyhow::bail!("{node} has no conditions yet");
    };
    let now = ago(0);
    conditions.retain(|condition| condition["type"] != kind);
    conditions.push(json!({
        "type": kind, "status": status, "reason": reason, "message": message,
        "lastHeartbeatTime": now, "lastTransitionTime": now,
    }));
    api.patch(&format!("{path}/status"), &json!({ "status": { "conditions": conditions } })).await?;
    Ok(())
}

fn deployment(name: &str, replicas: usize, trouble: Trouble) -> Value {
    let cpu = if trouble == Trouble::Unschedulable { "64" } else { "100m" };
    let image = format!("registry.example/{name}:1.4.0");
    let labels = json!({ "app.kubernetes.io/name": name, BY_HAND_LABEL: by_hand(trouble) });
    let mut spec = json!({ "containers": [container(name, &image, (cpu, "128Mi"), (cpu, "256Mi"))] });
    if trouble == Trouble::InitCrashLoop {
        spec["initContainers"] = json!([container("migrate", &image, ("10m", "32Mi"), ("100m", "64Mi"))]);
    }
    json!({
        "metadata": { "name": name },
        "spec": {
            "replicas": replicas,
            "selector": { "matchLabels": { "app.kubernetes.io/name": name } },
            "template": { "metadata": { "labels": labels }, "spec": spec },
        },
    })
}

fn by_hand(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Terminating => STUCK,
        _ => "true",
    }
}

/// The deployment's pods, once they are there and have a node where they can have one.
async fn scheduled_pods(
    api: &Api,
    namespace: &str,
    name: &str,
    replicas: usize,
    trouble: Trouble,
) -> Result<Vec<Value>> {
    let path = format!("/api/v1/namespaces/{namespace}/pods?labelSelector=app.kubernetes.io/name%3D{name}");
    wait::until(&format!("the pods of {name}"), Duration::from_secs(60), async || {
        let pods = api.list(&path).await?;
        let placed = pods.iter().filter(|pod| pod["spec"]["nodeName"].is_string()).count();
        anyhow::ensure!(pods.len() == replicas, "{} of {replicas} pods are there", pods.len());
        anyhow::ensure!(trouble == Trouble::Unschedulable || placed == replicas, "{placed} have a node");
        Ok(pods)
    })
    .await
}

async fn play(api: &Api, namespace: &str, pod: &Value, trouble: Trouble) -> Result<()> {
    let name = pod["metadata"]["name"].as_str().context("every pod has a name")?;
    let path = format!("/api/v1/namespaces/{namespace}/pods/{name}");
    if let Some(status) = status(pod, trouble) {
        api.patch(&format!("{path}/status"), &json!({ "status": status })).await?;
    }
    if trouble == Trouble::Terminating {
        api.delete(&path).await?;
    }
    if let Some((reason, message)) = complaint(trouble) {
        let event = event(namespace, pod, reason, message);
        api.create(&format!("/api/v1/namespaces/{namespace}/events"), &event).await?;
    }
    Ok(())
}

/// The status that a kubelet would write, or nothing where another component plays the trouble.
fn status(pod: &Value, trouble: Trouble) -> Option<Value> {
    let running = json!({ "running": { "startedAt": ago(50) } });
    let waiting = |reason: &str, message: &str| json!({ "waiting": { "reason": reason, "message": message } });
    let ended = |reason: &str, code: i32| {
        let (started, finished) = (ago(20), ago(18));
        json!({ "terminated": { "reason": reason, "exitCode": code, "startedAt": started, "finishedAt": finished } })
    };
    let back_off = "back-off 5m0s restarting failed container";
    // Phase, readiness, state, last state, restarts.
    let (phase, ready, state, last, restarts) = match trouble {
        Trouble::CrashLoop => ("Running", false, waiting("CrashLoopBackOff", back_off), ended("Error", 1), 12),
        Trouble::ImagePull => {
            ("Pending", false, waiting("ImagePullBackOff", "Back-off pulling image: not found"), json!({}), 0)
        }
        Trouble::ConfigError => {
            let message = "secret \"exporter-token\" not found";
            ("Pending", false, waiting("CreateContainerConfigError", message), json!({}), 0)
        }
        Trouble::OutOfMemory => ("Running", true, running, ended("OOMKilled", 137), 3),
        Trouble::NotReady => ("Running", false, running, json!({}), 0),
        Trouble::Creating => ("Pending", false, json!({ "waiting": { "reason": "ContainerCreating" } }), json!({}), 0),
        Trouble::Terminating => ("Running", true, running, json!({}), 0),
        Trouble::InitCrashLoop => {
            ("Pending", false, json!({ "waiting": { "reason": "PodInitializing" } }), json!({}), 0)
        }
        Trouble::Unschedulable => return None,
    };
    let spec = &pod["spec"]["containers"][0];
    let container = json!({
        "name": spec["name"], "image": spec["image"], "imageID": "", "ready": ready, "restartCount": restarts,
        "started": ready, "state": state, "lastState": last,
    });
    let condition = |kind: &str, met: bool| {
        let (status, since) = (if met { "True" } else { "False" }, ago(300));
        json!({ "type": kind, "status": status, "lastTransitionTime": since })
    };
    let initialized = trouble != Trouble::InitCrashLoop;
    let mut status = json!({
        "phase": phase,
        "hostIP": "127.0.0.1",
        "startTime": ago(300),
        "conditions": [
            condition("PodScheduled", true), condition("Initialized", initialized),
            condition("ContainersReady", ready), condition("Ready", ready),
        ],
        "containerStatuses": [container],
    });
    if !initialized {
        let init = &pod["spec"]["initContainers"][0];
        status["initContainerStatuses"] = json!([{
            "name": init["name"], "image": init["image"], "imageID": "", "ready": false, "restartCount": 6,
            "state": waiting("CrashLoopBackOff", back_off), "lastState": ended("Error", 2),
        }]);
    }
    Some(status)
}

/// The event that a kubelet would leave.
fn complaint(trouble: Trouble) -> Option<(&'static str, &'static str)> {
    match trouble {
        Trouble::CrashLoop | Trouble::InitCrashLoop => Some(("BackOff", "Back-off restarting failed container")),
        Trouble::ImagePull => Some(("Failed", "Failed to pull image: not found")),
        Trouble::ConfigError => Some(("Failed", "Error: secret \"exporter-token\" not found")),
        Trouble::NotReady => Some(("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503")),
        Trouble::OutOfMemory | Trouble::Creating | Trouble::Unschedulable | Trouble::Terminating => None,
    }
}

fn event(namespace: &str, pod: &Value, reason: &str, message: &str) -> Value {
    let metadata = &pod["metadata"];
    json!({
        "metadata": { "generateName": "kubelet-", "namespace": namespace },
        "involvedObject": {
            "apiVersion": "v1", "kind": "Pod", "namespace": namespace,
            "name": metadata["name"], "uid": metadata["uid"],
        },
        "type": "Warning", "reason": reason, "message": message, "count": 14,
        "firstTimestamp": ago(300), "lastTimestamp": ago(18),
        "source": { "component": "kubelet", "host": pod["spec"]["nodeName"] },
    })
}

/// A time `seconds` before now, as the API writes it.
fn ago(seconds: i64) -> String {
    let then = Timestamp::now() - SignedDuration::from_secs(seconds);
    then.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
