//! What is known of the groups of one level.

use super::key::Key;
use super::mix::MixSet;
use super::places::Places;
use super::pool::{Other, Pool};
use super::sum::{Crew, Sum};
use super::value::{Reader, Value};
use crate::store::Store;

/// The objects that have one value.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The value.
    pub value: Value,
    /// What is known of them together.
    pub sum: Sum,
    /// The versions that their pods run; those of other objects where no pods are pooled.
    pub versions: Versions,
}

/// How many versions run, and which one where it is only one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Versions {
    /// How many different ones; what tells none does not count.
    pub count: u32,
    /// The first that was met.
    first: Option<Value>,
}

impl Versions {
    /// The version, where all run the same.
    pub fn only(&self) -> Option<Value> {
        self.first.filter(|_| self.count == 1)
    }
}

/// The groups that a pool was parted into.
///
/// `versions` are those of all templates.
pub(super) fn groups(store: &Store, pool: &Pool, places: &Places, versions: &[Value]) -> Vec<Group> {
    let empty = |value: &Value| Group { value: *value, sum: Sum::default(), versions: Versions::default() };
    let mut groups: Vec<Group> = places.values.iter().map(empty).collect();
    let templates = store.pods.templates();
    let mut seen = Seen::default();
    // What all pods of a template request is multiplied once at the end, where one group has all of them.
    let mut crews = vec![Crew::default(); places.templates.len()];
    for (number, place) in pool.pods.iter().zip(&places.pods) {
        let (Some(pod), Some(group)) = (store.pods.get(*number), groups.get_mut(*place as usize)) else { continue };
        let template = pod.template_number() as usize;
        match crews.get_mut(template) {
            Some(crew) => group.sum.add_one_of(crew, pod),
            None => group.sum.add_pod(&pod.share(), pod.usage()),
        }
        if let (None | Some(Crew { pods: 1, .. }), Some(version)) = (crews.get(template), versions.get(template)) {
            seen.count(*place, group, *version);
        }
    }
    for (number, (crew, place)) in (0..).zip(crews.iter().zip(&places.templates)) {
        if let (Some(template), Some(group)) = (templates.get(number), groups.get_mut(*place as usize)) {
            group.sum.add_requests(crew, template);
        }
    }
    let version = pool.measures_nodes.then(|| Reader::new(store, &Key::Version));
    for (other, place) in pool.others.iter().zip(&places.others) {
        let other = Other::get(store, *other);
        let (Some(other), Some(group)) = (other, groups.get_mut(*place as usize)) else { continue };
        group.sum.add_other(store, other, pool.measures_nodes);
        if let Some(version) = &version {
            seen.count(*place, group, version.other(other));
        }
    }
    groups
}

/// The version that the pods of each template run, by the template's number.
#[derive(Debug, Default)]
pub(super) struct TemplateVersions {
    /// Of which templates.
    of: Option<u64>,
    versions: Vec<Value>,
}

impl TemplateVersions {
    /// Of a store: read again only when a template has come or gone.
    pub(super) fn of(&mut self, store: &Store) -> &[Value] {
        let templates = store.pods.templates();
        if self.of.replace(templates.version()) != Some(templates.version()) {
            let reader = Reader::new(store, &Key::Version);
            let version = |number| templates.get(number).map_or(Value::Absent, |template| reader.template(template));
            self.versions = (0..templates.bound()).map(version).collect();
        }
        &self.versions
    }
}

/// The versions that were met in each group.
#[derive(Default)]
struct Seen {
    pairs: MixSet<(u32, Value)>,
    last: Option<(u32, Value)>,
}

impl Seen {
    /// Counts a version where it is new to its group.
    fn count(&mut self, place: u32, group: &mut Group, version: Value) {
        let pair = (place, version);
        // Pods of one template often come one after the other.
        if version == Value::Absent || self.last == Some(pair) {
            return;
        }
        self.last = Some(pair);
        if self.pairs.insert(pair) {
            group.versions.count += 1;
            group.versions.first.get_or_insert(version);
        }
    }
}
