//! The objects of one cluster put straight into the etcd of another, so that a real API server serves a cluster of any size.
//!
//! Through the API, 150,000 pods take a quarter of an hour. Whatever etcd holds, the API server reads: protobuf as it writes it
//! itself, or JSON. It is started anew afterwards, so that it holds no history of all these writes.

use anyhow::{Context as _, Result};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::api::Api;
use crate::control_plane::{EtcdClient, Storage};

/// How many objects are read at once.
const PAGE: usize = 500;
/// How many objects are written at once: etcd takes 128 changes and 1.5 MB in one transaction.
const BATCH: usize = 100;
/// How many transactions are under way at once.
const WRITERS: usize = 4;

/// A kind of object: where it is listed, how it is told, and where the API server keeps it.
struct Kind {
    list: &'static str,
    api_version: &'static str,
    kind: &'static str,
    prefix: &'static str,
}

const KINDS: [Kind; 11] = [
    core("Namespace", "/api/v1/namespaces", "namespaces"),
    core("Node", "/api/v1/nodes", "minions"),
    core("Service", "/api/v1/services", "services/specs"),
    core("Event", "/api/v1/events", "events"),
    apps("Deployment", "/apis/apps/v1/deployments", "deployments"),
    apps("ReplicaSet", "/apis/apps/v1/replicasets", "replicasets"),
    apps("StatefulSet", "/apis/apps/v1/statefulsets", "statefulsets"),
    apps("DaemonSet", "/apis/apps/v1/daemonsets", "daemonsets"),
    Kind { list: "/apis/batch/v1/jobs", api_version: "batch/v1", kind: "Job", prefix: "jobs" },
    Kind { list: "/apis/batch/v1/cronjobs", api_version: "batch/v1", kind: "CronJob", prefix: "cronjobs" },
    core("Pod", "/api/v1/pods", "pods"),
];

const fn core(kind: &'static str, list: &'static str, prefix: &'static str) -> Kind {
    Kind { list, api_version: "v1", kind, prefix }
}

const fn apps(kind: &'static str, list: &'static str, prefix: &'static str) -> Kind {
    Kind { list, api_version: "apps/v1", kind, prefix }
}

#[derive(Deserialize)]
struct Page<'a> {
    metadata: PageMeta,
    #[serde(borrow)]
    items: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct PageMeta {
    #[serde(default, rename = "continue")]
    continue_token: String,
}

#[derive(Deserialize)]
struct Object {
    metadata: Named,
}

#[derive(Deserialize)]
struct Named {
    name: String,
    #[serde(default)]
    namespace: String,
}

/// Copies nodes, namespaces, workloads, services, events and pods, and waits until the API server serves them.
pub async fn transplant(from: &Api, to: &mut Storage) -> Result<()> {
    let etcd = to.etcd().client()?;
    for kind in &KINDS {
        copy(from, &etcd, kind).await.context(kind.kind)?;
    }
    to.restart_api_server().await
}

/// The key of a pod.
pub fn pod_key(namespace: &str, name: &str) -> String {
    format!("/registry/pods/{namespace}/{name}")
}

async fn copy(from: &Api, etcd: &EtcdClient, kind: &Kind) -> Result<()> {
    let mut continue_token = String::new();
    loop {
        let text = from.text(&format!("{}?limit={PAGE}&continue={continue_token}", kind.list)).await?;
        let page: Page<'_> = serde_json::from_str(&text)?;
        let objects: Vec<_> = page.items.iter().map(|item| stored(kind, item.get())).collect::<Result<_>>()?;
        let batches = stream::iter(objects.chunks(BATCH)).map(Ok);
        batches.try_for_each_concurrent(WRITERS, async |batch| etcd.put(batch).await).await?;
        continue_token = page.metadata.continue_token;
        if continue_token.is_empty() {
            return Ok(());
        }
    }
}

/// An object as the API server keeps it: its key, and itself with its type, which items of a list have not.
fn stored(kind: &Kind, item: &str) -> Result<(String, String)> {
    let Named { name, namespace } = serde_json::from_str::<Object>(item)?.metadata;
    let place = if namespace.is_empty() { name } else { format!("{namespace}/{name}") };
    let Kind { api_version, kind, prefix, .. } = kind;
    let rest = item.trim_start().strip_prefix('{').context("an item that is no object")?;
    let object = format!("{{\"apiVersion\":\"{api_version}\",\"kind\":\"{kind}\",{rest}");
    Ok((format!("/registry/{prefix}/{place}"), object))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_kept_with_its_type_under_its_namespace_and_name() {
        let pods = KINDS.last().unwrap();
        let (key, object) = stored(pods, r#"{"metadata":{"name":"web-1","namespace":"shop"}}"#).unwrap();
        assert_eq!(key, pod_key("shop", "web-1"));
        assert_eq!(object, r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-1","namespace":"shop"}}"#);
        let (key, _) = stored(&KINDS[1], r#"{"metadata":{"name":"n1"}}"#).unwrap();
        assert_eq!(key, "/registry/minions/n1");
    }
}
