//! What an object owns.

use std::sync::{Arc, PoisonError};

use super::Store;
use super::object::Object;
use crate::kinds::Kind;

impl Store {
    /// The objects of a kind that the owner of this uid controls.
    pub fn owned_by(&self, kind: &'static Kind, uid: &str) -> Vec<Arc<Object>> {
        self.shelf(kind).read().owned_by(uid)
    }

    /// The objects of all kinds that the owner of this uid controls, in an order that is always the same.
    pub fn owned(&self, uid: &str) -> Vec<Arc<Object>> {
        let shelves = self.shelves.read().unwrap_or_else(PoisonError::into_inner);
        let mut owned: Vec<_> = shelves.values().flat_map(|shelf| shelf.read().owned_by(uid)).collect();
        drop(shelves);
        owned.sort_by_cached_key(|object| {
            (object.kind.group, object.kind.plural, Arc::clone(&object.namespace), Arc::clone(&object.name))
        });
        owned
    }
}
