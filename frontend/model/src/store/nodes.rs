//! Nodes: one row each.

use std::collections::HashMap;

use super::names::{Name, Names};
use super::rows::{Rows, Uid};
use crate::k8s::node::{Node, NodeReadiness};
use crate::k8s::projection::{self, read_either};
use crate::k8s::resources::Resources;
use crate::{quantity, timestamp};

/// The labels that name a zone, the present one first.
pub const ZONE: [&str; 2] = ["topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"];

/// What is kept of a node.
#[derive(Clone, Debug)]
pub struct NodeRow {
    /// Its identity.
    pub uid: Uid,
    /// Its name, as pods name it.
    pub name: Name,
    /// kubectl's STATUS.
    pub status: Name,
    /// Whether it can run pods.
    pub readiness: NodeReadiness,
    /// Why it is not ready, in the server's words; empty where it is.
    pub message: Box<str>,
    /// Since when its readiness is what it is, in seconds since the epoch.
    pub since_s: Option<i64>,
    /// Whether new pods are kept away.
    pub cordoned: bool,
    /// Short of memory, disk or process ids, by its own conditions.
    pub pressure: Pressure,
    /// Since when it is, in seconds since the epoch.
    pub pressed_s: Option<i64>,
    /// kubectl's ROLES, or empty.
    pub roles: Name,
    /// When it was created, in seconds since the epoch.
    pub created_s: Option<i64>,
    /// The kubelet's version.
    pub version: Name,
    /// Its address inside, or empty.
    pub internal_ip: Name,
    /// Its address outside, or empty.
    pub external_ip: Name,
    /// Its zone, or empty.
    pub zone: Name,
    /// The operating system.
    pub os_image: Name,
    /// The kernel.
    pub kernel: Name,
    /// The container runtime.
    pub runtime: Name,
    /// What pods may have of it.
    pub allocatable: Resources,
    /// How many pods it takes.
    pub allocatable_pods: u64,
    /// Its labels.
    pub labels: Box<[(Name, Name)]>,
}

/// Conditions of a node that are true when it is short of something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pressure {
    /// `MemoryPressure`.
    pub memory: bool,
    /// `DiskPressure`.
    pub disk: bool,
    /// `PIDPressure`.
    pub pid: bool,
}

/// Their conditions, the worst first.
const PRESSURES: [&str; 3] = ["MemoryPressure", "DiskPressure", "PIDPressure"];

/// All nodes that are loaded.
#[derive(Debug, Default)]
pub struct Nodes {
    rows: Rows<NodeRow>,
    by_name: HashMap<Name, Uid>,
    /// Objects that could not be decoded since the start.
    pub undecodable: u64,
}

impl NodeRow {
    /// Each name in it; a field that is added must say here whether it is one.
    pub(super) fn each_name(&self, mark: &mut dyn FnMut(Name)) {
        let Self {
            uid: _,
            name,
            status,
            readiness: _,
            message: _,
            since_s: _,
            cordoned: _,
            pressure: _,
            pressed_s: _,
            roles,
            created_s: _,
            version,
            internal_ip,
            external_ip,
            zone,
            os_image,
            kernel,
            runtime,
            allocatable: _,
            allocatable_pods: _,
            labels,
        } = self;
        let words = [name, status, roles, version, internal_ip, external_ip, zone, os_image, kernel, runtime];
        words.into_iter().copied().for_each(&mut *mark);
        labels.iter().flat_map(|(key, value)| [*key, *value]).for_each(mark);
    }
}

impl Nodes {
    /// The rows.
    pub fn rows(&self) -> &Rows<NodeRow> {
        &self.rows
    }

    /// A node by its name.
    pub fn by_name(&self, name: Name) -> Option<&NodeRow> {
        self.rows.by_uid(*self.by_name.get(&name)?)
    }

    /// What each part holds of the memory, in bytes.
    pub fn memory(&self) -> Vec<(&'static str, usize)> {
        let rows = self.rows.iter().map(|(_, row)| row);
        let own = rows.map(|row| size_of_val(&*row.labels) + row.message.len()).sum();
        // One byte of control beside each place.
        let by_name = self.by_name.capacity() * (size_of::<(Name, Uid)>() + 1);
        vec![("rows", self.rows.bytes()), ("labels and messages", own), ("index by name", by_name)]
    }

    /// Begins a list.
    pub fn begin(&mut self) -> u32 {
        self.rows.begin()
    }

    /// Ends a list.
    pub fn end(&mut self, epoch: u32) {
        for gone in self.rows.sweep(epoch, |_| true) {
            self.forget(&gone);
        }
    }

    /// Takes an object in, new or changed.
    pub fn upsert(&mut self, json: &[u8], names: &mut Names) {
        match decode(json) {
            Some(node) => {
                let row = NodeRow::new(&node, names);
                let (name, uid) = (row.name, row.uid);
                if self.rows.upsert(uid, node.metadata.version(), row) {
                    self.by_name.insert(name, uid);
                }
            }
            None => self.undecodable += 1,
        }
    }

    /// Takes an object out; of its JSON only the uid counts.
    pub fn delete(&mut self, json: &[u8]) {
        match decode(json) {
            Some(node) => {
                if let Some(gone) = self.rows.remove(Uid::parse(&node.metadata.uid)) {
                    self.forget(&gone);
                }
            }
            None => self.undecodable += 1,
        }
    }

    /// Takes out the name of a node that has gone, unless a new one has it by now.
    fn forget(&mut self, gone: &NodeRow) {
        if self.by_name.get(&gone.name) == Some(&gone.uid) {
            self.by_name.remove(&gone.name);
        }
    }
}

/// The field mask of what is read of a node.
pub fn mask() -> String {
    projection::mask::<Node<'_>>()
}

/// Without a uid it is no node of a cluster.
fn decode(object: &[u8]) -> Option<Node<'_>> {
    read_either(object).filter(|node: &Node<'_>| !node.metadata.uid.is_empty())
}

impl NodeRow {
    /// Whether it is ready and yet short of something.
    pub fn is_short(&self) -> bool {
        self.readiness == NodeReadiness::Ready && (self.pressure.memory || self.pressure.disk || self.pressure.pid)
    }

    /// The value of a label.
    pub fn label(&self, key: Name) -> Option<Name> {
        self.labels.iter().find(|(k, _)| *k == key).map(|(_, v)| *v)
    }

    fn new(node: &Node<'_>, names: &mut Names) -> Self {
        let ready = node.condition("Ready");
        let readiness = node.readiness();
        let is_true = |kind: &str| node.condition(kind).is_some_and(|c| c.is_true());
        let info = &node.status.node_info;
        let kernel = match info.architecture.non_empty() {
            Some(arch) => format!("{} ({arch})", info.kernel_version),
            None => info.kernel_version.to_string(),
        };
        let message = match (readiness, ready) {
            (NodeReadiness::Ready, _) => "",
            (_, Some(c)) => c.message.non_empty().unwrap_or(&c.reason),
            (_, None) => "The node reports no Ready condition.",
        };
        Self {
            uid: Uid::parse(&node.metadata.uid),
            name: names.intern(&node.metadata.name),
            status: names.intern(&node.status_word()),
            readiness,
            message: Box::from(message),
            since_s: ready.and_then(|c| timestamp::seconds(&c.last_transition_time)),
            cordoned: node.spec.unschedulable,
            pressure: Pressure {
                memory: is_true(PRESSURES[0]),
                disk: is_true(PRESSURES[1]),
                pid: is_true(PRESSURES[2]),
            },
            pressed_s: PRESSURES
                .iter()
                .filter_map(|kind| node.condition(kind).filter(|c| c.is_true()))
                .find_map(|c| timestamp::seconds(&c.last_transition_time)),
            roles: names.intern(&node.roles()),
            created_s: timestamp::seconds(&node.metadata.creation_timestamp),
            version: names.intern(&info.kubelet_version),
            internal_ip: names.intern(node.address("InternalIP").unwrap_or("")),
            external_ip: names.intern(node.address("ExternalIP").unwrap_or("")),
            zone: names.intern(ZONE.iter().find_map(|key| node.metadata.labels.get(key)).unwrap_or("")),
            os_image: names.intern(&info.os_image),
            kernel: names.intern(&kernel),
            runtime: names.intern(&info.container_runtime_version),
            allocatable: Resources::from_pairs(&node.status.allocatable),
            allocatable_pods: node.status.allocatable.get("pods").and_then(quantity::whole).unwrap_or(0),
            labels: node.metadata.labels.0.iter().map(|(k, v)| (names.intern(k), names.intern(v))).collect(),
        }
    }
}
