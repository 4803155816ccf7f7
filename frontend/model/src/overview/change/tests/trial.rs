//! What a trial with a clock found to be told wrongly.

use super::*;

fn told(store: &Store) -> Vec<(i64, String)> {
    let changes = last_hour(store, &[], NOW_S).changes.into_iter();
    changes.map(|change| ((NOW_S - change.at_s) / 60, change.words)).collect()
}

#[test]
fn a_rollout_whose_pods_cannot_be_made_was_told_as_done_or_as_scaling() {
    let check = |conditions: Value, numbers: [u32; 2], expect: &[(i64, &str)]| {
        let mut store = fixture::store([], []);
        let message = "Scaled up replica set web-d4rqdc7prm from 0 to 6";
        let event = event("1", "ScalingReplicaSet", "web", message, "2026-11-23T23:40:00Z");
        store.events.upsert(event.to_string().as_bytes(), &mut store.names);
        let status = json!({"replicas": numbers[0], "updatedReplicas": numbers[1], "availableReplicas": numbers[0], "conditions": conditions});
        let meta = json!({"uid": "w", "name": "web", "namespace": "shop", "creationTimestamp": "2026-10-01T00:00:00Z"});
        let web = json!({"metadata": meta, "spec": {"replicas": 14}, "status": status});
        store.workloads.upsert(WorkloadKind::Deployment, web.to_string().as_bytes(), &mut store.names);
        let expect: Vec<_> = expect.iter().map(|(at, words)| (*at, (*words).to_owned())).collect();
        assert_eq!(told(&store), expect, "{conditions}");
    };
    let condition = |kind: &str, status: &str, reason: &str| json!({"type": kind, "status": status, "reason": reason, "lastTransitionTime": "2026-11-23T23:50:00Z"});
    let failure = condition("ReplicaFailure", "True", "FailedCreate");
    let stuck = [(10, "rollout of web is stuck"), (20, "web is being rolled out")];
    check(json!([failure]), [7, 1], &stuck);
    check(json!([condition("Progressing", "False", "ProgressDeadlineExceeded"), failure]), [6, 6], &stuck);
    let mut at_once = failure.clone();
    at_once["lastTransitionTime"] = json!("2026-11-23T23:40:01Z");
    check(json!([at_once]), [7, 1], &[(19, "rollout of web is stuck")]);
    // What cannot grow rolls nothing out.
    check(
        json!([condition("Progressing", "True", "NewReplicaSetAvailable"), failure]),
        [6, 6],
        &[(20, "web scaled from 0 to 6")],
    );
}

#[test]
fn that_a_node_was_lost_was_forgotten_when_it_came_back() {
    let lost = |name: &str| {
        let mut event = event(name, "NodeNotReady", name, "Node status is now: NodeNotReady", "2026-11-23T23:20:00Z");
        event["involvedObject"] = json!({"kind": "Node", "name": name});
        event
    };
    let nodes = || {
        vec![
            node_of("a", "x", "True", "2026-11-23T23:30:00Z"),
            node_of("b", "x", "True", "2026-11-23T23:30:00Z"),
            node_of("c", "x", "False", "2026-11-23T23:20:00Z"),
        ]
    };
    let expect = |told: &[(i64, &str)]| told.iter().map(|(at, words)| (*at, (*words).to_owned())).collect::<Vec<_>>();
    let back = [(30, "2 nodes in x are ready"), (40, "a was lost"), (40, "c is not ready")];
    assert_eq!(changes(nodes(), vec![], &[lost("a"), lost("c")]), expect(&back));
    let both = [(30, "2 nodes in x are ready"), (40, "2 nodes in x were lost"), (40, "c is not ready")];
    assert_eq!(changes(nodes(), vec![], &[lost("a"), lost("b")]), expect(&both));
}

#[test]
fn a_rollout_in_two_namespaces_was_told_twice_without_them() {
    let check = |at: [&str; 2], expect: &[(i64, &str)]| {
        let mut store = fixture::store([], []);
        for (namespace, at) in ["batch", "batch-cz"].into_iter().zip(at) {
            let message = "Scaled up replica set web-d4rqdc7prm from 0 to 1";
            let mut event = event(namespace, "ScalingReplicaSet", "web", message, at);
            event["metadata"]["namespace"] = json!(namespace);
            store.events.upsert(event.to_string().as_bytes(), &mut store.names);
        }
        let expect: Vec<_> = expect.iter().map(|(at, words)| (*at, (*words).to_owned())).collect();
        assert_eq!(told(&store), expect);
    };
    check(["2026-11-23T23:40:00Z", "2026-11-23T23:41:00Z"], &[(20, "web rolled out in batch and batch-cz")]);
    let apart = [(10, "web rolled out in batch-cz"), (40, "web rolled out in batch")];
    check(["2026-11-23T23:20:00Z", "2026-11-23T23:50:00Z"], &apart);
}

#[test]
fn the_newest_rollout_had_no_name_where_nodes_were_lost_at_that_time() {
    let nodes =
        (0..5).map(|at| node_of(&format!("a-node-{at}"), &format!("zone-{at}"), "False", "2026-11-23T23:30:00Z"));
    let mut store = fixture::store(nodes, []);
    let message = "Scaled up replica set web-d4rqdc7prm from 0 to 1";
    let rollout = event("1", "ScalingReplicaSet", "web", message, "2026-11-23T23:30:10Z");
    store.events.upsert(rollout.to_string().as_bytes(), &mut store.names);
    let hour = last_hour(&store, &[], NOW_S);
    let labels = hour.labels(400);
    let named: Vec<_> = labels.iter().map(|label| hour.changes[label.mark].words.as_str()).collect();
    assert!(named.contains(&"web rolled out") && named.len() < 6, "{named:?}");
}
