//! Creating, replacing and patching objects.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};

use super::managed::Manager;
use super::patch::Patch;
use super::{delete, names, prepare};
use crate::clock::rfc3339;
use crate::error::{ApiError, Cause};
use crate::kinds::{Kind, Kinds, builtin, definition};
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
    check_depth(&object)?;
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
        check_namespace(store, kind, namespace, &sent(&object, "/metadata/name"))?;
    }
    if (kind.group, kind.plural) == ("apiextensions.k8s.io", "customresourcedefinitions") {
        definition::establish(&mut object, &rfc3339(store.clock().now()));
    }
    loop {
        if is_generated {
            let mut random = Random::named(store.version(), &store.new_uid());
            tree::put(&mut object, &["metadata", "name"], format!("{base}{}", random.suffix(5)).into());
        }
        names::check(kind, &object)?;
        check_spec(kind, &object)?;
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove("managedFields");
        }
        manager.note(kind, &Value::Null, &mut object, None);
        match store.create(kind, object.clone()) {
            Err(ApiError::AlreadyExists(..)) if is_generated => {}
            created => {
                if created.is_ok() {
                    after_create(kinds, kind, &object);
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
        Part::Main if patch.touches_only(&["metadata"]) && key.kind.plural != "namespaces" => Scope::Members(&[]),
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
    let mut is_free = false;
    let changed = store.change(key, scope, &mut |opened| {
        let object = &mut opened.value;
        tree::put(object, &["apiVersion"], key.kind.api_version().into());
        tree::put(object, &["kind"], key.kind.name.into());
        let old = object.clone();
        make(object)?;
        check_depth(object)?;
        check_versions(key, &old, object)?;
        let is_whole = !matches!(scope, Scope::Members(_));
        match part {
            Part::Main => prepare::for_update(key.kind, &old, object),
            Part::Status => prepare::for_status_update(&old, object),
        }
        if part == Part::Main && is_whole {
            prepare::default(key.kind, object);
        }
        if is_whole {
            check_spec(key.kind, object)?;
        }
        manager.note(key.kind, &old, object, opened.managers.as_mut());
        is_free = is_free_to_go(object);
        Ok(())
    })?;
    if is_free {
        // Somebody else may have been faster.
        let _ = store.delete(key);
        delete::finish(store, kinds, key);
    }
    Ok(changed)
}

/// What is stored is read again, and `managedFields` repeats its shape: nesting has a bound well below the reader's.
fn check_depth(object: &Value) -> Result<(), ApiError> {
    if tree::is_deeper(object, tree::MAX_DEPTH) {
        return Err(ApiError::BadRequest(format!("the object is nested more than {} levels deep", tree::MAX_DEPTH)));
    }
    Ok(())
}

/// Whether an object was only kept by finalizers, of which none is left.
fn is_free_to_go(object: &Value) -> bool {
    let metadata = |path: &str| object.pointer(path).filter(|value| !value.is_null());
    let is_going = metadata("/metadata/deletionTimestamp").is_some();
    let is_held = metadata("/metadata/finalizers").and_then(Value::as_array).is_some_and(|held| !held.is_empty());
    is_going && !is_held && metadata("/metadata/deletionGracePeriodSeconds").and_then(Value::as_i64) == Some(0)
}

/// What a new object brings with it.
fn after_create(kinds: &Kinds, kind: &Kind, object: &Value) {
    if (kind.group, kind.plural) == ("apiextensions.k8s.io", "customresourcedefinitions") {
        definition::serve(kinds, object);
    }
}

fn check_namespace(store: &Store, kind: &'static Kind, namespace: &str, name: &str) -> Result<(), ApiError> {
    let key = Key::new(builtin("", "namespaces"), "", namespace);
    let found = store.get(&key)?;
    if found.field("status.phase") == Some("Terminating") {
        let message = format!(
            "{} \"{name}\" is forbidden: unable to create new content in namespace {namespace} because it is being \
             terminated",
            kind.resource()
        );
        return Err(ApiError::Forbidden { kind: Some(kind), name: name.to_owned(), message });
    }
    Ok(())
}

/// Whoever names the version that they saw must have seen the latest.
fn check_versions(key: &Key, old: &Value, new: &Value) -> Result<(), ApiError> {
    let text = |object: &Value, path: &str| object.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (old_version, new_version) = (text(old, "/metadata/resourceVersion"), text(new, "/metadata/resourceVersion"));
    if !new_version.is_empty() && new_version != old_version {
        return Err(ApiError::Conflict(key.kind, key.name.to_string()));
    }
    let (old_uid, new_uid) = (text(old, "/metadata/uid"), text(new, "/metadata/uid"));
    if !new_uid.is_empty() && new_uid != old_uid {
        let why = format!("Precondition failed: UID in precondition: {new_uid}, UID in object meta: {old_uid}");
        return Err(ApiError::Precondition(key.kind, key.name.to_string(), why));
    }
    let name = text(new, "/metadata/name");
    if name != *key.name {
        let why = format!("the name of the object ({name}) does not match the name on the URL ({})", key.name);
        return Err(ApiError::BadRequest(why));
    }
    Ok(())
}

/// The rules that people break most often; the rest is left to the eye.
fn check_spec(kind: &'static Kind, object: &Value) -> Result<(), ApiError> {
    let mut causes = Vec::new();
    let mut wrong = |reason, field: &str, message: String| {
        causes.push(Cause { reason, message, field: field.to_owned() });
    };
    let (pods_at, spec) = match (kind.group, kind.plural) {
        ("", "pods") => (Some("spec"), object.get("spec")),
        ("apps", "deployments" | "replicasets" | "statefulsets" | "daemonsets") | ("batch", "jobs") => {
            (Some("spec.template.spec"), object.pointer("/spec/template/spec"))
        }
        _ => (None, None),
    };
    if let Some(at) = pods_at {
        let containers = spec.and_then(|spec| spec.get("containers")).and_then(Value::as_array);
        if containers.is_none_or(Vec::is_empty) {
            wrong("FieldValueRequired", &format!("{at}.containers"), "Required value".into());
        }
        for (number, container) in containers.into_iter().flatten().enumerate() {
            for name in ["name", "image"] {
                if container.get(name).and_then(Value::as_str).unwrap_or_default().is_empty() {
                    let field = format!("{at}.containers[{number}].{name}");
                    wrong("FieldValueRequired", &field, "Required value".into());
                }
            }
        }
    }
    if let Some(replicas) = object.pointer("/spec/replicas").and_then(Value::as_i64)
        && kind.subresource("scale").is_some()
        && replicas < 0
    {
        let message = format!("Invalid value: {replicas}: must be greater than or equal to 0");
        wrong("FieldValueInvalid", "spec.replicas", message);
    }
    if causes.is_empty() {
        return Ok(());
    }
    let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
    Err(ApiError::Invalid(kind, name.to_owned(), causes))
}

/// The answer to an action that has no object of its own.
pub fn success(code: StatusCode) -> Value {
    json!({ "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": code.as_u16() })
}
