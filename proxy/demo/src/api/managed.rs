//! Which client wrote which fields, kept in `metadata.managedFields` as the API server keeps it.

use std::borrow::Cow;

use http::HeaderMap;
use http::header::USER_AGENT;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::query::Query;
use crate::kinds::Kind;
use crate::store::opened::Entry;
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

    /// Notes what it changed from one object to the next: among the managers, or in the object's own metadata where those
    /// are part of it.
    pub fn note(&self, kind: &Kind, old: &Value, new: &mut Value, managers: Option<&mut Vec<Entry<'_>>>) {
        let changed = changed(old, new, true);
        let Some(fields) = changed.filter(|fields| fields.as_object().is_some_and(|fields| !fields.is_empty())) else {
            return;
        };
        if let Some(managers) = managers {
            match managers.iter_mut().find(|entry| self.is_whose(entry)) {
                Some(mine) => self.renew(mine, &fields),
                None => managers.push(Entry::Written(self.entry(kind, fields))),
            }
            return;
        }
        let Some(metadata) = new.get_mut("metadata").and_then(Value::as_object_mut) else {
            return;
        };
        let entries = metadata.entry("managedFields").or_insert_with(|| json!([]));
        let Some(entries) = entries.as_array_mut() else {
            return;
        };
        match entries.iter_mut().find(|entry| self.wrote(&Head::of(entry))) {
            Some(mine) => self.add(mine, &fields),
            None => entries.push(self.entry(kind, fields)),
        }
    }

    fn is_whose(&self, entry: &Entry<'_>) -> bool {
        match entry {
            // What is no entry is nobody's.
            Entry::Kept(raw) => serde_json::from_str(raw.get()).is_ok_and(|head| self.wrote(&head)),
            Entry::Written(value) => self.wrote(&Head::of(value)),
        }
    }

    fn wrote(&self, head: &Head<'_>) -> bool {
        head.manager == self.name && head.operation == "Update" && head.subresource.as_deref() == self.sub
    }

    /// Adds fields to an entry.
    fn renew(&self, entry: &mut Entry<'_>, fields: &Value) {
        let mut value = match entry {
            Entry::Kept(raw) => serde_json::from_str(raw.get()).unwrap_or_default(),
            Entry::Written(value) => std::mem::take(value),
        };
        self.add(&mut value, fields);
        *entry = Entry::Written(value);
    }

    fn add(&self, entry: &mut Value, fields: &Value) {
        tree::put(entry, &["time"], self.time.as_str().into());
        let Some(members) = entry.as_object_mut() else { return };
        union(members.entry("fieldsV1").or_insert_with(|| json!({})), fields);
    }

    fn entry(&self, kind: &Kind, fields: Value) -> Value {
        let mut entry = json!({
            "manager": self.name,
            "operation": "Update",
            "apiVersion": kind.api_version(),
            "time": self.time,
            "fieldsType": "FieldsV1",
        });
        tree::put(&mut entry, &["fieldsV1"], fields);
        if let Some(sub) = self.sub {
            tree::put(&mut entry, &["subresource"], sub.into());
        }
        entry
    }
}

/// As much of an entry as says whose it is.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow, default)]
    manager: Cow<'a, str>,
    #[serde(borrow, default)]
    operation: Cow<'a, str>,
    #[serde(borrow, default)]
    subresource: Option<Cow<'a, str>>,
}

impl<'a> Head<'a> {
    fn of(entry: &'a Value) -> Self {
        let text = |name: &str| entry.get(name).and_then(Value::as_str).map(Cow::from);
        Self {
            manager: text("manager").unwrap_or_default(),
            operation: text("operation").unwrap_or_default(),
            subresource: text("subresource"),
        }
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
        manager("one").note(builtin("", "configmaps"), &Value::Null, &mut first, None);
        let fields = &first["metadata"]["managedFields"][0]["fieldsV1"];
        assert_eq!(
            *fields,
            json!({ "f:data": { ".": {}, "f:k": {} }, "f:metadata": { "f:labels": { ".": {}, "f:a": {} } } })
        );
        let mut second = first.clone();
        second["data"]["k"] = "w".into();
        manager("two").note(builtin("", "configmaps"), &first, &mut second, None);
        assert_eq!(second["metadata"]["managedFields"][1]["fieldsV1"], json!({ "f:data": { "f:k": {} } }));
        let before = second.clone();
        manager("three").note(builtin("", "configmaps"), &before, &mut second, None);
        assert_eq!(second, before);
    }
}
