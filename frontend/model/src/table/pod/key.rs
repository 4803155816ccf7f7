//! What pods are sorted by: one number for each pod and column.

use std::cmp::Ordering;

use crate::store::Store;
use crate::store::names::Name;
use crate::store::pods::PodView;

use super::{cpu_of_request, mem_of_limit, zone};

/// The keys of one column, for who compares all pods.
pub(super) struct Keys<'s> {
    store: &'s Store,
    column: By,
    /// The rank of each name that the column has, in the order of their texts.
    ranks: Vec<u32>,
}

/// What a column is sorted by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// What leaves the order of names, as that of the names does.
    Nothing,
    Namespace,
    Ready,
    Status,
    Restarts,
    Age,
    Node,
    Ip,
    NominatedNode,
    Gates,
    Zone,
    Cpu,
    Memory,
}

impl By {
    /// By the id of the column.
    pub(super) fn column(id: &str) -> Self {
        match id {
            "namespace" => Self::Namespace,
            "ready" => Self::Ready,
            "status" => Self::Status,
            "restarts" => Self::Restarts,
            "age" => Self::Age,
            "node" => Self::Node,
            "ip" => Self::Ip,
            "nominated-node" => Self::NominatedNode,
            "readiness-gates" => Self::Gates,
            "zone" => Self::Zone,
            "cpu" => Self::Cpu,
            "memory" => Self::Memory,
            _ => Self::Nothing,
        }
    }

    /// Whether keys change with each reading of usage, without an event of their pod.
    pub(super) fn is_usage(self) -> bool {
        matches!(self, Self::Cpu | Self::Memory)
    }

    /// The order of two pods, as their keys have it: few comparisons are cheaper without ranks.
    pub(super) fn order(self, store: &Store, a: Option<PodView<'_>>, b: Option<PodView<'_>>) -> Ordering {
        let (Some(a), Some(b)) = (a, b) else { return a.is_some().cmp(&b.is_some()) };
        let text = |a: Name, b: Name| store.names.text(a).cmp(store.names.text(b));
        match self {
            Self::Namespace => text(a.namespace(), b.namespace()),
            Self::Node => text(a.node(), b.node()),
            Self::Zone => text(zone(store, a), zone(store, b)),
            Self::NominatedNode => text(a.nominated_node(), b.nominated_node()),
            Self::Status => (a.state() as u64).cmp(&(b.state() as u64)).then_with(|| text(a.status(), b.status())),
            column => {
                let keys = Keys { store, column, ranks: Vec::new() };
                keys.of(a).cmp(&keys.of(b))
            }
        }
    }
}

impl<'s> Keys<'s> {
    /// The keys of all pods.
    pub(super) fn new(store: &'s Store, column: By) -> Self {
        let name: Option<fn(&Store, PodView<'_>) -> Name> = match column {
            By::Namespace => Some(|_, pod| pod.namespace()),
            By::Status => Some(|_, pod| pod.status()),
            By::Node => Some(|_, pod| pod.node()),
            By::Zone => Some(zone),
            By::NominatedNode => Some(|_, pod| pod.nominated_node()),
            _ => None,
        };
        Self { store, column, ranks: name.map_or_else(Vec::new, |name| ranks(store, name)) }
    }

    /// The key of a pod.
    pub(super) fn of(&self, pod: PodView<'_>) -> u64 {
        let rank = |name: Name| u64::from(self.ranks.get(name.place()).copied().unwrap_or(0));
        match self.column {
            By::Nothing => 0,
            By::Namespace => rank(pod.namespace()),
            By::Ready => {
                let (ready, all) = pod.ready();
                u64::from(all.saturating_sub(ready)) << 32 | u64::from(ready)
            }
            By::Status => (pod.state() as u64) << 32 | rank(pod.status()),
            By::Restarts => pod.restarts().into(),
            // The younger, the smaller the age; what is unknown comes last.
            By::Age => !pod.created_s().map_or(0, i64::cast_unsigned),
            By::Node => rank(pod.node()),
            By::Zone => rank(zone(self.store, pod)),
            By::Ip => address(pod.ip()),
            By::NominatedNode => rank(pod.nominated_node()),
            By::Gates => {
                let (open, gates) = pod.gates();
                u64::from(gates.saturating_sub(open)) << 32 | u64::from(gates)
            }
            By::Cpu => share(cpu_of_request(pod)),
            By::Memory => share(mem_of_limit(pod)),
        }
    }
}

/// The rank of each name that some pod has; the others have none that means anything.
fn ranks(store: &Store, name: fn(&Store, PodView<'_>) -> Name) -> Vec<u32> {
    let mut ranks = vec![u32::MAX; store.names.count()];
    let mut found = Vec::new();
    for pod in store.pods.iter() {
        let name = name(store, pod);
        if let Some(rank) = ranks.get_mut(name.place()).filter(|rank| **rank == u32::MAX) {
            *rank = 0;
            found.push(name);
        }
    }
    let found = crate::order::sorted(found, |a, b| store.names.text(*a).cmp(store.names.text(*b)));
    for (rank, name) in (0..).zip(found) {
        if let Some(place) = ranks.get_mut(name.place()) {
            *place = rank;
        }
    }
    ranks
}

/// Shares are not negative, so their bits are in their order; what is unknown comes first.
fn share(share: Option<f64>) -> u64 {
    share.map_or(0, |share| share.max(0.0).to_bits() + 1)
}

/// None first, then IPv4 by its numbers, then anything else by its first letters.
fn address(ip: &str) -> u64 {
    if ip.is_empty() {
        return 0;
    }
    let parts = ip.split('.').map(|part| part.parse::<u8>().ok());
    match parts.clone().count() {
        4 => parts.flatten().fold(1, |sum, part| sum << 8 | u64::from(part)),
        _ => ip.bytes().chain(std::iter::repeat(0)).take(7).fold(1, |sum, byte| sum << 8 | u64::from(byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::{address, share};

    #[test]
    fn addresses_and_shares_are_in_order() {
        let ips = ["", "9.0.0.1", "10.0.0.2", "10.0.0.10", "2001:db8::1", "fd00::1"];
        assert!(ips.map(address).is_sorted_by(|a, b| a < b));
        assert!([None, Some(0.0), Some(0.1), Some(1.0), Some(40.0)].map(share).is_sorted_by(|a, b| a < b));
        for odd in ["1.2.3.4.5", "1.2.3.999", "...", "ü"] {
            let _ = address(odd);
        }
    }
}
