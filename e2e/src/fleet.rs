//! Nodes for kwok to play, spread over zones and instance types.

use anyhow::Result;
use serde_json::{Value, json};

use crate::api::Api;

/// The zones that nodes are spread over.
pub const ZONES: [&str; 3] = ["eu-1a", "eu-1b", "eu-1c"];

/// A size of node.
#[derive(Clone, Copy, Debug)]
struct InstanceType {
    name: &'static str,
    cores: u32,
    memory_gib: u32,
}

const INSTANCE_TYPES: [InstanceType; 2] = [
    InstanceType { name: "standard-8", cores: 8, memory_gib: 32 },
    InstanceType { name: "memory-16", cores: 16, memory_gib: 128 },
];

/// Creates `count` nodes whose kubelets listen on `kubelet_port`.
pub async fn create_nodes(api: &Api, count: usize, kubelet_port: u16) -> Result<()> {
    let nodes = (0..count).map(|index| ("/api/v1/nodes".to_owned(), node(index, kubelet_port))).collect();
    api.create_all(nodes).await
}

/// The name of a node.
pub fn node_name(index: usize) -> String {
    format!("{}-{:02}", zone(index), index / ZONES.len() + 1)
}

fn zone(index: usize) -> &'static str {
    ZONES.get(index % ZONES.len()).copied().unwrap_or_default()
}

/// One in four nodes is large. Addresses and port are ours, since kwok does not keep those it fills in itself.
fn node(index: usize, kubelet_port: u16) -> Value {
    let [small, large] = INSTANCE_TYPES;
    let kind = if index % 4 == 3 { large } else { small };
    let name = node_name(index);
    let capacity = json!({
        "cpu": kind.cores.to_string(),
        "memory": format!("{}Gi", kind.memory_gib),
        "ephemeral-storage": "200Gi",
        "pods": "110",
    });
    // What the system keeps for itself.
    let allocatable = json!({
        "cpu": format!("{}m", kind.cores * 1000 - 120),
        "memory": format!("{}Mi", kind.memory_gib * 1024 - 1200),
        "ephemeral-storage": "184Gi",
        "pods": "110",
    });
    json!({
        "metadata": {
            "name": name,
            "labels": {
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64",
                "node.kubernetes.io/instance-type": kind.name,
                "topology.kubernetes.io/region": "eu-1",
                "topology.kubernetes.io/zone": zone(index),
            },
            "annotations": {
                "metrics.k8s.io/resource-metrics-path": format!("/metrics/nodes/{name}/metrics/resource"),
            },
        },
        "status": {
            "addresses": [
                { "type": "InternalIP", "address": "127.0.0.1" },
                { "type": "Hostname", "address": name },
            ],
            "daemonEndpoints": { "kubeletEndpoint": { "Port": kubelet_port } },
            "capacity": capacity,
            "allocatable": allocatable,
            "nodeInfo": {
                "architecture": "amd64",
                "bootID": "",
                "containerRuntimeVersion": "containerd://2.2.0",
                "kernelVersion": "6.12.0",
                "kubeProxyVersion": "v1.37.2",
                "kubeletVersion": "v1.37.2",
                "machineID": "",
                "operatingSystem": "linux",
                "osImage": "Debian GNU/Linux 13 (trixie)",
                "systemUUID": "",
            },
        },
    })
}
