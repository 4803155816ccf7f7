//! What nodes and pods use now, from metrics.k8s.io: replaced whole at each interval. "No data" is never zero.

use std::collections::HashMap;

use super::names::{Name, Names};
use crate::k8s::metrics::Metrics;
use crate::k8s::resources::Resources;

/// The newest usage; what is not in it is unknown.
#[derive(Debug, Default)]
pub struct Usage {
    nodes: HashMap<Name, Resources>,
    pods: HashMap<Name, HashMap<Box<str>, Resources>>,
}

impl Usage {
    /// What a node uses.
    pub fn node(&self, name: Name) -> Option<Resources> {
        self.nodes.get(&name).copied()
    }

    /// What a pod uses.
    pub fn pod(&self, namespace: Name, name: &str) -> Option<Resources> {
        self.pods.get(&namespace)?.get(name).copied()
    }

    /// Whether anything is known of nodes.
    pub fn knows_nodes(&self) -> bool {
        !self.nodes.is_empty()
    }

    /// Begins a new reading of the nodes.
    pub fn clear_nodes(&mut self) {
        self.nodes.clear();
    }

    /// Begins a new reading of the pods.
    pub fn clear_pods(&mut self) {
        self.pods.clear();
    }

    /// Takes in one item of the list of node metrics; what cannot be read stays unknown.
    pub fn add_node(&mut self, json: &[u8], names: &mut Names) {
        if let Ok(metrics) = serde_json::from_slice::<Metrics<'_>>(json) {
            self.nodes
                .insert(names.intern(&metrics.metadata.name), metrics.usage());
        }
    }

    /// Takes in one item of the list of pod metrics; what cannot be read stays unknown.
    pub fn add_pod(&mut self, json: &[u8], names: &mut Names) {
        if let Ok(metrics) = serde_json::from_slice::<Metrics<'_>>(json) {
            let namespace = self
                .pods
                .entry(names.intern(&metrics.metadata.namespace))
                .or_default();
            namespace.insert(Box::from(&*metrics.metadata.name), metrics.usage());
        }
    }
}
