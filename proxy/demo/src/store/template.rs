//! Objects stamped from one template, for clusters too large to build each of their pods by hand.

use std::sync::Arc;

use serde_json::Value;

use super::interned::Interned;
use super::object::{Labels, Object, controller_of, field_of};
use super::text::{MARK, Text, VERSION};
use crate::kinds::Kind;

/// An object with holes, from which many are made at the price of their own few bytes.
#[derive(Debug)]
pub struct Template {
    kind: &'static Kind,
    holes: Vec<&'static str>,
    namespace: Marked,
    name: Marked,
    labels: Vec<(Arc<str>, Marked)>,
    /// Shared by all when no label has a hole.
    common_labels: Option<Labels>,
    fields: Vec<Marked>,
    owner: Option<Marked>,
    text: Text,
}

/// A string that may have holes.
#[derive(Debug)]
enum Marked {
    Fixed(Arc<str>),
    Holed(Vec<Part>),
}

#[derive(Debug)]
enum Part {
    Text(Box<str>),
    Hole(usize),
}

/// The uid's hole, after the resourceVersion's and before all others.
const UID: usize = 1;

/// A hole of this name, to be put into the strings of a template.
pub fn hole(name: &str) -> String {
    format!("{MARK}{name}{MARK}")
}

impl Template {
    /// A template of a kind, whose strings may hold [`hole`]s of these names.
    pub fn new(kind: &'static Kind, mut object: Value, holes: &[&'static str], interned: &Interned) -> Self {
        let holes: Vec<_> = ["", "uid"].into_iter().chain(holes.iter().copied()).collect();
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.insert("uid".into(), hole("uid").into());
            metadata.insert("resourceVersion".into(), "".into());
        }
        if let Some(members) = object.as_object_mut() {
            members.remove("apiVersion");
            members.remove("kind");
        }
        let marked = |text: &str| Marked::new(text, &holes, interned);
        let metadata = |name: &str| object.pointer(name).and_then(Value::as_str).unwrap_or_default();
        let labels = object.pointer("/metadata/labels").and_then(Value::as_object).into_iter().flatten();
        let mut labels: Vec<_> =
            labels.filter_map(|(name, value)| Some((interned.name(name), marked(value.as_str()?)))).collect();
        labels.sort_unstable_by(|(one, _), (two, _)| one.cmp(two));
        let common_labels = labels.iter().map(|(name, value)| Some((Arc::clone(name), value.fixed()?))).collect();
        Self {
            kind,
            namespace: marked(metadata("/metadata/namespace")),
            name: marked(metadata("/metadata/name")),
            fields: kind.selectable.iter().map(|path| marked(&field_of(&object, path))).collect(),
            owner: controller_of(&object).map(marked),
            text: Text::with_holes(&object, &interned.texts, &holes),
            common_labels,
            labels,
            holes,
        }
    }

    /// An object whose holes have these values, in the order in which they were named.
    pub fn stamp(&self, version: u64, uid: &str, values: &[&str], interned: &Interned) -> Object {
        let version_text = version.to_string();
        let mut all = Vec::with_capacity(self.holes.len());
        debug_assert_eq!((VERSION, UID), (0, 1), "the order of the values");
        all.extend([version_text.as_str(), uid]);
        all.extend_from_slice(values);
        let labels = self.common_labels.clone().unwrap_or_else(|| {
            self.labels.iter().map(|(name, value)| (Arc::clone(name), value.fill(&all, interned))).collect()
        });
        Object {
            kind: self.kind,
            namespace: self.namespace.fill(&all, interned),
            name: self.name.fill_own(&all),
            uid: uid.into(),
            version,
            labels,
            fields: self.fields.iter().map(|field| field.fill(&all, interned)).collect(),
            owner: self.owner.as_ref().map(|owner| owner.fill(&all, interned)),
            body: self.text.fill(&all),
        }
    }
}

impl Marked {
    fn new(text: &str, holes: &[&str], interned: &Interned) -> Self {
        if !text.contains(MARK) {
            return Self::Fixed(interned.name(text));
        }
        let part = |(number, part): (usize, &str)| {
            let hole = holes.iter().position(|hole| number % 2 == 1 && *hole == part);
            hole.map_or_else(|| Part::Text(part.into()), Part::Hole)
        };
        Self::Holed(text.split(MARK).enumerate().map(part).collect())
    }

    fn fixed(&self) -> Option<Arc<str>> {
        match self {
            Self::Fixed(text) => Some(Arc::clone(text)),
            Self::Holed(_) => None,
        }
    }

    fn fill(&self, values: &[&str], interned: &Interned) -> Arc<str> {
        match self {
            Self::Fixed(text) => Arc::clone(text),
            Self::Holed(parts) => interned.name(&filled(parts, values)),
        }
    }

    /// As [`Self::fill`], for what no other object has.
    fn fill_own(&self, values: &[&str]) -> Arc<str> {
        match self {
            Self::Fixed(text) => Arc::clone(text),
            Self::Holed(parts) => filled(parts, values).into(),
        }
    }
}

fn filled(parts: &[Part], values: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(match part {
            Part::Text(text) => text,
            Part::Hole(number) => values.get(*number).copied().unwrap_or_default(),
        });
    }
    text
}
