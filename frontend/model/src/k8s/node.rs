//! A node, as much of it as the views need.

use super::json::{List, Pairs, Text};
use super::meta::ObjectMeta;
use super::pod::Condition;
use super::projection::fields;

/// A node: <https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/node-v1/>.
#[derive(Clone, Debug, Default)]
pub struct Node<'a> {
    /// Identity and labels; zone, instance type and roles are labels.
    pub metadata: ObjectMeta<'a>,
    /// What was asked for.
    pub spec: NodeSpec<'a>,
    /// What was observed.
    pub status: NodeStatus<'a>,
}

/// What a node should take.
#[derive(Clone, Debug, Default)]
pub struct NodeSpec<'a> {
    /// Cordoned.
    pub unschedulable: bool,
    /// What keeps pods away.
    pub taints: List<Taint<'a>>,
}

/// Keeps pods away that do not tolerate it.
#[derive(Clone, Debug, Default)]
pub struct Taint<'a> {
    /// For example `node.kubernetes.io/not-ready`.
    pub key: Text<'a>,
    /// May be empty.
    pub value: Text<'a>,
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    pub effect: Text<'a>,
}

/// What was observed of a node.
#[derive(Clone, Debug, Default)]
pub struct NodeStatus<'a> {
    /// All there is.
    pub capacity: Pairs<'a>,
    /// What pods may have of it; percentages are of this.
    pub allocatable: Pairs<'a>,
    /// `Ready`, `MemoryPressure`, `DiskPressure`, `PIDPressure` and others.
    pub conditions: List<Condition<'a>>,
    /// `InternalIP`, `ExternalIP`, `Hostname`.
    pub addresses: List<Address<'a>>,
    /// Versions.
    pub node_info: NodeInfo<'a>,
}

/// One address of a node.
#[derive(Clone, Debug, Default)]
pub struct Address<'a> {
    /// `InternalIP` and the like.
    pub kind: Text<'a>,
    /// The address.
    pub address: Text<'a>,
}

/// What the kubelet says of its machine.
#[derive(Clone, Debug, Default)]
pub struct NodeInfo<'a> {
    /// For example `v1.37.2`.
    pub kubelet_version: Text<'a>,
    /// For example `containerd://2.1.4`.
    pub container_runtime_version: Text<'a>,
    /// For example `Debian GNU/Linux 12`.
    pub os_image: Text<'a>,
    /// For example `6.1.0-18-amd64`.
    pub kernel_version: Text<'a>,
    /// For example `amd64`.
    pub architecture: Text<'a>,
}

/// Whether the node can run pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeReadiness {
    /// Its Ready condition is false.
    NotReady,
    /// Its Ready condition is unknown (the kubelet stopped reporting) or absent.
    Unknown,
    /// Its Ready condition is true.
    Ready,
}

fields! {
    Node<'de> {
        "metadata" = 1: metadata,
        "spec" = 2: spec,
        "status" = 3: status,
    }
    NodeSpec<'de> {
        "unschedulable" = 4: unschedulable,
        "taints" = 5: taints,
    }
    Taint<'de> {
        "key" = 1: key,
        "value" = 2: value,
        "effect" = 3: effect,
    }
    NodeStatus<'de> {
        "capacity" = 1 quantities: capacity,
        "allocatable" = 2 quantities: allocatable,
        "conditions" = 4: conditions,
        "addresses" = 5: addresses,
        "nodeInfo" = 7: node_info,
    }
    Address<'de> {
        "type" = 1: kind,
        "address" = 2: address,
    }
    NodeInfo<'de> {
        "kubeletVersion" = 7: kubelet_version,
        "containerRuntimeVersion" = 6: container_runtime_version,
        "osImage" = 5: os_image,
        "kernelVersion" = 4: kernel_version,
        "architecture" = 10: architecture,
    }
}

impl Node<'_> {
    /// From the Ready condition.
    pub fn readiness(&self) -> NodeReadiness {
        match self.condition("Ready").map(|c| &*c.status) {
            Some("True") => NodeReadiness::Ready,
            Some("False") => NodeReadiness::NotReady,
            _ => NodeReadiness::Unknown,
        }
    }

    /// A condition by its type.
    pub fn condition(&self, kind: &str) -> Option<&Condition<'_>> {
        self.status.conditions.iter().find(|c| &*c.kind == kind)
    }

    /// kubectl's STATUS column: `Ready`, `NotReady` or `Unknown`, then `SchedulingDisabled` where it is cordoned.
    pub fn status_word(&self) -> String {
        let mut word = match self.condition("Ready") {
            Some(c) if c.is_true() => "Ready",
            Some(_) => "NotReady",
            None => "Unknown",
        }
        .to_owned();
        if self.spec.unschedulable {
            word.push_str(",SchedulingDisabled");
        }
        word
    }

    /// kubectl's ROLES column: sorted and joined by commas, or empty.
    pub fn roles(&self) -> String {
        let mut roles: Vec<&str> = self
            .metadata
            .labels
            .0
            .iter()
            .filter_map(|(key, value)| match key.strip_prefix("node-role.kubernetes.io/") {
                Some(role) => Some(role),
                None if &**key == "kubernetes.io/role" => Some(&**value),
                None => None,
            })
            .filter(|role| !role.is_empty())
            .collect();
        roles.sort_unstable();
        roles.dedup();
        roles.join(",")
    }

    /// The first address of a type.
    pub fn address(&self, kind: &str) -> Option<&str> {
        self.status.addresses.iter().find(|a| &*a.kind == kind).map(|a| &*a.address)
    }
}

#[cfg(test)]
mod tests {
    use super::{Node, NodeReadiness};
    use crate::k8s::projection::read;

    #[test]
    fn status_and_roles_are_those_of_kubectl() {
        let check = |json: &str, status: &str, roles: &str, readiness: NodeReadiness| {
            let node: Node = read(json.as_bytes()).unwrap();
            assert_eq!((node.status_word().as_str(), node.roles().as_str()), (status, roles), "{json}");
            assert_eq!(node.readiness(), readiness, "{json}");
        };
        check("{}", "Unknown", "", NodeReadiness::Unknown);
        check(r#"{"status":{"conditions":[{"type":"Ready","status":"True"}]}}"#, "Ready", "", NodeReadiness::Ready);
        check(
            r#"{"status":{"conditions":[{"type":"Ready","status":"Unknown"}]}}"#,
            "NotReady",
            "",
            NodeReadiness::Unknown,
        );
        check(
            r#"{"metadata":{"labels":{"node-role.kubernetes.io/worker":"","node-role.kubernetes.io/control-plane":"","kubernetes.io/role":"old"}},
                "spec":{"unschedulable":true},"status":{"conditions":[{"type":"Ready","status":"False"}]}}"#,
            "NotReady,SchedulingDisabled",
            "control-plane,old,worker",
            NodeReadiness::NotReady,
        );
    }
}
