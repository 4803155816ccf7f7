//! Strategic merge patches: merge patches that know which lists are sets, and by which of their members.

use serde_json::{Map, Value};

use crate::error::ApiError;

/// Lists whose items are merged by a member, as the Go types of the API declare them.
const MERGE_KEYS: &[(&str, &[&str])] = &[
    ("addresses", &["type"]),
    ("allocatedResourcesStatus", &["name"]),
    ("conditions", &["type"]),
    ("containers", &["name"]),
    ("env", &["name"]),
    ("ephemeralContainers", &["name"]),
    ("hostAliases", &["ip"]),
    ("hostIPs", &["ip"]),
    ("imagePullSecrets", &["name"]),
    ("initContainers", &["name"]),
    ("ownerReferences", &["uid"]),
    ("podIPs", &["ip"]),
    // Of containers and of Services.
    ("ports", &["containerPort", "port"]),
    ("resourceClaims", &["name"]),
    ("secrets", &["name"]),
    ("taints", &["key"]),
    ("topologySpreadConstraints", &["topologyKey"]),
    ("volumeDevices", &["devicePath"]),
    ("volumeMounts", &["mountPath"]),
    ("volumes", &["name"]),
];
/// Lists of texts that are sets.
const SETS: &[&str] = &["finalizers"];
const DIRECTIVE: &str = "$patch";
const RETAIN: &str = "$retainKeys";
const ORDER: &str = "$setElementOrder/";
const DELETE_FROM: &str = "$deleteFromPrimitiveList/";

/// Applies a patch.
pub fn apply(target: &mut Value, patch: &Value) -> Result<(), ApiError> {
    let (Value::Object(members), Value::Object(changes)) = (&mut *target, patch) else {
        *target = patch.clone();
        return Ok(());
    };
    match directive(changes)? {
        Directive::Merge => merge(members, changes),
        Directive::Replace => {
            *members = without_directives(changes);
            Ok(())
        }
        Directive::Delete => {
            members.clear();
            Ok(())
        }
    }
}

/// What a patch wants with what it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Directive {
    Merge,
    Replace,
    Delete,
}

fn directive(changes: &Map<String, Value>) -> Result<Directive, ApiError> {
    match changes.get(DIRECTIVE).map(|value| value.as_str().unwrap_or_default()) {
        None | Some("merge") => Ok(Directive::Merge),
        Some("replace") => Ok(Directive::Replace),
        Some("delete") => Ok(Directive::Delete),
        Some(other) => Err(ApiError::BadRequest(format!("unable to find api field: {DIRECTIVE} {other}"))),
    }
}

fn merge(members: &mut Map<String, Value>, changes: &Map<String, Value>) -> Result<(), ApiError> {
    if let Some(retained) = changes.get(RETAIN).and_then(Value::as_array) {
        members.retain(|name, _| retained.iter().any(|kept| kept.as_str() == Some(name)));
    }
    for (name, change) in changes {
        if let Some(list) = name.strip_prefix(DELETE_FROM) {
            if let (Some(Value::Array(items)), Value::Array(gone)) = (members.get_mut(list), change) {
                items.retain(|item| !gone.contains(item));
            }
            continue;
        }
        if name.starts_with('$') {
            continue;
        }
        match change {
            Value::Null => drop(members.remove(name)),
            Value::Array(items) => {
                let merged = list(name, members.remove(name), items, changes.get(&format!("{ORDER}{name}")))?;
                members.insert(name.clone(), merged);
            }
            Value::Object(inner) => {
                // An object that is not there is merged into nothing, so that what the patch deletes is not kept.
                let target = members.entry(name.clone()).or_insert_with(|| Value::Object(Map::new()));
                if directive(inner)? == Directive::Delete {
                    members.remove(name);
                } else {
                    apply(target, change)?;
                }
            }
            scalar => drop(members.insert(name.clone(), scalar.clone())),
        }
    }
    Ok(())
}

fn list(name: &str, old: Option<Value>, changes: &[Value], order: Option<&Value>) -> Result<Value, ApiError> {
    let old = match old {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    };
    if SETS.contains(&name) {
        let mut merged = old;
        merged.extend(changes.iter().filter(|change| !change.is_null()).cloned());
        let mut seen = Vec::new();
        merged.retain(|item| {
            !seen.contains(item) && {
                seen.push(item.clone());
                true
            }
        });
        return Ok(merged.into());
    }
    let Some(key) = merge_key(name, &old, changes) else {
        return Ok(changes.to_vec().into());
    };
    let replaces = changes
        .iter()
        .any(|change| change.get(DIRECTIVE).and_then(Value::as_str) == Some("replace") && change.get(key).is_none());
    let mut merged = if replaces { Vec::new() } else { old };
    for change in changes {
        let Value::Object(inner) = change else {
            return Err(ApiError::BadRequest(format!("the items of {name} have to be objects")));
        };
        let Some(id) = inner.get(key) else {
            if replaces {
                continue;
            }
            return Err(ApiError::BadRequest(format!("map: {change} does not contain declared merge key: {key}")));
        };
        let at = merged.iter().position(|item| item.get(key) == Some(id));
        match (at.and_then(|at| merged.get_mut(at)), directive(inner)?) {
            (Some(_), Directive::Delete) => merged.retain(|item| item.get(key) != Some(id)),
            (None, Directive::Delete) => {}
            (Some(item), _) => apply(item, change)?,
            (None, _) => {
                let mut item = Value::Object(Map::new());
                apply(&mut item, &Value::Object(without_directives(inner)))?;
                merged.push(item);
            }
        }
    }
    if let Some(order) = order.and_then(Value::as_array) {
        let place = |item: &Value| order.iter().position(|one| one.get(key) == item.get(key)).unwrap_or(usize::MAX);
        merged.sort_by_key(place);
    }
    Ok(merged.into())
}

/// The member by which the items of a list are told apart; none where the list is replaced as a whole.
fn merge_key(name: &str, old: &[Value], changes: &[Value]) -> Option<&'static str> {
    let (_, keys) = MERGE_KEYS.iter().find(|(known, _)| *known == name)?;
    let has = |key: &&&str| changes.iter().chain(old).any(|item| item.get(**key).is_some());
    let key = keys.iter().find(has).or(keys.first())?;
    // Lists of the same name elsewhere hold other things, texts among them.
    changes.iter().chain(old).all(Value::is_object).then_some(key)
}

fn without_directives(changes: &Map<String, Value>) -> Map<String, Value> {
    changes
        .iter()
        .filter(|(name, _)| !name.starts_with('$'))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(target: impl Into<Value>, patch: impl Into<Value>, expect: impl Into<Value>) {
        let (mut patched, patch) = (target.into(), patch.into());
        apply(&mut patched, &patch).unwrap();
        assert_eq!(patched, expect.into(), "{patch}");
    }

    #[test]
    fn lists_that_are_sets_are_merged_by_their_key() {
        let pod = json!({ "containers": [{ "name": "a", "image": "1" }, { "name": "b", "image": "1" }] });
        check(
            pod.clone(),
            json!({ "containers": [{ "name": "b", "image": "2" }, { "name": "c" }] }),
            json!({ "containers": [{ "name": "a", "image": "1" }, { "name": "b", "image": "2" }, { "name": "c" }] }),
        );
        check(
            pod.clone(),
            json!({ "containers": [{ "name": "a", "$patch": "delete" }] }),
            json!({ "containers": [{ "name": "b", "image": "1" }] }),
        );
        check(
            pod,
            json!({
                "$setElementOrder/containers": [{ "name": "b" }, { "name": "a" }],
                "containers": [{ "name": "a", "image": null }],
            }),
            json!({ "containers": [{ "name": "b", "image": "1" }, { "name": "a" }] }),
        );
        check(
            json!({ "ports": [{ "port": 80, "name": "x" }] }),
            json!({ "ports": [{ "port": 443 }] }),
            json!({ "ports": [{ "port": 80, "name": "x" }, { "port": 443 }] }),
        );
    }

    #[test]
    fn other_lists_are_replaced() {
        check(json!({ "args": ["a", "b"] }), json!({ "args": ["c"] }), json!({ "args": ["c"] }));
        check(json!({ "tolerations": [{ "key": "a" }] }), json!({ "tolerations": [] }), json!({ "tolerations": [] }));
    }

    #[test]
    fn directives_are_followed() {
        check(json!({ "a": { "b": 1 } }), json!({ "a": { "$patch": "replace", "c": 2 } }), json!({ "a": { "c": 2 } }));
        check(json!({ "a": { "b": 1 } }), json!({ "a": { "$patch": "delete" } }), json!({}));
        check(
            json!({ "strategy": { "type": "RollingUpdate", "rollingUpdate": {} } }),
            json!({ "strategy": { "$retainKeys": ["type"], "type": "Recreate" } }),
            json!({ "strategy": { "type": "Recreate" } }),
        );
        check(
            json!({ "finalizers": ["a", "b"] }),
            json!({ "$deleteFromPrimitiveList/finalizers": ["a"], "finalizers": ["c"] }),
            json!({ "finalizers": ["b", "c"] }),
        );
    }

    #[test]
    fn an_item_without_its_key_is_refused() {
        let mut pod = json!({ "containers": [{ "name": "a" }] });
        assert!(apply(&mut pod, &json!({ "containers": [{ "image": "1" }] })).is_err());
    }
}
