use proptest::prelude::*;

use super::{Names, Pods, Tally};
use crate::k8s::pod_state::PodState;

fn pod(uid: u8, namespace: u8, node: u8, phase: &str, cpu: u16) -> Vec<u8> {
    serde_json::to_vec(&serde_json::json!({
        "metadata": {"uid": format!("u{uid}"), "name": format!("p{uid}"), "namespace": format!("n{namespace}"),
            "labels": {"pod-template-hash": "abc"},
            "ownerReferences": [{"kind": "ReplicaSet", "name": format!("web-{namespace}-abc"), "controller": true}]},
        "spec": {"nodeName": format!("node{node}"), "containers": [{"name": "a", "resources": {"requests": {"cpu": format!("{cpu}m")}}}]},
        "status": {"phase": phase, "conditions": [{"type": "Ready", "status": "True"}]},
    }))
    .unwrap()
}

/// The tallies hold what a recount of the rows gives, everywhere.
fn assert_counted(pods: &Pods) {
    let mut total = Tally::default();
    for (_, row) in pods.rows().iter() {
        total.add(&row.share);
    }
    assert_eq!(*pods.total(), total);
    let sum = |tallies: Vec<Tally>| tallies.iter().fold(Tally::default(), |sum, t| sum.plus(t));
    assert_eq!(sum(pods.by_node.values().copied().collect()), total);
    assert_eq!(sum(pods.by_namespace.values().copied().collect()), total);
    assert_eq!(pods.rows().len(), total.total() as usize);
}

#[test]
fn a_pod_that_moves_and_changes_is_counted_where_it_is() {
    let (mut pods, mut names) = (Pods::default(), Names::default());
    pods.upsert(&pod(1, 1, 1, "Pending", 100), &mut names);
    pods.upsert(&pod(1, 1, 2, "Running", 300), &mut names);
    let (node1, node2) = (names.intern("node1"), names.intern("node2"));
    assert_eq!(pods.on_node(node1), Tally::default());
    assert_eq!(pods.on_node(node2).requests.cpu_millis, 300);
    assert_eq!(pods.total().count(PodState::Running), 1);
    pods.upsert(&pod(1, 1, 2, "Succeeded", 300), &mut names);
    assert_eq!(pods.on_node(node2).requests.cpu_millis, 0, "what has ended holds nothing");
    assert_eq!(pods.total().total(), 1);
}

#[test]
fn a_pod_of_a_deployment_names_the_deployment() {
    let (mut pods, mut names) = (Pods::default(), Names::default());
    pods.upsert(&pod(1, 7, 1, "Running", 0), &mut names);
    let (_, row) = pods.rows().iter().next().unwrap();
    assert_eq!((names.text(row.owner_kind), names.text(row.owner)), ("Deployment", "web-7"));
}

#[test]
fn deleted_and_created_again_under_one_name_is_one_pod() {
    let (mut pods, mut names) = (Pods::default(), Names::default());
    pods.upsert(&pod(1, 1, 1, "Running", 100), &mut names);
    let again = String::from_utf8(pod(1, 1, 1, "Running", 100)).unwrap().replace("\"u1\"", "\"u2\"");
    pods.upsert(again.as_bytes(), &mut names);
    pods.delete(&pod(1, 1, 1, "Running", 100));
    assert_eq!(pods.rows().len(), 1);
    assert_counted(&pods);
}

#[test]
fn odd_objects_are_counted_and_skipped() {
    let (mut pods, mut names) = (Pods::default(), Names::default());
    for json in ["", "[]", "7", r#"{"metadata":7}"#, r#"{"spec":{"containers":{}}}"#] {
        pods.upsert(json.as_bytes(), &mut names);
    }
    assert_eq!((pods.rows().len(), pods.undecodable), (0, 5));
}

proptest! {
    #[test]
    fn any_order_of_events_gives_the_same_as_a_fresh_list(
        events in proptest::collection::vec((0u8..12, 0u8..3, 0u8..4, 0usize..4, 0u16..500, any::<bool>()), 0..80)
    ) {
        let (mut pods, mut names) = (Pods::default(), Names::default());
        let mut truth = std::collections::BTreeMap::new();
        for (uid, namespace, node, phase, cpu, delete) in events {
            let json = pod(uid, namespace, node, ["Pending", "Running", "Failed", "Succeeded"][phase], cpu);
            if delete {
                pods.delete(&json);
                truth.remove(&uid);
            } else {
                pods.upsert(&json, &mut names);
                truth.insert(uid, json);
            }
            assert_counted(&pods);
        }
        let mut fresh = Pods::default();
        for json in truth.values() {
            fresh.upsert(json, &mut names);
        }
        prop_assert_eq!(pods.total(), fresh.total());
        prop_assert_eq!(&pods.by_node, &fresh.by_node);
        prop_assert_eq!(&pods.by_namespace, &fresh.by_namespace);
        // And a list that sees half of them leaves just these.
        let epoch = pods.begin();
        for json in truth.values().step_by(2) {
            pods.upsert(json, &mut names);
        }
        pods.end(epoch, None);
        assert_counted(&pods);
        prop_assert_eq!(pods.rows().len(), truth.len().div_ceil(2));
    }
}
