//! OpenAPI v3 of the kinds that are served: the API server's own documents, kept compressed, and one of each definition.

use std::hash::{DefaultHasher, Hasher};
use std::io::Read;

use bytes::Bytes;
use flate2::read::GzDecoder;
use http::header::{CONTENT_ENCODING, VARY};
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::accept::Format;
use super::answer::{self, Body};
use super::discovery;
use crate::kinds::{self, Kinds};
use crate::store::Store;

/// A recorded document: its path below `/openapi/v3/`, and its compressed text.
struct Recorded {
    path: &'static str,
    gzip: &'static [u8],
}

macro_rules! recorded {
    ($($path:literal from $file:literal),* $(,)?) => {
        &[$(Recorded { path: $path, gzip: include_bytes!(concat!("../openapi/", $file, ".json.gz")) }),*]
    };
}

/// Recorded from a kube-apiserver v1.37.2, without what the demo does not serve.
static RECORDED: &[Recorded] = recorded![
    "api/v1" from "core.v1",
    "apis/admissionregistration.k8s.io/v1" from "admissionregistration.k8s.io.v1",
    "apis/apiextensions.k8s.io/v1" from "apiextensions.k8s.io.v1",
    "apis/apiregistration.k8s.io/v1" from "apiregistration.k8s.io.v1",
    "apis/apps/v1" from "apps.v1",
    "apis/authentication.k8s.io/v1" from "authentication.k8s.io.v1",
    "apis/authorization.k8s.io/v1" from "authorization.k8s.io.v1",
    "apis/autoscaling/v2" from "autoscaling.v2",
    "apis/batch/v1" from "batch.v1",
    "apis/coordination.k8s.io/v1" from "coordination.k8s.io.v1",
    "apis/discovery.k8s.io/v1" from "discovery.k8s.io.v1",
    "apis/metrics.k8s.io/v1beta1" from "metrics.k8s.io.v1beta1",
    "apis/networking.k8s.io/v1" from "networking.k8s.io.v1",
    "apis/policy/v1" from "policy.v1",
    "apis/rbac.authorization.k8s.io/v1" from "rbac.authorization.k8s.io.v1",
    "apis/scheduling.k8s.io/v1" from "scheduling.k8s.io.v1",
    "apis/storage.k8s.io/v1" from "storage.k8s.io.v1",
];

/// `/openapi/v3`: where each document is.
pub fn index(kinds: &Kinds) -> Value {
    let mut paths = Map::new();
    for document in RECORDED {
        let mut hash = DefaultHasher::new();
        hash.write(document.gzip);
        let url = format!("/openapi/v3/{}?hash={:016X}", document.path, hash.finish());
        paths.insert(document.path.to_owned(), json!({ "serverRelativeURL": url }));
    }
    for (group, versions) in discovery::versions(kinds) {
        for version in versions {
            let path = if group.is_empty() { format!("api/{version}") } else { format!("apis/{group}/{version}") };
            let url = format!("/openapi/v3/{path}");
            paths.entry(path).or_insert_with(|| json!({ "serverRelativeURL": url }));
        }
    }
    json!({ "paths": paths })
}

/// `/openapi/v3/PATH`.
pub fn document(store: &Store, served: &Kinds, path: &str, gzip: bool) -> Response<Body> {
    if let Some(document) = RECORDED.iter().find(|document| document.path == path) {
        if !gzip {
            return answer::answer(StatusCode::OK, answer::JSON, answer::full(document.text()));
        }
        let body = answer::full(Bytes::from_static(document.gzip));
        let mut response = answer::answer(StatusCode::OK, answer::JSON, body);
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        response.headers_mut().insert(VARY, HeaderValue::from_static("Accept-Encoding, Accept"));
        return response;
    }
    let parts: Vec<_> = path.split('/').collect();
    let custom = match parts.as_slice() {
        ["apis", group, version] => custom(store, served, group, version),
        _ => None,
    };
    match custom {
        Some(document) => answer::object(StatusCode::OK, Format::Json, &document),
        None => answer::empty(StatusCode::NOT_FOUND),
    }
}

impl Recorded {
    fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        GzDecoder::new(self.gzip).read_to_end(&mut text).expect("what was recorded is whole");
        text
    }
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
            assert!(RECORDED.iter().any(|document| document.path == path), "{path}");
        }
    }

    #[test]
    fn every_document_is_whole() {
        for document in RECORDED {
            let text: Value = serde_json::from_slice(&document.text()).unwrap();
            assert!(text["components"]["schemas"].is_object(), "{}", document.path);
        }
    }
}
