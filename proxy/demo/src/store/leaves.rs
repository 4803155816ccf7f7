//! Objects in the order in which lists have them, in leaves that snapshots share.
//!
//! A snapshot is a copy of pointers to leaves, a few thousand for the largest cluster, so it is taken under the lock in
//! microseconds and read without it. A write copies the one leaf that it changes, if a snapshot still holds it.

use std::sync::Arc;

use super::object::Object;

/// Objects, sorted by namespace and name.
#[derive(Debug, Clone, Default)]
pub(super) struct Leaves {
    /// None of them is empty.
    leaves: Vec<Arc<Vec<Arc<Object>>>>,
}

/// A leaf that grows beyond this is halved.
const MAX_OBJECTS: usize = 128;

impl Leaves {
    pub(super) fn get(&self, namespace: &str, name: &str) -> Option<&Arc<Object>> {
        let place = (namespace, name);
        let leaf = self.leaves.get(self.leaf_of(place))?;
        leaf.get(position(leaf, place).ok()?)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.leaves.is_empty()
    }

    /// Puts an object into its place; returns the one that was there.
    pub(super) fn insert(&mut self, object: Arc<Object>) -> Option<Arc<Object>> {
        let number = self.leaf_of(place_of(&object));
        let Some(leaf) = self.leaves.get_mut(number) else {
            self.leaves.push(Arc::new(vec![object]));
            return None;
        };
        let leaf = Arc::make_mut(leaf);
        match position(leaf, place_of(&object)) {
            Ok(at) => leaf.get_mut(at).map(|old| std::mem::replace(old, object)),
            Err(at) => {
                leaf.insert(at, object);
                if leaf.len() > MAX_OBJECTS {
                    let half = leaf.split_off(MAX_OBJECTS / 2);
                    self.leaves.insert(number + 1, Arc::new(half));
                }
                None
            }
        }
    }

    /// Takes an object away.
    pub(super) fn remove(&mut self, namespace: &str, name: &str) -> Option<Arc<Object>> {
        let number = self.leaf_of((namespace, name));
        let leaf = self.leaves.get_mut(number)?;
        let at = position(leaf, (namespace, name)).ok()?;
        let leaf = Arc::make_mut(leaf);
        let removed = leaf.remove(at);
        if leaf.is_empty() {
            self.leaves.remove(number);
        }
        Some(removed)
    }

    /// A snapshot of the leaves in which a namespace lies, or of all.
    pub(super) fn snapshot(&self, namespace: Option<&str>) -> Self {
        let Some(namespace) = namespace else { return self.clone() };
        let rest = self.leaves.iter().skip(self.leaf_of((namespace, "")));
        let begins_by =
            |leaf: &&Arc<Vec<Arc<Object>>>| leaf.first().is_some_and(|first| *first.namespace <= *namespace);
        Self { leaves: rest.take_while(begins_by).map(Arc::clone).collect() }
    }

    /// The objects of a namespace, or all.
    pub(super) fn objects(&self, namespace: Option<&str>) -> Vec<Arc<Object>> {
        let all = self.leaves.iter().flat_map(|leaf| leaf.iter());
        match namespace {
            None => all.map(Arc::clone).collect(),
            Some(namespace) => all.filter(|object| *object.namespace == *namespace).map(Arc::clone).collect(),
        }
    }

    /// How many objects of a namespace there are.
    pub(super) fn count(&self, namespace: &str) -> usize {
        let is_of = |object: &&Arc<Object>| *object.namespace == *namespace;
        let rest = self.leaves.iter().skip(self.leaf_of((namespace, "")));
        let within = rest.take_while(|leaf| leaf.first().is_some_and(|first| *first.namespace <= *namespace));
        let count = |leaf: &Arc<Vec<Arc<Object>>>| {
            let is_whole =
                leaf.first().is_some_and(|first| is_of(&first)) && leaf.last().is_some_and(|last| is_of(&last));
            if is_whole { leaf.len() } else { leaf.iter().filter(is_of).count() }
        };
        within.map(count).sum()
    }

    /// The first object of a namespace.
    pub(super) fn first_of(&self, namespace: &str) -> Option<&Arc<Object>> {
        let mut rest = self.leaves.iter().skip(self.leaf_of((namespace, ""))).flat_map(|leaf| leaf.iter());
        rest.find(|object| *object.namespace >= *namespace).filter(|object| *object.namespace == *namespace)
    }

    /// The last leaf that begins at or before a place.
    fn leaf_of(&self, place: (&str, &str)) -> usize {
        let begins_by = |leaf: &Arc<Vec<Arc<Object>>>| leaf.first().is_some_and(|first| place_of(first) <= place);
        self.leaves.partition_point(begins_by).saturating_sub(1)
    }
}

fn position(leaf: &[Arc<Object>], place: (&str, &str)) -> Result<usize, usize> {
    leaf.binary_search_by(|object| place_of(object).cmp(&place))
}

fn place_of(object: &Object) -> (&str, &str) {
    (&object.namespace, &object.name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::json;

    use super::super::interned::Interned;
    use super::super::object::Draft;
    use super::*;
    use crate::kinds::builtin;

    fn pod((namespace, name): &(String, String), version: u64) -> Arc<Object> {
        let value = json!({ "metadata": { "namespace": namespace, "name": name, "resourceVersion": "" } });
        Arc::new(Draft::new(builtin("", "pods"), &value, &Interned::default()).seal(version))
    }

    proptest! {
        #[test]
        fn leaves_hold_what_a_sorted_map_holds(steps in proptest::collection::vec((any::<bool>(), 0..4_u8, 0..150_u16), 0..900)) {
            let (mut leaves, mut map) = (Leaves::default(), BTreeMap::new());
            let mut before = None;
            for (version, (inserts, namespace, name)) in (1..).zip(steps) {
                let place = (format!("n{namespace}"), format!("p{name}"));
                if version == 400 {
                    before = Some((leaves.snapshot(None), map.clone()));
                }
                let previous = if inserts {
                    (leaves.insert(pod(&place, version)), map.insert(place, version))
                } else {
                    (leaves.remove(&place.0, &place.1), map.remove(&place))
                };
                prop_assert_eq!(previous.0.map(|object| object.version), previous.1);
            }
            let versions = |objects: Vec<Arc<Object>>| objects.iter().map(|object| object.version).collect::<Vec<_>>();
            prop_assert_eq!(versions(leaves.objects(None)), map.values().copied().collect::<Vec<_>>());
            for namespace in ["m", "n1", "n3", "z"] {
                let snapshot = leaves.snapshot(Some(namespace)).objects(Some(namespace));
                let of_namespace = map.iter().filter(|((of, _), _)| of == namespace).map(|(_, version)| *version);
                let expect = of_namespace.collect::<Vec<_>>();
                prop_assert_eq!(leaves.count(namespace), expect.len());
                prop_assert_eq!(versions(snapshot), expect);
            }
            for ((namespace, name), version) in &map {
                prop_assert_eq!(leaves.get(namespace, name).map(|object| object.version), Some(*version));
            }
            if let Some((snapshot, then)) = before {
                prop_assert_eq!(versions(snapshot.objects(None)), then.values().copied().collect::<Vec<_>>());
            }
        }
    }
}
