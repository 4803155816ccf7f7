//! The pods, nodes and namespaces of the cluster: one list of each where the user may, else one list of pods for each
//! namespace that the user names.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::{ArcRwSignal, Effect, Get, GetUntracked, Set};
use model::failure::Failure;
use model::store::names::Name;
use send_wrapper::SendWrapper;

use super::api::Resource;
use super::cluster::{Cluster, bump};
use super::feed::{Feed, Phase};
use super::object::{KeepSink, Kept, name_of};
use super::sink::Sink;
use super::watched::Watched;
use crate::web::timer::CalmGate;

/// The lists that every page shares.
#[derive(Clone)]
pub struct Lists(SendWrapper<Rc<Inner>>);

struct Inner {
    cluster: Cluster,
    pods: RefCell<Vec<Rc<Watched>>>,
    nodes: Rc<Watched>,
    /// Kept for as long as its names are.
    _namespaces: Rc<Watched>,
    namespace_names: Kept<String>,
    /// The namespaces that are listed one by one, and why: the failure of the list of all.
    restricted: ArcRwSignal<Option<Restricted>>,
    /// Changes when other lists of pods are kept.
    pod_feeds: ArcRwSignal<Vec<ArcRwSignal<Feed>>>,
}

/// The user may not list the pods of all namespaces.
#[derive(Clone, Debug, PartialEq)]
pub struct Restricted {
    /// What the server said to the list of all.
    pub failure: Failure,
    /// Those that are listed instead.
    pub namespaces: Vec<String>,
}

impl Lists {
    /// Begins to list. What matters first comes first: nodes, then pods.
    pub fn start(cluster: &Cluster, namespaces: impl Fn() -> Vec<String> + 'static) -> Self {
        let nodes = Watched::start(cluster, "nodes", Resource::nodes(), NodeSink::new(cluster));
        let pods = Watched::start(cluster, "pods", Resource::pods(None), PodSink::new(cluster, None));
        let namespace_names = Kept::new(Vec::new());
        let names =
            Watched::start(cluster, "namespaces", Resource::namespaces(), KeepSink::new(&namespace_names, name_of));
        let lists = Self(SendWrapper::new(Rc::new(Inner {
            cluster: cluster.clone(),
            pod_feeds: ArcRwSignal::new(vec![pods.feed.clone()]),
            pods: RefCell::new(vec![Rc::clone(&pods)]),
            nodes,
            _namespaces: names,
            namespace_names,
            restricted: ArcRwSignal::new(None),
        })));
        // The failure of the list of all pods, and the namespaces in the URL, decide which lists are kept.
        let this = lists.clone();
        Effect::new(move || {
            let wanted = namespaces();
            let denied = match pods.feed.get() {
                Feed { phase: Phase::Stopped(failure @ Failure::Forbidden { .. }), .. } => Some(failure),
                _ => None,
            };
            if let Some(failure) = denied {
                this.restrict(failure, wanted);
            }
        });
        lists
    }

    /// Where the pods stand.
    pub fn pods(&self) -> Feed {
        Feed::all(self.0.pod_feeds.get().iter().map(Get::get))
    }

    /// Where the nodes stand.
    pub fn nodes(&self) -> Feed {
        self.0.nodes.feed.get()
    }

    /// The namespaces that are known by name, sorted; empty where the user may not list them.
    pub fn namespaces(&self) -> Vec<String> {
        let mut names = self.0.namespace_names.get();
        names.sort_unstable();
        names
    }

    /// Whether, and why, pods are listed by namespace.
    pub fn restricted(&self) -> Option<Restricted> {
        self.0.restricted.get()
    }

    /// The same, without following its changes.
    pub fn restricted_untracked(&self) -> Option<Restricted> {
        self.0.restricted.get_untracked()
    }

    /// Tries the pods again.
    pub fn retry_pods(&self) {
        let all: Vec<_> = self.0.pods.borrow().clone();
        for watched in all {
            watched.restart();
        }
    }

    /// Tries the nodes again.
    pub fn retry_nodes(&self) {
        self.0.nodes.restart();
    }

    fn restrict(&self, failure: Failure, wanted: Vec<String>) {
        let mut namespaces = wanted;
        if namespaces.is_empty() {
            namespaces.push(self.0.cluster.config().namespace.clone().unwrap_or_else(|| "default".into()));
        }
        let restricted = Restricted { failure, namespaces };
        if self.0.restricted.get_untracked().as_ref() == Some(&restricted) {
            return;
        }
        let cluster = &self.0.cluster;
        let known = self.0.restricted.get_untracked().map(|r| r.namespaces).unwrap_or_default();
        let kept = self.0.pods.take();
        let mut kept: Vec<_> = known.into_iter().zip(kept).collect();
        let mut lists = Vec::new();
        for namespace in &restricted.namespaces {
            let place = kept.iter().position(|(name, _)| name == namespace);
            lists.push(match place {
                Some(i) => kept.swap_remove(i).1,
                None => {
                    let name = cluster.store_mut(|s| s.names.intern(namespace));
                    let sink = PodSink::new(cluster, Some(name));
                    Watched::start(cluster, "pods", Resource::pods(Some(namespace)), sink)
                }
            });
        }
        cluster.store_mut(|s| {
            let names: Vec<Name> = restricted.namespaces.iter().map(|n| s.names.intern(n)).collect();
            s.pods.retain(&names);
        });
        bump(&cluster.pods_version());
        self.0.pod_feeds.set(lists.iter().map(|w| w.feed.clone()).collect());
        self.0.pods.replace(lists);
        self.0.restricted.set(Some(restricted));
    }
}

struct PodSink {
    cluster: Cluster,
    namespace: Option<Name>,
    epoch: u32,
    gate: CalmGate,
}

impl PodSink {
    fn new(cluster: &Cluster, namespace: Option<Name>) -> Self {
        Self { cluster: cluster.clone(), namespace, epoch: 0, gate: CalmGate::default() }
    }
}

impl Sink for PodSink {
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
        self.cluster.store_mut(|s| s.pods.end(self.epoch, self.namespace));
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
