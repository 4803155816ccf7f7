//! The store as its users see it.

use jiff::Timestamp;
use serde_json::json;

use super::history::Change;
use super::template::{Template, hole};
use super::*;
use crate::kinds::builtin;

fn store() -> Store {
    Store::new(Clock::new(Timestamp::UNIX_EPOCH, 0.0), 1)
}

fn pod(namespace: &str, name: &str) -> Value {
    json!({ "metadata": { "namespace": namespace, "name": name }, "spec": { "nodeName": "n1" } })
}

fn pods() -> &'static Kind {
    builtin("", "pods")
}

#[test]
fn a_created_object_has_what_the_server_fills_in() {
    let object = store().create(pods(), pod("shop", "web")).unwrap().value();
    assert_eq!(object["kind"], "Pod");
    assert_eq!(object["metadata"]["creationTimestamp"], "1970-01-01T00:00:00Z");
    assert_eq!(object["metadata"]["resourceVersion"], "1001");
    assert_eq!(object["metadata"]["generation"], 1);
    assert_eq!(object["metadata"]["uid"].as_str().unwrap().len(), 36);
}

#[test]
fn lists_are_sorted_and_know_their_namespace() {
    let store = store();
    for (namespace, name) in [("b", "1"), ("a", "2"), ("a", "1"), ("ab", "1")] {
        store.create(pods(), pod(namespace, name)).unwrap();
    }
    let names = |namespace| -> Vec<String> {
        let list = store.list(pods(), namespace);
        list.objects.iter().map(|object| format!("{}/{}", object.namespace, object.name)).collect()
    };
    assert_eq!(names(None), ["a/1", "a/2", "ab/1", "b/1"]);
    assert_eq!(names(Some("a")), ["a/1", "a/2"]);
    assert!(names(Some("c")).is_empty());
}

#[test]
fn a_change_of_the_spec_is_counted_and_no_change_is_none() {
    let store = store();
    let key = Key::of(&store.create(pods(), pod("shop", "web")).unwrap());
    let same = store.update(&key, |_| {}).unwrap();
    assert_eq!(same.version, 1001);
    let status = store.update(&key, |pod| pod["status"] = json!({ "phase": "Running" })).unwrap();
    assert_eq!((status.version, status.field("status.phase")), (1002, Some("Running")));
    let spec = store.update(&key, |pod| pod["spec"]["nodeName"] = "n2".into()).unwrap().value();
    assert_eq!(spec["metadata"]["generation"], 2);
}

#[test]
fn a_watch_sees_every_change_once() {
    let store = store();
    let mut watch = store.watch_from_now(pods());
    let key = Key::of(&store.create(pods(), pod("shop", "web")).unwrap());
    store.update(&key, |pod| pod["spec"]["nodeName"] = "n2".into()).unwrap();
    store.delete(&key).unwrap();
    let changes: Vec<_> = watch.ready().unwrap().iter().map(|event| (event.change, event.object.version)).collect();
    assert_eq!(changes, [(Change::Added, 1001), (Change::Modified, 1002), (Change::Deleted, 1003)]);
    assert!(watch.ready().unwrap().is_empty());
}

#[test]
fn a_watch_that_fell_behind_is_told_so() {
    let store = store();
    let mut watch = store.watch_from_now(pods());
    let key = Key::of(&store.create(pods(), pod("shop", "web")).unwrap());
    for number in 0..10_000 {
        store.update(&key, |pod| pod["spec"]["n"] = number.into()).unwrap();
    }
    let expired = watch.ready().unwrap_err();
    assert_eq!(expired.asked, 1000);
    assert!(store.watch(pods(), 1001).is_err());
    assert!(store.watch(pods(), store.version()).is_ok());
}

#[test]
fn a_history_of_long_objects_had_no_bound() {
    let store = store();
    let map = json!({ "metadata": { "namespace": "a", "name": "long" }, "data": { "k": "" } });
    let key = Key::of(&store.create(builtin("", "configmaps"), map).unwrap());
    let mut watch = store.watch_from_now(key.kind);
    for number in 0..200 {
        store.update(&key, |map| map["data"]["k"] = format!("{}{number}", "x".repeat(1_000_000)).into()).unwrap();
    }
    assert!(watch.ready().is_err(), "64 MB of 200 are remembered");
    assert!(store.watch(key.kind, store.version() - 70).is_err());
    let mut watch = store.watch(key.kind, store.version() - 60).unwrap();
    assert_eq!(watch.ready().unwrap().len(), 2, "and no more than a megabyte is taken at once");
}

#[test]
fn an_object_grew_without_bound_by_one_change_after_the_other() {
    let store = store();
    let map = json!({ "metadata": { "namespace": "a", "name": "long" }, "data": {} });
    let key = Key::of(&store.create(builtin("", "configmaps"), map).unwrap());
    let grow = |number: usize| store.update(&key, |map| map["data"][format!("k{number}")] = "x".repeat(400_000).into());
    let codes: Vec<_> = (0..5).map(|number| grow(number).map_err(|error| error.code().as_u16()).err()).collect();
    assert_eq!(codes, [None, None, None, Some(413), Some(413)]);
    let long = json!({ "metadata": { "namespace": "a", "name": "b" }, "data": { "k": "x".repeat(2_000_000) } });
    assert!(store.create(key.kind, long).is_err());
}

#[test]
fn stamped_objects_are_as_if_they_had_been_created() {
    let store = store();
    let template = json!({
        "metadata": {
            "namespace": "shop",
            "name": format!("web-{}", hole("suffix")),
            "ownerReferences": [{ "controller": true, "uid": "owner" }],
            "labels": { "app": "web", "pod": hole("suffix") },
        },
        "spec": { "nodeName": hole("node"), "filler": "x".repeat(1000) },
    });
    let template = Template::new(pods(), template, &["suffix", "node"], &store.interned);
    let first = store.reserve(2);
    let stamped = (first..).zip([["u1", "a", "n1"], ["u2", "b", "n2"]]);
    let stamped = stamped.map(|(version, [uid, rest @ ..])| template.stamp(version, uid, &rest, &store.interned));
    store.settle(pods(), stamped);
    let list = store.list(pods(), Some("shop"));
    let described: Vec<_> = list
        .objects
        .iter()
        .map(|pod| (&*pod.name, pod.label("pod").unwrap(), pod.field("spec.nodeName").unwrap()))
        .collect();
    assert_eq!(described, [("web-a", "a", "n1"), ("web-b", "b", "n2")]);
    assert_eq!(store.owned_by(pods(), "owner").len(), 2);
    let value = list.objects[0].value();
    assert_eq!(value["metadata"]["uid"], *list.objects[0].uid);
    assert_eq!(value["metadata"]["resourceVersion"], list.objects[0].version.to_string());
    assert!(store.watch(pods(), list.version).is_ok());
    assert!(store.watch(pods(), list.version - 1).is_err());
}

#[test]
fn writers_at_once_lose_no_change() {
    let store = store();
    let key = Key::of(&store.create(pods(), pod("shop", "web")).unwrap());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let count = |pod: &mut Value| pod["n"] = (pod["n"].as_i64().unwrap_or(0) + 1).into();
                    store.update(&key, count).unwrap();
                }
            });
        }
    });
    assert_eq!(store.get(&key).unwrap().value()["n"], 200);
}

#[test]
fn what_is_counted_is_what_is_there() {
    let store = store();
    let key = Key::of(&store.create(pods(), pod("shop", "web")).unwrap());
    for number in 0..1_000 {
        store.update(&key, |pod| pod["spec"]["n"] = number.into()).unwrap();
    }
    let other = Key::of(&store.create(pods(), pod("shop", "other")).unwrap());
    store.delete(&other).unwrap();
    let bytes = store.get(&key).unwrap().body.len();
    assert_eq!(format!("{:?}", store.growth), format!("Growth({bytes})"));
}
