//! The pods, nodes and namespaces of the cluster: one list of each where the user may, else one list of pods for each
//! namespace that the user names.

use std::rc::Rc;

use leptos::prelude::{Get, Track, With};
use model::store::names::Name;
use model::store::{namespaces, nodes, pods};
use send_wrapper::SendWrapper;

use super::api::Resource;
use super::cluster::{Cluster, bump};
use super::feed::{Feed, Phase};
pub use super::scoped::Restricted;
use super::scoped::{Named, Scoped, Source};
use super::sink::Sink;
use super::watched::Watched;
use crate::web::timer::CalmGate;

/// The lists that every page shares.
#[derive(Clone)]
pub struct Lists(SendWrapper<Rc<Inner>>);

struct Inner {
    cluster: Cluster,
    pods: Rc<Scoped>,
    nodes: Rc<Watched>,
    namespaces: Rc<Watched>,
}

impl Lists {
    /// Begins to list. What matters first comes first: nodes, then pods.
    pub fn start(cluster: &Cluster, named: Named) -> Self {
        let nodes = Watched::start(cluster, "nodes", Resource::nodes(), NodeSink::new(cluster));
        let pods = Scoped::start(cluster, PodSource(cluster.clone()), named);
        let namespaces = Watched::start(cluster, "namespaces", Resource::namespaces(), NamespaceSink::new(cluster));
        Self(SendWrapper::new(Rc::new(Inner { cluster: cluster.clone(), pods, nodes, namespaces })))
    }

    /// Where the pods stand.
    pub fn pods(&self) -> Feed {
        self.0.pods.feed()
    }

    /// Where the nodes stand.
    pub fn nodes(&self) -> Feed {
        self.0.nodes.feed.get()
    }

    /// Where the namespaces stand.
    pub fn namespaces(&self) -> Feed {
        self.0.namespaces.feed.get()
    }

    /// How many of these lists are on their way.
    pub fn loading(&self) -> usize {
        let is_loading =
            |watched: &Watched| usize::from(watched.feed.with(|feed| matches!(feed.phase, Phase::Loading { .. })));
        self.0.pods.loading() + is_loading(&self.0.nodes) + is_loading(&self.0.namespaces)
    }

    /// The namespaces that are known by name, sorted; empty where the user may not list them.
    pub fn namespace_names(&self) -> Vec<String> {
        self.0.cluster.namespaces_version().track();
        self.0.cluster.store(|store| {
            let rows = store.namespaces.rows().iter();
            let mut names: Vec<String> = rows.map(|(_, row)| store.names.text(row.name).to_owned()).collect();
            names.sort_unstable();
            names
        })
    }

    /// Whether, and why, pods are listed by namespace.
    pub fn restricted(&self) -> Option<Restricted> {
        self.0.pods.restricted()
    }

    /// The same, without following its changes.
    pub fn restricted_untracked(&self) -> Option<Restricted> {
        self.0.pods.restricted_untracked()
    }

    /// Tries the pods again.
    pub fn retry_pods(&self) {
        self.0.pods.retry();
    }

    /// Tries the nodes again.
    pub fn retry_nodes(&self) {
        self.0.nodes.restart();
    }

    /// Tries the namespaces again.
    pub fn retry_namespaces(&self) {
        self.0.namespaces.restart();
    }
}

struct PodSource(Cluster);

impl Source for PodSource {
    fn start(&self, namespace: Option<&str>) -> Rc<Watched> {
        Watched::start(&self.0, "pods", Resource::pods(namespace), PodSink::new(&self.0, namespace))
    }

    fn retain(&self, namespaces: &[String]) {
        self.0.store_mut(|s| {
            let names: Vec<Name> = namespaces.iter().map(|n| s.names.intern(n)).collect();
            s.pods.retain(&names);
        });
        bump(&self.0.pods_version());
    }
}

struct PodSink {
    cluster: Cluster,
    /// As text: what has no pods for long may lose its name.
    namespace: Option<String>,
    epoch: u32,
    gate: CalmGate,
}

impl PodSink {
    fn new(cluster: &Cluster, namespace: Option<&str>) -> Self {
        Self { cluster: cluster.clone(), namespace: namespace.map(str::to_owned), epoch: 0, gate: CalmGate::default() }
    }
}

impl Sink for PodSink {
    fn mask(&self) -> String {
        pods::mask()
    }

    fn begin(&mut self) {
        self.epoch = self.cluster.store_mut(|s| s.pods.begin());
    }

    fn upsert(&mut self, json: &[u8]) {
        self.cluster.store_mut(|s| s.pods.upsert(json, &mut s.names));
    }

    fn delete(&mut self, json: &[u8]) {
        self.cluster.store_mut(|s| s.pods.delete(json));
    }

    fn end(&mut self) {
        let namespace = self.namespace.as_deref();
        self.cluster.store_mut(|s| s.pods.end(self.epoch, namespace.map(|n| s.names.intern(n))));
    }

    fn changed(&mut self) {
        let version = self.cluster.pods_version();
        self.gate.schedule(move || bump(&version));
    }
}

struct NodeSink {
    cluster: Cluster,
    epoch: u32,
    gate: CalmGate,
}

impl NodeSink {
    fn new(cluster: &Cluster) -> Self {
        Self { cluster: cluster.clone(), epoch: 0, gate: CalmGate::default() }
    }
}

impl Sink for NodeSink {
    fn mask(&self) -> String {
        nodes::mask()
    }

    fn begin(&mut self) {
        self.epoch = self.cluster.store_mut(|s| s.nodes.begin());
    }

    fn upsert(&mut self, json: &[u8]) {
        self.cluster.store_mut(|s| s.nodes.upsert(json, &mut s.names));
    }

    fn delete(&mut self, json: &[u8]) {
        self.cluster.store_mut(|s| s.nodes.delete(json));
    }

    fn end(&mut self) {
        self.cluster.store_mut(|s| s.nodes.end(self.epoch));
    }

    fn changed(&mut self) {
        let version = self.cluster.nodes_version();
        self.gate.schedule(move || bump(&version));
    }
}

struct NamespaceSink {
    cluster: Cluster,
    epoch: u32,
    gate: CalmGate,
}

impl NamespaceSink {
    fn new(cluster: &Cluster) -> Self {
        Self { cluster: cluster.clone(), epoch: 0, gate: CalmGate::default() }
    }
}

impl Sink for NamespaceSink {
    fn mask(&self) -> String {
        namespaces::mask()
    }

    fn begin(&mut self) {
        self.epoch = self.cluster.store_mut(|s| s.namespaces.begin());
    }

    fn upsert(&mut self, json: &[u8]) {
        self.cluster.store_mut(|s| s.namespaces.upsert(json, &mut s.names));
    }

    fn delete(&mut self, json: &[u8]) {
        self.cluster.store_mut(|s| s.namespaces.delete(json));
    }

    fn end(&mut self) {
        self.cluster.store_mut(|s| s.namespaces.end(self.epoch));
    }

    fn changed(&mut self) {
        let version = self.cluster.namespaces_version();
        self.gate.schedule(move || bump(&version));
    }
}
