//! Writing into JSON that may be of any shape.

use serde_json::{Map, Value};

/// How deep the objects of clients may be nested.
pub const MAX_DEPTH: usize = 100;

/// Whether a value is nested deeper than some levels. It looks no further than that.
pub fn is_deeper(value: &Value, levels: usize) -> bool {
    let mut members: Box<dyn Iterator<Item = &Value>> = match value {
        Value::Array(items) => Box::new(items.iter()),
        Value::Object(members) => Box::new(members.values()),
        _ => return false,
    };
    match levels.checked_sub(1) {
        Some(left) => members.any(|member| is_deeper(member, left)),
        None => true,
    }
}

/// Puts a value below these members; whatever is no object on the way becomes one.
pub fn put(tree: &mut Value, path: &[&str], value: Value) {
    let mut place = tree;
    for name in path {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let members = place.as_object_mut().expect("it was made an object above");
        place = members.entry(*name).or_insert(Value::Null);
    }
    *place = value;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_put_wherever_its_path_leads() {
        let check = |mut tree: Value, expect: Value| {
            put(&mut tree, &["a", "b"], 1.into());
            assert_eq!(tree, expect);
        };
        check(json!({}), json!({ "a": { "b": 1 } }));
        check(json!({ "a": { "c": 2 } }), json!({ "a": { "b": 1, "c": 2 } }));
        check(json!({ "a": "text" }), json!({ "a": { "b": 1 } }));
        check(json!([1]), json!({ "a": { "b": 1 } }));
    }
}
