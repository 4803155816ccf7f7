//! Many changes a second, deletions among them: the demo takes them through its API, a real API server's are replayed.

use std::time::Duration;

use anyhow::Result;
use futures_util::future::try_join_all;
use pilothouse_e2e::api::Api;
use serde_json::json;
use tokio::time::{Instant, interval};

use super::replay::Replay;
use crate::tab::cluster::Cluster;

/// Changes are written in batches, as many a second.
const BATCHES_PER_S: u32 = 50;
/// Of each hundred changes, so many are deletions.
const DELETIONS: usize = 5;
/// Fewer pods than these are not deleted.
const FEWEST: usize = 100;

/// Who makes the changes.
pub enum Changes {
    /// The demo, whose pods live by themselves too.
    Demo {
        /// Its API.
        api: Api,
        /// Its pods.
        pods: Pods,
    },
    /// Frames of a real API server.
    Real(Replay),
}

/// Namespace and name.
pub type Pod = (String, String);

/// What happens to a pod.
#[derive(Clone, Copy)]
pub enum Change {
    /// It goes.
    Delete,
    /// It is in another phase.
    Phase(&'static str),
}

/// Pods that change in turn.
pub struct Pods {
    all: Vec<Pod>,
    /// How many there were at first.
    population: usize,
    turn: usize,
}

impl Changes {
    /// Of all pods of the cluster, which from now on is reached through what replays its frames, if it is a real one.
    pub async fn of(cluster: &mut Cluster) -> Result<Self> {
        let api = cluster.api()?;
        let pods = Pods::of(&api).await?;
        Ok(match cluster.storage() {
            None => Self::Demo { api, pods },
            Some(storage) => {
                let replay = Replay::record(storage, pods).await?;
                cluster.go_through(replay.address())?;
                Self::Real(replay)
            }
        })
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
            match self {
                Self::Demo { api, pods } => {
                    let batch = pods.batch(each);
                    changes += batch.len() as u64;
                    try_join_all(batch.iter().map(|(pod, change)| patch(api, pod, *change))).await?;
                    // The demo has put others in the place of what was deleted.
                    if pods.all.len() * 2 < pods.population {
                        *pods = Pods { turn: pods.turn, ..Pods::of(api).await? };
                    }
                }
                Self::Real(replay) => {
                    for _ in 0..each {
                        replay.send()?;
                        changes += 1;
                    }
                }
            }
        }
        Ok(changes)
    }

    /// How many pods the page has to show now.
    pub async fn there(&self) -> Result<usize> {
        match self {
            Self::Demo { api, .. } => api.count("/api/v1/pods").await,
            Self::Real(replay) => Ok(replay.there()),
        }
    }
}

impl Pods {
    async fn of(api: &Api) -> Result<Self> {
        let all = api.names("/api/v1/pods").await?;
        Ok(Self { population: all.len(), all, turn: 0 })
    }

    /// How many there were at first.
    pub fn population(&self) -> usize {
        self.population
    }

    /// The next changes.
    pub fn batch(&mut self, of: u32) -> Vec<(Pod, Change)> {
        (0..of).filter_map(|_| self.next()).collect()
    }

    fn next(&mut self) -> Option<(Pod, Change)> {
        self.turn += 1;
        // A stride that shares no factor with most sizes: all of them come, far from each other.
        let place = self.turn.wrapping_mul(7_919) % self.all.len().max(1);
        if self.turn % 100 < DELETIONS && self.all.len() > FEWEST {
            return Some((self.all.swap_remove(place), Change::Delete));
        }
        let phase = if self.turn.is_multiple_of(7) { "Pending" } else { "Running" };
        Some((self.all.get(place)?.clone(), Change::Phase(phase)))
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
