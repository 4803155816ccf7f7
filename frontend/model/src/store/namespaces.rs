//! Namespaces: one row each.

use super::names::{Name, Names};
use super::rows::{Rows, Uid};
use crate::k8s::namespace::Namespace;
use crate::k8s::projection::{self, read};
use crate::timestamp;

/// What is kept of a namespace.
#[derive(Clone, Debug)]
pub struct NamespaceRow {
    /// Its identity.
    pub uid: Uid,
    /// Its name, as what lies in it names it.
    pub name: Name,
    /// kubectl's STATUS: `Active` or `Terminating`.
    pub status: Name,
    /// When it was created, in seconds since the epoch.
    pub created_s: Option<i64>,
    /// Its labels.
    pub labels: Box<[(Name, Name)]>,
}

/// All namespaces that are loaded.
#[derive(Debug, Default)]
pub struct Namespaces {
    rows: Rows<NamespaceRow>,
    /// Objects that could not be decoded since the start.
    pub undecodable: u64,
}

impl NamespaceRow {
    /// Each name in it; a field that is added must say here whether it is one.
    pub(super) fn each_name(&self, mark: &mut dyn FnMut(Name)) {
        let Self { uid: _, name, status, created_s: _, labels } = self;
        [*name, *status].into_iter().for_each(&mut *mark);
        labels.iter().flat_map(|(key, value)| [*key, *value]).for_each(mark);
    }
}

impl Namespaces {
    /// The rows.
    pub fn rows(&self) -> &Rows<NamespaceRow> {
        &self.rows
    }

    /// What each part holds of the memory, in bytes.
    pub fn memory(&self) -> Vec<(&'static str, usize)> {
        let own = self.rows.iter().map(|(_, row)| size_of_val(&*row.labels)).sum();
        vec![("rows", self.rows.bytes()), ("labels", own)]
    }

    /// Begins a list.
    pub fn begin(&mut self) -> u32 {
        self.rows.begin()
    }

    /// Ends a list.
    pub fn end(&mut self, epoch: u32) {
        self.rows.sweep(epoch, |_| true);
    }

    /// Takes an object in, new or changed.
    pub fn upsert(&mut self, json: &[u8], names: &mut Names) {
        let Some(namespace) = decode(json) else {
            self.undecodable += 1;
            return;
        };
        let meta = &namespace.metadata;
        let row = NamespaceRow {
            uid: Uid::parse(&meta.uid),
            name: names.intern(&meta.name),
            status: names.intern(&namespace.status.phase),
            created_s: timestamp::seconds(&meta.creation_timestamp),
            labels: names.intern_pairs(&meta.labels),
        };
        self.rows.upsert(row.uid, meta.version(), row);
    }

    /// Takes an object out; of its JSON only the uid counts.
    pub fn delete(&mut self, json: &[u8]) {
        match decode(json) {
            Some(namespace) => {
                self.rows.remove(Uid::parse(&namespace.metadata.uid));
            }
            None => self.undecodable += 1,
        }
    }
}

/// The field mask of what is read of a namespace.
pub fn mask() -> String {
    projection::mask::<Namespace<'_>>()
}

/// Without a uid it is no namespace of a cluster.
fn decode(json: &[u8]) -> Option<Namespace<'_>> {
    read(json).ok().filter(|namespace: &Namespace<'_>| !namespace.metadata.uid.is_empty())
}
