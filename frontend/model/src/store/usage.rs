//! What nodes use now, from metrics.k8s.io: replaced whole at each interval. "No data" is never zero. What pods use is a
//! column of theirs.

use super::index::{Index, hash_of};
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
pub struct NodeUsage {
    samples: Vec<(Name, Resources)>,
    by_name: Index,
}

impl Usage {
    /// What each part holds of the memory, in bytes.
    pub fn memory(&self) -> Vec<(&'static str, usize)> {
        let samples = self.nodes.samples.capacity() * size_of::<(Name, Resources)>();
        vec![("of nodes", samples + self.nodes.by_name.bytes())]
    }
}

impl NodeUsage {
    /// What a node uses.
    pub fn get(&self, name: Name) -> Option<Resources> {
        let sample = |place: u32| self.samples.get(place as usize);
        let place = self.by_name.find(hash_of(&name), |place| sample(place).is_some_and(|(other, _)| *other == name));
        sample(place?).map(|(_, used)| *used)
    }

    /// Each name in it.
    pub(super) fn each_name(&self, mark: &mut dyn FnMut(Name)) {
        self.samples.iter().for_each(|(name, _)| mark(*name));
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// Takes in one item of the list, in which each name stands once; what cannot be read stays unknown.
    pub fn add(&mut self, json: &[u8], names: &mut Names) {
        if let Ok(metrics) = read::<Metrics<'_>>(json) {
            let name = names.intern(&metrics.metadata.name);
            self.by_name.insert(hash_of(&name), self.samples.len() as u32);
            self.samples.push((name, metrics.usage()));
        }
    }
}
