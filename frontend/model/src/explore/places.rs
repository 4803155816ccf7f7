//! Which group each object of a pool is in.

use super::key::Key;
use super::mix::MixMap;
use super::pool::Pool;
use super::value::{Reader, Value};
use crate::store::Store;
use crate::store::rows::RowNumber;

/// The place of what is in no group: a row that has gone since the pool was drawn up.
pub(super) const NOWHERE: u32 = u32::MAX;

/// The groups of a pool by one key, and the group of each object.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The value of each group, in the order in which their first objects were met.
    pub values: Vec<Value>,
    /// The group of each pod of the pool, in its order.
    pub pods: Vec<u32>,
    /// The group of each node of the pool, in its order.
    pub nodes: Vec<u32>,
}

impl Places {
    /// Parts a pool by a key.
    pub fn new(store: &Store, pool: &Pool, key: &Key) -> Self {
        let reader = Reader::new(store, key);
        let mut met = Met::default();
        // What all pods of a template have in common is read once.
        let mut of_template = vec![NOWHERE; if key.is_shared() { store.pods.templates().bound() as usize } else { 0 }];
        let mut pods = Vec::with_capacity(pool.pods.len());
        for number in &pool.pods {
            let place = store.pods.get(*number).map_or(NOWHERE, |pod| {
                let known = of_template.get_mut(pod.template_number() as usize);
                match known {
                    Some(place) if *place != NOWHERE => *place,
                    Some(place) => {
                        *place = met.place(reader.pod(pod));
                        *place
                    }
                    None => met.place(reader.pod(pod)),
                }
            });
            pods.push(place);
        }
        let node = |number: &RowNumber| store.nodes.rows().get(*number).map(|row| reader.node(row));
        let nodes = pool.nodes.iter().map(|number| node(number).map_or(NOWHERE, |value| met.place(value))).collect();
        Self { values: met.values, pods, nodes }
    }

    /// The objects of one group.
    pub fn members(&self, pool: &Pool, group: u32) -> Pool {
        let of = |numbers: &[RowNumber], places: &[u32]| {
            numbers.iter().zip(places).filter(|(_, place)| **place == group).map(|(number, _)| *number).collect()
        };
        Pool {
            pods: of(&pool.pods, &self.pods),
            nodes: of(&pool.nodes, &self.nodes),
            measures_nodes: pool.measures_nodes,
        }
    }
}

/// The values that were met so far.
#[derive(Default)]
struct Met {
    values: Vec<Value>,
    by_value: MixMap<Value, u32>,
    last: Option<(Value, u32)>,
}

impl Met {
    /// The place of the group of a value, which is often that of the object before.
    fn place(&mut self, value: Value) -> u32 {
        if let Some((_, place)) = self.last.filter(|(last, _)| *last == value) {
            return place;
        }
        let next = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        let place = *self.by_value.entry(value).or_insert(next);
        if place == next {
            self.values.push(value);
        }
        self.last = Some((value, place));
        place
    }
}
