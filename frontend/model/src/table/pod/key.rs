//! What pods are sorted by: one number for each pod and column.

use crate::store::Store;
use crate::store::names::Name;
use crate::store::pods::PodView;

use super::{cpu_of_request, mem_of_limit};

/// The keys of one column.
pub(super) struct Keys {
    column: By,
    /// The rank of each name that the column has, in the order of their texts.
    ranks: Vec<u32>,
}

/// What a column is sorted by.
#[derive(Clone, Copy)]
enum By {
    Nothing,
    Namespace,
    Ready,
    Status,
    Restarts,
    Age,
    Node,
    Ip,
    Cpu,
    Memory,
}

impl Keys {
    /// The keys of a column by its id; an unknown one leaves the order of names, as that of the names does.
    pub(super) fn new(store: &Store, column: &str) -> Self {
        let column = match column {
            "namespace" => By::Namespace,
            "ready" => By::Ready,
            "status" => By::Status,
            "restarts" => By::Restarts,
            "age" => By::Age,
            "node" => By::Node,
            "ip" => By::Ip,
            "cpu" => By::Cpu,
            "memory" => By::Memory,
            _ => By::Nothing,
        };
        let name: Option<fn(PodView<'_>) -> Name> = match column {
            By::Namespace => Some(|pod| pod.namespace()),
            By::Status => Some(|pod| pod.status()),
            By::Node => Some(|pod| pod.node()),
            _ => None,
        };
        Self { column, ranks: name.map_or_else(Vec::new, |name| ranks(store, name)) }
    }

    /// Whether all keys are the same, so that the order is that of the names.
    pub(super) fn are_names(&self) -> bool {
        matches!(self.column, By::Nothing)
    }

    /// Whether keys change without an event of their pod.
    pub(super) fn are_usage(&self) -> bool {
        matches!(self.column, By::Cpu | By::Memory)
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
            By::Ip => address(pod.ip()),
            By::Cpu => share(cpu_of_request(pod)),
            By::Memory => share(mem_of_limit(pod)),
        }
    }
}

/// The rank of each name that some pod has; the others have none that means anything.
fn ranks(store: &Store, name: fn(PodView<'_>) -> Name) -> Vec<u32> {
    let mut ranks = vec![u32::MAX; store.names.count()];
    let mut found = Vec::new();
    for pod in store.pods.iter() {
        let name = name(pod);
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
