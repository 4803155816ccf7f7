//! Pods of nodes that are lost.

use super::*;

/// A node that does not report, and three pods of it that are not ready since then.
fn lost(node_since: &str, pods: &[Value]) -> Store {
    let ready = json!({"type": "Ready", "status": "Unknown", "message": "Kubelet stopped posting node status.", "lastTransitionTime": node_since});
    let gone = node(json!({"status": {"conditions": [ready]}}));
    let well = node(json!({
        "metadata": {"uid": "w", "name": "node-2"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]},
    }));
    store(pods, &[gone, well], &[])
}

fn unready(name: &str, node: &str, since: &str, last: &Value) -> Value {
    let ready = json!({"type": "Ready", "status": "False", "lastTransitionTime": since});
    let restarts = if last.is_null() { 0 } else { 20 };
    let container =
        json!({"name": "web", "ready": false, "restartCount": restarts, "state": {"running": {}}, "lastState": last});
    let status = json!({"phase": "Running", "conditions": [ready], "containerStatuses": [container]});
    let mut pod = owned(name, name, &status);
    pod["spec"]["nodeName"] = json!(node);
    pod
}

fn lines(store: &Store) -> Vec<String> {
    let found = troubles(store, &[], NOW_S);
    for trouble in &found {
        assert_eq!(behind(store, trouble) as u64, trouble.count, "{}", trouble.filter);
    }
    found.iter().map(|t| format!("{:?} {}: {}: {}", t.tone, t.owner.1, t.title, t.words)).collect()
}

#[test]
fn a_lost_node_flooded_what_fails_with_a_line_for_each_of_its_workloads() {
    let pods = ["a", "b", "c"].map(|name| unready(name, "node-1", "2026-11-23T23:50:05Z", &Value::Null));
    let store = lost("2026-11-23T23:50:00Z", &pods);
    assert_eq!(lines(&store), ["Bad node-1: Node not ready: its kubelet stopped reporting; 3 pods with it"]);
    // What is behind a cause is the same for the filter.
    assert!(store.pods.iter().all(|pod| pod_has(&store, pod, "node-lost")));
}

#[test]
fn what_was_not_ready_before_its_node_was_lost_or_is_elsewhere_has_its_own_line() {
    let pods = [
        unready("early", "node-1", "2026-11-23T23:20:00Z", &Value::Null),
        unready("elsewhere", "node-2", "2026-11-23T23:50:05Z", &Value::Null),
    ];
    let told = lines(&lost("2026-11-23T23:50:00Z", &pods));
    let own = |name: &str| format!("Warn {name}: Not ready: container web runs and is not ready");
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.contains(&own("early")) && told.contains(&own("elsewhere")), "{told:?}");
}

#[test]
fn an_old_kill_for_memory_became_the_worst_trouble_when_its_node_was_lost() {
    let killed = |at: &str| json!({"terminated": {"reason": "OOMKilled", "exitCode": 137, "finishedAt": at}});
    let pod = |at: &str| [unready("images", "node-1", "2026-11-23T23:50:05Z", &killed(at))];
    let gone = "Bad node-1: Node not ready: its kubelet stopped reporting; 1 pod with it".to_owned();
    // It was told as over before its node was lost, and is still.
    let over =
        "Warn images: OOMKilled: killed because its node ran out of memory; it has no limit of its own; runs again";
    let told = lost("2026-11-23T23:50:00Z", &pod("2026-11-23T23:29:00Z"));
    assert_eq!(lines(&told), [gone.clone(), over.to_owned()]);
    let since_s = troubles(&told, &[], NOW_S).iter().find(|t| t.cause == Cause::OutOfMemory).and_then(|t| t.since_s);
    assert_eq!(since_s, Some(NOW_S - 31 * 60));
    // After an hour nothing is told of it.
    assert_eq!(lines(&lost("2026-11-23T23:50:00Z", &pod("2026-11-23T22:29:00Z"))), [gone]);
}

#[test]
fn nodes_with_different_causes_and_times_shared_the_words_of_one() {
    let ready = |name: &str, zone: &str, message: &str, since: &str| {
        let ready = json!({"type": "Ready", "status": "False", "message": message, "lastTransitionTime": since});
        let labels = json!({"topology.kubernetes.io/zone": zone});
        node(json!({"metadata": {"uid": name, "name": name, "labels": labels}, "status": {"conditions": [ready]}}))
    };
    let (down, silent) = ("container runtime is down", "Kubelet stopped posting node status.");
    let nodes = [
        ready("c-2", "eu-1c", silent, "2026-11-23T23:50:00Z"),
        ready("c-1", "eu-1c", silent, "2026-11-23T23:51:00Z"),
        ready("b-1", "eu-1b", down, "2026-11-23T23:50:00Z"),
        ready("c-3", "eu-1c", silent, "2026-11-23T23:20:00Z"),
        ready("a-1", "eu-1a", silent, "2026-11-23T23:21:00Z"),
    ];
    let store = store(&[], &nodes, &[]);
    let found = troubles(&store, &[], NOW_S);
    let mut told: Vec<_> =
        found.iter().map(|t| (&*t.owner.1, &*t.words, t.since_s.map(|s| (NOW_S - s) / 60))).collect();
    told.sort_unstable();
    let expect = [
        ("a-1, c-3", "its kubelet stopped reporting", Some(40)),
        ("b-1", "container runtime is down", Some(10)),
        ("eu-1c: c-1, c-2", "its kubelet stopped reporting", Some(10)),
    ];
    assert_eq!(told, expect);
    for trouble in &found {
        assert_eq!(behind(&store, trouble) as u64, trouble.count, "{}", trouble.filter);
    }
}
