//! The `scale` subresource: how many replicas there are to be.

use serde_json::{Value, json};

use super::table;
use crate::error::{ApiError, Cause};
use crate::tree;

/// An object's scale.
pub fn of(object: &Value) -> Value {
    let number = |path: &str| object.pointer(path).and_then(Value::as_i64).unwrap_or_default();
    // None is left out, as the API server does.
    let spec = match number("/spec/replicas") {
        0 => json!({}),
        replicas => json!({ "replicas": replicas }),
    };
    let mut status = json!({ "replicas": number("/status/replicas") });
    let selector = object.pointer("/spec/selector");
    if selector.is_some() {
        tree::put(&mut status, &["selector"], table::selector(selector).into());
    }
    let mut metadata = json!({});
    for name in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
        if let Some(value) = object.get("metadata").and_then(|metadata| metadata.get(name)) {
            tree::put(&mut metadata, &[name], value.clone());
        }
    }
    json!({ "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata, "spec": spec, "status": status })
}

/// Puts the replicas of a scale into its object; its version, too, so that a stale one is noticed.
pub fn put(scale: &Value, object: &mut Value) -> Result<(), ApiError> {
    let replicas = scale.pointer("/spec/replicas").cloned().unwrap_or_else(|| 0.into());
    if !replicas.as_i64().is_some_and(|replicas| (0..=i64::from(i32::MAX)).contains(&replicas)) {
        let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let message = format!("Invalid value: {replicas}: must be greater than or equal to 0");
        let cause = Cause { reason: "FieldValueInvalid", message, field: "spec.replicas".into() };
        return Err(ApiError::InvalidPart("Scale", "autoscaling", name, vec![cause]));
    }
    tree::put(object, &["spec", "replicas"], replicas);
    if let Some(version) = scale.pointer("/metadata/resourceVersion") {
        tree::put(object, &["metadata", "resourceVersion"], version.clone());
    }
    Ok(())
}
