//! OpenAPI v3 of the kinds that are served: the API server's own documents, kept compressed, and one of each definition.

use std::hash::{DefaultHasher, Hasher};

use http::{Response, StatusCode};
use serde_json::{Map, Value, json};

use super::accept::Format;
use super::answer::{self, Body};
use super::discovery;
use crate::kinds::{self, Kinds};
use crate::recording;
use crate::store::Store;
use crate::tree;

/// The API server's own documents by path, recorded from a kube-apiserver v1.37.2 without what the demo does not serve.
/// Instead of their schemas they have the names of them, as many documents have the same.
static DOCUMENTS: &[u8] = include_bytes!("../openapi/documents.json.gz");
/// The schemas by name.
static SCHEMAS: &[u8] = include_bytes!("../openapi/schemas.json.gz");

/// `/openapi/v3`: where each document is.
pub fn index(kinds: &Kinds) -> Value {
    let mut paths = Map::new();
    for (group, versions) in discovery::versions(kinds) {
        for version in versions {
            let path = if group.is_empty() { format!("api/{version}") } else { format!("apis/{group}/{version}") };
            // Clients keep a document for as long as its hash stays.
            let url = format!("/openapi/v3/{path}?hash={:016X}", hash(&path));
            paths.insert(path, json!({ "serverRelativeURL": url }));
        }
    }
    json!({ "paths": paths })
}

/// `/openapi/v3/PATH`.
pub fn document(store: &Store, served: &Kinds, path: &str) -> Response<Body> {
    let parts: Vec<_> = path.split('/').collect();
    let document = recorded(path).or_else(|| match parts.as_slice() {
        ["apis", group, version] => custom(store, served, group, version),
        _ => None,
    });
    match document {
        Some(document) => answer::object(StatusCode::OK, Format::Json, &document),
        None => answer::empty(StatusCode::NOT_FOUND),
    }
}

/// A recorded document, put together.
fn recorded(path: &str) -> Option<Value> {
    let mut document = recording::read(DOCUMENTS).get_mut(path)?.take();
    let mut all = recording::read(SCHEMAS);
    let names = document.pointer("/components/schemas").and_then(Value::as_array);
    let names = names.into_iter().flatten().filter_map(Value::as_str);
    let schemas: Map<_, _> = names.filter_map(|name| Some((name.to_owned(), all.get_mut(name)?.take()))).collect();
    tree::put(&mut document, &["components", "schemas"], schemas.into());
    Some(document)
}

fn hash(path: &str) -> u64 {
    let mut hash = DefaultHasher::new();
    hash.write(DOCUMENTS);
    hash.write(path.as_bytes());
    hash.finish()
}

/// The schemas of a group's definitions.
fn custom(store: &Store, served: &Kinds, group: &str, version: &str) -> Option<Value> {
    let (mut schemas, mut paths) = (Map::new(), Map::new());
    let list = store.list(kinds::builtin("apiextensions.k8s.io", "customresourcedefinitions"), None);
    for kind in served.all().into_iter().filter(|kind| kind.is_custom && (kind.group, kind.version) == (group, version))
    {
        let name = format!("{}.{group}", kind.plural);
        let definition = list.objects.iter().find(|definition| *definition.name == *name)?.value();
        let versions = definition.pointer("/spec/versions").and_then(Value::as_array)?;
        let of_version = versions.iter().find(|known| known.get("name").and_then(Value::as_str) == Some(version))?;
        let mut schema = of_version.pointer("/schema/openAPIV3Schema").cloned().unwrap_or_else(|| json!({}));
        if let Some(members) = schema.as_object_mut() {
            let kind = json!([{ "group": group, "kind": kind.name, "version": version }]);
            members.insert("x-kubernetes-group-version-kind".into(), kind);
        }
        // From here kubectl learns that fields are validated by the server, and does it no longer itself.
        let patch = json!({ "patch": {
            "parameters": [{ "name": "fieldValidation", "in": "query", "schema": { "type": "string" } }],
            "x-kubernetes-action": "patch",
            "x-kubernetes-group-version-kind": { "group": group, "kind": kind.name, "version": version },
        } });
        let namespace = if kind.namespaced { "namespaces/{namespace}/" } else { "" };
        paths.insert(format!("/apis/{group}/{version}/{namespace}{}/{{name}}", kind.plural), patch);
        let reversed: Vec<_> = group.rsplit('.').collect();
        schemas.insert(format!("{}.{version}.{}", reversed.join("."), kind.name), schema);
    }
    (!schemas.is_empty()).then(|| {
        json!({
            "openapi": "3.0.0",
            "info": { "title": "Kubernetes CRD Swagger", "version": "v0.1.0" },
            "paths": paths,
            "components": { "schemas": schemas },
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::builtin;

    #[test]
    fn every_built_in_version_has_its_document() {
        for kind in builtin::ALL {
            let path = if kind.group.is_empty() { "api/v1".to_owned() } else { format!("apis/{}", kind.api_version()) };
            let document = recorded(&path).unwrap();
            assert!(document["paths"].is_object() && document["components"]["schemas"].is_object(), "{path}");
        }
    }

    #[test]
    fn every_schema_that_a_document_refers_to_is_in_it() {
        let document = recorded("apis/apps/v1").unwrap();
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let text = document.to_string();
        for reference in text.split("#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(schemas.contains_key(name), "{name}");
        }
    }
}
