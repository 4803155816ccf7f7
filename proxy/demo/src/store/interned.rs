//! Names and texts that many objects have, kept once.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::rope::Interner;

/// What objects share.
#[derive(Debug, Default)]
pub struct Interned {
    /// Pieces of JSON.
    pub texts: Interner,
    names: Mutex<HashSet<Arc<str>>>,
}

/// When there are this many names, those that nobody holds are thrown away.
const SWEEP_AT: usize = 1 << 16;

impl Interned {
    /// The one copy of a name: of a namespace, a label, a node.
    pub fn name(&self, text: &str) -> Arc<str> {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
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
