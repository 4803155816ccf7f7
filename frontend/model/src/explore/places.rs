//! Which group each object of a pool is in.

use super::key::Key;
use super::mix::MixMap;
use super::pool::{Other, Pool};
use super::value::{Reader, Value};
use crate::store::Store;

/// The place of what is in no group: a row that has gone since the pool was drawn up.
pub(super) const NOWHERE: u32 = u32::MAX;

/// The groups of a pool by one key, and the group of each object.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The value of each group, in the order in which their first objects were met.
    pub values: Vec<Value>,
    /// The group of each pod of the pool, in its order.
    pub pods: Vec<u32>,
    /// The group of each other object of the pool, in its order.
    pub others: Vec<u32>,
    /// The group of all pods of a template, by its number, where they share the value; else empty.
    pub templates: Vec<u32>,
}

impl Places {
    /// Parts a pool by a key.
    pub fn new(store: &Store, pool: &Pool, key: &Key) -> Self {
        let reader = Reader::new(store, key);
        let mut met = Met::default();
        // What all pods of a template have in common is read once.
        let mut templates = vec![NOWHERE; if key.is_shared() { store.pods.templates().bound() as usize } else { 0 }];
        let mut pods = Vec::with_capacity(pool.pods.len());
        for number in &pool.pods {
            let place = store.pods.get(*number).map_or(NOWHERE, |pod| {
                let known = templates.get_mut(pod.template_number() as usize);
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
        let read = |other| Other::get(store, other).map(|other| reader.other(other));
        let others = pool.others.iter().map(|other| read(*other).map_or(NOWHERE, |value| met.place(value))).collect();
        Self { values: met.values, pods, others, templates }
    }

    /// All of a pool in one group; none where there is nothing.
    pub fn together(pool: &Pool) -> Self {
        let values = if pool.is_empty() { Vec::new() } else { vec![Value::Absent] };
        Self { values, pods: vec![0; pool.pods.len()], others: vec![0; pool.others.len()], templates: Vec::new() }
    }

    /// The objects of one group.
    pub fn members(&self, pool: &Pool, group: u32) -> Pool {
        let pods = pool.pods.iter().zip(&self.pods).filter(|(_, place)| **place == group);
        let others = pool.others.iter().zip(&self.others).filter(|(_, place)| **place == group);
        Pool {
            pods: pods.map(|(number, _)| *number).collect(),
            others: others.map(|(other, _)| *other).collect(),
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
