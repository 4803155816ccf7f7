//! Pods in any number that nobody plays: their statuses are written here, without a scheduler or a kubelet.

use anyhow::Result;
use serde_json::{Value, json};

use crate::api::Api;
use crate::control_plane::BY_HAND_LABEL;
use crate::fleet;

/// Creates a namespace with running pods, spread over the first `nodes` nodes, unless it is there.
pub async fn create(api: &Api, namespace: &str, pods: usize, nodes: usize) -> Result<()> {
    if api.exists(&format!("/api/v1/namespaces/{namespace}")).await? {
        return Ok(());
    }
    api.create("/api/v1/namespaces", &json!({ "metadata": { "name": namespace } })).await?;
    let collection = format!("/api/v1/namespaces/{namespace}/pods");
    api.create_all((0..pods).map(|index| (collection.clone(), pod(index, nodes))).collect()).await?;
    let running = json!({ "status": {
        "phase": "Running",
        "conditions": [{ "type": "Ready", "status": "True" }],
        "containerStatuses": [{
            "name": "app", "image": "registry.example/app:1", "imageID": "", "ready": true, "restartCount": 0,
            "state": { "running": {} },
        }],
    } });
    api.patch_all((0..pods).map(|index| (format!("{collection}/crowd-{index}/status"), running.clone())).collect())
        .await
}

fn pod(index: usize, nodes: usize) -> Value {
    json!({
        "metadata": { "name": format!("crowd-{index}"), "labels": { BY_HAND_LABEL: "true", "app": "crowd" } },
        "spec": {
            "nodeName": fleet::node_name(index % nodes.max(1)),
            "containers": [{ "name": "app", "image": "registry.example/app:1" }],
        },
    })
}
