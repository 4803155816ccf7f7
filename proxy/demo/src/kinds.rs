//! The kinds that the cluster serves, as data: one path of code stores, lists, watches and prints all of them.

use std::hash::{Hash, Hasher};
use std::sync::{Mutex, PoisonError, RwLock};

pub mod builtin;
pub mod definition;

/// A kind of object and the resource under which it is served.
#[derive(Debug)]
pub struct Kind {
    /// The API group; empty for the core.
    pub group: &'static str,
    /// The version in which it is served and stored.
    pub version: &'static str,
    /// The resource, as paths have it.
    pub plural: &'static str,
    /// The resource, as people say it; empty where it is the kind in small letters.
    pub singular: &'static str,
    /// The kind, as objects have it.
    pub name: &'static str,
    /// What kubectl also knows it by.
    pub short: &'static [&'static str],
    /// The groups of kinds that it belongs to.
    pub categories: &'static [&'static str],
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// What can be done with it.
    pub verbs: &'static [&'static str],
    /// What lies below its objects.
    pub subresources: &'static [Subresource],
    /// The fields that lists may be selected by, besides name and namespace.
    pub selectable: &'static [&'static str],
    /// Whether changes of its spec are counted in `metadata.generation`.
    pub has_generation: bool,
    /// Whether a CustomResourceDefinition made it.
    pub is_custom: bool,
}

/// Something below an object that can be asked for by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subresource {
    /// Its name in paths.
    pub name: &'static str,
    /// The kind of its bodies.
    pub kind: &'static str,
    /// The group of that kind.
    pub group: &'static str,
    /// The version of that kind.
    pub version: &'static str,
    /// What can be done with it.
    pub verbs: &'static [&'static str],
}

/// The kinds that are served now: those that are built in, and those of CustomResourceDefinitions.
#[derive(Debug)]
pub struct Kinds {
    served: RwLock<Vec<&'static Kind>>,
    /// Those that definitions have made so far, served or not, and the length of their texts.
    made: Mutex<(Vec<&'static Kind>, usize)>,
}

/// A kind lives as long as the process, so there is an end to those that definitions make, and to their texts.
const MAX_KINDS: usize = 1000;
const MAX_TEXT_BYTES: usize = 1 << 20;

impl Kind {
    /// Whether it is this one: a definition may give the same plural to a kind of its own group.
    pub fn is(&self, group: &str, plural: &str) -> bool {
        (self.group, self.plural) == (group, plural)
    }

    /// `v1`, `apps/v1`.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.to_owned() } else { format!("{}/{}", self.group, self.version) }
    }

    /// `pods`, `deployments.apps`: how errors name a resource.
    pub fn resource(&self) -> String {
        if self.group.is_empty() { self.plural.to_owned() } else { format!("{}.{}", self.plural, self.group) }
    }

    /// `Pod`, `Deployment.apps`: how errors name a kind.
    pub fn qualified(&self) -> String {
        if self.group.is_empty() { self.name.to_owned() } else { format!("{}.{}", self.name, self.group) }
    }

    /// What lies below its objects under this name.
    pub fn subresource(&self, name: &str) -> Option<&'static Subresource> {
        self.subresources.iter().find(|sub| sub.name == name)
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        (self.group, self.plural) == (other.group, other.plural)
    }
}

impl Eq for Kind {}

impl Hash for Kind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.group, self.plural).hash(state);
    }
}

impl Default for Kinds {
    fn default() -> Self {
        Self { served: RwLock::new(builtin::ALL.iter().collect()), made: Mutex::default() }
    }
}

impl Kinds {
    /// All that are served, built-in ones first.
    pub fn all(&self) -> Vec<&'static Kind> {
        self.served.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The kind of a resource.
    pub fn find(&self, group: &str, version: &str, plural: &str) -> Option<&'static Kind> {
        self.all().into_iter().find(|kind| (kind.group, kind.version, kind.plural) == (group, version, plural))
    }

    /// The kind that a definition asks for: one that is as wanted already, or a new one of so many bytes of text; none where
    /// there is no room for it.
    pub fn made(
        &self,
        is_wanted: impl Fn(&Kind) -> bool,
        text_bytes: usize,
        make: impl FnOnce() -> Kind,
    ) -> Option<&'static Kind> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let (kinds, bytes) = &mut *made;
        if let Some(known) = kinds.iter().copied().find(|kind| is_wanted(kind)) {
            return Some(known);
        }
        if kinds.len() >= MAX_KINDS || text_bytes > MAX_TEXT_BYTES - *bytes {
            return None;
        }
        let kind: &'static Kind = Box::leak(Box::new(make()));
        kinds.push(kind);
        *bytes += text_bytes;
        Some(kind)
    }

    /// Serves a kind of a definition, in the place of the one that the definition made before.
    pub fn serve(&self, kind: &'static Kind) {
        let mut served = self.served.write().unwrap_or_else(PoisonError::into_inner);
        served.retain(|known| !known.is_custom || *known != kind);
        served.push(kind);
    }

    /// Serves a kind of a definition no longer.
    pub fn remove(&self, group: &str, plural: &str) {
        let mut served = self.served.write().unwrap_or_else(PoisonError::into_inner);
        served.retain(|kind| !kind.is_custom || (kind.group, kind.plural) != (group, plural));
    }
}

/// A built-in kind, for code that needs one by name.
///
/// # Panics
/// Never for the names in [`builtin`]; a wrong name shows in the first test.
pub fn builtin(group: &str, plural: &str) -> &'static Kind {
    builtin::ALL
        .iter()
        .find(|kind| (kind.group, kind.plural) == (group, plural))
        .expect("only kinds of the table are asked for by name")
}
