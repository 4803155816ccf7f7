//! Since when something fails.

use super::*;

const PULL: &str = "Failed to pull image \"invoices:2.7.0\": not found";

/// A pod of the deployment `web`, of the set `d4rqdc7prm` or another.
fn of_set(name: &str, set: &str, made: &str, status: &Value) -> Value {
    let owner = json!([{"kind": "ReplicaSet", "name": format!("web-{set}"), "controller": true}]);
    pod(json!({
        "metadata": {
            "uid": name, "name": format!("web-{set}-{name}"), "creationTimestamp": made, "ownerReferences": owner,
            "labels": {"pod-template-hash": set},
        },
        "status": status,
    }))
}

fn not_ready(since: &str, container: &Value) -> Value {
    let ready = json!({"type": "Ready", "status": "False", "lastTransitionTime": since});
    json!({"phase": "Running", "conditions": [ready], "containerStatuses": [container]})
}

fn minutes(store: &Store) -> Vec<(Option<i64>, Option<i64>)> {
    let ago = |at_s: i64| (NOW_S - at_s) / 60;
    troubles(store, &[], NOW_S).iter().map(|t| (t.since_s.map(ago), t.last_s.map(ago))).collect()
}

#[test]
fn it_jumped_to_the_last_of_many_restarts() {
    let check = |made: &str, restarts: i64, started: &str, expect: (Option<i64>, Option<i64>)| {
        let ended = json!({"terminated": {"exitCode": 137, "reason": "OOMKilled", "startedAt": started, "finishedAt": "2026-11-23T23:41:00Z"}});
        let container = json!({"name": "web", "ready": true, "restartCount": restarts, "state": {"running": {}}, "lastState": ended});
        let status = json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}], "containerStatuses": [container]});
        let store = store(&[of_set("a", "d4rqdc7prm", made, &status)], &[], &[]);
        assert_eq!(minutes(&store), [expect], "{made} {restarts} {started}");
    };
    // Twenty runs of half an hour fill the life of the pod, which is well in between.
    check("2026-11-23T15:00:00Z", 20, "2026-11-23T23:15:00Z", (Some(540), Some(19)));
    // It ran for months, and then ended three times.
    check("2026-09-01T00:00:00Z", 3, "2026-11-23T23:40:00Z", (Some(19), Some(19)));
    // It ended once, after nine hours.
    check("2026-11-23T15:00:00Z", 1, "2026-11-23T15:00:05Z", (Some(19), Some(19)));
}

#[test]
fn it_jumped_to_the_newest_pod_when_one_was_replaced() {
    let waiting = json!({"name": "web", "state": {"waiting": {"reason": "ImagePullBackOff"}}});
    let replaced =
        |name: &str| of_set(name, "d4rqdc7prm", "2026-11-23T23:58:00Z", &not_ready("2026-11-23T23:58:00Z", &waiting));
    let of_gone = event(json!({
        "metadata": {"uid": "of-gone"}, "reason": "Failed", "message": PULL, "firstTimestamp": "2026-11-23T23:33:00Z",
        "involvedObject": {"uid": "gone", "name": "web-d4rqdc7prm-gone1"},
    }));
    assert_eq!(minutes(&store(&[replaced("x")], &[], &[])), [(Some(2), None)]);
    assert_eq!(minutes(&store(&[replaced("x")], &[], std::slice::from_ref(&of_gone))), [(Some(27), None)]);
    let scaled = event(json!({
        "metadata": {"uid": "scaled"}, "type": "Normal", "reason": "ScalingReplicaSet",
        "message": "Scaled up replica set web-d4rqdc7prm from 0 to 1", "involvedObject": {"kind": "Deployment", "name": "web", "uid": "w"},
        "firstTimestamp": "2026-11-23T23:32:00Z", "lastTimestamp": "2026-11-23T23:32:00Z",
    }));
    let events = [of_gone, scaled];
    assert_eq!(minutes(&store(&[replaced("x")], &[], &events)), [(Some(28), None)]);
    // Where another pod of the set is well, it did not begin with the set, nor with a pod that is gone and of another set.
    let well = json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]});
    let pods = [replaced("x"), of_set("y", "d4rqdc7prm", "2026-11-23T20:00:00Z", &well)];
    assert_eq!(minutes(&store(&pods, &[], &events[1..])), [(Some(2), None)]);
    let other = of_set("x", "4q2mjcfslw", "2026-11-23T23:58:00Z", &not_ready("2026-11-23T23:58:00Z", &waiting));
    assert_eq!(minutes(&store(&[other], &[], &events)), [(Some(2), None)]);
}

#[test]
fn a_replica_set_that_is_in_the_store_tells_when_its_pods_began_to_fail() {
    let ended = json!({"terminated": {"exitCode": 1, "startedAt": "2026-11-23T23:58:00Z", "finishedAt": "2026-11-23T23:58:01Z"}});
    let container = json!({"name": "web", "restartCount": 4, "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": ended});
    let status = not_ready("2026-11-23T23:58:01Z", &container);
    let mut store = store(&[of_set("a", "d4rqdc7prm", "2026-11-23T23:50:00Z", &status)], &[], &[]);
    assert_eq!(minutes(&store), [(Some(10), Some(1))]);
    let owner = json!([{"kind": "Deployment", "name": "web", "controller": true}]);
    let set = json!({"metadata": {
        "uid": "r", "name": "web-d4rqdc7prm", "namespace": "shop", "creationTimestamp": "2026-11-23T21:00:00Z", "ownerReferences": owner,
    }});
    store.workloads.upsert(WorkloadKind::ReplicaSet, set.to_string().as_bytes(), &mut store.names);
    assert_eq!(minutes(&store), [(Some(180), Some(1))]);
}

#[test]
fn a_trouble_was_older_than_its_pods_where_their_conditions_were() {
    let waiting = json!({"name": "web", "state": {"waiting": {"reason": "ImagePullBackOff"}}});
    let made = "2026-11-23T23:58:00Z";
    let pod = || of_set("x", "d4rqdc7prm", made, &not_ready("2026-11-23T23:50:00Z", &waiting));
    assert_eq!(minutes(&store(&[pod()], &[], &[])), [(Some(2), None)]);
    let crashed = json!({
        "name": "web", "restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        "lastState": {"terminated": {"exitCode": 1, "finishedAt": "2026-11-23T23:50:00Z"}},
    });
    let copied = of_set("x", "d4rqdc7prm", made, &not_ready("2026-11-23T23:50:00Z", &crashed));
    assert_eq!(minutes(&store(&[copied], &[], &[])), [(Some(2), None)], "nor was it last seen before they were");
    let told = event(json!({
        "reason": "Failed", "message": PULL, "firstTimestamp": "2026-11-23T23:40:00Z",
        "involvedObject": {"uid": "x", "name": "web-d4rqdc7prm-x"},
    }));
    assert_eq!(minutes(&store(&[pod()], &[], &[told])), [(Some(2), None)]);
}
