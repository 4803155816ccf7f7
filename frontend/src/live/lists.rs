//! The pods, nodes and namespaces of the cluster: one list of each where the user may, else one list of pods for each
//! namespace that the user names.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use leptos::prelude::{ArcRwSignal, Get, Owner, Set, Track, With};
use model::demand::goes_first;
use model::explore::Kind;
use model::feed::{Feed, Phase};
use model::route::Page;
use model::store::names::Name;
use model::store::{namespaces, nodes, pods};
use send_wrapper::SendWrapper;

use super::api::Resource;
use super::cluster::{Cluster, bump};
pub use super::scoped::Restricted;
use super::scoped::{Named, Scoped, Source};
use super::sink::Sink;
use super::watched::Watched;
use crate::web::timer::Timeout;

/// The lists that every page shares.
#[derive(Clone)]
pub struct Lists(SendWrapper<Rc<Inner>>);

struct Inner {
    cluster: Cluster,
    named: Named,
    pods: OnceCell<Rc<Scoped>>,
    nodes: Rc<Watched>,
    namespaces: Rc<Watched>,
    /// Pods are being listed, or have been.
    begun: ArcRwSignal<bool>,
    /// Lists live longer than what makes them begin.
    owner: Owner,
    /// Pods wait no longer than this.
    patience: RefCell<Option<Timeout>>,
}

/// The lists of a page that waits for something else are there by then, or nobody knows when.
const PODS_WAIT_MS: f64 = 5_000.0;

impl Lists {
    /// Begins to list. What matters first comes first: nodes, then what the page is about, then pods.
    pub fn start(cluster: &Cluster, named: Named, page: &Page) -> Self {
        let nodes = Watched::start(cluster, "nodes", Resource::nodes(), NodeSink::new(cluster));
        let namespaces = Watched::start(cluster, "namespaces", Resource::namespaces(), NamespaceSink::new(cluster));
        let lists = Self(SendWrapper::new(Rc::new(Inner {
            cluster: cluster.clone(),
            named,
            pods: OnceCell::new(),
            nodes,
            namespaces,
            begun: ArcRwSignal::new(false),
            owner: Owner::new(),
            patience: RefCell::default(),
        })));
        if goes_first(page) {
            let weak = Rc::downgrade(&lists.0);
            let begin = move || {
                if let Some(inner) = weak.upgrade() {
                    Self(SendWrapper::new(inner)).begin_pods();
                }
            };
            lists.0.patience.replace(Some(Timeout::new(PODS_WAIT_MS, begin)));
        } else {
            lists.begin_pods();
        }
        lists
    }

    /// Begins to list the pods, unless that has begun.
    pub fn begin_pods(&self) {
        let inner = &self.0;
        if inner.pods.get().is_some() {
            return;
        }
        let source = PodSource(inner.cluster.clone());
        let pods = inner.owner.with(|| Scoped::start(&inner.cluster, source, Rc::clone(&inner.named)));
        if inner.pods.set(pods).is_ok() {
            inner.begun.set(true);
        }
    }

    /// Where the pods stand.
    pub fn pods(&self) -> Feed {
        self.of_pods(Scoped::feed)
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
        self.of_pods(Scoped::loading) + is_loading(&self.0.nodes) + is_loading(&self.0.namespaces)
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
        self.of_pods(Scoped::restricted)
    }

    /// Of which namespaces the pods may not be listed either, in the server's words.
    pub fn denied(&self) -> String {
        self.of_pods(Scoped::denied)
    }

    /// Why pods are listed by namespace, without following its changes.
    pub fn restricted_untracked(&self) -> Option<Restricted> {
        self.0.pods.get()?.restricted_untracked()
    }

    /// Tries the pods again.
    pub fn retry_pods(&self) {
        if let Some(pods) = self.0.pods.get() {
            pods.retry();
        }
    }

    /// What is known of their list; as good as nothing before it has begun.
    fn of_pods<T: Default>(&self, of: impl Fn(&Scoped) -> T) -> T {
        self.0.begun.track();
        self.0.pods.get().map(|pods| of(pods)).unwrap_or_default()
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
}

impl PodSink {
    fn new(cluster: &Cluster, namespace: Option<&str>) -> Self {
        Self { cluster: cluster.clone(), namespace: namespace.map(str::to_owned), epoch: 0 }
    }
}

impl Sink for PodSink {
    fn mask(&self) -> String {
        self.cluster.store(|s| s.annotations.in_mask(&pods::mask(), Kind::Pods))
    }

    fn reads_protobuf(&self) -> bool {
        true
    }

    fn may_be_long(&self) -> bool {
        true
    }

    fn begin(&mut self) {
        self.epoch = self.cluster.store_mut(|s| s.pods.begin());
    }

    fn upsert(&mut self, object: &[u8]) {
        self.cluster.store_mut(|s| {
            s.pods.upsert(object, &mut s.names);
            s.annotations.upsert(object, Kind::Pods, &mut s.names);
        });
    }

    fn delete(&mut self, object: &[u8]) {
        self.cluster.store_mut(|s| s.pods.delete(object));
    }

    fn end(&mut self) {
        let namespace = self.namespace.as_deref();
        self.cluster.store_mut(|s| s.pods.end(self.epoch, namespace.map(|n| s.names.intern(n))));
    }

    fn tell(&self) {
        bump(&self.cluster.pods_version());
    }
}

struct NodeSink {
    cluster: Cluster,
    epoch: u32,
}

impl NodeSink {
    fn new(cluster: &Cluster) -> Self {
        Self { cluster: cluster.clone(), epoch: 0 }
    }
}

impl Sink for NodeSink {
    fn mask(&self) -> String {
        self.cluster.store(|s| s.annotations.in_mask(&nodes::mask(), Kind::Nodes))
    }

    fn reads_protobuf(&self) -> bool {
        true
    }

    fn begin(&mut self) {
        self.epoch = self.cluster.store_mut(|s| s.nodes.begin());
    }

    fn upsert(&mut self, object: &[u8]) {
        self.cluster.store_mut(|s| {
            s.nodes.upsert(object, &mut s.names);
            s.annotations.upsert(object, Kind::Nodes, &mut s.names);
        });
    }

    fn delete(&mut self, object: &[u8]) {
        self.cluster.store_mut(|s| s.nodes.delete(object));
    }

    fn end(&mut self) {
        self.cluster.store_mut(|s| s.nodes.end(self.epoch));
    }

    fn tell(&self) {
        bump(&self.cluster.nodes_version());
    }
}

struct NamespaceSink {
    cluster: Cluster,
    epoch: u32,
}

impl NamespaceSink {
    fn new(cluster: &Cluster) -> Self {
        Self { cluster: cluster.clone(), epoch: 0 }
    }
}

impl Sink for NamespaceSink {
    fn mask(&self) -> String {
        namespaces::mask()
    }

    fn begin(&mut self) {
        self.epoch = self.cluster.store_mut(|s| s.namespaces.begin());
    }

    fn upsert(&mut self, object: &[u8]) {
        self.cluster.store_mut(|s| s.namespaces.upsert(object, &mut s.names));
    }

    fn delete(&mut self, object: &[u8]) {
        self.cluster.store_mut(|s| s.namespaces.delete(object));
    }

    fn end(&mut self) {
        self.cluster.store_mut(|s| s.namespaces.end(self.epoch));
    }

    fn tell(&self) {
        bump(&self.cluster.namespaces_version());
    }
}
