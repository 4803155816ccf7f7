//! Deleting objects: at once, after a grace, or when their finalizers let them go.

use std::sync::Arc;

use http::{Response, StatusCode};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::accept::Format;
use super::answer::{self, Body};
use super::selector::Selector;
use crate::clock::rfc3339;
use crate::error::ApiError;
use crate::kinds::{Kind, Kinds, builtin, definition};
use crate::life;
use crate::store::ending::{self, Ending, FOREGROUND, has_finalizers};
use crate::store::object::Object;
use crate::store::{Key, Store};
use crate::tree;
pub use options::Options;
use options::Propagation;

mod options;

/// The definitions of kinds.
pub const DEFINITIONS: (&str, &str) = ("apiextensions.k8s.io", "customresourcedefinitions");
/// Holds a definition while there are objects of its kind.
const CLEANUP: &str = "customresourcecleanup.apiextensions.k8s.io";
/// Holds an object until what it owns was let go of.
const ORPHAN: &str = "orphan";

/// What is left of an object after it was asked to go.
#[derive(Debug)]
pub enum Outcome {
    /// It is gone.
    Gone(Arc<Object>),
    /// It will go.
    Going(Arc<Object>),
}

/// Deletes an object. A namespace or a definition takes all that is in it along, so this is no work for a thread on which
/// others wait.
pub fn delete(store: &Store, kinds: &Kinds, key: &Key, options: &Options) -> Result<Outcome, ApiError> {
    let object = store.get(key)?;
    options.check(key, &object)?;
    let value = object.value();
    let is_namespace = (key.kind.group, key.kind.plural) == ("", "namespaces");
    let is_definition = (key.kind.group, key.kind.plural) == DEFINITIONS;
    let finalizer = match options.propagation {
        _ if is_namespace || is_definition => None,
        Propagation::Background => None,
        Propagation::Foreground => Some(FOREGROUND),
        Propagation::Orphan => Some(ORPHAN),
    };
    let is_held =
        finalizer.is_some() || has_finalizers(&value) || (is_definition && !empty_of_kind(store, kinds, &value));
    let grace_s = grace(key.kind, &value, options);
    if grace_s == 0 && !is_held && !is_namespace {
        return go(store, kinds, key).map(Outcome::Gone);
    }
    let now = store.clock().now();
    let going = store.update(key, |object| {
        let end = now.saturating_add(SignedDuration::from_secs(grace_s)).unwrap_or(now);
        let earlier = object.pointer("/metadata/deletionGracePeriodSeconds").and_then(Value::as_i64);
        if earlier.is_none_or(|earlier| grace_s < earlier) {
            tree::put(object, &["metadata", "deletionTimestamp"], rfc3339(end).into());
            // Namespaces have no grace of their own.
            if !is_namespace {
                tree::put(object, &["metadata", "deletionGracePeriodSeconds"], grace_s.into());
            }
        }
        if is_namespace {
            tree::put(object, &["status"], json!({ "phase": "Terminating" }));
        }
        if is_definition && !has_finalizers(object) {
            tree::put(object, &["metadata", "finalizers"], json!([CLEANUP]));
        }
        if let Some(finalizer) = finalizer {
            ending::hold(object, finalizer);
        }
    })?;
    if is_namespace {
        empty(store, kinds, &key.name);
        store.finish_namespace(&key.name);
    }
    match finalizer {
        Some(ORPHAN) => {
            orphan(store, kinds, &object);
            release(store, kinds, key, ORPHAN);
        }
        Some(_) if !life::takes_dependents_first(key.kind) || !has_dependents(store, kinds, &object.uid) => {
            collect(store, kinds, &object);
            release(store, kinds, key, FOREGROUND);
        }
        // The rest is done by whoever moves the cluster.
        _ => {}
    }
    Ok(Outcome::Going(going))
}

/// Deletes every object of a kind that a selector chooses; returns them as they were.
pub fn delete_collection(
    store: &Store,
    kinds: &Kinds,
    kind: &'static Kind,
    namespace: Option<&str>,
    selector: &Selector,
    options: &Options,
) -> Result<Vec<Arc<Object>>, ApiError> {
    let list = store.list(kind, namespace);
    let chosen: Vec<_> = list.objects.into_iter().filter(|object| selector.matches(object)).collect();
    for object in &chosen {
        match delete(store, kinds, &Key::of(object), options) {
            // Gone in the meantime: that was the wish.
            Ok(_) | Err(ApiError::NotFound(..)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(chosen)
}

/// Answers a deletion as the kind's own storage does: with the object, or with a word.
pub fn answer(kind: &Kind, outcome: &Outcome, format: Format) -> Response<Body> {
    let object = match outcome {
        Outcome::Gone(object) if kind.group == "apiextensions.k8s.io" => {
            // The API server lets a definition wait for its objects; here they went with it.
            let mut value = object.value();
            let now = value.pointer("/metadata/creationTimestamp").cloned().unwrap_or_default();
            tree::put(&mut value, &["metadata", "deletionTimestamp"], now);
            tree::put(&mut value, &["metadata", "finalizers"], json!([CLEANUP]));
            return answer::object(StatusCode::OK, format, &value);
        }
        Outcome::Gone(object) if !returns_object(kind) => object,
        Outcome::Gone(object) | Outcome::Going(object) => {
            return answer::object(StatusCode::OK, format, &object.value());
        }
    };
    let mut details = json!({ "name": &*object.name, "kind": kind.plural, "uid": &*object.uid });
    if !kind.group.is_empty() {
        tree::put(&mut details, &["group"], kind.group.into());
    }
    let status =
        json!({ "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details });
    answer::object(StatusCode::OK, format, &status)
}

/// Takes an object away that nothing holds any longer, and what goes with it.
pub fn go(store: &Store, kinds: &Kinds, key: &Key) -> Result<Arc<Object>, ApiError> {
    let gone = store.delete(key)?;
    if (key.kind.group, key.kind.plural) == DEFINITIONS {
        definition::withdraw(kinds, &gone.value());
    }
    if !life::collects(key.kind) {
        collect(store, kinds, &gone);
    }
    finish(store, kinds, key);
    Ok(gone)
}

/// Whether an object was only kept by finalizers, of which none is left.
pub fn is_free_to_go(object: &Value) -> bool {
    let metadata = |path: &str| object.pointer(path).filter(|value| !value.is_null());
    let is_going = metadata("/metadata/deletionTimestamp").is_some();
    let grace_s = metadata("/metadata/deletionGracePeriodSeconds").and_then(Value::as_i64);
    is_going && !has_finalizers(object) && grace_s == Some(0)
}

/// Takes one of our finalizers off an object, which goes if that was the last.
fn release(store: &Store, kinds: &Kinds, key: &Key, finalizer: &str) {
    let mut is_free = false;
    let released = store.update(key, |object| {
        ending::free(object, finalizer);
        is_free = is_free_to_go(object);
    });
    if released.is_ok() && is_free {
        // Somebody else may have been faster.
        let _ = go(store, kinds, key);
    }
}

fn has_dependents(store: &Store, kinds: &Kinds, uid: &str) -> bool {
    kinds.all().into_iter().any(|kind| !store.owned_by(kind, uid).is_empty())
}

/// Takes away what an object owns, and what that owns, of which nobody else takes care.
fn collect(store: &Store, kinds: &Kinds, owner: &Object) {
    let now = rfc3339(store.clock().now());
    let mut owners = vec![Arc::clone(&owner.uid)];
    while let Some(uid) = owners.pop() {
        for owned in store.owned(&uid) {
            if owned.kind.is("", "pods") {
                // With its grace; what is gone already needs nothing.
                let _ = delete(store, kinds, &Key::of(&owned), &Options::default());
            } else if let Ok(Ending::Gone(gone)) = store.let_go(&Key::of(&owned), &now)
                && !life::collects(owned.kind)
            {
                owners.push(Arc::clone(&gone.uid));
            }
        }
    }
}

/// How long an object may take to go.
fn grace(kind: &Kind, object: &Value, options: &Options) -> i64 {
    if !kind.is("", "pods") {
        return 0;
    }
    let text = |path: &str| object.pointer(path).and_then(Value::as_str).unwrap_or_default();
    // Where no kubelet runs it, nobody has to be waited for.
    if text("/spec/nodeName").is_empty() || matches!(text("/status/phase"), "Succeeded" | "Failed") {
        return 0;
    }
    let own = object.pointer("/spec/terminationGracePeriodSeconds").and_then(Value::as_i64);
    options.grace_s.or(own).unwrap_or(30).max(0)
}

/// Lets go of everything that an object owns.
fn orphan(store: &Store, kinds: &Kinds, owner: &Object) {
    for kind in kinds.all() {
        for owned in store.owned_by(kind, &owner.uid) {
            // What is gone needs no letting go.
            let _ = store.update(&Key::of(&owned), |object| {
                if let Some(owners) = object.pointer_mut("/metadata/ownerReferences").and_then(Value::as_array_mut) {
                    owners.retain(|one| one["uid"] != *owner.uid);
                }
            });
        }
    }
}

/// Deletes what a namespace holds; what its finalizers hold stays for now.
fn empty(store: &Store, kinds: &Kinds, namespace: &str) {
    let now = rfc3339(store.clock().now());
    for kind in kinds.all().into_iter().filter(|kind| kind.namespaced) {
        for object in store.list(kind, Some(namespace)).objects {
            let _ = store.let_go(&Key::of(&object), &now);
        }
    }
}

/// Deletes what is of a definition's kind; false where finalizers hold some of it.
fn empty_of_kind(store: &Store, kinds: &Kinds, definition: &Value) -> bool {
    let now = rfc3339(store.clock().now());
    let Some(kind) = definition::kind_of(kinds, definition) else { return true };
    for object in store.list(kind, None).objects {
        let _ = store.let_go(&Key::of(&object), &now);
    }
    store.has_none(kind)
}

/// Lets a namespace and a definition go that only waited for an object, which is gone.
fn finish(store: &Store, kinds: &Kinds, gone: &Key) {
    if gone.kind.namespaced {
        store.finish_namespace(&gone.namespace);
    }
    if !gone.kind.is_custom || !store.has_none(gone.kind) {
        return;
    }
    let name = format!("{}.{}", gone.kind.plural, gone.kind.group);
    let key = Key::new(builtin(DEFINITIONS.0, DEFINITIONS.1), "", &name);
    let Ok(definition) = store.get(&key) else { return };
    let definition = definition.value();
    if definition.pointer("/metadata/finalizers") == Some(&json!([CLEANUP])) {
        let _ = store.delete(&key);
        definition::withdraw(kinds, &definition);
    }
}

/// The kinds whose deletion is answered with the object.
fn returns_object(kind: &Kind) -> bool {
    kind.group.is_empty()
        && matches!(
            kind.plural,
            "persistentvolumeclaims"
                | "persistentvolumes"
                | "pods"
                | "podtemplates"
                | "resourcequotas"
                | "serviceaccounts"
                | "services"
        )
}
