//! Which client wrote which fields, kept in `metadata.managedFields` as the API server keeps it.

use http::HeaderMap;
use http::header::USER_AGENT;
use serde_json::{Map, Value, json};

use super::query::Query;
use crate::kinds::Kind;
use crate::tree;

/// Who writes, and through what.
#[derive(Debug, Clone)]
pub struct Manager {
    name: String,
    sub: Option<&'static str>,
    time: String,
}

/// The API server's own bound.
const MAX_NAME_BYTES: usize = 128;

impl Manager {
    /// The manager that a request names, or its client's own name.
    pub fn of(query: &Query, headers: &HeaderMap, sub: Option<&'static str>, time: String) -> Self {
        let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or("unknown");
        let name = query.get("fieldManager").unwrap_or_else(|| agent.split('/').next().unwrap_or_default());
        let name = name.chars().filter(|c| !c.is_control()).take(MAX_NAME_BYTES).collect();
        Self { name, sub, time }
    }

    /// Notes what it changed from one object to the next.
    pub fn note(&self, kind: &Kind, old: &Value, new: &mut Value) {
        let changed = changed(old, new, true);
        let Some(fields) = changed.filter(|fields| fields.as_object().is_some_and(|fields| !fields.is_empty())) else {
            return;
        };
        let Some(metadata) = new.get_mut("metadata").and_then(Value::as_object_mut) else {
            return;
        };
        let entries = metadata.entry("managedFields").or_insert_with(|| json!([]));
        let Some(entries) = entries.as_array_mut() else {
            return;
        };
        let is_mine = |entry: &&mut Value| {
            entry["manager"] == self.name.as_str()
                && entry["operation"] == "Update"
                && entry.get("subresource").and_then(Value::as_str) == self.sub
        };
        if let Some(mine) = entries.iter_mut().find(is_mine) {
            tree::put(mine, &["time"], self.time.as_str().into());
            union(&mut mine["fieldsV1"], &fields);
            return;
        }
        let mut entry = json!({
            "manager": self.name,
            "operation": "Update",
            "apiVersion": kind.api_version(),
            "time": self.time,
            "fieldsType": "FieldsV1",
            "fieldsV1": fields,
        });
        if let Some(sub) = self.sub {
            tree::put(&mut entry, &["subresource"], sub.into());
        }
        entries.push(entry);
    }
}

/// The fields that are there now and were not, or not so. Lists count as one field.
fn changed(old: &Value, new: &Value, is_root: bool) -> Option<Value> {
    match new {
        Value::Object(members) => {
            let mut fields = Map::new();
            for (name, member) in members {
                if is_root && matches!(name.as_str(), "apiVersion" | "kind") {
                    continue;
                }
                let before = old.get(name).unwrap_or(&Value::Null);
                let of_member = if is_root && name == "metadata" {
                    of_metadata(before, member)
                } else {
                    changed(before, member, false)
                };
                fields.extend(of_member.map(|of_member| (format!("f:{name}"), of_member)));
            }
            if !is_root && !old.is_object() {
                fields.insert(".".into(), json!({}));
            }
            (is_root || !fields.is_empty()).then_some(Value::Object(fields))
        }
        other => (other != old).then(|| json!({})),
    }
}

fn of_metadata(old: &Value, new: &Value) -> Option<Value> {
    let mut fields = Map::new();
    for name in ["annotations", "finalizers", "generateName", "labels", "ownerReferences"] {
        let (before, now) = (old.get(name).unwrap_or(&Value::Null), new.get(name));
        fields.extend(now.and_then(|now| changed(before, now, false)).map(|of| (format!("f:{name}"), of)));
    }
    (!fields.is_empty()).then_some(Value::Object(fields))
}

fn union(into: &mut Value, more: &Value) {
    let (Some(into), Some(more)) = (into.as_object_mut(), more.as_object()) else {
        return;
    };
    for (name, fields) in more {
        union(into.entry(name.clone()).or_insert_with(|| json!({})), fields);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::builtin;

    #[test]
    fn a_manager_is_noted_with_what_it_changed() {
        let manager = |name: &str| Manager { name: name.into(), sub: None, time: "now".into() };
        let mut first = json!({ "metadata": { "name": "x", "labels": { "a": "b" } }, "data": { "k": "v" } });
        manager("one").note(builtin("", "configmaps"), &Value::Null, &mut first);
        let fields = &first["metadata"]["managedFields"][0]["fieldsV1"];
        assert_eq!(
            *fields,
            json!({ "f:data": { ".": {}, "f:k": {} }, "f:metadata": { "f:labels": { ".": {}, "f:a": {} } } })
        );
        let mut second = first.clone();
        second["data"]["k"] = "w".into();
        manager("two").note(builtin("", "configmaps"), &first, &mut second);
        assert_eq!(second["metadata"]["managedFields"][1]["fieldsV1"], json!({ "f:data": { "f:k": {} } }));
        let before = second.clone();
        manager("three").note(builtin("", "configmaps"), &before, &mut second);
        assert_eq!(second, before);
    }
}
