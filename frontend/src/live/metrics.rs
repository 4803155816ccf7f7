//! Usage from metrics.k8s.io: one list of nodes and one of pods for each interval, while the tab is seen.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::{ArcRwSignal, Effect, Get, GetUntracked, Set, StoredValue, Track, Update, untrack};
use model::failure::Failure;
use model::k8s::metrics;
use model::list::{ListError, ListScanner};
use model::overview::readings::Readings;
use model::store::Store;
use model::store::usage::NodeUsage;
use model::turns::Turns;
use send_wrapper::SendWrapper;
use wasm_bindgen_futures::spawn_local;

use super::api::escape;
use super::cluster::{Cluster, bump};
use super::lists::Lists;
use crate::web::fetch::{Ask, Deadline, stream};
use crate::web::timer::Interval;

/// metrics-server takes a sample every 15 s by default.
const EVERY_MS: i32 = 15_000;
/// A reading that takes longer has failed, as the API server's own would by then.
const TIMEOUT_MS: f64 = 60_000.0;

/// Reads usage for as long as it lives.
#[derive(Clone)]
pub struct Metrics(SendWrapper<Rc<Inner>>);

struct Inner {
    nodes: ArcRwSignal<Reading>,
    pods: ArcRwSignal<Reading>,
    /// What was in use since the tab opened; it outlives the pages that show it.
    history: ArcRwSignal<Readings>,
    /// One reading of the pods at a time.
    reads_pods: Cell<bool>,
    turns: Cell<Turns>,
}

/// How a reading of usage went.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Reading {
    /// None yet.
    #[default]
    Expected,
    /// There is usage.
    Taken,
    /// There is none, and why.
    Missing(Failure),
}

impl Metrics {
    /// Begins to read.
    pub fn start(cluster: &Cluster, lists: &Lists) -> Self {
        let inner = Rc::new(Inner {
            nodes: <_>::default(),
            pods: <_>::default(),
            history: <_>::default(),
            reads_pods: Cell::new(false),
            turns: Cell::default(),
        });
        let metrics = Self(SendWrapper::new(inner));
        let read = {
            let (cluster, lists, metrics) = (cluster.clone(), lists.clone(), metrics.clone());
            move |is_due: fn(&mut Turns, bool, bool, f64) -> bool| {
                let mut turns = metrics.0.turns.get();
                let is_due = is_due(&mut turns, cluster.visible(), metrics.are_missing(), cluster.now_ms());
                metrics.0.turns.set(turns);
                if is_due {
                    let (cluster, lists, metrics) = (cluster.clone(), lists.clone(), metrics.clone());
                    spawn_local(async move {
                        metrics.read_nodes(&cluster, &lists).await;
                        metrics.read_pods(&cluster, &lists).await;
                    });
                }
            }
        };
        read(Turns::interval);
        let (again, returned) = (read.clone(), cluster.returned());
        StoredValue::new_local(Interval::new(EVERY_MS, move || again(Turns::interval)));
        Effect::new(move |was: Option<()>| {
            returned.track();
            if was.is_some() {
                read(Turns::returned);
            }
        });
        // Pods that have just come need not wait for the next interval.
        let (cluster, lists) = (cluster.clone(), lists.clone());
        let reader = metrics.clone();
        // What was read before all nodes had come is what some of them use.
        let (nodes, noted, store) = (lists.clone(), metrics.clone(), cluster.clone());
        Effect::new(move |was: Option<bool>| {
            let loaded = nodes.nodes().loaded;
            if loaded && was == Some(false) {
                noted.note(&store);
            }
            loaded
        });
        Effect::new(move |was: Option<bool>| {
            let loaded = lists.pods().loaded;
            if loaded && was == Some(false) {
                let (cluster, lists, metrics) = (cluster.clone(), lists.clone(), reader.clone());
                spawn_local(async move { metrics.read_pods(&cluster, &lists).await });
            }
            loaded
        });
        metrics
    }

    /// How the usage of nodes stands.
    pub fn nodes(&self) -> Reading {
        self.0.nodes.get()
    }

    /// How the usage of pods stands.
    pub fn pods(&self) -> Reading {
        self.0.pods.get()
    }

    /// A cluster that serves no metrics is asked less often.
    fn are_missing(&self) -> bool {
        matches!(self.0.nodes.get_untracked(), Reading::Missing(_)) && self.0.pods.get_untracked() != Reading::Taken
    }

    /// What was in use since the tab opened.
    pub fn history(&self) -> ArcRwSignal<Readings> {
        self.0.history.clone()
    }

    /// Keeps what is in use now.
    fn note(&self, cluster: &Cluster) {
        let now_s = cluster.now_s().get_untracked();
        self.0.history.update(|history| cluster.store(|store| history.add(store, now_s)));
    }

    async fn read_nodes(&self, cluster: &Cluster, lists: &Lists) {
        let failed = read_nodes(cluster).await.err();
        if untrack(|| lists.nodes().loaded) {
            self.note(cluster);
        }
        self.0.nodes.set(failed.map_or(Reading::Taken, Reading::Missing));
        bump(&cluster.usage_version());
    }

    /// What a pod uses is kept with the pod: before there are pods there is nothing to keep it with.
    async fn read_pods(&self, cluster: &Cluster, lists: &Lists) {
        if !untrack(|| lists.pods().loaded) || self.0.reads_pods.replace(true) {
            return;
        }
        let namespaces = lists.restricted_untracked().map(|r| r.namespaces);
        let failed = read_pods(cluster, namespaces.as_deref()).await.err();
        self.0.reads_pods.set(false);
        self.0.pods.set(failed.map_or(Reading::Taken, Reading::Missing));
        bump(&cluster.usage_version());
    }
}

impl Reading {
    /// Why there is no usage, for a person.
    pub fn why_missing(&self) -> Option<String> {
        match self {
            Self::Expected | Self::Taken => None,
            Self::Missing(Failure::NotFound { .. }) => {
                Some("No usage: the cluster serves no metrics.k8s.io. Install metrics-server to see it.".into())
            }
            Self::Missing(Failure::Forbidden { .. }) => Some("No usage: you may not list metrics.k8s.io.".into()),
            Self::Missing(failure) => Some(format!("No usage: metrics.k8s.io failed. {}", failure.sentence())),
        }
    }
}

/// Reads the usage of all nodes and swaps it in whole; a reading that fails leaves nothing, since it would be stale.
async fn read_nodes(cluster: &Cluster) -> Result<(), Failure> {
    let mut fresh = NodeUsage::default();
    let result = read(cluster, "nodes", |item, store| fresh.add(item, &mut store.names)).await;
    cluster.store_mut(|s| s.usage.nodes = if result.is_ok() { fresh } else { NodeUsage::default() });
    result
}

/// The same for the pods of all namespaces, or of those that are named; what there is of a reading that fails counts.
async fn read_pods(cluster: &Cluster, namespaces: Option<&[String]>) -> Result<(), Failure> {
    let paths = match namespaces {
        None => vec!["pods".to_owned()],
        Some(namespaces) => namespaces.iter().map(|n| format!("namespaces/{}/pods", escape(n))).collect(),
    };
    cluster.store_mut(|s| s.pods.begin_usage());
    let mut result = Ok(());
    for path in paths {
        result = result.and(read(cluster, &path, |item, store| store.pods.add_usage(item, &store.names)).await);
    }
    cluster.store_mut(|s| s.pods.end_usage());
    result
}

async fn read(cluster: &Cluster, path: &str, mut add: impl FnMut(&[u8], &mut Store)) -> Result<(), Failure> {
    let url = format!("{}apis/metrics.k8s.io/v1beta1/{path}?pretty=0", cluster.api_base());
    let mut scanner = ListScanner::default();
    let malformed = |e: ListError| Failure::Malformed { message: e.to_string() };
    let deadline = Deadline::new(TIMEOUT_MS);
    cluster.ledger(|ledger| ledger.of("usage").asked());
    let mask = cluster.lean(metrics::mask);
    let result = stream(Ask { url: &url, accept: "application/json", mask: &mask }, deadline.signal(), |chunk| {
        cluster.ledger(|ledger| ledger.of("usage").bytes += chunk.len() as u64);
        cluster.store_mut(|s| scanner.feed(chunk, |item| add(item, s))).map_err(malformed)
    })
    .await;
    cluster.ledger(|ledger| ledger.of("usage").answered(0, result.as_ref().err()));
    result?;
    cluster.noticed(None);
    scanner.finish().map(drop).map_err(malformed)
}
