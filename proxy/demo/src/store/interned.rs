//! Names and texts that many objects have, kept once.

use std::sync::{Arc, Mutex, PoisonError};

use super::pool::Pool;
use super::rope::{Interner, SHELVES, shelf_of};

/// What objects share.
#[derive(Debug, Default)]
pub struct Interned {
    /// Pieces of JSON.
    pub texts: Interner,
    names: [Mutex<Pool<Arc<str>>>; SHELVES],
}

impl Interned {
    /// The one copy of a name: of a namespace, a label, a node.
    pub fn name(&self, text: &str) -> Arc<str> {
        let Some(shelf) = self.names.get(shelf_of(text.as_bytes())) else { return text.into() };
        let mut names = shelf.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = names.get(text) {
            return known;
        }
        let name: Arc<str> = text.into();
        names.keep(Arc::clone(&name));
        name
    }
}
