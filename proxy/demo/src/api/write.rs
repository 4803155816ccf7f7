//! Creating, replacing and patching objects.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};

use super::managed::Manager;
use super::patch::Patch;
use super::{check, delete, names, prepare};
use crate::clock::rfc3339;
use crate::error::{ApiError, Cause};
use crate::kinds::{Kind, Kinds, definition};
use crate::random::Random;
use crate::store::object::Object;
use crate::store::opened::Scope;
use crate::store::{Key, Store};
use crate::tree;

/// What a change is to replace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The object, but for its status.
    Main,
    /// Its status.
    Status,
}

/// What a change through the status reads and writes.
const OF_STATUS: Scope = Scope::Members(&["status"]);

/// Creates an object in a namespace; empty for kinds that have none.
pub fn create(
    store: &Store,
    kinds: &Kinds,
    kind: &'static Kind,
    namespace: &str,
    mut object: Value,
    manager: &Manager,
) -> Result<Arc<Object>, ApiError> {
    store.growth.admit()?;
    check::depth(&object)?;
    let sent = |object: &Value, path: &str| object.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    if !sent(&object, "/metadata/resourceVersion").is_empty() {
        return Err(ApiError::BadRequest("resourceVersion should not be set on objects to be created".into()));
    }
    let sent_namespace = sent(&object, "/metadata/namespace");
    if kind.namespaced && !sent_namespace.is_empty() && sent_namespace != namespace {
        return Err(ApiError::BadRequest(
            "the namespace of the provided object does not match the namespace sent on the request".into(),
        ));
    }
    let base = sent(&object, "/metadata/generateName");
    let is_generated = sent(&object, "/metadata/name").is_empty() && !base.is_empty();
    prepare::for_create(kind, &mut object);
    if kind.namespaced {
        tree::put(&mut object, &["metadata", "namespace"], namespace.into());
        check::namespace(store, kind, namespace, &sent(&object, "/metadata/name"))?;
    }
    let is_definition = (kind.group, kind.plural) == delete::DEFINITIONS;
    if is_definition {
        definition::default(&mut object);
        definition::establish(kinds, &mut object, &rfc3339(store.clock().now()));
    }
    loop {
        if is_generated {
            let mut random = Random::named(store.version(), &store.new_uid());
            tree::put(&mut object, &["metadata", "name"], format!("{base}{}", random.suffix(5)).into());
        }
        names::check(kind, &object)?;
        check::spec(kind, &object)?;
        if is_definition {
            check::room(kinds, kind, &object)?;
        }
        if kind.namespaced {
            check::quota(store, kind, namespace, &object)?;
        }
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove("managedFields");
        }
        manager.note(kind, &Value::Null, &mut object, None);
        match store.create(kind, object.clone()) {
            Err(ApiError::AlreadyExists(..)) if is_generated => {}
            created => {
                if is_definition && created.is_ok() {
                    serve(store, kinds, &object);
                }
                return created;
            }
        }
    }
}

/// Replaces an object by what a client sends.
pub fn replace(
    store: &Store,
    kinds: &Kinds,
    key: &Key,
    part: Part,
    new: &Value,
    manager: &Manager,
) -> Result<Arc<Object>, ApiError> {
    let name = new.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
    if name != &*key.name {
        return Err(ApiError::BadRequest(format!(
            "the name of the object ({name}) does not match the name on the URL ({})",
            key.name
        )));
    }
    let namespace = new.pointer("/metadata/namespace").and_then(Value::as_str).unwrap_or_default();
    if key.kind.namespaced && !namespace.is_empty() && namespace != &*key.namespace {
        return Err(ApiError::BadRequest("the namespace of the object does not match the namespace on the URL".into()));
    }
    let has_version = new.pointer("/metadata/resourceVersion").is_some_and(|version| version != "");
    if key.kind.is_custom && !has_version {
        store.get(key)?;
        let message = "Invalid value: 0: must be specified for an update".to_owned();
        let cause = Cause { reason: "FieldValueInvalid", message, field: "metadata.resourceVersion".into() };
        return Err(ApiError::Invalid(key.kind, key.name.to_string(), vec![cause]));
    }
    // Through its status nothing else is written, whatever is sent.
    let scope = if part == Part::Status { OF_STATUS } else { Scope::Unmanaged };
    change(store, kinds, key, (part, scope), manager, &|object: &mut Value| {
        *object = new.clone();
        Ok(())
    })
}

/// Patches an object.
pub fn patch(
    store: &Store,
    kinds: &Kinds,
    key: &Key,
    part: Part,
    patch: &Patch,
    manager: &Manager,
) -> Result<Arc<Object>, ApiError> {
    let scope = match part {
        Part::Status if patch.touches_only(&["metadata", "status"]) => OF_STATUS,
        // A namespace's label is put back where it was taken off, as other defaults are.
        Part::Main if patch.touches_only(&["metadata"]) && !key.kind.is("", "namespaces") => Scope::Members(&[]),
        _ if patch.touches_managers() => Scope::Whole,
        _ => Scope::Unmanaged,
    };
    change(store, kinds, key, (part, scope), manager, &|object: &mut Value| patch.apply(object))
}

/// Changes an object as a client may; removes it where it was only kept by its finalizers.
pub fn change(
    store: &Store,
    kinds: &Kinds,
    key: &Key,
    (part, scope): (Part, Scope),
    manager: &Manager,
    make: &dyn Fn(&mut Value) -> Result<(), ApiError>,
) -> Result<Arc<Object>, ApiError> {
    let is_definition = (key.kind.group, key.kind.plural) == delete::DEFINITIONS && part == Part::Main;
    let mut is_free = false;
    let changed = store.change(key, scope, &mut |opened| {
        let object = &mut opened.value;
        tree::put(object, &["apiVersion"], key.kind.api_version().into());
        tree::put(object, &["kind"], key.kind.name.into());
        let old = object.clone();
        make(object)?;
        // What takes nothing more is done all the same: so room is made.
        store.growth.admit().or_else(|full| if is_longer(object, &old) { Err(full) } else { Ok(()) })?;
        check::depth(object)?;
        check::versions(key, &old, object)?;
        let is_whole = !matches!(scope, Scope::Members(_));
        match part {
            Part::Main => prepare::for_update(key.kind, &old, object),
            Part::Status => prepare::for_status_update(&old, object),
        }
        if part == Part::Main && is_whole {
            prepare::default(key.kind, object);
        }
        if is_whole {
            check::spec(key.kind, object)?;
        }
        if is_whole && is_definition {
            definition::default(object);
            check::causes(key.kind, object, definition::rules::check_change(&old, object))?;
            check::room(kinds, key.kind, object)?;
            definition::accept(object);
        }
        manager.note(key.kind, &old, object, opened.managers.as_mut());
        is_free = delete::is_free_to_go(object);
        Ok(())
    })?;
    if is_definition && !is_free {
        serve(store, kinds, &changed.value());
    }
    if is_free {
        // Somebody else may have been faster.
        let _ = delete::go(store, kinds, key);
    }
    Ok(changed)
}

fn is_longer(object: &Value, other: &Value) -> bool {
    object.to_string().len() > other.to_string().len()
}

/// Serves what a definition asks for, its objects included that are there.
fn serve(store: &Store, kinds: &Kinds, definition: &Value) {
    let before = definition::kind_of(kinds, definition);
    definition::serve(kinds, definition);
    if let Some(now) = definition::kind_of(kinds, definition)
        && before.is_none_or(|before| !std::ptr::eq(before, now))
    {
        store.call(now);
    }
}

/// The answer to an action that has no object of its own.
pub fn success(code: StatusCode) -> Value {
    json!({ "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": code.as_u16() })
}
