//! An object without `metadata.managedFields`: nearly half of a small one, and of no use to whoever counts or prints it.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

/// Reads an object, and skips what it leaves out.
pub fn read(text: &[u8]) -> serde_json::Result<Value> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    Members { depth: 0 }.deserialize(&mut reader)
}

/// Reads the members of the root, or of its metadata.
struct Members {
    depth: u8,
}

impl<'de> DeserializeSeed<'de> for Members {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            match (self.depth, name.as_str()) {
                (0, "metadata") => {
                    let metadata = map.next_value_seed(Self { depth: 1 })?;
                    members.insert(name, metadata);
                }
                (1, "managedFields") => drop(map.next_value::<IgnoredAny>()?),
                _ => {
                    members.insert(name, map.next_value()?);
                }
            }
        }
        Ok(Value::Object(members))
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
        assert_eq!(read(object.to_string().as_bytes()).unwrap(), expect);
    }
}
