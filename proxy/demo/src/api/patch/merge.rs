//! JSON merge patches, RFC 7386.

use serde_json::{Map, Value};

/// Applies a patch.
pub fn apply(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else {
        return;
    };
    for (name, change) in changes {
        if change.is_null() {
            members.remove(name);
        } else {
            apply(members.entry(name.clone()).or_insert(Value::Null), change);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_examples_of_the_standard_hold() {
        let check = |target: Value, patch: Value, expect: Value| {
            let mut patched = target.clone();
            apply(&mut patched, &patch);
            assert_eq!(patched, expect, "{target} {patch}");
        };
        check(json!({ "a": "b" }), json!({ "a": "c" }), json!({ "a": "c" }));
        check(json!({ "a": "b" }), json!({ "b": "c" }), json!({ "a": "b", "b": "c" }));
        check(json!({ "a": "b" }), json!({ "a": null }), json!({}));
        check(json!({ "a": ["b"] }), json!({ "a": "c" }), json!({ "a": "c" }));
        check(json!({ "a": { "b": "c" } }), json!({ "a": { "b": "d", "c": null } }), json!({ "a": { "b": "d" } }));
        check(json!({ "a": [{ "b": "c" }] }), json!({ "a": [1] }), json!({ "a": [1] }));
        check(json!({}), json!({ "a": { "bb": { "ccc": null } } }), json!({ "a": { "bb": {} } }));
    }
}
