//! The values of the annotations that somebody groups or filters by; of no others anything is kept.
//!
//! Annotations are what objects have least in common, so no template shares them: each value is kept by the uid of its object.

use std::collections::HashMap;

use super::names::{Name, Names};
use super::rows::Uid;
use crate::explore::Kind;
use crate::k8s::annotated::Annotated;
use crate::k8s::projection::read_either;
use crate::pages::PAGE_ITEMS;

/// So many keys are kept at once.
const MOST_KEYS: usize = 8;
/// Longer values are cut here: then what begins alike is one group.
const LONGEST: usize = 128;
/// Fewer objects are not worth looking through everything.
const WORTH_OBJECTS: usize = 1_000;
/// The most namespaces of which some objects are asked for their keys.
const MOST_SAMPLED: usize = 8;

/// The keys that are kept, the one that was asked for last at the end.
#[derive(Debug, Default)]
pub struct Annotations(Vec<Kept>);

/// A key that somebody groups or filters by.
#[derive(Debug)]
struct Kept {
    key: String,
    /// Objects of these kinds bring it.
    kinds: Vec<Kind>,
    /// Values by object.
    values: HashMap<Uid, Option<Name>>,
}

/// Which keys some objects have, and how many of them do.
#[derive(Debug, Default)]
pub struct KeyCount(HashMap<String, usize>);

impl Annotations {
    /// Keeps what objects of these kinds have of these keys from now on; the keys that were asked for longest ago make room.
    pub fn want(&mut self, keys: &[String], kinds: &[Kind]) {
        for key in keys.iter().take(MOST_KEYS).filter(|_| !kinds.is_empty()) {
            let known = self.0.iter().position(|kept| kept.key == *key).map(|at| self.0.remove(at));
            let mut kept =
                known.unwrap_or_else(|| Kept { key: key.clone(), kinds: Vec::new(), values: HashMap::new() });
            let more: Vec<_> = kinds.iter().filter(|kind| !kept.kinds.contains(kind)).copied().collect();
            kept.kinds.extend(more);
            self.0.push(kept);
        }
        self.0.drain(..self.0.len().saturating_sub(MOST_KEYS));
    }

    /// Whether objects of a kind are to bring this key.
    pub fn wants(&self, key: &str, kind: Kind) -> bool {
        self.0.iter().any(|kept| kept.key == key && kept.kinds.contains(&kind))
    }

    /// The field mask of a kind, with annotations where any are wanted of it.
    pub fn in_mask(&self, mask: &str, kind: Kind) -> String {
        let is_wanted = self.0.iter().any(|kept| kept.kinds.contains(&kind));
        let Some((before, fields)) = mask.split_once('(').filter(|_| is_wanted) else {
            return mask.to_owned();
        };
        format!("{before}(annotations=12,{fields}")
    }

    /// Takes in what an object of a kind has of them.
    pub fn upsert(&mut self, object: &[u8], kind: Kind, names: &mut Names) {
        let mut wanted = self.0.iter_mut().filter(|kept| kept.kinds.contains(&kind)).peekable();
        if wanted.peek().is_none() {
            return;
        }
        let Some(Annotated { metadata: object }) = read_either::<Annotated<'_>>(object) else { return };
        let uid = Uid::parse(&object.uid);
        for kept in wanted {
            let found = object.annotations.get(&kept.key);
            kept.values.insert(uid, found.map(|value| names.intern(&cut(value))));
        }
    }

    /// Whether most of what is kept may be of objects that are gone, where there are so many `objects`.
    pub(super) fn are_worth_forgetting(&self, objects: usize) -> bool {
        self.0.iter().any(|kept| kept.values.len() > 2 * objects + WORTH_OBJECTS)
    }

    /// Forgets those of objects that are not there any more. No other has their uid, so this may wait.
    pub(super) fn retain(&mut self, is_there: impl Fn(Uid) -> bool) {
        self.0.iter_mut().for_each(|kept| kept.values.retain(|uid, _| is_there(*uid)));
    }

    /// The values of a key by object, none of those that have it not; none at all where nobody wants them.
    pub fn of(&self, key: &str) -> Option<&HashMap<Uid, Option<Name>>> {
        self.0.iter().find(|kept| kept.key == key).map(|kept| &kept.values)
    }

    /// The keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|kept| kept.key.as_str())
    }

    /// Each name in it.
    pub(super) fn each_name(&self, mark: &mut dyn FnMut(Name)) {
        self.0.iter().flat_map(|kept| kept.values.values()).flatten().for_each(|name| mark(*name));
    }

    /// What each part holds of the memory, in bytes.
    pub fn memory(&self) -> Vec<(&'static str, usize)> {
        let held = self.0.iter().map(|kept| kept.values.capacity() * size_of::<(Uid, Option<Name>)>()).sum();
        vec![("of keys that are asked for", held)]
    }
}

impl KeyCount {
    /// Counts those of an object.
    pub fn add(&mut self, object: &[u8]) {
        let Some(object) = read_either::<Annotated<'_>>(object) else { return };
        for (key, _) in &object.metadata.annotations.0 {
            // What writes annotations by hundreds is not grouped by.
            if self.0.len() < MOST_FOUND || self.0.contains_key(&**key) {
                *self.0.entry(key.to_string()).or_default() += 1;
            }
        }
    }

    /// Those of the most objects first.
    pub fn keys(self) -> Vec<(String, usize)> {
        let mut found: Vec<_> = self.0.into_iter().collect();
        found.sort_unstable_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
        found
    }
}

/// Of which namespaces some objects tell what keys there are, and of how many objects of each. None is all of them, as it is where no
/// namespace is named; of very many named ones some that lie apart are asked.
pub fn samples(named: &[String]) -> (Vec<Option<&str>>, usize) {
    let apart = named.len().div_ceil(MOST_SAMPLED).max(1);
    let mut namespaces: Vec<_> = named.iter().step_by(apart).map(|name| Some(name.as_str())).collect();
    if namespaces.is_empty() {
        namespaces.push(None);
    }
    let each = PAGE_ITEMS as usize / namespaces.len();
    (namespaces, each)
}

/// The most keys that are offered.
const MOST_FOUND: usize = 200;

/// What is kept of a value.
pub(crate) fn cut(value: &str) -> String {
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
        annotations.upsert(&pod("a", &json!({"team": "x"})), Kind::Pods, &mut names);
        assert_eq!((annotations.of("team"), names.find("x")), (None, None));
        annotations.want(&["team".to_owned()], &[Kind::Pods]);
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
            annotations.upsert(&pod("a", &has), Kind::Pods, &mut names);
            assert_eq!(value(&annotations, &names, "a").as_deref(), expect, "{has}");
        }
        assert_eq!(names.find("y"), None);
        annotations.upsert(&pod("b", &json!({"team": "ü".repeat(1_000)})), Kind::Pods, &mut names);
        assert_eq!(value(&annotations, &names, "b"), Some(format!("{}…", "ü".repeat(LONGEST))));
        annotations.retain(|uid| uid != Uid::parse("b"));
        let kept = ["a", "b"].map(|uid| value(&annotations, &names, uid));
        assert_eq!(kept, [Some("x".to_owned()), None]);
        // What was asked for last stays.
        let others: Vec<String> = (0..MOST_KEYS).map(|at| at.to_string()).collect();
        annotations.want(&others[1..], &[Kind::Pods]);
        assert!(annotations.of("team").is_some());
        annotations.want(&["team".to_owned()], &[Kind::Pods]);
        annotations.want(&["another".to_owned()], &[Kind::Pods]);
        assert!(annotations.of("team").is_some(), "what was asked for again made room as the oldest");
        annotations.want(&others[1..], &[Kind::Pods]);
        annotations.want(&others[..1], &[Kind::Pods]);
        assert_eq!((annotations.of("team"), annotations.0.len()), (None, MOST_KEYS));
    }

    #[test]
    fn lists_bring_annotations_only_while_some_are_wanted() {
        let mut annotations = Annotations::default();
        let mask = crate::store::pods::mask();
        assert!(!mask.contains("annotations"), "{mask}");
        assert_eq!(annotations.in_mask(&mask, Kind::Pods), mask);
        annotations.want(&["team".to_owned()], &[Kind::Pods]);
        assert!(annotations.in_mask(&mask, Kind::Pods).starts_with("metadata=1(annotations=12,name=1,"), "{mask}");
        let mask = crate::store::services::mask();
        // A list of another kind stays as it is.
        assert_eq!(annotations.in_mask(&mask, Kind::Services), mask);
        annotations.want(&["team".to_owned()], &[Kind::Services]);
        assert!(annotations.in_mask(&mask, Kind::Services).starts_with("metadata(annotations=12,name=1,"), "{mask}");
    }

    #[test]
    fn each_namespace_that_is_named_tells_its_keys_and_of_very_many_some() {
        let names: Vec<String> = (0..20).map(|at| at.to_string()).collect();
        assert_eq!(samples(&[]), (vec![None], 500));
        assert_eq!(samples(&names[..2]), (vec![Some("0"), Some("1")], 250));
        let (some, each) = samples(&names);
        assert_eq!((some.first(), some.last(), each), (Some(&Some("0")), Some(&Some("18")), 71));
    }

    fn keys(objects: &[Vec<u8>]) -> Vec<(String, usize)> {
        let mut count = KeyCount::default();
        objects.iter().for_each(|object| count.add(object));
        count.keys()
    }

    #[test]
    fn the_keys_of_some_objects_are_bounded_and_the_most_frequent_come_first() {
        let objects = [pod("a", &json!({"b": "1", "a": "1"})), pod("b", &json!({"a": "2"})), b"[]".to_vec()];
        let found = keys(&objects);
        assert_eq!(found, [("a".to_owned(), 2), ("b".to_owned(), 1)]);
        let many: Map<_, _> = (0..1_000).map(|at| (at.to_string(), json!("x"))).collect();
        assert_eq!(keys(&[pod("a", &json!(many))]).len(), MOST_FOUND);
    }
}
