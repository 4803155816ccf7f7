//! Which lists bring annotations: those of the kinds that a page groups or filters by some.

use model::explore::Kind;
use model::k8s::workload::WorkloadKind;
use model::list::ListScanner;
use model::store::annotations::{KeyCount, samples};

use super::api::Resource;
use super::cluster::Cluster;
use super::watched::Watched;

/// What a sample of objects comes as: their metadata alone.
const METADATA: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

impl Cluster {
    /// Keeps the annotations of these kinds with these keys. A list that has come without them is read again; what it brought stays
    /// meanwhile, and its watch brings them anyway.
    pub fn want_annotations(&self, keys: &[String], kinds: &[Kind]) {
        self.store_mut(|s| s.annotations.want(keys, kinds));
        let is_wanted = |key: &str, kind: Kind| self.store(|s| s.annotations.wants(key, kind));
        let mut brought = self.brought().borrow_mut();
        brought.retain(|(key, kind)| is_wanted(key, *kind));
        for kind in kinds {
            let asked = keys.iter().filter(|key| is_wanted(key, *kind)).map(|key| (key.clone(), *kind));
            let missing: Vec<_> = asked.filter(|asked| !brought.contains(asked)).collect();
            if !missing.is_empty() {
                brought.extend(missing);
                self.watched().iter().filter(|list| is_of(*kind, list.label())).for_each(Watched::begin_anew);
            }
        }
    }
}

/// The keys of annotations that some hundred objects of each kind have in these namespaces, or in all; those of the most first.
pub async fn keys(cluster: Cluster, kinds: Vec<Kind>, namespaces: Vec<String>) -> Vec<(String, usize)> {
    let mut found = KeyCount::default();
    for kind in kinds {
        let (namespaces, items) = samples(if kind == Kind::Nodes { &[] } else { &namespaces });
        for resource in namespaces.into_iter().flat_map(|namespace| resources(kind, namespace)) {
            // What may not be listed offers nothing; its card says why.
            if let Ok(body) = cluster.get(&resource.sample(items), METADATA).await {
                let _ = ListScanner::default().feed(&body, |item| found.add(item));
            }
        }
    }
    found.keys()
}

fn resources(kind: Kind, namespace: Option<&str>) -> Vec<Resource> {
    match kind {
        Kind::Pods => vec![Resource::pods(namespace)],
        Kind::Nodes => vec![Resource::nodes()],
        Kind::Services => vec![Resource::of("api/v1", "services", namespace)],
        Kind::Workloads => {
            let kinds = WorkloadKind::ALL.into_iter().filter(|kind| *kind != WorkloadKind::ReplicaSet);
            kinds.map(|kind| Resource::of(kind.path().0, kind.path().1, namespace)).collect()
        }
    }
}

/// Whether a list of this name has objects of a kind.
fn is_of(kind: Kind, label: &str) -> bool {
    match kind {
        Kind::Workloads => WorkloadKind::of_resource(label).is_some(),
        _ => kind.word() == label,
    }
}
