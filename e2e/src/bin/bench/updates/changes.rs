//! Many changes a second, deletions among them, written where the cluster takes them.

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

/// Pods, and the way to change them.
pub struct Changes {
    pods: Vec<(String, String)>,
    writer: Writer,
    turn: usize,
}

/// The demo takes patches through its API. Past a real API server, which would need more of the two cores for its writes than for
/// the watch that is measured, they go into etcd: the frames that the page gets are the API server's own.
enum Writer {
    Demo(Api),
    Real(EtcdClient),
}

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
            Some(etcd) => Writer::Real(etcd?),
        };
        Ok(Self { pods, writer, turn: 0 })
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
            self.writer.write(&batch).await?;
        }
        Ok(changes)
    }

    fn next(&mut self) -> Option<((String, String), Change)> {
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
    async fn write(&self, batch: &[((String, String), Change)]) -> Result<()> {
        match self {
            Self::Demo(api) => {
                try_join_all(batch.iter().map(|(pod, change)| patch(api, pod, *change))).await?;
            }
            Self::Real(etcd) => rewrite(etcd, batch).await?,
        }
        Ok(())
    }
}

/// Deletes a pod, or changes its status; the demo may have taken it away meanwhile.
async fn patch(api: &Api, (namespace, name): &(String, String), change: Change) -> Result<()> {
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
async fn rewrite(etcd: &EtcdClient, batch: &[((String, String), Change)]) -> Result<()> {
    let key = |(namespace, name): &(String, String)| pod_key(namespace, name);
    let gone: Vec<_> =
        batch.iter().filter(|(_, change)| matches!(change, Change::Delete)).map(|(pod, _)| key(pod)).collect();
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
        etcd.delete(&gone).await?;
    }
    Ok(())
}
