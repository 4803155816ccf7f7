//! An object in the midst of a change: what the change touches is read, the rest stays the text that it is.
//!
//! Most changes are of a status. To read, compare and write all of an object for them would cost five times as much: its
//! spec and the lists of its managers are the larger part of it.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::object::part::Name;
use super::rope::Rope;

/// An object of which as much was read as a change asks for.
#[derive(Debug)]
pub struct Opened<'a> {
    /// What was read; what is put into it is written.
    pub value: Value,
    /// `metadata.managedFields`, where it is not part of the value.
    pub managers: Option<Vec<Entry<'a>>>,
    /// The members of the root that were not read.
    pub(super) closed: Vec<(Cow<'a, str>, &'a RawValue)>,
    /// The spec as it was.
    pub(super) spec: Option<&'a RawValue>,
    pub(super) source: Source<'a>,
}

/// One manager's entry.
#[derive(Debug)]
pub enum Entry<'a> {
    /// As it was.
    Kept(&'a RawValue),
    /// New, or changed.
    Written(Value),
}

/// How much of an object a change reads and writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All of it.
    Whole,
    /// All but the managers.
    Unmanaged,
    /// Its metadata but for the managers, and these members.
    Members(&'static [&'static str]),
}

/// The text that an object is read from, and the pieces that it is kept in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    pub(super) rope: &'a Rope,
}

/// The members of an object and of its metadata, unread.
#[derive(Debug, Default)]
struct Cut<'a> {
    members: Vec<(Cow<'a, str>, &'a RawValue)>,
    metadata: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> Opened<'a> {
    /// Reads what is within the scope.
    pub(super) fn read(source: Source<'a>, scope: Scope) -> Self {
        let mut reader = serde_json::Deserializer::from_str(source.text);
        let cut = Root.deserialize(&mut reader).expect("what is stored is an object of JSON");
        let (mut metadata, mut managers) = (Map::new(), None);
        for (name, raw) in cut.metadata {
            if name == "managedFields" && scope != Scope::Whole {
                // What is no list of managers has none to keep.
                managers = Some(serde_json::from_str::<Vec<&RawValue>>(raw.get()).unwrap_or_default());
            } else {
                metadata.insert(name.into_owned(), value_of(raw));
            }
        }
        let managers = managers.map(|entries| entries.into_iter().map(Entry::Kept).collect());
        let managers = managers.or_else(|| (scope != Scope::Whole).then(Vec::new));
        let (mut members, mut closed, mut spec) = (Map::new(), Vec::new(), None);
        members.insert("metadata".to_owned(), Value::Object(metadata));
        for (name, raw) in cut.members {
            if name == "spec" {
                spec = Some(raw);
            }
            if scope.reads(&name) {
                members.insert(name.into_owned(), value_of(raw));
            } else {
                closed.push((name, raw));
            }
        }
        Self { value: Value::Object(members), managers, closed, spec, source }
    }

    /// Whether a member of the root was not read.
    pub(super) fn is_closed(&self, name: &str) -> bool {
        self.closed.iter().any(|(closed, _)| closed == name)
    }
}

impl Scope {
    fn reads(self, name: &str) -> bool {
        match self {
            Self::Whole | Self::Unmanaged => true,
            Self::Members(names) => names.contains(&name),
        }
    }
}

/// Cuts an object at its members, and its metadata at its own.
struct Root;

/// Cuts the metadata.
struct Metadata<'b, 'a>(&'b mut Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> DeserializeSeed<'de> for Root {
    type Value = Cut<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Root {
    type Value = Cut<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut cut = Cut::default();
        while let Some(Name(name)) = map.next_key()? {
            if name == "metadata" {
                map.next_value_seed(Metadata(&mut cut.metadata))?;
            } else {
                cut.members.push((name, map.next_value()?));
            }
        }
        Ok(cut)
    }
}

impl<'de> DeserializeSeed<'de> for Metadata<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Metadata<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object's metadata")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = map.next_key()? {
            self.0.push((name, map.next_value()?));
        }
        Ok(())
    }
}

fn value_of(raw: &RawValue) -> Value {
    serde_json::from_str(raw.get()).expect("a part of what is stored is JSON")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn opened(object: &Value, scope: Scope, check: impl FnOnce(Opened<'_>)) {
        let (text, rope) = (object.to_string(), Rope::new([object.to_string().into()]));
        check(Opened::read(Source { text: &text, rope: &rope }, scope));
    }

    #[test]
    fn only_what_is_within_the_scope_is_read() {
        let object = json!({
            "metadata": { "name": "a", "managedFields": [{ "manager": "x" }, 1], "labels": { "managedFields": "b" } },
            "spec": { "n": 1 },
            "status": { "spec": 2 },
        });
        opened(&object, Scope::Members(&["status"]), |opened| {
            let expect = json!({
                "metadata": { "name": "a", "labels": { "managedFields": "b" } },
                "status": { "spec": 2 },
            });
            assert_eq!(opened.value, expect);
            assert_eq!(opened.managers.as_ref().map(Vec::len), Some(2));
            assert!(opened.is_closed("spec") && !opened.is_closed("status"));
        });
        opened(&object, Scope::Unmanaged, |opened| {
            assert_eq!(opened.value["spec"], object["spec"]);
            assert_eq!(opened.value["metadata"].get("managedFields"), None);
        });
        opened(&object, Scope::Whole, |opened| {
            assert_eq!(opened.value, object);
            assert!(opened.managers.is_none() && opened.closed.is_empty());
            assert_eq!(opened.spec.map(RawValue::get), Some("{\"n\":1}"));
        });
    }
}
