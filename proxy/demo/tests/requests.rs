//! Requests as nobody should send them: each is answered, with a Status and never with a fault of ours.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "clippy knows only #[test] functions as tests, and these are their parts"
)]

use std::sync::LazyLock;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use jiff::Timestamp;
use pilothouse_demo::{Demo, Settings};
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// One cluster for all cases: what an odd request leaves behind must not trouble the next.
static DEMO: LazyLock<Demo> = LazyLock::new(|| {
    let settings = Settings { nodes: 3, pods: 20, ..Settings::default() };
    Demo::start(settings, Timestamp::UNIX_EPOCH).unwrap()
});
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// Asks; none where the parts make no request of HTTP.
fn ask(method: &str, target: &str, headers: &[(&str, String)], body: Vec<u8>) -> Option<(u16, String, Bytes)> {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request = request.body(Full::new(Bytes::from(body))).ok()?;
    let response: Response<_> = RUNTIME.block_on(DEMO.answer(request));
    let (head, body) = response.into_parts();
    let content_type = head.headers.get("content-type").map_or("", |value| value.to_str().unwrap()).to_owned();
    // A watch or a followed log ends when nobody reads it.
    let ends = !target.contains("watch") && !target.contains("follow");
    let body = if ends { RUNTIME.block_on(body.collect()).unwrap().to_bytes() } else { Bytes::new() };
    Some((head.status.as_u16(), content_type, body))
}

fn check(method: &str, target: &str, headers: &[(&str, String)], body: Vec<u8>) {
    let shown = String::from_utf8_lossy(&body).into_owned();
    let Some((code, content_type, body)) = ask(method, target, headers, body) else {
        return;
    };
    let what = format!("{method} {target} {headers:?} {shown} -> {code}");
    // A version from the future is told with 504, as by the API server.
    assert!((200..500).contains(&code) || code == 504, "{what}");
    // A body that is not collected is one that goes on, and so no refusal.
    if code < 400 || body.is_empty() {
        return;
    }
    match content_type.as_str() {
        "application/json" => {
            let status: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!((&status["kind"], &status["code"]), (&"Status".into(), &code.into()), "{what}");
        }
        "application/yaml" => assert!(String::from_utf8_lossy(&body).contains("\nkind: Status\n"), "{what}"),
        // What the API server says where nothing is at all.
        _ => assert_eq!((code, &body[..]), (404, &b"404 page not found\n"[..]), "{what}"),
    }
}

/// The log of a pod that runs.
static LOG: LazyLock<String> = LazyLock::new(|| {
    let running = "/api/v1/pods?fieldSelector=status.phase%3DRunning";
    let list: Value = serde_json::from_slice(&ask("GET", running, &[], Vec::new()).unwrap().2).unwrap();
    let text = |path: &str| list.pointer(path).and_then(Value::as_str).unwrap();
    let (namespace, name) = (text("/items/0/metadata/namespace"), text("/items/0/metadata/name"));
    format!("/api/v1/namespaces/{namespace}/pods/{name}/log")
});

/// A path of the API, or something like one.
fn path() -> impl Strategy<Value = String> {
    let segment = prop_oneof![
        Just("api".to_owned()),
        Just("apis".to_owned()),
        Just("v1".to_owned()),
        Just("apps".to_owned()),
        Just("namespaces".to_owned()),
        Just("pods".to_owned()),
        Just("status".to_owned()),
        "[a-z%0-9.~-]{0,6}",
    ];
    let known = prop_oneof![
        Just("/api/v1/namespaces/shop/pods"),
        Just("/api/v1/namespaces/shop/configmaps"),
        Just("/api/v1/namespaces/shop/configmaps/odd"),
        Just("/api/v1/namespaces/shop/services/odd"),
        Just("/api/v1/namespaces/odd"),
        Just("/api/v1/nodes/odd"),
        Just("/apis/apps/v1/namespaces/shop/deployments"),
        Just("/apis/apps/v1/namespaces/shop/deployments/odd"),
        Just("/apis/apps/v1/namespaces/shop/deployments/odd/scale"),
        Just("/apis/apps/v1/namespaces/shop/deployments/odd/status"),
        Just("/apis/policy/v1/namespaces/shop/poddisruptionbudgets"),
        Just("/apis/apiextensions.k8s.io/v1/customresourcedefinitions"),
        Just("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/odd"),
        Just("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"),
        Just("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"),
        Just("/apis/metrics.k8s.io/v1beta1/pods"),
        Just("/openapi/v3/apis/apps/v1"),
    ];
    prop_oneof![
        known.prop_map(str::to_owned),
        proptest::collection::vec(segment, 0..7).prop_map(|segments| format!("/{}", segments.join("/"))),
    ]
}

fn query() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        Just("labelSelector"),
        Just("fieldSelector"),
        Just("limit"),
        Just("continue"),
        Just("resourceVersion"),
        Just("resourceVersionMatch"),
        Just("watch"),
        Just("timeoutSeconds"),
        Just("allowWatchBookmarks"),
        Just("sendInitialEvents"),
        Just("includeObject"),
        Just("gracePeriodSeconds"),
        Just("propagationPolicy"),
        Just("fieldManager"),
        Just("tailLines"),
        Just("dryRun"),
        Just("orphanDependents"),
    ];
    let value = prop_oneof!["[a-zA-Z0-9=!,.()%+-]{0,12}", "-?[0-9]{1,20}", Just("1".to_owned())];
    proptest::collection::vec((name, value), 0..4)
        .prop_map(|pairs| pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&"))
}

/// What is asked of a log.
fn log_query() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        Just("container"),
        Just("follow"),
        Just("limitBytes"),
        Just("previous"),
        Just("sinceSeconds"),
        Just("sinceTime"),
        Just("tailLines"),
        Just("timestamps"),
    ];
    let value = prop_oneof![
        "-?[0-9]{1,20}",
        "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z",
        "\\PC{0,6}",
        Just("true".to_owned())
    ];
    let encode =
        |text: String| percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC).to_string();
    proptest::collection::vec((name, value.prop_map(encode)), 0..4)
        .prop_map(|pairs| pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&"))
}

/// JSON that looks like an object of Kubernetes in places.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(Value::from("odd")),
        "\\PC{0,6}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("metadata"),
        Just("name"),
        Just("namespace"),
        Just("labels"),
        Just("annotations"),
        Just("spec"),
        Just("status"),
        Just("replicas"),
        Just("selector"),
        Just("matchLabels"),
        Just("template"),
        Just("containers"),
        Just("image"),
        Just("ports"),
        Just("ownerReferences"),
        Just("finalizers"),
        Just("resourceVersion"),
        Just("managedFields"),
        Just("generateName"),
        Just("data"),
        Just("names"),
        Just("plural"),
        Just("group"),
        Just("versions"),
        Just("served"),
        Just("resourceAttributes"),
        Just("uid"),
        Just("deletionTimestamp"),
        Just("op"),
        Just("path"),
        Just("value"),
        Just("$patch"),
        Just("preconditions"),
        Just("nodeName"),
    ];
    leaf.prop_recursive(6, 40, 6, move |inner| {
        prop_oneof![
            1 => proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            4 => proptest::collection::hash_map(name.clone(), inner, 0..6)
                .prop_map(|map| map.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

/// An object that can be created under the name that paths above have, odd elsewhere.
fn object() -> impl Strategy<Value = Value> {
    (json(), json(), json()).prop_map(|(labels, spec, status)| {
        serde_json::json!({ "metadata": { "name": "odd", "labels": labels }, "spec": spec, "status": status })
    })
}

fn headers() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let accept = prop_oneof![
        Just("application/json".to_owned()),
        Just("application/yaml".to_owned()),
        Just("application/json;as=Table;v=v1;g=meta.k8s.io".to_owned()),
        Just("application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io".to_owned()),
        "[ -~]{0,20}",
    ];
    let content_type = prop_oneof![
        Just("application/json".to_owned()),
        Just("application/merge-patch+json".to_owned()),
        Just("application/json-patch+json".to_owned()),
        Just("application/strategic-merge-patch+json".to_owned()),
        "[ -~]{0,20}",
    ];
    (accept, content_type).prop_map(|(accept, content_type)| vec![("accept", accept), ("content-type", content_type)])
}

/// Somewhere in an object.
fn place_in_object() -> impl Strategy<Value = String> {
    let known = prop_oneof![
        Just(""),
        Just("/metadata"),
        Just("/metadata/name"),
        Just("/metadata/labels"),
        Just("/metadata/managedFields/0"),
        Just("/spec"),
        Just("/spec/containers/-"),
        Just("/status"),
        Just("/data"),
    ];
    prop_oneof![known.prop_map(str::to_owned), "(/[a-z~0-9-]{0,8}){0,3}"]
}

fn method() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("GET"), Just("POST"), Just("PUT"), Just("PATCH"), Just("DELETE"), Just("OPTIONS"), Just("X")]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_request_is_answered(
        method in method(), path in path(), query in query(), headers in headers(),
        body in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        check(method, &format!("{path}?{query}"), &headers, body);
    }

    #[test]
    fn any_object_is_taken_or_refused(
        method in method(), path in path(), headers in headers(), body in prop_oneof![json(), object()],
    ) {
        check(method, &path, &headers, body.to_string().into_bytes());
        // Whatever was stored can be shown.
        for accept in ["application/yaml", "application/json;as=Table;v=v1;g=meta.k8s.io"] {
            check("GET", &path, &[("accept", accept.to_owned())], Vec::new());
        }
    }

    #[test]
    fn any_json_patch_is_taken_or_refused(
        path in path(), at in place_in_object(), from in place_in_object(), value in json(), op in 0..6_usize,
    ) {
        let op = ["add", "remove", "replace", "test", "move", "copy"].into_iter().nth(op);
        let patch = serde_json::json!([{ "op": op, "path": at, "from": from, "value": value }]).to_string();
        check("PATCH", &path, &[("content-type", "application/json-patch+json".to_owned())], patch.into_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_wish_for_a_log_is_answered(query in log_query()) {
        check("GET", &format!("{}?{query}", *LOG), &[], Vec::new());
    }
}

#[test]
fn bodies_have_a_bound() {
    let (code, ..) = ask("POST", "/api/v1/namespaces/shop/configmaps", &[], vec![b' '; 4 << 20]).unwrap();
    assert_eq!(code, 413);
}

#[test]
fn nesting_has_a_bound() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    check("POST", "/api/v1/namespaces/shop/configmaps", &[], deep.into_bytes());
}

#[test]
fn an_object_that_was_accepted_can_be_read_however_deep_it_is() {
    let created = (90..=127).filter(|depth| {
        let (data, name) = (format!("{}1{}", "[".repeat(*depth), "]".repeat(*depth)), format!("deep-{depth}"));
        let body = format!(r#"{{"metadata":{{"name":"{name}"}},"data":{{"a":{data}}}}}"#);
        check("POST", "/api/v1/namespaces/shop/configmaps", &[], body.clone().into_bytes());
        let (code, ..) = ask("GET", &format!("/api/v1/namespaces/shop/configmaps/{name}"), &[], vec![]).unwrap();
        code == 200
    });
    assert!((1..38).contains(&created.count()));
}

#[test]
fn patches_cannot_nest_an_object_without_end() {
    let body = br#"{"metadata":{"name":"nested"},"data":{"a":{}}}"#.to_vec();
    check("POST", "/api/v1/namespaces/shop/configmaps", &[], body);
    let steps: Vec<_> = (0..500)
        .flat_map(|n| {
            let (from, to) = if n % 2 == 0 { ("a", "b") } else { ("b", "a") };
            [
                json!({ "op": "add", "path": format!("/data/{to}"), "value": {} }),
                json!({ "op": "move", "from": format!("/data/{from}"), "path": format!("/data/{to}/{from}") }),
            ]
        })
        .collect();
    let headers = [("content-type", "application/json-patch+json".to_owned())];
    let target = "/api/v1/namespaces/shop/configmaps/nested";
    let (code, ..) = ask("PATCH", target, &headers, json!(steps).to_string().into_bytes()).unwrap();
    assert_eq!(code, 422);
    assert_eq!(ask("GET", target, &[], vec![]).unwrap().0, 200);
}
