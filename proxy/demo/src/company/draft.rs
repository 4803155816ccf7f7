//! An object on its way: what all kinds have in common.

use serde_json::{Map, Value, json};

use super::managed;
use super::moment::Moment;
use super::origin::Origin;

/// An object that is being written; [`Draft::done`] gives it away.
#[derive(Clone, Debug)]
pub struct Draft {
    metadata: Map<String, Value>,
    object: Map<String, Value>,
    created: Moment,
    managers: Vec<(&'static str, Option<&'static str>, &'static [&'static str])>,
}

impl Draft {
    /// Begins an object; cluster-scoped ones have an empty namespace.
    pub fn new(origin: &Origin, api_version: &str, kind: &str, namespace: &str, name: &str, created: Moment) -> Self {
        let mut metadata = Map::new();
        metadata.insert("name".to_owned(), name.into());
        if !namespace.is_empty() {
            metadata.insert("namespace".to_owned(), namespace.into());
        }
        metadata.insert("uid".to_owned(), origin.uid(kind, namespace, name).into());
        metadata.insert("creationTimestamp".to_owned(), created.to_string().into());
        let mut object = Map::new();
        object.insert("apiVersion".to_owned(), api_version.into());
        object.insert("kind".to_owned(), kind.into());
        Self { metadata, object, created, managers: Vec::new() }
    }

    /// Sets a member of its metadata.
    pub fn meta(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.metadata.insert(name.to_owned(), value.into());
        self
    }

    /// Sets its labels.
    pub fn labels(self, labels: Value) -> Self {
        self.meta("labels", labels)
    }

    /// Sets a member beside its metadata, such as `spec`.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.object.insert(name.to_owned(), value.into());
        self
    }

    /// Tells who wrote which members; `metadata` stands for labels, annotations and owners.
    pub fn by(mut self, manager: &'static str, members: &'static [&'static str]) -> Self {
        self.managers.push((manager, None, members));
        self
    }

    /// Tells who wrote its status.
    pub fn status_by(mut self, manager: &'static str, status: Value) -> Self {
        self.managers.push((manager, Some("status"), &["status"]));
        self.with("status", status)
    }

    /// The object.
    pub fn done(mut self) -> Value {
        let described = self.described();
        let api_version = self.object.get("apiVersion").and_then(Value::as_str).unwrap_or_default();
        let entries = self.managers.iter().map(|(manager, subresource, members)| {
            let part = members.iter().filter_map(|member| {
                let value = if *member == "metadata" { &described } else { self.object.get(*member)? };
                Some((*member, value))
            });
            managed::entry(api_version, manager, *subresource, self.created, part)
        });
        let entries: Vec<Value> = entries.collect();
        if !entries.is_empty() {
            self.metadata.insert("managedFields".to_owned(), entries.into());
        }
        self.object.insert("metadata".to_owned(), Value::Object(self.metadata));
        Value::Object(self.object)
    }

    /// The metadata that has a manager.
    fn described(&self) -> Value {
        let members = ["annotations", "generateName", "labels", "ownerReferences"];
        members.iter().filter_map(|name| Some(((*name).to_owned(), self.metadata.get(*name)?.clone()))).collect()
    }
}

/// A reference to the object that owns another and keeps it.
pub fn controller(api_version: &str, kind: &str, name: &str, uid: &str) -> Value {
    json!([{
        "apiVersion": api_version,
        "blockOwnerDeletion": true,
        "controller": true,
        "kind": kind,
        "name": name,
        "uid": uid,
    }])
}
