//! EndpointSlices follow the pods of their services.

use std::sync::Arc;

use serde_json::{Value, json};

use super::cluster::Cluster;
use crate::company::moment::Moment;
use crate::company::network::{self, Endpoint};
use crate::company::origin::Origin;
use crate::kinds::builtin;
use crate::store::Key;
use crate::store::object::Object;

impl Cluster {
    /// Brings a service's slices up to date with its pods.
    pub(super) fn sync_endpoints(&mut self, service: &Arc<Object>) {
        let endpoints = self.endpoints_of(service);
        let Some(endpoints) = endpoints else { return };
        let origin = Origin { seed: service.version, now: self.now };
        let wanted = network::slices(&origin, &service.value(), &endpoints);
        let mut have = self.store.owned_by(builtin("discovery.k8s.io", "endpointslices"), &service.uid);
        have.sort_by(|one, other| one.name.cmp(&other.name));
        for (slice, known) in wanted.iter().zip(&have) {
            let (endpoints, ports) = (slice.get("endpoints").cloned(), slice.get("ports").cloned());
            self.change(&Key::of(known), |known| {
                known["endpoints"] = endpoints.clone().unwrap_or(json!([]));
                known["ports"] = ports.clone().unwrap_or(json!([]));
            });
        }
        for slice in wanted.into_iter().skip(have.len()) {
            // A name that is taken is tried with another one at the next change.
            let _ = self.store.create(builtin("discovery.k8s.io", "endpointslices"), slice);
        }
        let kept = endpoints.len().div_ceil(network::MOST_ENDPOINTS).max(1);
        for surplus in have.iter().skip(kept) {
            self.let_go(&Key::of(surplus));
        }
    }

    /// The pods that a service selects, where they can be reached; none for a service without a selector.
    fn endpoints_of(&self, service: &Object) -> Option<Vec<Endpoint>> {
        let key = Key::of(service);
        let selecting = self.selecting.get(&service.namespace)?;
        let (_, labels) = selecting.iter().find(|(known, _)| *known == key)?;
        let pods = self.pods_with(&service.namespace, labels);
        let endpoint = |pod: Arc<Object>| {
            let address = pod.field("status.podIP").filter(|address| !address.is_empty())?.to_owned();
            if self.leaving.contains(&pod.uid) || pod.field("status.phase") != Some("Running") {
                return None;
            }
            let node = pod.field("spec.nodeName").unwrap_or_default().to_owned();
            let zone = self.rooms.get(&node).map(|room| room.zone.clone()).unwrap_or_default();
            let ready = self.is_ready(&pod);
            Some(Endpoint { name: pod.name.to_string(), uid: pod.uid.to_string(), address, node, zone, ready })
        };
        Some(pods.into_iter().filter_map(endpoint).collect())
    }

    /// The pods of a namespace that have these labels.
    pub(super) fn pods_with(&self, namespace: &str, labels: &[(String, String)]) -> Vec<Arc<Object>> {
        let pods = self.store.list(builtin("", "pods"), Some(namespace)).objects;
        let matches = |pod: &Arc<Object>| labels.iter().all(|(name, value)| pod.label(name) == Some(value));
        pods.into_iter().filter(matches).collect()
    }
}

/// The moment at which a value says that something began.
pub(super) fn since(value: &Value, pointer: &str) -> Option<Moment> {
    value.pointer(pointer).and_then(Value::as_str).and_then(Moment::parse)
}
