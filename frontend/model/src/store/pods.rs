//! Pods: one row each, and tallies by node and namespace that are right after every event.

use std::collections::HashMap;

use super::names::{Name, Names};
use super::rows::{Rows, Uid};
use super::tally::{Share, Tally};
use crate::k8s::meta::ObjectMeta;
use crate::k8s::pod::Pod;
use crate::k8s::pod_state::PodState;
use crate::k8s::pod_status::pod_columns;
use crate::k8s::projection::read;
use crate::k8s::resources::{pod_limits, pod_requests};
use crate::timestamp;

/// What is kept of a pod.
#[derive(Clone, Debug)]
pub struct PodRow {
    /// Its identity.
    pub uid: Uid,
    /// Its name; not interned, since no two are alike.
    pub name: Box<str>,
    /// Its namespace.
    pub namespace: Name,
    /// The node it is bound to, or empty.
    pub node: Name,
    /// kubectl's STATUS.
    pub status: Name,
    /// Ready containers.
    pub ready: u32,
    /// All containers.
    pub containers: u32,
    /// Restarts of its containers.
    pub restarts: i64,
    /// When the last of them was, in seconds since the epoch.
    pub last_restart_s: Option<i64>,
    /// When it was created, in seconds since the epoch.
    pub created_s: Option<i64>,
    /// Its first address, or empty.
    pub ip: Box<str>,
    /// The kind of its controller, or empty.
    pub owner_kind: Name,
    /// The name of its controller, or empty; a ReplicaSet of a Deployment reads as the Deployment.
    pub owner: Name,
    /// Its labels.
    pub labels: Box<[(Name, Name)]>,
    /// State, requests and limits.
    pub share: Share,
}

/// All pods that are loaded.
#[derive(Debug, Default)]
pub struct Pods {
    rows: Rows<PodRow>,
    total: Tally,
    by_node: HashMap<Name, Tally>,
    by_namespace: HashMap<Name, Tally>,
    /// Objects that could not be decoded since the start.
    pub undecodable: u64,
}

impl Pods {
    /// The rows.
    pub fn rows(&self) -> &Rows<PodRow> {
        &self.rows
    }

    /// All pods counted.
    pub fn total(&self) -> &Tally {
        &self.total
    }

    /// The pods on a node.
    pub fn on_node(&self, node: Name) -> Tally {
        self.by_node.get(&node).copied().unwrap_or_default()
    }

    /// The namespaces that have pods, with these counted.
    pub fn by_namespace(&self) -> &HashMap<Name, Tally> {
        &self.by_namespace
    }

    /// The pods of these namespaces counted; of all where none is named.
    pub fn in_namespaces(&self, namespaces: &[Name]) -> Tally {
        if namespaces.is_empty() {
            return self.total;
        }
        namespaces.iter().filter_map(|n| self.by_namespace.get(n)).fold(Tally::default(), Tally::plus)
    }

    /// Begins a list.
    pub fn begin(&mut self) -> u32 {
        self.rows.begin()
    }

    /// Ends a list of one namespace, or of all.
    pub fn end(&mut self, epoch: u32, namespace: Option<Name>) {
        for gone in self.rows.sweep(epoch, |row| namespace.is_none_or(|n| n == row.namespace)) {
            self.uncount(&gone);
        }
    }

    /// Forgets what is outside these namespaces, since nobody keeps it up to date any more.
    pub fn retain(&mut self, namespaces: &[Name]) {
        let epoch = self.rows.begin();
        for gone in self.rows.sweep(epoch, |row| !namespaces.contains(&row.namespace)) {
            self.uncount(&gone);
        }
    }

    /// Takes an object in, new or changed.
    pub fn upsert(&mut self, json: &[u8], names: &mut Names) {
        let Some(pod) = decode(json) else {
            self.undecodable += 1;
            return;
        };
        let row = PodRow::new(&pod, names);
        self.total.add(&row.share);
        self.by_node.entry(row.node).or_default().add(&row.share);
        self.by_namespace.entry(row.namespace).or_default().add(&row.share);
        if let Some(old) = self.rows.upsert(row.uid, row) {
            self.uncount(&old);
        }
    }

    /// Takes an object out; of its JSON only the uid counts.
    pub fn delete(&mut self, json: &[u8]) {
        let Some(pod) = decode(json) else {
            self.undecodable += 1;
            return;
        };
        if let Some(old) = self.rows.remove(Uid::parse(&pod.metadata.uid)) {
            self.uncount(&old);
        }
    }

    fn uncount(&mut self, row: &PodRow) {
        self.total.take(&row.share);
        for (tallies, name) in [(&mut self.by_node, row.node), (&mut self.by_namespace, row.namespace)] {
            if let Some(tally) = tallies.get_mut(&name) {
                tally.take(&row.share);
                if tally.total() == 0 {
                    tallies.remove(&name);
                }
            }
        }
    }
}

impl PodRow {
    /// Its state.
    pub fn state(&self) -> PodState {
        self.share.state
    }

    /// The value of a label.
    pub fn label(&self, key: Name) -> Option<Name> {
        self.labels.iter().find(|(k, _)| *k == key).map(|(_, v)| *v)
    }

    fn new(pod: &Pod<'_>, names: &mut Names) -> Self {
        let columns = pod_columns(pod);
        let (owner_kind, owner) = workload(&pod.metadata);
        Self {
            uid: Uid::parse(&pod.metadata.uid),
            name: Box::from(&*pod.metadata.name),
            namespace: names.intern(&pod.metadata.namespace),
            node: names.intern(&pod.spec.node_name),
            status: names.intern(&columns.status),
            ready: columns.ready,
            containers: columns.containers,
            restarts: columns.restarts,
            last_restart_s: columns.last_restart_s,
            created_s: timestamp::seconds(&pod.metadata.creation_timestamp),
            ip: Box::from(&*pod.status.pod_ip),
            owner_kind: names.intern(owner_kind),
            owner: names.intern(owner),
            labels: pod.metadata.labels.0.iter().map(|(k, v)| (names.intern(k), names.intern(v))).collect(),
            share: Share {
                state: PodState::of(pod),
                active: !matches!(&*pod.status.phase, "Succeeded" | "Failed"),
                requests: pod_requests(&pod.spec),
                limits: pod_limits(&pod.spec),
            },
        }
    }
}

/// Without a uid it is no pod of a cluster.
fn decode(json: &[u8]) -> Option<Pod<'_>> {
    read(json).ok().filter(|pod: &Pod<'_>| !pod.metadata.uid.is_empty())
}

/// Kind and name of what a person would say runs this pod. The name of a Deployment's ReplicaSet is that of the
/// Deployment and the pod's `pod-template-hash`.
fn workload<'p>(meta: &'p ObjectMeta<'_>) -> (&'p str, &'p str) {
    let Some(owner) = meta.controller() else {
        return ("", "");
    };
    let deployment = meta
        .labels
        .get("pod-template-hash")
        .filter(|_| &*owner.kind == "ReplicaSet")
        .and_then(|hash| owner.name.strip_suffix(hash)?.strip_suffix('-'));
    match deployment {
        Some(name) => ("Deployment", name),
        None => (&owner.kind, &owner.name),
    }
}

#[cfg(test)]
mod tests;
