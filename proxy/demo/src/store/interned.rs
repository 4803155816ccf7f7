//! Names and texts that many objects have, kept once.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::rope::{Interner, SHELVES, shelf_of};

/// What objects share.
#[derive(Debug, Default)]
pub struct Interned {
    /// Pieces of JSON.
    pub texts: Interner,
    names: [Mutex<HashSet<Arc<str>>>; SHELVES],
}

/// When a shelf has grown to this, names that nobody holds are thrown away.
const SWEEP_AT: usize = 4096;

impl Interned {
    /// The one copy of a name: of a namespace, a label, a node.
    pub fn name(&self, text: &str) -> Arc<str> {
        let Some(shelf) = self.names.get(shelf_of(text.as_bytes())) else { return text.into() };
        let mut names = shelf.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = names.get(text) {
            return Arc::clone(known);
        }
        if names.len() >= SWEEP_AT && names.len() == names.capacity() {
            names.retain(|name| Arc::strong_count(name) > 1);
        }
        let name: Arc<str> = text.into();
        names.insert(Arc::clone(&name));
        name
    }
}
