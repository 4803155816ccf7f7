//! Many changes a second, deletions among them, written where the cluster takes them.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use futures_util::future::try_join_all;
use pilothouse_e2e::api::Api;
use pilothouse_e2e::control_plane::EtcdClient;
use pilothouse_e2e::transplant::pod_key;
use serde_json::json;
use tokio::time::{Instant, interval};

use crate::tab::cluster::Cluster;

/// Changes are written in batches, as many a second.
const BATCHES_PER_S: u32 = 50;
/// Of each hundred changes, so many are deletions.
const DELETIONS: usize = 5;
/// Fewer pods than these are not deleted.
const FEWEST: usize = 100;

/// What was deleted comes back when so many others have been deleted after it.
const AWAY: usize = 50;

/// Pods, and the way to change them.
pub struct Changes {
    pods: Vec<(String, String)>,
    /// How many there were at first.
    population: usize,
    writer: Writer,
    turn: usize,
}

/// The demo takes patches through its API. Past a real API server, which would need more of the two cores for its writes than for
/// the watch that is measured, they go into etcd: the frames that the page gets are the API server's own.
enum Writer {
    Demo(Api),
    Real {
        etcd: EtcdClient,
        /// What was deleted last, oldest first: the pod, its key and its object.
        away: VecDeque<Away>,
    },
}

/// A pod that was deleted and comes back.
struct Away {
    pod: Pod,
    key: String,
    object: String,
}

/// Namespace and name.
type Pod = (String, String);

/// What happens to a pod.
#[derive(Clone, Copy)]
enum Change {
    Delete,
    Phase(&'static str),
}

impl Changes {
    /// Of all pods of the cluster.
    pub async fn of(cluster: &Cluster) -> Result<Self> {
        let api = cluster.api()?;
        let pods = api.names("/api/v1/pods").await?;
        let writer = match cluster.etcd() {
            None => Writer::Demo(api),
            Some(etcd) => Writer::Real { etcd: etcd?, away: VecDeque::new() },
        };
        Ok(Self { population: pods.len(), pods, writer, turn: 0 })
    }

    /// Changes pods at a rate for some time; how many.
    pub async fn write(&mut self, rate: u32, duration: Duration) -> Result<u64> {
        let each = (rate / BATCHES_PER_S).max(1);
        let mut ticks = interval(Duration::from_secs(1) * each / rate.max(1));
        let end = Instant::now() + duration;
        let mut changes = 0;
        // A batch that comes late is followed by the next at once, so that the rate holds.
        while Instant::now() < end {
            ticks.tick().await;
            let batch: Vec<_> = (0..each).filter_map(|_| self.next()).collect();
            changes += batch.len() as u64;
            self.pods.extend(self.writer.write(&batch).await?);
            // The demo has put others in the place of what was deleted.
            if let Writer::Demo(api) = &self.writer
                && self.pods.len() * 2 < self.population
            {
                self.pods = api.names("/api/v1/pods").await?;
            }
        }
        Ok(changes)
    }

    fn next(&mut self) -> Option<(Pod, Change)> {
        self.turn += 1;
        // A stride that shares no factor with most sizes: all of them come, far from each other.
        let place = self.turn.wrapping_mul(7_919) % self.pods.len().max(1);
        if self.turn % 100 < DELETIONS && self.pods.len() > FEWEST {
            return Some((self.pods.swap_remove(place), Change::Delete));
        }
        let phase = if self.turn.is_multiple_of(7) { "Pending" } else { "Running" };
        Some((self.pods.get(place)?.clone(), Change::Phase(phase)))
    }
}

impl Writer {
    /// Writes changes; returns what came back of what was deleted before.
    async fn write(&mut self, batch: &[(Pod, Change)]) -> Result<Vec<Pod>> {
        match self {
            Self::Demo(api) => {
                try_join_all(batch.iter().map(|(pod, change)| patch(api, pod, *change))).await?;
                Ok(Vec::new())
            }
            Self::Real { etcd, away } => {
                rewrite(etcd, batch, away).await?;
                let mut back = Vec::new();
                while away.len() > AWAY {
                    back.extend(away.pop_front());
                }
                let objects: Vec<_> = back.iter().map(|one: &Away| (one.key.clone(), one.object.clone())).collect();
                if !objects.is_empty() {
                    etcd.put(&objects).await?;
                }
                Ok(back.into_iter().map(|one| one.pod).collect())
            }
        }
    }
}

/// Deletes a pod, or changes its status; the demo may have taken it away meanwhile.
async fn patch(api: &Api, (namespace, name): &Pod, change: Change) -> Result<()> {
    let path = format!("/api/v1/namespaces/{namespace}/pods/{name}");
    let outcome = match change {
        Change::Delete => api.delete(&format!("{path}?gracePeriodSeconds=0")).await,
        Change::Phase(phase) => api.patch(&format!("{path}/status"), &json!({ "status": { "phase": phase } })).await,
    };
    match outcome {
        Err(error) if !format!("{error:#}").contains("404") => Err(error),
        _ => Ok(()),
    }
}

/// The same in etcd. An object that is put there anew is a change, whether its phase is another or not.
async fn rewrite(etcd: &EtcdClient, batch: &[(Pod, Change)], away: &mut VecDeque<Away>) -> Result<()> {
    let key = |(namespace, name): &Pod| pod_key(namespace, name);
    let deleted: Vec<&Pod> =
        batch.iter().filter(|(_, change)| matches!(change, Change::Delete)).map(|(pod, _)| pod).collect();
    let gone: Vec<_> = deleted.iter().map(|pod| key(pod)).collect();
    let changed: Vec<_> = batch
        .iter()
        .filter_map(|(pod, change)| match change {
            Change::Delete => None,
            Change::Phase(phase) => Some((key(pod), *phase)),
        })
        .collect();
    let keys: Vec<_> = changed.iter().map(|(key, _)| key.clone()).collect();
    let mut objects = etcd.get(&keys).await?;
    for (key, object) in &mut objects {
        let phase =
            changed.iter().find(|(of, _)| of == key).map(|(_, phase)| *phase).context("a key nobody asked for")?;
        for other in ["Pending", "Running"] {
            *object = object.replace(&format!("\"phase\":\"{other}\""), &format!("\"phase\":\"{phase}\""));
        }
    }
    if !objects.is_empty() {
        etcd.put(&objects).await?;
    }
    if !gone.is_empty() {
        for (key, object) in etcd.get(&gone).await? {
            let pod = deleted.iter().find(|(namespace, name)| pod_key(namespace, name) == key);
            let pod = (*pod.context("a key nobody asked for")?).clone();
            away.push_back(Away { pod, key, object: of_another_uid(&object) });
        }
        etcd.delete(&gone).await?;
    }
    Ok(())
}

/// A pod that comes back is another one of the same name.
fn of_another_uid(object: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    const UID: &str = "\"uid\":\"";
    let Some((before, rest)) = object.split_once(UID) else { return object.to_owned() };
    let rest = rest.split_once('"').map_or("", |(_, rest)| rest);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{before}{UID}00000000-0000-4000-8000-{number:012}\"{rest}")
}
