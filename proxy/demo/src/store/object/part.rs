//! A part of an object: to read of a pod what a row of a table shows costs a third of what reading all of it does.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// A member that is read; of a list, each item is read alike.
#[derive(Debug)]
pub struct Part {
    name: &'static str,
    /// What of it is read; nothing stands for all.
    parts: &'static [Self],
}

/// A member's name, borrowed where it has no escapes.
#[derive(Deserialize)]
pub struct Name<'a>(#[serde(borrow)] pub Cow<'a, str>);

/// What is read of a value.
#[derive(Clone, Copy)]
enum Wanted {
    /// These members.
    Parts(&'static [Part]),
    /// All of an object but `metadata.managedFields`.
    Brief,
    /// All of the metadata but `managedFields`.
    BriefMetadata,
}

impl Part {
    /// A member, whole.
    pub const fn whole(name: &'static str) -> Self {
        Self { name, parts: &[] }
    }

    /// Some members of a member.
    pub const fn of(name: &'static str, parts: &'static [Self]) -> Self {
        Self { name, parts }
    }
}

/// Reads these parts of a text.
pub fn read(text: &str, parts: &'static [Part]) -> serde_json::Result<Value> {
    read_as(text, Wanted::Parts(parts))
}

/// Reads all but `metadata.managedFields`: nearly half of a small object, and of no use to whoever counts or prints it.
pub fn read_brief(text: &str) -> serde_json::Result<Value> {
    read_as(text, Wanted::Brief)
}

fn read_as(text: &str, wanted: Wanted) -> serde_json::Result<Value> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = wanted.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

impl Wanted {
    /// What of a member is to be read.
    fn member(self, name: &str) -> Member {
        match self {
            Self::Parts(parts) => match parts.iter().find(|part| part.name == name) {
                Some(Part { parts: [], .. }) => Member::Whole,
                Some(part) => Member::Part(Self::Parts(part.parts)),
                None => Member::Skipped,
            },
            Self::Brief if name == "metadata" => Member::Part(Self::BriefMetadata),
            Self::BriefMetadata if name == "managedFields" => Member::Skipped,
            Self::Brief | Self::BriefMetadata => Member::Whole,
        }
    }
}

enum Member {
    Whole,
    Part(Wanted),
    Skipped,
}

impl<'de> DeserializeSeed<'de> for Wanted {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Wanted {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(Name(name)) = map.next_key()? {
            match self.member(&name) {
                Member::Whole => drop(members.insert(name.into_owned(), map.next_value()?)),
                Member::Part(wanted) => drop(members.insert(name.into_owned(), map.next_value_seed(wanted)?)),
                Member::Skipped => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Value::Object(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_bool<E: Error>(self, yes: bool) -> Result<Value, E> {
        Ok(yes.into())
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_managed_fields_are_left_out() {
        let object = json!({
            "metadata": { "name": "a", "managedFields": [{ "manager": "x" }], "labels": { "managedFields": "b" } },
            "spec": { "managedFields": 1, "metadata": { "managedFields": 2 } },
        });
        let mut expect = object.clone();
        expect["metadata"].as_object_mut().unwrap().remove("managedFields");
        assert_eq!(read_brief(&object.to_string()).unwrap(), expect);
    }

    #[test]
    fn only_the_parts_that_are_named_are_read() {
        const PARTS: &[Part] =
            &[Part::of("spec", &[Part::of("items", &[Part::whole("name")]), Part::whole("n")]), Part::whole("kind")];
        let check = |object: Value, expect: Value| {
            assert_eq!(read(&object.to_string(), PARTS).unwrap(), expect, "{object}");
        };
        check(
            json!({ "kind": "x", "spec": { "items": [{ "name": "a", "b": [1] }, 2], "n": { "m": 1 }, "o": "p" }, "q": {} }),
            json!({ "kind": "x", "spec": { "items": [{ "name": "a" }, 2], "n": { "m": 1 } } }),
        );
        check(json!({ "spec": null }), json!({ "spec": null }));
        check(json!({ "spec": [1.5, -1, true, "t"], "kind": [] }), json!({ "spec": [1.5, -1, true, "t"], "kind": [] }));
    }
}
