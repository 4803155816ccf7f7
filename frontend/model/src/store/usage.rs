//! What nodes use now, from metrics.k8s.io: replaced whole at each interval. "No data" is never zero. What pods use is a
//! column of theirs.

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
}

/// What nodes use, by name.
#[derive(Debug, Default)]
pub struct NodeUsage(HashMap<Name, Resources>);

impl Usage {
    /// What each part holds of the memory, in bytes.
    pub fn memory(&self) -> Vec<(&'static str, usize)> {
        vec![("of nodes", self.nodes.0.capacity() * (size_of::<(Name, Resources)>() + 1))]
    }
}

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
