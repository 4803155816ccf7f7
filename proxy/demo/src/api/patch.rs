//! Patches in the three forms that clients send.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::Value;

use crate::error::ApiError;
use crate::kinds::Kind;

mod json;
mod merge;
mod strategic;

/// A patch that was understood.
#[derive(Debug, Clone)]
pub enum Patch {
    /// RFC 6902: a list of operations.
    Json(Vec<json::Operation>),
    /// RFC 7386: what is there replaces, null removes.
    Merge(Value),
    /// A merge patch that knows which lists are sets.
    Strategic(Value),
}

const ACCEPTED_FOR_CUSTOM: &str = "application/json-patch+json, application/merge-patch+json";

impl Patch {
    /// Reads the patch of a request.
    pub fn parse(kind: &Kind, headers: &HeaderMap, body: &[u8]) -> Result<Self, ApiError> {
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let content_type = content_type.split(';').next().unwrap_or_default().trim();
        let wrong = |error: &dyn std::fmt::Display| ApiError::BadRequest(format!("error decoding patch: {error}"));
        let object = || -> Result<Value, ApiError> {
            let patch: Value = serde_json::from_slice(body).map_err(|error| wrong(&error))?;
            if patch.is_object() { Ok(patch) } else { Err(wrong(&"json: cannot unmarshal into an object")) }
        };
        match content_type {
            "application/json-patch+json" => json::parse(body).map(Self::Json).map_err(|error| wrong(&error)),
            "application/merge-patch+json" => Ok(Self::Merge(object()?)),
            "application/strategic-merge-patch+json" if !kind.is_custom => Ok(Self::Strategic(object()?)),
            _ if kind.is_custom => Err(ApiError::UnsupportedMediaType(ACCEPTED_FOR_CUSTOM)),
            _ => Err(ApiError::UnsupportedPatchType),
        }
    }

    /// Whether it reads and writes nothing but these members of an object, and nothing of who wrote what.
    pub fn touches_only(&self, names: &[&str]) -> bool {
        let is_named = |name: &str| names.contains(&name) || matches!(name, "apiVersion" | "kind");
        let is_within = match self {
            Self::Json(operations) => {
                // The first member; a path to the whole object has none.
                operations
                    .iter()
                    .flat_map(json::Operation::paths)
                    .all(|path| is_named(path.split('/').nth(1).unwrap_or_default()))
            }
            Self::Merge(patch) | Self::Strategic(patch) => {
                patch.as_object().is_some_and(|members| members.keys().all(|name| is_named(name)))
            }
        };
        is_within && !self.touches_managers()
    }

    /// Whether it may read or write who wrote what.
    pub fn touches_managers(&self) -> bool {
        match self {
            Self::Json(operations) => operations
                .iter()
                .flat_map(json::Operation::paths)
                .any(|path| matches!(path, "" | "/metadata") || path.starts_with("/metadata/managedFields")),
            Self::Merge(patch) | Self::Strategic(patch) => patch.pointer("/metadata/managedFields").is_some(),
        }
    }

    /// Applies it to an object.
    pub fn apply(&self, object: &mut Value) -> Result<(), ApiError> {
        match self {
            Self::Json(operations) => json::apply(object, operations).map_err(ApiError::from),
            Self::Merge(patch) => {
                merge::apply(object, patch);
                Ok(())
            }
            Self::Strategic(patch) => strategic::apply(object, patch),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::kinds::builtin;

    #[test]
    fn a_patch_is_of_the_type_that_its_header_says() {
        let check = |content_type: &str, body: &str, expect: Result<&str, u16>| {
            let headers = [(CONTENT_TYPE, content_type.parse().unwrap())].into_iter().collect();
            let patch = Patch::parse(builtin("", "pods"), &headers, body.as_bytes());
            let outcome = match &patch {
                Ok(Patch::Json(_)) => Ok("json"),
                Ok(Patch::Merge(_)) => Ok("merge"),
                Ok(Patch::Strategic(_)) => Ok("strategic"),
                Err(error) => Err(error.code().as_u16()),
            };
            assert_eq!(outcome, expect, "{content_type} {body}");
        };
        check("application/json-patch+json", "[]", Ok("json"));
        check("application/merge-patch+json; charset=utf-8", "{}", Ok("merge"));
        check("application/strategic-merge-patch+json", "{}", Ok("strategic"));
        check("application/merge-patch+json", "[]", Err(400));
        check("application/merge-patch+json", "{", Err(400));
        check("application/json-patch+json", "{}", Err(400));
        check("application/json", "{}", Err(415));
        check("application/apply-patch+yaml", "{}", Err(415));
    }

    #[test]
    fn a_patch_says_what_it_touches() {
        let check = |content_type: &str, body: Value, expect: (bool, bool)| {
            let headers = [(CONTENT_TYPE, content_type.parse().unwrap())].into_iter().collect();
            let patch = Patch::parse(builtin("", "pods"), &headers, body.to_string().as_bytes()).unwrap();
            assert_eq!((patch.touches_only(&["status"]), patch.touches_managers()), expect, "{body}");
        };
        let merge = "application/merge-patch+json";
        check(merge, json!({ "status": {}, "kind": "Pod" }), (true, false));
        check(merge, json!({ "status": {}, "spec": {} }), (false, false));
        check(merge, json!({ "metadata": { "managedFields": [{}] } }), (false, true));
        check("application/strategic-merge-patch+json", json!({ "$patch": "delete" }), (false, false));
        let patch = "application/json-patch+json";
        let replace = |path: &str| json!([{ "op": "replace", "path": path, "value": 1 }]);
        check(patch, replace("/status/phase"), (true, false));
        check(patch, replace("/spec/x"), (false, false));
        check(patch, replace("/metadata/managedFields/0"), (false, true));
        check(patch, replace("/metadata"), (false, true));
        check(patch, replace(""), (false, true));
        check(patch, json!([{ "op": "copy", "from": "/spec", "path": "/status" }]), (false, false));
    }

    /// JSON of any shape, not too deep.
    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "(merge|replace|delete|name|a|[a-z]{0,4})".prop_map(Value::from),
        ];
        let name = "(name|containers|env|ports|\\$patch|\\$retainKeys|\\$setElementOrder/containers|\
                    \\$deleteFromPrimitiveList/finalizers|finalizers|metadata|[a-z]{0,3})";
        leaf.prop_recursive(5, 48, 6, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::btree_map(name, inner, 0..6).prop_map(|map| map.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_patch_panics(object in any_json(), patch in any_json()) {
            let _ = Patch::Merge(patch.clone()).apply(&mut object.clone());
            let _ = Patch::Strategic(patch).apply(&mut object.clone());
        }

        #[test]
        fn no_operation_panics(object in any_json(), value in any_json(), path in "(/[a-z0-9~-]{0,4}){0,4}", op in 0..6) {
            let op = ["add", "remove", "replace", "move", "copy", "test"][op as usize];
            let patch = json!([{ "op": op, "path": path, "from": "/a", "value": value }]).to_string();
            if let Ok(operations) = json::parse(patch.as_bytes()) {
                let _ = Patch::Json(operations).apply(&mut object.clone());
            }
        }
    }
}
