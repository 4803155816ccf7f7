//! A stored object: its JSON, and beside it what lists and watches select by.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::interned::Interned;
use super::opened::Opened;
use super::rope::Rope;
use super::text::Text;
use crate::kinds::Kind;
use part::Part;

pub mod part;

/// An object as it was at one resourceVersion; never changed, only replaced.
#[derive(Debug, Clone)]
pub struct Object {
    /// What it is.
    pub kind: &'static Kind,
    /// Its namespace; empty for what has none.
    pub namespace: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Its identity over renames and re-creations.
    pub uid: Arc<str>,
    /// Its resourceVersion.
    pub version: u64,
    /// Its labels.
    pub labels: Labels,
    /// The values of the kind's selectable fields, in the order of [`Kind::selectable`].
    pub fields: Box<[Arc<str>]>,
    /// The uid of its controller.
    pub owner: Option<Arc<str>>,
    /// Its JSON, without apiVersion and kind.
    pub body: Rope,
}

/// Labels, sorted by name.
pub type Labels = Arc<[(Arc<str>, Arc<str>)]>;

/// An object that waits for its resourceVersion.
#[derive(Debug)]
pub struct Draft {
    pub(super) kind: &'static Kind,
    pub(super) namespace: Arc<str>,
    pub(super) name: Arc<str>,
    uid: Arc<str>,
    labels: Labels,
    fields: Box<[Arc<str>]>,
    owner: Option<Arc<str>>,
    text: Text,
}

impl Object {
    /// The whole object, apiVersion and kind included.
    pub fn value(&self) -> Value {
        let mut value: Value = serde_json::from_slice(&self.body.to_vec()).expect("what is stored is JSON");
        if let Value::Object(members) = &mut value {
            members.insert("apiVersion".into(), self.kind.api_version().into());
            members.insert("kind".into(), self.kind.name.into());
        }
        value
    }

    /// The object without apiVersion, kind and managedFields, for half the price.
    pub fn brief(&self) -> Value {
        part::read_brief(&self.body.to_text()).expect("what is stored is an object of JSON")
    }

    /// Some parts of the object, for less.
    pub fn part(&self, parts: &'static [Part]) -> Value {
        part::read(&self.body.to_text(), parts).expect("what is stored is JSON")
    }

    /// The value of a label.
    pub fn label(&self, name: &str) -> Option<&str> {
        self.labels.iter().find(|(known, _)| &**known == name).map(|(_, value)| &**value)
    }

    /// The value of a field that lists may select by; none for others.
    pub fn field(&self, path: &str) -> Option<&str> {
        match path {
            "metadata.name" => Some(&self.name),
            "metadata.namespace" => Some(&self.namespace),
            _ => {
                let number = self.kind.selectable.iter().position(|known| *known == path)?;
                self.fields.get(number).map(|value| &**value)
            }
        }
    }
}

impl Draft {
    pub(super) fn new(kind: &'static Kind, object: &Value, interned: &Interned) -> Self {
        Self {
            kind,
            namespace: interned.name(metadata_of(object, "namespace")),
            name: metadata_of(object, "name").into(),
            uid: metadata_of(object, "uid").into(),
            labels: labels_of(object, interned),
            fields: kind.selectable.iter().map(|path| interned.name(&field_of(object, path))).collect(),
            owner: controller_of(object).map(|uid| interned.name(uid)),
            text: Text::of(object, &interned.texts),
        }
    }

    /// What becomes of an object by a change.
    pub(super) fn of_opened(old: &Object, opened: &Opened<'_>, interned: &Interned) -> Self {
        let object = &opened.value;
        let field = |(path, old): (&&'static str, &Arc<str>)| {
            let is_closed = path.split('.').next().is_some_and(|name| opened.is_closed(name));
            if is_closed { Arc::clone(old) } else { same_or(old, &field_of(object, path), interned) }
        };
        let has_same_labels = {
            let labels = object.pointer("/metadata/labels").and_then(Value::as_object);
            labels.map_or(0, Map::len) == old.labels.len()
                && labels.into_iter().flatten().all(|(name, value)| old.label(name) == value.as_str())
        };
        Self {
            kind: old.kind,
            namespace: same_or(&old.namespace, metadata_of(object, "namespace"), interned),
            name: same_or(&old.name, metadata_of(object, "name"), interned),
            uid: same_or(&old.uid, metadata_of(object, "uid"), interned),
            labels: if has_same_labels { Arc::clone(&old.labels) } else { labels_of(object, interned) },
            fields: old.kind.selectable.iter().zip(&old.fields).map(field).collect(),
            owner: controller_of(object).map(|uid| interned.name(uid)),
            text: Text::of_opened(opened, &interned.texts),
        }
    }

    /// Whether it is what an object of this text and version is.
    pub(super) fn says(&self, text: &str, version: u64) -> bool {
        self.text.says(text, &version.to_string())
    }

    /// The length of its text.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    pub(super) fn seal(&self, version: u64) -> Object {
        Object {
            kind: self.kind,
            namespace: Arc::clone(&self.namespace),
            name: Arc::clone(&self.name),
            uid: Arc::clone(&self.uid),
            version,
            labels: Arc::clone(&self.labels),
            fields: self.fields.clone(),
            owner: self.owner.clone(),
            body: self.text.fill(&[&version.to_string()]),
        }
    }
}

/// A text of the metadata; empty where it is absent.
fn metadata_of<'a>(object: &'a Value, name: &str) -> &'a str {
    let metadata = object.get("metadata");
    metadata.and_then(|metadata| metadata.get(name)).and_then(Value::as_str).unwrap_or_default()
}

/// What was there before, if it still says this.
fn same_or(old: &Arc<str>, text: &str, interned: &Interned) -> Arc<str> {
    if **old == *text { Arc::clone(old) } else { interned.name(text) }
}

/// The labels of an object.
fn labels_of(object: &Value, interned: &Interned) -> Labels {
    let labels = object.pointer("/metadata/labels").and_then(Value::as_object);
    let pairs = labels.into_iter().flatten();
    let mut pairs: Vec<_> =
        pairs.filter_map(|(name, value)| Some((interned.name(name), interned.name(value.as_str()?)))).collect();
    pairs.sort_unstable();
    pairs.into()
}

/// The text of a selectable field; empty where it is absent.
pub(super) fn field_of(object: &Value, path: &str) -> String {
    match path.split('.').try_fold(object, |value, name| value.get(name)) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(yes)) => yes.to_string(),
        Some(Value::Number(number)) => number.to_string(),
        _ => absent(path).into(),
    }
}

/// The uid of the owner that controls an object.
pub(super) fn controller_of(object: &Value) -> Option<&str> {
    let owners = object.pointer("/metadata/ownerReferences")?.as_array()?;
    let controller = owners.iter().find(|owner| owner.get("controller").and_then(Value::as_bool) == Some(true))?;
    controller.get("uid")?.as_str()
}

/// What an absent field counts as.
fn absent(path: &str) -> &'static str {
    match path {
        "spec.hostNetwork" | "spec.unschedulable" => "false",
        "status.successful" | "status.replicas" => "0",
        _ => "",
    }
}
