//! Objects as odd as an API server may send them: each is shown, or counted as not decodable, and none breaks the page.

use serde_json::{Value, json};

use crate::filter::Filter;
use crate::list::ListScanner;
use crate::store::Store;
use crate::table::cell::Cell;
use crate::table::pod::{Selection, line};

/// Reads these pods as a list.
fn listed(items: &Value) -> Store {
    let mut store = Store::default();
    let body = json!({ "kind": "PodList", "metadata": { "resourceVersion": "1" }, "items": items }).to_string();
    let mut scanner = ListScanner::default();
    let epoch = store.pods.begin();
    for chunk in body.as_bytes().chunks(64 << 10) {
        scanner.feed(chunk, |item| store.pods.upsert(item, &mut store.names)).unwrap();
    }
    assert_eq!(scanner.finish().unwrap().resource_version, "1");
    store.pods.end(epoch, None);
    store
}

fn pod(uid: &str, rest: Value) -> Value {
    let mut pod = json!({ "metadata": { "uid": uid, "name": "web", "namespace": "shop" } });
    let Value::Object(rest) = rest else { panic!("an object") };
    for (key, value) in rest {
        match (pod.get_mut(&key), value) {
            (Some(Value::Object(known)), Value::Object(more)) => known.extend(more),
            (_, value) => pod[key] = value,
        }
    }
    pod
}

/// What the table shows of each, sorted: its name and STATUS.
fn shown(store: &Store) -> Vec<(String, String)> {
    let rows = Selection::default().select(store, &[], &Filter::default(), None);
    let lines = rows.into_iter().filter_map(|row| store.pods.get(row)).map(|pod| line(store, pod));
    let mut shown: Vec<_> = lines
        .map(|line| match (line.cells.first(), line.cells.get(3)) {
            (Some(Cell::Link { text, .. }), Some(Cell::State { word, .. })) => (text.clone(), word.clone()),
            other => panic!("{other:?}"),
        })
        .collect();
    shown.sort();
    assert_eq!(shown.len(), store.pods.len());
    shown
}

#[test]
fn an_object_of_a_megabyte_and_a_half_is_a_pod_like_any_other() {
    let note = "x".repeat(1_572_864);
    let large = pod("1", json!({ "metadata": { "annotations": { "note": note } }, "status": { "phase": "Running" } }));
    let store = listed(&json!([pod("0", json!({})), large, pod("2", json!({}))]));
    assert_eq!(shown(&store).len(), 3);
    let bytes: usize = store.pods.memory().iter().map(|(_, bytes)| bytes).sum();
    assert!(bytes < 1 << 20, "annotations are not kept: {bytes} bytes");
}

#[test]
fn ten_thousand_labels_are_all_known() {
    let labels: serde_json::Map<_, _> =
        (0..10_000).map(|n| (format!("key-{n}"), json!(format!("value-{n}")))).collect();
    let store = listed(&json!([pod("1", json!({ "metadata": { "labels": labels } })), pod("2", json!({}))]));
    let found = |text: &str| Selection::default().select(&store, &[], &Filter::parse(text), None).len();
    assert_eq!(found("label:key-0=value-0,key-9999=value-9999"), 1);
    assert_eq!(found("-label:key-5000"), 1);
    assert_eq!(found("label:key-10000"), 0);
}

#[test]
fn names_of_253_characters_are_whole() {
    let name = format!("{}z", "a.".repeat(126));
    assert_eq!(name.len(), 253);
    let long = pod("1", json!({ "metadata": { "name": name, "namespace": name }, "spec": { "nodeName": name } }));
    let store = listed(&json!([long]));
    assert_eq!(shown(&store), [(name.clone(), String::new())]);
    let known = store.names.find(&name).unwrap();
    assert!(store.pods.by_name(known, &name).is_some());
    assert_eq!(store.pods.on_node(known).total(), 1);
}

#[test]
fn a_phase_that_is_not_known_yet_is_shown_as_it_is() {
    let store = listed(&json!([pod("1", json!({ "status": { "phase": "Hibernating" } }))]));
    assert_eq!(shown(&store), [("web".into(), "Hibernating".into())]);
    assert_eq!(store.pods.total().total(), 1, "and counted in one state");
}

#[test]
fn null_where_a_list_or_an_object_should_be_is_an_empty_one() {
    let nulls = pod(
        "1",
        json!({
            "metadata": { "labels": null, "ownerReferences": null, "annotations": null, "creationTimestamp": null },
            "spec": { "containers": null, "initContainers": null, "nodeName": null },
            "status": { "phase": "Running", "conditions": null, "containerStatuses": null, "podIP": null },
        }),
    );
    let bare = json!({ "metadata": { "uid": "2", "name": "bare" }, "spec": null, "status": null });
    let store = listed(&json!([nulls, bare]));
    assert_eq!(shown(&store), [("bare".into(), String::new()), ("web".into(), "Running".into())]);
    assert!(listed(&Value::Null).pods.is_empty(), "a list without items");
}

#[test]
fn values_of_odd_types_are_counted_or_left_out_and_never_break_the_list() {
    let odd =
        [json!(7), json!("text"), json!([1, { "a": null }]), json!({ "a": { "b": [] } }), json!(true), json!(-1.5e300)];
    for value in odd {
        let of = |path: &str| {
            let mut pod = pod(
                "1",
                json!({ "spec": { "containers": [{}] }, "status": { "containerStatuses": [{ "state": {} }] } }),
            );
            let (parent, key) = path.rsplit_once('/').unwrap();
            pod.pointer_mut(parent).unwrap()[key] = value.clone();
            pod
        };
        let paths = [
            "/metadata/labels",
            "/metadata/name",
            "/spec/nodeName",
            "/spec/containers",
            "/spec/containers/0/resources",
            "/status/phase",
            "/status/conditions",
            "/status/containerStatuses",
            "/status/containerStatuses/0/restartCount",
            "/status/containerStatuses/0/state/waiting",
        ];
        for path in paths {
            let whole = json!({ "metadata": { "uid": "9", "name": "whole" }, "status": { "phase": "Running" } });
            let store = listed(&json!([of(path), whole]));
            assert!(shown(&store).contains(&("whole".into(), "Running".into())), "{path}: {value}");
            assert_eq!(store.pods.len() as u64 + store.pods.undecodable, 2, "{path}: {value}");
        }
    }
}
