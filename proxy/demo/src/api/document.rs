//! The documents that are no objects: health, version, discovery, OpenAPI.

use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::accept::{Accepted, Format, Shape};
use super::answer::{self, Body};
use super::query::Query;
use super::target::Document;
use super::{discovery, openapi};
use crate::kinds::Kinds;
use crate::store::Store;

/// The release whose answers these are.
pub const VERSION: &str = "v1.37.2";
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// Answers with a document.
pub fn answer(store: &Store, kinds: &Kinds, document: &Document, accepted: Accepted, query: &Query) -> Response<Body> {
    let aggregates = accepted.shape == Shape::Aggregated;
    match document {
        Document::Health => health(query),
        Document::Paths => json(accepted.format, &paths(kinds)),
        Document::Version => json(Format::Json, &version()),
        Document::CoreVersions | Document::Groups if aggregates => {
            let core = *document == Document::CoreVersions;
            let text = discovery::aggregated(kinds, core).to_string();
            answer::answer(StatusCode::OK, AGGREGATED, answer::full(text))
        }
        Document::CoreVersions => json(accepted.format, &discovery::core_versions()),
        Document::Groups => json(accepted.format, &discovery::groups(kinds)),
        Document::Group(name) => match discovery::group(kinds, name) {
            Some(group) => json(accepted.format, &group),
            None => answer::no_page(),
        },
        Document::Resources(group, version) => json(accepted.format, &discovery::resources(kinds, group, version)),
        // As the API server, which says of this JSON that it is text.
        Document::OpenApiIndex => answer::text(StatusCode::OK, openapi::index(kinds).to_string()),
        Document::OpenApi(path) => openapi::document(store, kinds, path),
    }
}

fn json(format: Format, value: &Value) -> Response<Body> {
    answer::object(StatusCode::OK, format, value)
}

fn health(query: &Query) -> Response<Body> {
    if query.flag("verbose") {
        return answer::text(StatusCode::OK, "[+]ping ok\n[+]store ok\ncheck passed\n");
    }
    answer::text(StatusCode::OK, "ok")
}

fn version() -> Value {
    json!({
        "major": "1",
        "minor": "37",
        "emulationMajor": "1",
        "emulationMinor": "37",
        "minCompatibilityMajor": "1",
        "minCompatibilityMinor": "36",
        "gitVersion": VERSION,
        "gitCommit": "",
        "gitTreeState": "",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "",
        "platform": "",
    })
}

fn paths(kinds: &Kinds) -> Value {
    let mut paths = vec!["/api".to_owned(), "/api/v1".into(), "/apis".into(), "/apis/".into()];
    for (group, versions) in discovery::versions(kinds).iter().filter(|(group, _)| !group.is_empty()) {
        paths.push(format!("/apis/{group}"));
        paths.extend(versions.iter().map(|version| format!("/apis/{group}/{version}")));
    }
    paths.extend(["/healthz", "/livez", "/openapi/v3", "/readyz", "/version"].map(str::to_owned));
    paths.sort_unstable();
    json!({ "paths": paths })
}
