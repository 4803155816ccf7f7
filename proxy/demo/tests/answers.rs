//! What readers of the API rely on over more than one request: pages, watches, what is compressed, what is written.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "clippy knows only #[test] functions as tests, and these are their parts"
)]

use std::io::Read;
use std::pin::pin;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use jiff::Timestamp;
use pilothouse_demo::api::answer::Body;
use pilothouse_demo::{Demo, Settings};
use serde_json::{Value, json};

const PODS: &str = "/api/v1/namespaces/shop/pods";
const MAPS: &str = "/api/v1/namespaces/shop/configmaps";

fn demo() -> Demo {
    // So slow that nothing happens by itself.
    Demo::start(Settings { pace: 1e-9, ..Settings::default() }, Timestamp::UNIX_EPOCH).unwrap()
}

async fn send(demo: &Demo, method: &str, path: &str, body: &Value) -> Response<Body> {
    let content_type = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
    let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
    let request = Request::builder().method(method).uri(path).header("content-type", content_type);
    demo.answer(request.body(Full::new(body)).unwrap()).await
}

async fn ask(demo: &Demo, method: &str, path: &str, body: Value) -> (u16, Value) {
    let response = send(demo, method, path, &body).await;
    let code = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (code, serde_json::from_slice(&body).unwrap())
}

async fn get(demo: &Demo, path: &str) -> Value {
    ask(demo, "GET", path, Value::Null).await.1
}

/// The next lines of a watch, as they come.
async fn events(body: &mut Body) -> Vec<Value> {
    let piece = body.frame().await.unwrap().unwrap().into_data().unwrap();
    piece
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}

async fn watch(demo: &Demo, path: &str) -> Body {
    let response = send(demo, "GET", path, &Value::Null).await;
    assert_eq!(response.status(), 200);
    response.into_body()
}

fn names(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| item["metadata"]["name"].as_str().unwrap().to_owned()).collect()
}

fn version(list: &Value) -> String {
    list["metadata"]["resourceVersion"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn pages_are_of_one_moment_whatever_happens_between_them() {
    let demo = demo();
    let whole = get(&demo, MAPS).await;
    let mut paged = Vec::new();
    let (mut token, mut moment) = (String::new(), None);
    loop {
        let page = get(&demo, &format!("{MAPS}?limit=3&continue={token}")).await;
        assert_eq!(&version(&page), moment.get_or_insert_with(|| version(&page)));
        paged.extend(names(&page));
        let first = names(&whole)[0].clone();
        ask(&demo, "DELETE", &format!("{MAPS}/{first}"), Value::Null).await;
        ask(&demo, "POST", MAPS, json!({ "metadata": { "generateName": "new-" } })).await;
        match page["metadata"]["continue"].as_str() {
            Some(next) => token = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(paged, names(&whole));
    // As a token of a moment that has not come yet.
    let future = "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6OTAwNzE5OTI1NDc0MDk5MSwic3RhcnQiOiJhXHUwMDAwIn0";
    let (code, status) = ask(&demo, "GET", &format!("{MAPS}?limit=1&continue={future}"), Value::Null).await;
    assert_eq!((code, &status["reason"]), (504, &"Timeout".into()));
    let exact = format!("{MAPS}?resourceVersion={}&resourceVersionMatch=Exact", version(&whole));
    assert_eq!(names(&get(&demo, &exact).await), names(&whole));
    assert_ne!(names(&get(&demo, MAPS).await), names(&whole));
}

#[tokio::test]
async fn a_watch_continues_where_a_list_ended() {
    let demo = demo();
    let list = get(&demo, MAPS).await;
    ask(&demo, "POST", MAPS, json!({ "metadata": { "name": "a" } })).await;
    ask(&demo, "PATCH", &format!("{MAPS}/a"), json!({ "data": { "k": "v" } })).await;
    ask(&demo, "DELETE", &format!("{MAPS}/a"), Value::Null).await;
    let mut watch = watch(&demo, &format!("{MAPS}?watch=1&resourceVersion={}", version(&list))).await;
    let events = events(&mut watch).await;
    let types: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["ADDED", "MODIFIED", "DELETED"]);
    assert_eq!(events[2]["object"]["data"]["k"], "v", "as it was last");
}

#[tokio::test]
async fn an_object_enters_and_leaves_a_watch_with_its_labels() {
    let demo = demo();
    ask(&demo, "POST", MAPS, json!({ "metadata": { "name": "a" } })).await;
    let list = get(&demo, MAPS).await;
    let path = format!("{MAPS}?watch=1&labelSelector=color%3Dred&resourceVersion={}", version(&list));
    let mut watch = watch(&demo, &path).await;
    for color in ["red", "red", "blue"] {
        let patch = json!({ "metadata": { "labels": { "color": color } }, "data": { "to": format!("{color}!") } });
        ask(&demo, "PATCH", &format!("{MAPS}/a"), patch).await;
    }
    ask(&demo, "PATCH", &format!("{MAPS}/a"), json!({ "metadata": { "labels": { "color": "red" } } })).await;
    let types: Vec<_> = events(&mut watch).await.iter().map(|event| event["type"].clone()).collect();
    assert_eq!(types, ["ADDED", "DELETED", "ADDED"], "what changes nothing is no event");
}

#[tokio::test]
async fn a_watch_from_what_is_forgotten_is_told_so() {
    let demo = demo();
    let mut watch = watch(&demo, &format!("{PODS}?watch=1&resourceVersion=1")).await;
    let events = events(&mut watch).await;
    assert_eq!((&events[0]["type"], &events[0]["object"]["code"]), (&"ERROR".into(), &410.into()));
    assert!(watch.frame().await.is_none(), "and ends");
    let (code, status) =
        ask(&demo, "GET", &format!("{PODS}?resourceVersion=1&resourceVersionMatch=Exact"), Value::Null).await;
    assert_eq!((code, &status["reason"]), (410, &"Expired".into()));
}

#[tokio::test(start_paused = true)]
async fn a_quiet_watch_is_bookmarked_every_minute_until_its_end() {
    let demo = demo();
    let path = "/apis/storage.k8s.io/v1/storageclasses";
    let version = version(&get(&demo, path).await);
    let query = format!("watch=1&allowWatchBookmarks=true&timeoutSeconds=150&resourceVersion={version}");
    let mut watch = watch(&demo, &format!("{path}?{query}")).await;
    for _ in 0..2 {
        let events = events(&mut watch).await;
        assert_eq!((events.len(), &events[0]["type"]), (1, &"BOOKMARK".into()));
        assert_eq!(events[0]["object"]["kind"], "StorageClass");
    }
    assert!(watch.frame().await.is_none());
}

#[tokio::test]
async fn a_watch_list_ends_its_first_part_with_a_bookmark() {
    let demo = demo();
    let list = get(&demo, MAPS).await;
    let query = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
    let mut watch = watch(&demo, &format!("{MAPS}?{query}")).await;
    let events = events(&mut watch).await;
    let (last, added) = events.split_last().unwrap();
    assert_eq!(added.len(), names(&list).len());
    assert_eq!(last["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"], "true");
    // The cluster may have moved on meanwhile.
    let number = |version: &str| version.parse::<u64>().unwrap();
    let told = number(last["object"]["metadata"]["resourceVersion"].as_str().unwrap());
    assert!(told >= number(&version(&list)));
}

#[tokio::test]
async fn a_compressed_list_is_the_same_list() {
    let demo = demo();
    let version = version(&get(&demo, "/api/v1/pods").await);
    let path = format!("/api/v1/pods?resourceVersion={version}&resourceVersionMatch=Exact");
    let request = Request::get(&path).header("accept-encoding", "gzip, br").body(Full::<Bytes>::default());
    let response = demo.answer(request.unwrap()).await;
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(&body[..]).read_to_end(&mut text).unwrap();
    assert!(body.len() * 5 < text.len(), "{} of {}", body.len(), text.len());
    assert!(serde_json::from_slice::<Value>(&text).unwrap() == get(&demo, &path).await);
}

#[tokio::test]
async fn a_write_over_a_newer_version_is_a_conflict() {
    let demo = demo();
    let (_, old) = ask(&demo, "POST", MAPS, json!({ "metadata": { "name": "a" } })).await;
    ask(&demo, "PATCH", &format!("{MAPS}/a"), json!({ "data": { "k": "v" } })).await;
    let (code, status) = ask(&demo, "PUT", &format!("{MAPS}/a"), old).await;
    assert_eq!((code, &status["reason"]), (409, &"Conflict".into()));
    let (_, new) = ask(&demo, "GET", &format!("{MAPS}/a"), Value::Null).await;
    assert_eq!(ask(&demo, "PUT", &format!("{MAPS}/a"), new).await.0, 200);
}

#[tokio::test]
async fn finalizers_hold_an_object_until_they_are_gone() {
    let demo = demo();
    let path = format!("{MAPS}/a");
    ask(&demo, "POST", MAPS, json!({ "metadata": { "name": "a", "finalizers": ["example.com/x"] } })).await;
    let (_, going) = ask(&demo, "DELETE", &path, Value::Null).await;
    assert!(going["metadata"]["deletionTimestamp"].is_string());
    assert_eq!(ask(&demo, "GET", &path, Value::Null).await.0, 200);
    ask(&demo, "PATCH", &path, json!({ "metadata": { "finalizers": null } })).await;
    assert_eq!(ask(&demo, "GET", &path, Value::Null).await.0, 404);
}

#[tokio::test]
async fn an_eviction_respects_its_budget() {
    let demo = demo();
    let pods = get(&demo, &format!("{PODS}?labelSelector=app.kubernetes.io/name%3Dcart")).await;
    let budget = "/apis/policy/v1/namespaces/shop/poddisruptionbudgets/cart";
    let allowed = get(&demo, budget).await["status"]["disruptionsAllowed"].as_i64().unwrap();
    let eviction = json!({ "kind": "Eviction", "apiVersion": "policy/v1" });
    let mut codes = Vec::new();
    for name in names(&pods) {
        codes.push(ask(&demo, "POST", &format!("{PODS}/{name}/eviction"), eviction.clone()).await.0);
    }
    let evicted = codes.iter().filter(|code| **code == 201).count();
    assert_eq!(i64::try_from(evicted).unwrap(), allowed, "{codes:?}");
    assert!(codes.contains(&429));
}

#[tokio::test]
async fn a_deleted_namespace_takes_what_is_in_it() {
    let demo = demo();
    ask(&demo, "POST", "/api/v1/namespaces", json!({ "metadata": { "name": "a" } })).await;
    ask(&demo, "POST", "/api/v1/namespaces/a/configmaps", json!({ "metadata": { "name": "x" } })).await;
    assert_eq!(ask(&demo, "DELETE", "/api/v1/namespaces/a", Value::Null).await.0, 200);
    assert_eq!(ask(&demo, "GET", "/api/v1/namespaces/a/configmaps/x", Value::Null).await.0, 404);
}

#[tokio::test]
async fn usage_is_told_of_what_runs() {
    let demo = demo();
    let metrics = get(&demo, "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods").await;
    let running = get(&demo, &format!("{PODS}?fieldSelector=status.phase%3DRunning")).await;
    let running = names(&running);
    assert!(!names(&metrics).is_empty() && names(&metrics).iter().all(|name| running.contains(name)));
    let nodes = get(&demo, "/apis/metrics.k8s.io/v1beta1/nodes").await;
    assert_eq!(nodes["items"].as_array().unwrap().len(), 12);
}

#[tokio::test]
async fn a_namespace_waits_for_what_finalizers_hold_in_it() {
    let demo = demo();
    ask(&demo, "POST", "/api/v1/namespaces", json!({ "metadata": { "name": "a" } })).await;
    let maps = "/api/v1/namespaces/a/configmaps";
    ask(&demo, "POST", maps, json!({ "metadata": { "name": "free" } })).await;
    ask(&demo, "POST", maps, json!({ "metadata": { "name": "held", "finalizers": ["example.com/x"] } })).await;
    assert_eq!(ask(&demo, "DELETE", "/api/v1/namespaces/a", Value::Null).await.0, 200);
    assert_eq!(get(&demo, "/api/v1/namespaces/a").await["status"]["phase"], "Terminating");
    assert_eq!(names(&get(&demo, maps).await), ["held"]);
    assert_eq!(ask(&demo, "POST", maps, json!({ "metadata": { "name": "new" } })).await.0, 403);
    ask(&demo, "PATCH", &format!("{maps}/held"), json!({ "metadata": { "finalizers": null } })).await;
    assert_eq!(ask(&demo, "GET", "/api/v1/namespaces/a", Value::Null).await.0, 404);
}

#[tokio::test]
async fn a_definition_waits_for_its_objects() {
    let demo = demo();
    let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    let definition = json!({
        "metadata": { "name": "things.example.com" },
        "spec": {
            "group": "example.com", "scope": "Namespaced", "names": { "plural": "things", "kind": "Thing" },
            "versions": [{
                "name": "v1", "served": true, "storage": true, "schema": { "openAPIV3Schema": { "type": "object" } },
            }],
        },
    });
    assert_eq!(ask(&demo, "POST", definitions, definition).await.0, 201);
    let things = "/apis/example.com/v1/namespaces/shop/things";
    ask(&demo, "POST", things, json!({ "metadata": { "name": "free" } })).await;
    ask(&demo, "POST", things, json!({ "metadata": { "name": "held", "finalizers": ["example.com/x"] } })).await;
    let path = format!("{definitions}/things.example.com");
    assert_eq!(ask(&demo, "DELETE", &path, Value::Null).await.0, 200);
    assert!(get(&demo, &path).await["metadata"]["deletionTimestamp"].is_string());
    assert_eq!(names(&get(&demo, things).await), ["held"]);
    ask(&demo, "PATCH", &format!("{things}/held"), json!({ "metadata": { "finalizers": [] } })).await;
    assert_eq!(ask(&demo, "GET", &path, Value::Null).await.0, 404);
    assert_eq!(send(&demo, "GET", things, &Value::Null).await.status(), 404);
}

#[tokio::test]
async fn a_patch_of_the_status_leaves_the_rest_and_is_selected_by() {
    let demo = demo();
    let name = names(&get(&demo, PODS).await)[0].clone();
    let path = format!("{PODS}/{name}");
    let before = get(&demo, &path).await;
    let patch = json!({ "status": { "phase": "Failed", "reason": "x\"y" }, "spec": { "nodeName": "elsewhere" } });
    for status in [json!({ "status": { "phase": "Unknown" } }), patch] {
        assert_eq!(ask(&demo, "PATCH", &format!("{path}/status?fieldManager=me"), status).await.0, 200);
    }
    let after = get(&demo, &path).await;
    let mut expect = before.clone();
    expect["status"]["phase"] = "Failed".into();
    expect["status"]["reason"] = "x\"y".into();
    expect["metadata"]["resourceVersion"] = after["metadata"]["resourceVersion"].clone();
    let mine = json!({
        "manager": "me", "operation": "Update", "apiVersion": "v1", "subresource": "status", "fieldsType": "FieldsV1",
        "time": "1970-01-01T00:00:00Z", "fieldsV1": { "f:status": { "f:phase": {}, "f:reason": {} } },
    });
    expect["metadata"]["managedFields"].as_array_mut().unwrap().push(mine);
    assert_eq!(after, expect);
    for (selector, expect) in [("status.phase%3DFailed", true), ("spec.nodeName%3Delsewhere", false)] {
        let found = get(&demo, &format!("{PODS}?fieldSelector={selector}")).await;
        assert_eq!(names(&found).contains(&name), expect, "{selector}");
    }
    let labels = json!({ "metadata": { "labels": { "new": "label" }, "managedFields": [{}] } });
    ask(&demo, "PATCH", &path, labels).await;
    assert_eq!(names(&get(&demo, &format!("{PODS}?labelSelector=new%3Dlabel")).await), [name]);
    let last = get(&demo, &path).await;
    assert_eq!(last["spec"], before["spec"]);
    assert_eq!(
        last["metadata"]["managedFields"].as_array().unwrap().len(),
        2 + before["metadata"]["managedFields"].as_array().unwrap().len()
    );
}

#[tokio::test]
async fn what_an_app_uses_is_shared_by_its_replicas() {
    let demo = demo();
    let used = async || {
        let path = "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods?labelSelector=app.kubernetes.io/name%3Dinventory";
        let metrics = get(&demo, path).await;
        let nanos =
            |pod: &Value| pod["containers"][0]["usage"]["cpu"].as_str().unwrap().trim_end_matches('n').parse::<u64>();
        metrics["items"].as_array().unwrap().iter().map(|pod| nanos(pod).unwrap()).sum::<u64>()
    };
    let before = used().await;
    let path = "/apis/apps/v1/namespaces/shop/deployments/inventory";
    let replicas = get(&demo, path).await["spec"]["replicas"].as_u64().unwrap();
    ask(&demo, "PATCH", path, json!({ "spec": { "replicas": replicas * 2 } })).await;
    let after = used().await;
    // Nothing else moves in this cluster: its pods are the same, and expect as many beside them.
    assert!(after.abs_diff(before / 2) < 10, "{before} {after}");
}

#[tokio::test]
async fn a_list_that_has_to_be_worked_out_gives_way_before_each_chunk() {
    let demo = demo();
    for (path, accept) in [
        ("/apis/metrics.k8s.io/v1beta1/pods", "application/json"),
        ("/api/v1/pods", "application/json;as=Table;v=v1;g=meta.k8s.io"),
        ("/api/v1/pods", "application/yaml"),
    ] {
        let request = Request::get(path).header("accept", accept).body(Full::<Bytes>::default()).unwrap();
        let mut body = demo.answer(request).await.into_body();
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        for gives_way in [true, false, true, false] {
            assert_eq!(pin!(body.frame()).poll(&mut context).is_pending(), gives_way, "{path} {accept}");
        }
    }
}
