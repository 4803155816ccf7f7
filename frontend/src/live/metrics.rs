//! Usage from metrics.k8s.io: one list of nodes and one of pods for each interval, while the tab is seen.

use std::rc::Rc;

use leptos::prelude::{ArcRwSignal, Get, GetUntracked, Set};
use model::failure::Failure;
use model::list::{ListError, ListScanner};
use model::store::names::Names;
use model::store::usage::{NodeUsage, PodUsage};
use send_wrapper::SendWrapper;
use wasm_bindgen_futures::spawn_local;

use super::api::escape;
use super::cluster::{Cluster, bump};
use super::lists::Lists;
use crate::web::fetch::{Abort, Ask, stream};
use crate::web::timer::Interval;

/// metrics-server takes a sample every 15 s by default.
const EVERY_MS: i32 = 15_000;
/// A cluster without metrics is asked again at every eighth interval only.
const PATIENCE: u32 = 8;

/// Reads usage for as long as it lives.
#[derive(Clone)]
pub struct Metrics(SendWrapper<Rc<Inner>>);

struct Inner {
    nodes: ArcRwSignal<Reading>,
    pods: ArcRwSignal<Reading>,
    _interval: Interval,
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
        let nodes = ArcRwSignal::new(Reading::Expected);
        let pods = ArcRwSignal::new(Reading::Expected);
        let turn = {
            let (cluster, lists, nodes, pods) = (cluster.clone(), lists.clone(), nodes.clone(), pods.clone());
            let mut count = 0_u32;
            move || {
                let missing = matches!(nodes.get_untracked(), Reading::Missing(_))
                    && matches!(pods.get_untracked(), Reading::Missing(_));
                if cluster.visible() && (!missing || count.is_multiple_of(PATIENCE)) {
                    read_once(&cluster, &lists, &nodes, &pods);
                }
                count = count.wrapping_add(1);
            }
        };
        let mut first = turn.clone();
        first();
        Self(SendWrapper::new(Rc::new(Inner { nodes, pods, _interval: Interval::new(EVERY_MS, turn) })))
    }

    /// How the usage of nodes stands.
    pub fn nodes(&self) -> Reading {
        self.0.nodes.get()
    }

    /// How the usage of pods stands.
    pub fn pods(&self) -> Reading {
        self.0.pods.get()
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

fn read_once(cluster: &Cluster, lists: &Lists, nodes: &ArcRwSignal<Reading>, pods: &ArcRwSignal<Reading>) {
    let (cluster, nodes, pods) = (cluster.clone(), nodes.clone(), pods.clone());
    let namespaces = lists.restricted_untracked().map(|r| r.namespaces);
    spawn_local(async move {
        let failed = read_nodes(&cluster).await.err();
        nodes.set(failed.map_or(Reading::Taken, Reading::Missing));
        bump(&cluster.usage_version());
        let failed = read_pods(&cluster, namespaces.as_deref()).await.err();
        pods.set(failed.map_or(Reading::Taken, Reading::Missing));
        bump(&cluster.usage_version());
    });
}

/// Reads the usage of all nodes and swaps it in whole; a reading that fails leaves nothing, since it would be stale.
async fn read_nodes(cluster: &Cluster) -> Result<(), Failure> {
    let mut fresh = NodeUsage::default();
    let result = read(cluster, "nodes", |item, names| fresh.add(item, names)).await;
    cluster.store_mut(|s| s.usage.nodes = if result.is_ok() { fresh } else { NodeUsage::default() });
    result
}

/// The same for the pods of all namespaces, or of those that are named.
async fn read_pods(cluster: &Cluster, namespaces: Option<&[String]>) -> Result<(), Failure> {
    let paths = match namespaces {
        None => vec!["pods".to_owned()],
        Some(namespaces) => namespaces.iter().map(|n| format!("namespaces/{}/pods", escape(n))).collect(),
    };
    let mut fresh = PodUsage::default();
    let mut result = Ok(());
    for path in paths {
        result = result.and(read(cluster, &path, |item, names| fresh.add(item, names)).await);
    }
    cluster.store_mut(|s| s.usage.pods = fresh);
    result
}

async fn read(cluster: &Cluster, path: &str, mut add: impl FnMut(&[u8], &mut Names)) -> Result<(), Failure> {
    let url = format!("{}apis/metrics.k8s.io/v1beta1/{path}?pretty=0", cluster.api_base());
    let mut scanner = ListScanner::default();
    let malformed = |e: ListError| Failure::Malformed { message: e.to_string() };
    let abort = Abort::new();
    stream(Ask { url: &url, accept: "application/json" }, abort.signal(), |chunk| {
        cluster.store_mut(|s| scanner.feed(chunk, |item| add(item, &mut s.names))).map_err(malformed)
    })
    .await?;
    cluster.proved();
    scanner.finish().map(drop).map_err(malformed)
}
