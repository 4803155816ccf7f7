//! Frames of a real API server, recorded once and sent again and again before it, so that neither its writes nor the
//! writer's take from the cores on which the page is measured.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use pilothouse_e2e::control_plane::{EtcdClient, Storage};
use pilothouse_e2e::fault::{Asked, Deed, Fault};
use pilothouse_e2e::transplant::pod_key;
use serde::Deserialize;
use tokio::time::interval;

use super::changes::{Change, Pod, Pods};

const PODS: &str = "/api/v1/pods";
/// So many changes are recorded, and what is deleted comes back among them.
const RECORDED: usize = 2_000;
/// They are written in batches of so many.
const BATCH: u32 = 20;
/// One after the other, so far apart.
const BATCH_EACH: Duration = Duration::from_millis(50);
/// For so long the recording listens: the writes take a part of it.
const LISTEN_S: u64 = 20;
/// A watch with what is sent again lasts for so long.
const MOST_S: usize = 24 * 3600;
/// What is sent again has a resourceVersion above all that the server has given.
const FIRST_VERSION: u64 = 1_000_000_000;

/// The frames, and the way to the page.
pub struct Replay {
    fault: Fault,
    frames: Vec<Frame>,
    /// The uid that each pod of the recording has now.
    uids: Vec<String>,
    sent: usize,
    /// How many pods there were before, and how many of them are deleted now.
    population: usize,
    away: usize,
}

/// A frame without its uid and its resourceVersion.
struct Frame {
    kind: Kind,
    /// The place of its pod.
    pod: usize,
    parts: [String; 3],
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Kind {
    Added,
    Modified,
    Deleted,
}

#[derive(Deserialize)]
struct Event {
    r#type: Kind,
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    metadata: Metadata,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    namespace: String,
    name: String,
    uid: String,
    resource_version: String,
}

impl Replay {
    /// Writes changes into etcd and keeps what the API server's watch tells of them.
    pub async fn record(storage: &Storage, mut pods: Pods) -> Result<Self> {
        let population = pods.population();
        let api = storage.api()?;
        let version = api.get(&format!("{PODS}?limit=1")).await?;
        let version = version.pointer("/metadata/resourceVersion").and_then(|v| v.as_str()).context("a version")?;
        let watch = format!("{PODS}?watch=1&resourceVersion={version}&timeoutSeconds={LISTEN_S}");
        let etcd = storage.etcd().client()?;
        let (told, ()) = tokio::try_join!(api.text(&watch), write(&etcd, &mut pods))?;
        let mut places = HashMap::<Pod, usize>::new();
        let (mut frames, mut uids) = (Vec::new(), Vec::new());
        for line in told.lines() {
            let Event { r#type: kind, object: Object { metadata } } =
                serde_json::from_str(line).context("a frame of a pod")?;
            let next = places.len();
            let pod = *places.entry((metadata.namespace, metadata.name)).or_insert(next);
            if pod == uids.len() {
                uids.push(String::new());
            }
            let parts = parts(line, &metadata.uid, &metadata.resource_version).context("a frame in another order")?;
            if let Some(uid) = uids.get_mut(pod) {
                *uid = metadata.uid;
            }
            frames.push(Frame { kind, pod, parts });
        }
        let of = |kind: Kind| frames.iter().filter(|frame| frame.kind == kind).count();
        ensure!(frames.len() >= RECORDED, "{} of {RECORDED} changes were recorded", frames.len());
        ensure!(of(Kind::Deleted) > 0 && of(Kind::Deleted) == of(Kind::Added), "what was deleted has not come back");
        let fault = Fault::before(&storage.api_address(), &storage.folder().join("pki")).await?;
        // The server knows nothing of what is sent again, and would tell a new watch of it that it is of the future.
        fault.always(Asked::Watch(PODS), Deed::long_watches(MOST_S));
        Ok(Self { fault, frames, uids, sent: 0, population, away: 0 })
    }

    /// Where the API server is reached with the replayed frames.
    pub fn address(&self) -> &str {
        self.fault.address()
    }

    /// How many pods there are after what was sent.
    pub fn there(&self) -> usize {
        self.population - self.away
    }

    /// Sends the next frame; after the last one the first.
    pub fn send(&mut self) -> Result<()> {
        let frame = self.frames.get(self.sent % self.frames.len().max(1)).context("no frames")?;
        self.sent += 1;
        let uid = self.uids.get_mut(frame.pod).context("a pod without a uid")?;
        match frame.kind {
            Kind::Modified => {}
            Kind::Deleted => self.away += 1,
            Kind::Added => {
                self.away -= 1;
                *uid = format!("00000000-0000-4000-9000-{:012}", self.sent);
            }
        }
        let [before, between, after] = &frame.parts;
        let version = FIRST_VERSION + self.sent as u64;
        let heard = self.fault.push_text(PODS, &format!("{before}{uid}{between}{version}{after}"));
        ensure!(heard > 0, "nobody watches {PODS} any more");
        Ok(())
    }
}

/// What stands before, between and after a frame's uid and resourceVersion. The first of each are the pod's own: owners come later.
fn parts(line: &str, uid: &str, version: &str) -> Option<[String; 3]> {
    let (before, rest) = line.split_once(&format!("\"uid\":\"{uid}\""))?;
    let (between, after) = rest.split_once(&format!("\"resourceVersion\":\"{version}\""))?;
    Some([format!("{before}\"uid\":\""), format!("\"{between}\"resourceVersion\":\""), format!("\"{after}")])
}

/// Changes pods in etcd. At the end all of them are there again.
async fn write(etcd: &EtcdClient, pods: &mut Pods) -> Result<()> {
    // The watch has begun by then, or tells of what was before it.
    let mut away = Vec::new();
    // The API server ends a watch that does not keep up.
    let mut ticks = interval(BATCH_EACH);
    for _ in 0..RECORDED / BATCH as usize {
        ticks.tick().await;
        rewrite(etcd, &pods.batch(BATCH), &mut away).await?;
    }
    ticks.tick().await;
    etcd.put(&away).await
}

/// Does changes. An object that is put there anew is a change, whether its phase is another or not.
async fn rewrite(etcd: &EtcdClient, batch: &[(Pod, Change)], away: &mut Vec<(String, String)>) -> Result<()> {
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
            away.push((key, of_another_uid(&object, away.len())));
        }
        etcd.delete(&gone).await?;
    }
    Ok(())
}

/// A pod that comes back is another one of the same name.
fn of_another_uid(object: &str, number: usize) -> String {
    const UID: &str = "\"uid\":\"";
    let Some((before, rest)) = object.split_once(UID) else { return object.to_owned() };
    let rest = rest.split_once('"').map_or("", |(_, rest)| rest);
    format!("{before}{UID}00000000-0000-4000-8000-{number:012}\"{rest}")
}
