//! What nodes and pods use now, from metrics.k8s.io: replaced whole at each interval. "No data" is never zero.

use std::collections::HashMap;

use super::names::{Name, Names};
use crate::k8s::metrics::Metrics;
use crate::k8s::projection::read;
use crate::k8s::resources::Resources;

/// The newest usage; what is not in it is unknown.
#[derive(Debug, Default)]
pub struct Usage {
    /// Of nodes.
    pub nodes: NodeUsage,
    /// Of pods.
    pub pods: PodUsage,
}

/// What nodes use, by name.
#[derive(Debug, Default)]
pub struct NodeUsage(HashMap<Name, Resources>);

/// What pods use, by namespace and name.
#[derive(Debug, Default)]
pub struct PodUsage(HashMap<Name, HashMap<Box<str>, Resources>>);

impl NodeUsage {
    /// What a node uses.
    pub fn get(&self, name: Name) -> Option<Resources> {
        self.0.get(&name).copied()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes in one item of the list; what cannot be read stays unknown.
    pub fn add(&mut self, json: &[u8], names: &mut Names) {
        if let Ok(metrics) = read::<Metrics<'_>>(json) {
            self.0.insert(names.intern(&metrics.metadata.name), metrics.usage());
        }
    }
}

impl PodUsage {
    /// What a pod uses.
    pub fn get(&self, namespace: Name, name: &str) -> Option<Resources> {
        self.0.get(&namespace)?.get(name).copied()
    }

    /// Takes in one item of the list; what cannot be read stays unknown.
    pub fn add(&mut self, json: &[u8], names: &mut Names) {
        if let Ok(metrics) = read::<Metrics<'_>>(json) {
            let namespace = self.0.entry(names.intern(&metrics.metadata.namespace)).or_default();
            namespace.insert(Box::from(&*metrics.metadata.name), metrics.usage());
        }
    }
}
