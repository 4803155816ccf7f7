//! The nodes: three zones, three pools, and what is wrong with some.

use super::app::Pool;
use super::origin::Origin;
use super::trouble::NodeTrouble;

mod object;

pub use object::PulledImages;

/// A machine of the cluster.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its number, which its addresses come from.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub pool: Pool,
    /// `a`, `b` or `c`.
    pub zone: char,
    /// How many times larger than the usual machine it is.
    pub scale: u32,
    /// What is wrong with it.
    pub trouble: Option<NodeTrouble>,
}

/// The usual machine.
const CORES: u32 = 16;
const MOST_PODS: u32 = 110;

impl Node {
    /// So many nodes, with room for so many pods in all.
    pub fn fleet(count: u32, pods: u32) -> Vec<Self> {
        let scale = pods.div_ceil(count.max(1)).div_ceil(36).max(1);
        let mut numbers = [0_u32; 9];
        let mut fleet: Vec<Self> = (0..count)
            .map(|number| {
                let pool = if count < 6 { Pool::General } else { pool_of(number) };
                let zone = number % 3;
                let of_kind = numbers.get_mut(pool as usize * 3 + zone as usize);
                let in_pool = of_kind.map_or(0, |of_kind| {
                    *of_kind += 1;
                    *of_kind
                });
                let zone = char::from(b'a' + u8::try_from(zone).unwrap_or(0));
                let name = format!("{}-{zone}-{in_pool:02}", pool.name());
                Self { number, name, pool, zone, scale, trouble: None }
            })
            .collect();
        // At the same place in every fleet that is large enough: one in a hundred has something.
        let troubles = [NodeTrouble::MemoryPressure, NodeTrouble::Flapping, NodeTrouble::Cordoned];
        for (block, trouble) in (0..).step_by(100).take_while(|start| *start < count).zip(troubles.iter().cycle()) {
            let first = if block == 0 { troubles.as_slice() } else { std::slice::from_ref(trouble) };
            for (offset, trouble) in (0..).step_by(3).zip(first).filter(|_| count >= 6) {
                let of_pool = fleet.iter_mut().skip(block as usize + offset).find(|node| node.pool == Pool::General);
                if let Some(node) = of_pool {
                    node.trouble = Some(*trouble);
                }
            }
        }
        fleet
    }

    /// Its address.
    pub fn address(&self) -> String {
        format!("10.0.{}.{}", self.number / 250, self.number % 250 + 4)
    }

    /// The address of the pod with this number on it.
    pub fn pod_address(&self, pod: u32) -> String {
        format!("10.{}.{}.{}", 64 + self.number / 256, self.number % 256, pod % 253 + 2)
    }

    /// Its cores.
    pub fn cores(&self) -> u32 {
        CORES * self.scale
    }

    /// Its memory in gibibytes.
    pub fn mem_gib(&self) -> u32 {
        let per_core = match self.pool {
            Pool::General => 4,
            Pool::Data => 8,
            Pool::Batch => 2,
        };
        self.cores() * per_core
    }

    /// How many pods it takes at most.
    pub fn most_pods(&self) -> u32 {
        MOST_PODS * self.scale
    }

    /// What is left for pods: thousandths of a core, and mebibytes.
    pub fn allocatable(&self) -> (u32, u32) {
        (self.cores() * 1000 - 110, self.mem_gib() * 1024 - 1_180)
    }

    /// The uid of its object.
    pub fn uid(&self, origin: &Origin) -> String {
        origin.uid("Node", "", &self.name)
    }
}

/// Seven of twelve for everything, three for data, two for batch work.
fn pool_of(number: u32) -> Pool {
    match number % 12 {
        3 | 7 | 11 => Pool::Data,
        5 | 10 => Pool::Batch,
        _ => Pool::General,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fleet_has_its_zones_pools_and_troubles() {
        let fleet = Node::fleet(12, 300);
        let count = |pool| fleet.iter().filter(|node| node.pool == pool).count();
        assert_eq!([Pool::General, Pool::Data, Pool::Batch].map(count), [7, 3, 2]);
        for zone in ['a', 'b', 'c'] {
            assert_eq!(fleet.iter().filter(|node| node.zone == zone).count(), 4);
        }
        let troubles: Vec<_> = fleet.iter().filter_map(|node| node.trouble).collect();
        assert_eq!(troubles, [NodeTrouble::MemoryPressure, NodeTrouble::Flapping, NodeTrouble::Cordoned]);
    }

    #[test]
    fn names_and_addresses_are_unique_in_a_large_fleet() {
        let fleet = Node::fleet(5000, 150_000);
        let names: std::collections::HashSet<_> = fleet.iter().map(|node| node.name.clone()).collect();
        let addresses: std::collections::HashSet<_> = fleet.iter().map(Node::address).collect();
        assert_eq!((names.len(), addresses.len()), (5000, 5000));
        assert!(fleet.iter().filter(|node| node.trouble.is_some()).count() >= 50);
    }

    #[test]
    fn a_fleet_of_one_is_for_everything() {
        let fleet = Node::fleet(1, 300);
        assert_eq!((fleet[0].pool, fleet[0].trouble), (Pool::General, None));
        assert!(fleet[0].most_pods() >= 300);
        assert!(Node::fleet(0, 0).is_empty());
    }
}
