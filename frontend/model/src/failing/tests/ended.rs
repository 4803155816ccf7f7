//! Pods that were put out, and pods that do not end.

use super::*;

const LOW: &str = "The node was low on resource: memory. Threshold quantity: 100Mi, available: 1Mi.";

fn evicted(kind: &str, at: &str) -> Value {
    let owner = match kind {
        "" => json!([]),
        "ReplicaSet" => json!([{"kind": "ReplicaSet", "name": "web-d4rqdc7prm", "controller": true}]),
        kind => json!([{"kind": kind, "name": "web", "controller": true}]),
    };
    let ready = json!({"type": "Ready", "status": "False", "lastTransitionTime": at});
    let status = json!({"phase": "Failed", "reason": "Evicted", "message": LOW, "conditions": [ready]});
    let mut object = pod(json!({"metadata": {"labels": {"pod-template-hash": "d4rqdc7prm"}}, "status": status}));
    object["metadata"]["ownerReferences"] = owner;
    object
}

fn lines(store: &Store) -> Vec<String> {
    let found = troubles(store, &[], NOW_S);
    for trouble in &found {
        assert_eq!(behind(store, trouble) as u64, trouble.count, "{}", trouble.filter);
    }
    found.iter().map(|t| format!("{:?} {}: {}", t.tone, t.title, t.words)).collect()
}

#[test]
fn a_pod_that_was_put_out_and_replaced_stood_above_what_fails() {
    let web = |available: u32| {
        let pods = [evicted("ReplicaSet", "2026-11-23T23:59:30Z"), owned("api-0", "api", &crashing(2))];
        let mut store = store(&pods, &[], &[]);
        let web = json!({
            "metadata": {"uid": "w", "name": "web", "namespace": "shop"}, "spec": {"replicas": 3},
            "status": {"replicas": 3, "updatedReplicas": 3, "readyReplicas": available, "availableReplicas": available},
        });
        store.workloads.upsert(WorkloadKind::Deployment, web.to_string().as_bytes(), &mut store.names);
        store
    };
    let crash = "Bad CrashLoopBackOff: ends right after each start, with nothing left to say why";
    let why = "its node was short of memory, so the kubelet put it out";
    let short = "its node was short of memory";
    assert_eq!(lines(&web(3)), [crash.to_owned(), format!("Warn Evicted: and replaced: {short}")]);
    assert_eq!(lines(&web(2)), [crash.to_owned(), format!("Warn Evicted: {short}; another was made in its place")]);
    // What makes no other at once is told as it was.
    let alone = |kind: &str| lines(&store(&[evicted(kind, "2026-11-23T23:59:30Z")], &[], &[]));
    assert_eq!(alone(""), [format!("Bad Evicted: {why}")]);
    assert_eq!(alone("Job"), [format!("Bad Evicted: {why}")]);
}

#[test]
fn what_was_replaced_is_told_for_an_hour_from_the_last_time_that_is_known() {
    let old = [evicted("ReplicaSet", "2026-11-23T22:30:00Z")];
    assert_eq!(lines(&store(&old, &[], &[])), Vec::<String>::new());
    // Some kubelets leave no time in the status.
    let put_out = event(json!({"reason": "Evicted", "message": LOW, "lastTimestamp": "2026-11-23T23:50:00Z"}));
    assert_eq!(lines(&store(&old, &[], &[put_out])).len(), 1);
    // What was not replaced stays.
    assert_eq!(lines(&store(&[evicted("", "2026-11-23T22:30:00Z")], &[], &[])).len(), 1);
}

#[test]
fn a_pod_that_did_not_end_was_no_trouble() {
    let ending = |should: &str| {
        let running = json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]});
        let mut object = owned("agent-0", "agent", &running);
        object["metadata"]["deletionTimestamp"] = json!(should);
        object["spec"]["nodeName"] = json!("node-1");
        object
    };
    let told = "Warn Terminating: should have ended by now; its node's kubelet has not ended it";
    assert_eq!(lines(&store(&[ending("2026-11-23T23:57:00Z")], &[], &[])), [told]);
    // It has two minutes beyond its grace.
    assert_eq!(lines(&store(&[ending("2026-11-23T23:58:30Z")], &[], &[])), Vec::<String>::new());
    // On a node that does not report nobody can end it: it is counted with that.
    let lost = lines(&store(&[ending("2026-11-23T23:50:00Z")], &[node(json!({"status": {}}))], &[]));
    assert_eq!(lost.len(), 1, "{lost:?}");
    assert!(lost[0].starts_with("Bad Node not ready: "), "{lost:?}");
}

#[test]
fn a_stuck_rollout_was_explained_by_an_old_pod_that_ends() {
    let mut ending = evicted("ReplicaSet", "2026-11-23T23:50:00Z");
    ending["metadata"]["deletionTimestamp"] = json!("2026-11-23T23:59:30Z");
    ending["status"] = json!({"phase": "Running"});
    let mut store = store(&[ending], &[], &[]);
    let late = json!({"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"});
    let web = json!({
        "metadata": {"uid": "w", "name": "web", "namespace": "shop"}, "spec": {"replicas": 3},
        "status": {"replicas": 4, "updatedReplicas": 1, "conditions": [late]},
    });
    store.workloads.upsert(WorkloadKind::Deployment, web.to_string().as_bytes(), &mut store.names);
    let stuck = "Warn ProgressDeadlineExceeded: its rollout is stuck: 1 of 3 pods are of the new template";
    assert_eq!(lines(&store), [stuck]);
}
