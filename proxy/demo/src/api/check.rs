//! What is checked of an object before it is stored.

use serde_json::Value;

use super::delete;
use crate::error::{ApiError, Cause};
use crate::kinds::{Kind, Kinds, builtin, definition};
use crate::store::{Key, Store};
use crate::{quota, tree};

/// What is stored is read again, and `managedFields` repeats its shape: nesting has a bound well below the reader's.
pub fn depth(object: &Value) -> Result<(), ApiError> {
    if tree::is_deeper(object, tree::MAX_DEPTH) {
        return Err(ApiError::BadRequest(format!("the object is nested more than {} levels deep", tree::MAX_DEPTH)));
    }
    Ok(())
}

/// Whether a namespace takes new objects.
pub fn namespace(store: &Store, kind: &'static Kind, namespace: &str, name: &str) -> Result<(), ApiError> {
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

/// Whether the quotas of its namespace leave room for an object.
pub fn quota(store: &Store, kind: &'static Kind, namespace: &str, object: &Value) -> Result<(), ApiError> {
    let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
    let forbidden = |message| ApiError::Forbidden { kind: Some(kind), name: name.to_owned(), message };
    quota::check(store, kind, (namespace, name), object).map_err(forbidden)
}

/// Whoever names the version that they saw must have seen the latest.
pub fn versions(key: &Key, old: &Value, new: &Value) -> Result<(), ApiError> {
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
pub fn spec(kind: &'static Kind, object: &Value) -> Result<(), ApiError> {
    let mut causes = Vec::new();
    let mut wrong = |reason, field: &str, message: String| {
        causes.push(Cause { reason, message, field: field.to_owned() });
    };
    let (pods_at, pods) = match (kind.group, kind.plural) {
        ("", "pods") => (Some("spec"), object.get("spec")),
        ("apps", "deployments" | "replicasets" | "statefulsets" | "daemonsets") | ("batch", "jobs") => {
            (Some("spec.template.spec"), object.pointer("/spec/template/spec"))
        }
        _ => (None, None),
    };
    if let Some(at) = pods_at {
        let containers = pods.and_then(|pods| pods.get("containers")).and_then(Value::as_array);
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
    if (kind.group, kind.plural) == delete::DEFINITIONS {
        causes.extend(definition::rules::check(object));
    }
    self::causes(kind, object, causes)
}

/// Refuses an object for what is wrong with it, if anything is.
pub fn causes(kind: &'static Kind, object: &Value, causes: Vec<Cause>) -> Result<(), ApiError> {
    if causes.is_empty() {
        return Ok(());
    }
    let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
    Err(ApiError::Invalid(kind, name.to_owned(), causes))
}

/// Whether there is room for the kind of a definition.
pub fn room(kinds: &Kinds, kind: &'static Kind, definition: &Value) -> Result<(), ApiError> {
    let name = definition.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
    definition::kind(kinds, definition).map(drop).map_err(|full| {
        let message = format!("{} \"{name}\" is forbidden: {full}", kind.resource());
        ApiError::Forbidden { kind: Some(kind), name: name.to_owned(), message }
    })
}
