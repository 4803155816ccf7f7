//! The values of the annotations that somebody groups or filters by; of no others anything is kept.
//!
//! Annotations are what objects have least in common, so no template shares them: each value is kept by the uid of its object.

use std::collections::HashMap;

use super::names::{Name, Names};
use super::rows::Uid;
use crate::k8s::annotated::Annotated;
use crate::k8s::projection::{read, read_either};

/// So many keys are kept at once.
const MOST_KEYS: usize = 8;
/// Longer values are cut here: then what begins alike is one group.
const LONGEST: usize = 128;

/// Values by key, and then by object.
#[derive(Debug, Default)]
pub struct Annotations {
    keys: Vec<(String, HashMap<Uid, Option<Name>>)>,
}

impl Annotations {
    /// Keeps the values of these keys from now on; those that were asked for longest ago make room.
    pub fn want(&mut self, keys: &[String]) {
        for key in keys.iter().take(MOST_KEYS) {
            if self.of(key).is_none() {
                self.keys.push((key.clone(), HashMap::new()));
            }
        }
        while self.keys.len() > MOST_KEYS {
            let oldest = self.keys.iter().position(|(key, _)| !keys.contains(key));
            self.keys.remove(oldest.unwrap_or_default());
        }
    }

    /// The field mask of a kind, with annotations where any are wanted.
    pub fn in_mask(&self, mask: &str) -> String {
        let Some((before, fields)) = mask.split_once('(').filter(|_| !self.keys.is_empty()) else {
            return mask.to_owned();
        };
        format!("{before}(annotations=12,{fields}")
    }

    /// Takes in what an object has of them.
    pub fn upsert(&mut self, object: &[u8], names: &mut Names) {
        if self.keys.is_empty() {
            return;
        }
        let Some(Annotated { metadata: object }) = read_either::<Annotated<'_>>(object) else { return };
        let uid = Uid::parse(&object.uid);
        for (key, values) in &mut self.keys {
            let found = object.annotations.0.iter().find(|(name, _)| **name == **key);
            values.insert(uid, found.map(|(_, value)| names.intern(&cut(value))));
        }
    }

    /// Forgets those of objects that are not there any more. No other has their uid, so this may wait.
    pub(super) fn retain(&mut self, is_there: impl Fn(Uid) -> bool) {
        self.keys.iter_mut().for_each(|(_, values)| values.retain(|uid, _| is_there(*uid)));
    }

    /// The values of a key by object, none of those that have it not; none at all where nobody wants them.
    pub fn of(&self, key: &str) -> Option<&HashMap<Uid, Option<Name>>> {
        self.keys.iter().find(|(wanted, _)| wanted == key).map(|(_, values)| values)
    }

    /// The keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|(key, _)| key.as_str())
    }

    /// Each name in it.
    pub(super) fn each_name(&self, mark: &mut dyn FnMut(Name)) {
        self.keys.iter().flat_map(|(_, values)| values.values()).flatten().for_each(|name| mark(*name));
    }

    /// What each part holds of the memory, in bytes.
    pub fn memory(&self) -> Vec<(&'static str, usize)> {
        let held = self.keys.iter().map(|(_, values)| values.capacity() * size_of::<(Uid, Option<Name>)>()).sum();
        vec![("of keys that are asked for", held)]
    }
}

/// The keys that some objects have, with how many do, those of the most first. `json` are objects.
pub fn keys<'j>(json: impl IntoIterator<Item = &'j [u8]>) -> Vec<(String, usize)> {
    let mut found: HashMap<String, usize> = HashMap::new();
    for object in json.into_iter().filter_map(|json| read::<Annotated<'_>>(json).ok()) {
        for (key, _) in &object.metadata.annotations.0 {
            // What writes annotations by hundreds is not grouped by.
            if found.len() < MOST_FOUND || found.contains_key(&**key) {
                *found.entry(key.to_string()).or_default() += 1;
            }
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_unstable_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
    found
}

/// The most keys that are offered.
const MOST_FOUND: usize = 200;

fn cut(value: &str) -> String {
    match value.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::*;

    fn pod(uid: &str, annotations: &Value) -> Vec<u8> {
        json!({"metadata": {"uid": uid, "name": uid, "annotations": annotations}}).to_string().into_bytes()
    }

    #[test]
    fn only_what_is_wanted_is_kept_and_it_follows_its_object() {
        let (mut annotations, mut names) = (Annotations::default(), Names::default());
        annotations.upsert(&pod("a", &json!({"team": "x"})), &mut names);
        assert_eq!((annotations.of("team"), names.find("x")), (None, None));
        annotations.want(&["team".to_owned()]);
        let value = |annotations: &Annotations, names: &Names, uid: &str| {
            let name = annotations.of("team").unwrap().get(&Uid::parse(uid)).copied().flatten();
            name.map(|name| names.text(name).to_owned())
        };
        for (has, expect) in [
            (json!({"team": "x", "note": "y"}), Some("x")),
            (json!({"team": "z"}), Some("z")),
            (json!({"team": ""}), Some("")),
            (json!({"note": "y"}), None),
            (json!(null), None),
            (json!({"team": "x"}), Some("x")),
        ] {
            annotations.upsert(&pod("a", &has), &mut names);
            assert_eq!(value(&annotations, &names, "a").as_deref(), expect, "{has}");
        }
        assert_eq!(names.find("y"), None);
        annotations.upsert(&pod("b", &json!({"team": "ü".repeat(1_000)})), &mut names);
        assert_eq!(value(&annotations, &names, "b"), Some(format!("{}…", "ü".repeat(LONGEST))));
        annotations.retain(|uid| uid != Uid::parse("b"));
        let kept = ["a", "b"].map(|uid| value(&annotations, &names, uid));
        assert_eq!(kept, [Some("x".to_owned()), None]);
        // What was asked for last stays.
        let others: Vec<String> = (0..MOST_KEYS).map(|at| at.to_string()).collect();
        annotations.want(&others[1..]);
        assert!(annotations.of("team").is_some());
        annotations.want(&others[..1]);
        assert_eq!((annotations.of("team"), annotations.keys.len()), (None, MOST_KEYS));
    }

    #[test]
    fn lists_bring_annotations_only_while_some_are_wanted() {
        let mut annotations = Annotations::default();
        let mask = crate::store::pods::mask();
        assert!(!mask.contains("annotations"), "{mask}");
        assert_eq!(annotations.in_mask(&mask), mask);
        annotations.want(&["team".to_owned()]);
        assert!(annotations.in_mask(&mask).starts_with("metadata=1(annotations=12,name=1,"), "{mask}");
        let mask = crate::store::services::mask();
        assert!(annotations.in_mask(&mask).starts_with("metadata(annotations=12,name=1,"), "{mask}");
    }

    #[test]
    fn the_keys_of_some_objects_are_bounded_and_the_most_frequent_come_first() {
        let objects = [pod("a", &json!({"b": "1", "a": "1"})), pod("b", &json!({"a": "2"})), b"[]".to_vec()];
        let found = keys(objects.iter().map(Vec::as_slice));
        assert_eq!(found, [("a".to_owned(), 2), ("b".to_owned(), 1)]);
        let many: Map<_, _> = (0..1_000).map(|at| (at.to_string(), json!("x"))).collect();
        assert_eq!(keys([pod("a", &json!(many)).as_slice()]).len(), MOST_FOUND);
    }
}
