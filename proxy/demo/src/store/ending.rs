//! How objects go: at once, or when the last of their finalizers is taken off.

use std::sync::{Arc, PoisonError};

use serde_json::Value;

use super::object::Object;
use super::opened::Scope;
use super::{Key, Store};
use crate::error::ApiError;
use crate::kinds::{Kind, builtin};
use crate::tree;

/// Holds an object until what it owns is gone.
pub const FOREGROUND: &str = "foregroundDeletion";

/// What became of an object that was to go.
#[derive(Debug)]
pub enum Ending {
    /// It is gone; as it was last.
    Gone(Arc<Object>),
    /// Finalizers hold it; as it is now.
    Held(Arc<Object>),
}

impl Store {
    /// Takes an object away, unless finalizers hold it: then it is marked as deleted, and goes when the last of them does.
    pub fn let_go(&self, key: &Key, now: &str) -> Result<Ending, ApiError> {
        let mut is_held = false;
        let marked = self.change(key, Scope::Members(&[]), &mut |opened| {
            is_held = has_finalizers(&opened.value);
            if is_held {
                mark(&mut opened.value, now);
            }
            Ok(())
        })?;
        if is_held { Ok(Ending::Held(marked)) } else { self.delete(key).map(Ending::Gone) }
    }

    /// Takes a namespace away that is to go, once nothing is left in it but what was told of it.
    pub fn finish_namespace(&self, name: &str) {
        let key = Key::new(builtin("", "namespaces"), "", name);
        let is_going = self.get(&key).is_ok_and(|namespace| namespace.field("status.phase") == Some("Terminating"));
        if !is_going || self.kinds_within(name).iter().any(|kind| !kind.is("", "events")) {
            return;
        }
        for kind in self.kinds_within(name) {
            for event in self.list(kind, Some(name)).objects {
                let _ = self.delete(&Key::of(&event));
            }
        }
        // Somebody else may have been faster.
        let _ = self.delete(&key);
    }

    /// The kinds of which there are objects in a namespace.
    fn kinds_within(&self, namespace: &str) -> Vec<&'static Kind> {
        let shelves = self.shelves.read().unwrap_or_else(PoisonError::into_inner);
        let first = shelves.values().map(|shelf| shelf.read().objects.first_of(namespace).map(|object| object.kind));
        first.flatten().collect()
    }
}

/// Whether something is to be done before an object may go.
pub fn has_finalizers(object: &Value) -> bool {
    let finalizers = object.pointer("/metadata/finalizers").and_then(Value::as_array);
    finalizers.is_some_and(|finalizers| !finalizers.is_empty())
}

/// Holds an object by one more finalizer.
pub fn hold(object: &mut Value, finalizer: &str) {
    if !finalizers(object).any(|known| known == finalizer) {
        match object.pointer_mut("/metadata/finalizers").and_then(Value::as_array_mut) {
            Some(finalizers) => finalizers.push(finalizer.into()),
            None => tree::put(object, &["metadata", "finalizers"], [finalizer].as_slice().into()),
        }
    }
}

/// Holds an object by this finalizer no longer.
pub fn free(object: &mut Value, finalizer: &str) {
    let Some(finalizers) = object.pointer_mut("/metadata/finalizers").and_then(Value::as_array_mut) else { return };
    finalizers.retain(|known| known != finalizer);
    let is_empty = finalizers.is_empty();
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut).filter(|_| is_empty) {
        metadata.remove("finalizers");
    }
}

/// The finalizers of an object.
pub fn finalizers(object: &Value) -> impl Iterator<Item = &str> {
    let finalizers = object.pointer("/metadata/finalizers").and_then(Value::as_array);
    finalizers.into_iter().flatten().filter_map(Value::as_str)
}

/// Notes that an object was deleted; if it was before, the time stays.
pub fn mark(object: &mut Value, now: &str) {
    if object.pointer("/metadata/deletionTimestamp").is_none_or(Value::is_null) {
        tree::put(object, &["metadata", "deletionTimestamp"], now.into());
    }
    tree::put(object, &["metadata", "deletionGracePeriodSeconds"], 0.into());
}
