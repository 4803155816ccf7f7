//! A node as its page shows it.

use super::{ConditionRow, owned_pairs};
use crate::k8s::node::{Node, NodeReadiness};
use crate::k8s::projection::read;
use crate::k8s::resources::Resources;
use crate::{quantity, timestamp};

/// A node, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeDetail {
    /// Its uid, as the server writes it.
    pub uid: String,
    /// Its name.
    pub name: String,
    /// kubectl's STATUS.
    pub status: String,
    /// Whether it can run pods.
    pub readiness: NodeReadiness,
    /// Whether new pods are kept away.
    pub cordoned: bool,
    /// kubectl's ROLES, or empty.
    pub roles: String,
    /// When it was created, in seconds since the epoch.
    pub created_s: Option<i64>,
    /// All there is.
    pub capacity: Resources,
    /// What pods may have.
    pub allocatable: Resources,
    /// How many pods it takes.
    pub allocatable_pods: u64,
    /// Type and address.
    pub addresses: Vec<(String, String)>,
    /// Versions and the like: what, and which.
    pub info: Vec<(&'static str, String)>,
    /// As kubectl writes them: `key=value:effect`.
    pub taints: Vec<String>,
    /// Sorted by key.
    pub labels: Vec<(String, String)>,
    /// In the server's order.
    pub conditions: Vec<ConditionRow>,
}

impl NodeDetail {
    /// Reads a node; `None` where it is none.
    pub fn parse(json: &[u8]) -> Option<Self> {
        let node: Node<'_> = read(json).ok()?;
        let (meta, status) = (&node.metadata, &node.status);
        if meta.uid.is_empty() {
            return None;
        }
        let info = &status.node_info;
        let info = [
            ("Kubelet", &info.kubelet_version),
            ("Container runtime", &info.container_runtime_version),
            ("Operating system", &info.os_image),
            ("Kernel", &info.kernel_version),
            ("Architecture", &info.architecture),
        ];
        let taint = |t: &crate::k8s::node::Taint<'_>| match t.value.non_empty() {
            Some(value) => format!("{}={value}:{}", t.key, t.effect),
            None => format!("{}:{}", t.key, t.effect),
        };
        Some(Self {
            uid: meta.uid.to_string(),
            name: meta.name.to_string(),
            status: node.status_word(),
            readiness: node.readiness(),
            cordoned: node.spec.unschedulable,
            roles: node.roles(),
            created_s: timestamp::seconds(&meta.creation_timestamp),
            capacity: Resources::from_pairs(&status.capacity),
            allocatable: Resources::from_pairs(&status.allocatable),
            allocatable_pods: status.allocatable.get("pods").and_then(quantity::whole).unwrap_or(0),
            addresses: status.addresses.iter().map(|a| (a.kind.to_string(), a.address.to_string())).collect(),
            info: info.into_iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| (k, v.to_string())).collect(),
            taints: node.spec.taints.iter().map(taint).collect(),
            labels: owned_pairs(&meta.labels),
            conditions: status.conditions.iter().map(ConditionRow::from).collect(),
        })
    }
}
