//! Objects as odd as a server may send, by a list and by a watch.

use anyhow::{Context as _, Result};
use pilothouse_e2e::control_plane::ControlPlane;
use pilothouse_e2e::fault::{Asked, Deed, Fault};
use pilothouse_e2e::wait;
use serde_json::{Map, Value, json};

use crate::faults::PODS;
use crate::story::{ADMIN, Story};
use crate::visit::{SOON, START, Visit};

/// The namespace of odd pods, which nothing else has.
const NAMESPACE: &str = "odd";

/// The longest name that the API allows.
const MOST_NAME: usize = 253;

/// More than an API server takes, which is 1.5 MiB with all that is around it.
const HUGE_BYTES: usize = 1_500_000;

pub fn stories() -> Vec<Story> {
    vec![Story::with_fault("odd objects are shown, from a list and from a watch", ADMIN, odd)]
}

async fn odd(_: &mut ControlPlane, visit: &Visit, fault: &Fault) -> Result<()> {
    let add = |list: &mut Value| {
        if let Some(items) = list["items"].as_array_mut() {
            items.extend(pods("listed", ""));
        }
    };
    fault.always(Asked::List(PODS), Deed::edit(add));
    visit.open(&format!("pods?ns={NAMESPACE}&sort=name")).await?;
    let listed = pods("listed", "");
    visit.has_rows(listed.len(), START).await?;
    all_shown(visit, &listed).await?;
    visit.is_live(START).await?;
    visit.mark_page().await?;
    visit.picture("pods, odd ones").await?;

    // Events are as new as the list, or they would be taken for old ones.
    let list = visit.api().get("/api/v1/pods?limit=1").await?;
    let version = list["metadata"]["resourceVersion"].as_str().context("a list without a version")?;
    let watched = pods("watched", version);
    for pod in &watched {
        send(fault, "ADDED", pod).await?;
    }
    visit.has_rows(listed.len() + watched.len(), START).await?;
    all_shown(visit, &watched).await?;
    for pod in &pods("listed", version) {
        send(fault, "MODIFIED", pod).await?;
    }
    for pod in &watched {
        send(fault, "DELETED", pod).await?;
    }
    visit.has_rows(listed.len(), START).await?;
    all_shown(visit, &listed).await?;
    visit.is_live(SOON).await?;
    visit.page_is_the_same().await?;

    // Every other page holds them, too.
    for (route, words) in [("overview?ns=odd", "5 pods"), ("explore?ns=odd&by=label:label-9999", "value-9999")] {
        visit.open(route).await?;
        visit.sees(words, START).await?;
    }
    Ok(())
}

/// Sends an event over the watch of all pods, once that is open.
async fn send(fault: &Fault, kind: &str, pod: &Value) -> Result<()> {
    let event = json!({ "type": kind, "object": pod });
    wait::until("a watch of pods", START, async || {
        anyhow::ensure!(fault.push(PODS, &event) > 0, "none is open");
        Ok(())
    })
    .await
}

async fn all_shown(visit: &Visit, pods: &[Value]) -> Result<()> {
    for pod in pods {
        let name = pod["metadata"]["name"].as_str().context("a pod without a name")?;
        wait::until(&format!("a row about {name}"), START, async || visit.row(name).await).await?;
        if name.ends_with("-dances") {
            visit.row_says(name, "Dancing", SOON).await?;
        }
    }
    Ok(())
}

/// A pod of each oddity, of which the names begin so.
fn pods(start: &str, version: &str) -> Vec<Value> {
    let huge =
        pod(start, "huge", version, |pod| pod["metadata"]["annotations"] = json!({ "all": "x".repeat(HUGE_BYTES) }));
    let labelled = pod(start, "labelled", version, |pod| {
        let labels: Map<String, Value> =
            (0..10_000).map(|n| (format!("label-{n}"), json!(format!("value-{n}")))).collect();
        pod["metadata"]["labels"] = Value::Object(labels);
    });
    let long = pod(start, "long", version, |pod| {
        let name = pod["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        pod["metadata"]["name"] = json!(format!("{name}-{}", "n".repeat(MOST_NAME - 1 - name.len())));
    });
    let dances = pod(start, "dances", version, |pod| pod["status"]["phase"] = json!("Dancing"));
    let nulls = pod(start, "nulls", version, |pod| {
        for list in ["labels", "annotations", "ownerReferences", "managedFields"] {
            pod["metadata"][list] = Value::Null;
        }
        for list in ["containers", "initContainers", "tolerations", "volumes"] {
            pod["spec"][list] = Value::Null;
        }
        for list in ["conditions", "containerStatuses", "initContainerStatuses"] {
            pod["status"][list] = Value::Null;
        }
    });
    vec![huge, labelled, long, dances, nulls]
}

fn pod(start: &str, name: &str, version: &str, change: impl FnOnce(&mut Value)) -> Value {
    let name = format!("{start}-{name}");
    // A uid of its own for each name.
    let number = name.bytes().fold(0_u64, |sum, byte| (sum * 31 + u64::from(byte)) % 1_000_000_000_000);
    let mut pod = json!({
        "kind": "Pod", "apiVersion": "v1",
        "metadata": {
            "name": name, "namespace": NAMESPACE, "uid": format!("0dd00000-0000-4000-8000-{number:012}"),
            "resourceVersion": version, "creationTimestamp": "2026-11-20T10:00:00Z",
        },
        "spec": { "containers": [{ "name": "app", "image": "registry.example/app:1" }] },
        "status": { "phase": "Running" },
    });
    change(&mut pod);
    pod
}
