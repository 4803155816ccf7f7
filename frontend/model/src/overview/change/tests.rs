use super::super::fixture;
use super::*;
use serde_json::{Value, json};

mod trial;

/// 2026-11-24T00:00:00Z.
const NOW_S: i64 = 1_795_478_400;

fn event(uid: &str, reason: &str, name: &str, message: &str, at: &str) -> Value {
    json!({
        "metadata": {"uid": uid, "namespace": "shop"}, "type": "Normal", "reason": reason, "message": message,
        "involvedObject": {"kind": "Deployment", "name": name}, "firstTimestamp": at, "lastTimestamp": at,
    })
}

fn changes(nodes: Vec<Value>, pods: Vec<Value>, events: &[Value]) -> Vec<(i64, String)> {
    let mut store = fixture::store(nodes, pods);
    for event in events {
        store.events.upsert(event.to_string().as_bytes(), &mut store.names);
    }
    let hour = last_hour(&store, &[], NOW_S);
    hour.changes.into_iter().map(|change| ((NOW_S - change.at_s) / 60, change.words)).collect()
}

#[test]
fn a_rollout_is_one_change_with_its_version() {
    let pod = json!({
        "metadata": {"uid": "p", "name": "p", "namespace": "shop", "labels": {"pod-template-hash": "d4rqdc7prm"}},
        "spec": {"containers": [{"name": "c", "image": "registry.example/shop/checkout:6.1.0"}]},
    });
    let events = [
        event(
            "1",
            "ScalingReplicaSet",
            "checkout",
            "Scaled up replica set checkout-d4rqdc7prm from 0 to 1",
            "2026-11-23T23:40:00Z",
        ),
        event(
            "2",
            "ScalingReplicaSet",
            "checkout",
            "Scaled down replica set checkout-kpww86jb7q from 3 to 2",
            "2026-11-23T23:41:00Z",
        ),
        event(
            "3",
            "ScalingReplicaSet",
            "checkout",
            "Scaled up replica set checkout-d4rqdc7prm from 1 to 2",
            "2026-11-23T23:42:00Z",
        ),
    ];
    assert_eq!(changes(vec![], vec![pod], &events), [(20, "checkout 6.1.0 rolled out".to_owned())]);
}

#[test]
fn a_rollout_that_is_on_its_way_or_stuck_is_told_so() {
    let check = |status: Value, expect: &[(i64, &str)]| {
        let mut store = fixture::store([], []);
        let message = "Scaled up replica set web-d4rqdc7prm from 0 to 1";
        let event = event("1", "ScalingReplicaSet", "web", message, "2026-11-23T23:40:00Z");
        store.events.upsert(event.to_string().as_bytes(), &mut store.names);
        let web = json!({"metadata": {"uid": "w", "name": "web", "namespace": "shop"}, "spec": {"replicas": 3}, "status": status});
        store.workloads.upsert(WorkloadKind::Deployment, web.to_string().as_bytes(), &mut store.names);
        let told = last_hour(&store, &[], NOW_S).changes.into_iter();
        let told: Vec<_> = told.map(|change| ((NOW_S - change.at_s) / 60, change.words)).collect();
        let told: Vec<_> = told.iter().map(|(at, words)| (*at, words.as_str())).collect();
        assert_eq!(told, expect, "{status}");
    };
    let done = json!({"replicas": 3, "updatedReplicas": 3, "availableReplicas": 3});
    check(done, &[(20, "web rolled out")]);
    let under_way = json!({"replicas": 4, "updatedReplicas": 1, "availableReplicas": 3});
    check(under_way, &[(20, "web is being rolled out")]);
    let conditions = json!([{
        "type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded",
        "lastTransitionTime": "2026-11-23T23:50:00Z",
    }]);
    let stuck = json!({"replicas": 4, "updatedReplicas": 1, "availableReplicas": 3, "conditions": conditions});
    check(stuck, &[(10, "rollout of web is stuck"), (20, "web is being rolled out")]);
}

#[test]
fn scaling_from_nothing_was_told_as_a_rollout() {
    let check = |created: &str, steps: &[(&str, &str, i64, i64)], expect: &str| {
        let mut store = fixture::store([], []);
        for (minute, set, from, to) in steps {
            let verb = if from < to { "up" } else { "down" };
            let message = format!("Scaled {verb} replica set web-{set} from {from} to {to}");
            let event = event(&message, "ScalingReplicaSet", "web", &message, &format!("2026-11-23T23:{minute}:00Z"));
            store.events.upsert(event.to_string().as_bytes(), &mut store.names);
        }
        let status = json!({"replicas": 3, "updatedReplicas": 3, "availableReplicas": 3});
        let meta = json!({"uid": "w", "name": "web", "namespace": "shop", "creationTimestamp": created});
        let web = json!({"metadata": meta, "spec": {"replicas": 3}, "status": status});
        store.workloads.upsert(WorkloadKind::Deployment, web.to_string().as_bytes(), &mut store.names);
        let told: Vec<_> = last_hour(&store, &[], NOW_S).changes.into_iter().map(|change| change.words).collect();
        assert_eq!(told, [expect], "{steps:?}");
    };
    let old = "2026-10-01T00:00:00Z";
    check(old, &[("30", "b", 0, 3)], "web scaled from 0 to 3");
    check(old, &[("20", "b", 3, 0), ("30", "b", 0, 3)], "web scaled from 0 to 3");
    check(old, &[("30", "b", 0, 1), ("31", "a", 3, 2)], "web rolled out");
    check("2026-11-23T23:29:58Z", &[("30", "b", 0, 3)], "web rolled out");
    // All old pods go first.
    check(old, &[("30", "a", 3, 0), ("31", "b", 0, 3)], "web rolled out");
    // Rolled out, then scaled to nothing and back.
    let rollout = [("10", "b", 0, 3), ("11", "a", 3, 0)];
    check(old, &[&rollout[..], &[("20", "b", 3, 0), ("30", "b", 0, 3)]].concat(), "web scaled from 0 to 3");
    // Rolled out, then back.
    check(old, &[&rollout[..], &[("30", "a", 0, 3), ("31", "b", 3, 0)]].concat(), "web rolled out");
}

#[test]
fn a_rollout_of_a_stateful_set_is_told_by_its_newest_pod() {
    let pod = |name: &str, at: &str| {
        json!({"metadata": {
            "uid": name, "name": name, "namespace": "shop", "creationTimestamp": at,
            "ownerReferences": [{"kind": "StatefulSet", "name": "db", "controller": true}],
        }})
    };
    let check = |updated: u32, revision: &str, expect: &[(i64, String)]| {
        let pods = [pod("db-0", "2026-11-20T00:00:00Z"), pod("db-1", "2026-11-23T23:50:00Z")];
        let mut store = fixture::store([], pods);
        let status = json!({"replicas": 2, "updatedReplicas": updated, "availableReplicas": 2, "currentRevision": "a", "updateRevision": revision});
        let db = json!({"metadata": {"uid": "w", "name": "db", "namespace": "shop"}, "spec": {"replicas": 2}, "status": status});
        store.workloads.upsert(WorkloadKind::StatefulSet, db.to_string().as_bytes(), &mut store.names);
        let told = last_hour(&store, &[], NOW_S).changes.into_iter();
        let told: Vec<_> = told.map(|change| ((NOW_S - change.at_s) / 60, change.words)).collect();
        assert_eq!(told, expect, "{updated} {revision}");
    };
    check(1, "b", &[(10, "rollout of db is at 1 of 2 pods".to_owned())]);
    check(2, "a", &[]);
}

#[test]
fn a_finished_rollout_of_a_stateful_set_or_a_daemon_set_was_never_told() {
    let told = |store: &Store| -> Vec<_> {
        let told = last_hour(store, &[], NOW_S).changes.into_iter();
        told.map(|change| ((NOW_S - change.at_s) / 60, change.words)).collect()
    };
    let meta = |kind: &str, uid: &str, at: &str| {
        json!({
            "uid": uid, "name": uid, "namespace": "shop", "creationTimestamp": at,
            "ownerReferences": [{"kind": kind, "name": "db", "controller": true}],
        })
    };
    for (kind, name) in [(WorkloadKind::StatefulSet, "StatefulSet"), (WorkloadKind::DaemonSet, "DaemonSet")] {
        let pod = |uid: &str, at: &str| json!({"metadata": meta(name, uid, at)});
        let set = |updated: u32| {
            let revision = if updated < 2 { "a" } else { "b" };
            let status = json!({
                "replicas": 2, "updatedReplicas": updated, "availableReplicas": 2, "currentRevision": revision,
                "updateRevision": "b", "desiredNumberScheduled": 2, "currentNumberScheduled": 2,
                "updatedNumberScheduled": updated, "numberAvailable": 2,
            });
            let template = json!({"spec": {"containers": [{"name": "c", "image": "r.example/db:18.1"}]}});
            let meta = json!({"uid": "w", "name": "db", "namespace": "shop"});
            json!({"metadata": meta, "spec": {"replicas": 2, "template": template}, "status": status}).to_string()
        };
        let pods = |old: &str| [pod("db-0", old), pod("db-1", "2026-11-23T23:50:00Z")];
        // Seen by this tab, to its end and beyond.
        let mut store = fixture::store([], pods("2026-11-23T23:51:00Z"));
        store.workloads.upsert(kind, set(1).as_bytes(), &mut store.names);
        assert_eq!(told(&store), [(9, "rollout of db is at 1 of 2 pods".to_owned())], "{name}");
        for _ in 0..2 {
            store.workloads.upsert(kind, set(2).as_bytes(), &mut store.names);
            assert_eq!(told(&store), [(9, "db 18.1 rolled out".to_owned())], "{name}");
        }
        // Days later one of its pods is made anew.
        let mut later = fixture::store([], pods("2026-11-20T00:00:00Z"));
        for updated in [1, 2] {
            later.workloads.upsert(kind, set(updated).as_bytes(), &mut later.names);
        }
        assert_eq!(told(&later), [], "{name}: a pod that was made anew was told as a rollout");
        // Finished before this tab came: its controller deleted pods, and no pod is older than that.
        let check = |oldest: &str, expect: &[(i64, String)]| {
            let mut store = fixture::store([], pods(oldest));
            store.workloads.upsert(kind, set(2).as_bytes(), &mut store.names);
            assert_eq!(told(&store), [], "{name}");
            let mut event = event("1", "SuccessfulDelete", "db", "Deleted pod: db-1", "2026-11-23T23:49:30Z");
            event["involvedObject"] = json!({"kind": name, "name": "db", "uid": "w"});
            store.events.upsert(event.to_string().as_bytes(), &mut store.names);
            assert_eq!(told(&store), expect, "{name} {oldest}");
        };
        check("2026-11-23T23:51:00Z", &[(9, "all pods of db were replaced".to_owned())]);
        check("2026-11-20T00:00:00Z", &[]);
    }
}

#[test]
fn a_change_that_two_events_tell_of_is_told_once_in_each_namespace() {
    let scaled = |uid: &str, namespace: &str| {
        let mut event = event(uid, "SuccessfulRescale", "web", "New size: 6; reason: cpu", "2026-11-23T23:40:00Z");
        event["metadata"]["namespace"] = json!(namespace);
        event
    };
    let words = || (20, "web scaled to 6 by its autoscaler".to_owned());
    let events = [scaled("1", "shop"), scaled("2", "bank"), scaled("3", "shop")];
    assert_eq!(changes(vec![], vec![], &events), [words(), words()]);
}

#[test]
fn an_autoscaler_that_is_not_called_like_its_target_led_to_a_deployment_that_is_not_there() {
    let mut scaled = event("1", "SuccessfulRescale", "web", "New size: 6; reason: cpu", "2026-11-23T23:40:00Z");
    scaled["metadata"]["namespace"] = json!("team-b");
    let behind = |store: &Store| {
        let change = last_hour(store, &[], NOW_S).changes.pop().unwrap();
        (change.page.to_string(), change.query)
    };
    let mut store = fixture::store(vec![], []);
    store.events.upsert(scaled.to_string().as_bytes(), &mut store.names);
    let of_autoscaler = "object:horizontalpodautoscaler/web ns:team-b".to_owned();
    assert_eq!(behind(&store), (Page::Events.to_string(), of_autoscaler));

    let web = json!({ "metadata": { "uid": "web", "name": "web", "namespace": "team-b" } });
    store.workloads.upsert(WorkloadKind::Deployment, web.to_string().as_bytes(), &mut store.names);
    let page = Page::Workload { kind: WorkloadKind::Deployment, namespace: "team-b".into(), name: "web".into() };
    assert_eq!(behind(&store), (page.to_string(), String::new()));
}

#[test]
fn scaling_is_told_with_its_numbers_in_the_words_of_old_and_new_clusters() {
    let check = |reason: &str, message: &str, expect: &[(i64, String)]| {
        let events = [event("1", reason, "web", message, "2026-11-23T23:50:00Z")];
        assert_eq!(changes(vec![], vec![], &events), expect, "{message}");
    };
    let told = |words: &str| vec![(10, words.to_owned())];
    check("ScalingReplicaSet", "Scaled up replica set web-7d9c4 from 3 to 5", &told("web scaled from 3 to 5"));
    check("ScalingReplicaSet", "Scaled down replica set web-7d9c4 to 0", &told("web scaled to 0"));
    check("ScalingReplicaSet", "Scaled up replica set web-7d9c4 to 3", &told("web rolled out"));
    check("SuccessfulRescale", "New size: 6; reason: cpu above target", &told("web scaled to 6 by its autoscaler"));
    check("ScalingReplicaSet", "something else", &[]);
    check("Started", "Container started", &[]);
}

#[test]
fn nodes_that_came_went_or_ran_short_are_told_and_what_is_older_is_not() {
    let node = |name: &str, ready: &str, pressure: &str| {
        json!({
            "metadata": {"uid": name, "name": name, "creationTimestamp": "2026-10-01T00:00:00Z"},
            "status": {"conditions": [
                {"type": "Ready", "status": ready, "lastTransitionTime": "2026-11-23T23:30:00Z"},
                {"type": "DiskPressure", "status": pressure, "lastTransitionTime": "2026-11-23T23:45:00Z"},
            ]},
        })
    };
    let mut old = node("old", "False", "False");
    old["status"]["conditions"][0]["lastTransitionTime"] = json!("2026-11-23T10:00:00Z");
    let nodes = vec![node("a", "False", "False"), node("b", "True", "True"), old];
    assert_eq!(
        changes(nodes, vec![], &[]),
        [(15, "b is short of disk".to_owned()), (30, "a is not ready".to_owned()), (30, "b is ready".to_owned()),]
    );
}

fn node_of(name: &str, zone: &str, ready: &str, since: &str) -> Value {
    json!({
        "metadata": {
            "uid": name, "name": name, "creationTimestamp": "2026-10-01T00:00:00Z",
            "labels": {"topology.kubernetes.io/zone": zone},
        },
        "status": {"conditions": [{"type": "Ready", "status": ready, "lastTransitionTime": since}]},
    })
}

#[test]
fn many_nodes_that_fail_together_are_one_change_and_push_no_rollout_out() {
    let mut nodes: Vec<Value> = (0..17)
        .map(|at| node_of(&format!("b{at}"), "eu-1b", "False", &format!("2026-11-23T23:{}:00Z", 30 + at / 4)))
        .collect();
    nodes.push(node_of("a0", "eu-1a", "False", "2026-11-23T23:31:00Z"));
    nodes.push(node_of("b-well", "eu-1b", "True", "2026-11-20T00:00:00Z"));
    let message = "Scaled up replica set web-d4rqdc7prm from 0 to 1";
    let rollout = event("1", "ScalingReplicaSet", "web", message, "2026-11-23T23:20:00Z");
    let check = |nodes: Vec<Value>, expect: &[(&str, &str)]| {
        let mut store = fixture::store(nodes, []);
        store.events.upsert(rollout.to_string().as_bytes(), &mut store.names);
        let told = last_hour(&store, &[], NOW_S).changes;
        let told: Vec<_> = told.iter().map(|change| (change.words.as_str(), change.query.as_str())).collect();
        assert_eq!(told, expect);
    };
    let others = [
        ("a0 is not ready", ""),
        ("17 nodes in eu-1b are not ready", "status:not-ready zone:eu-1b"),
        ("web rolled out", ""),
    ];
    check(nodes.clone(), &others);
    // Where one has not been ready for long, only their names leave just them.
    nodes.push(node_of("b-old", "eu-1b", "False", "2026-11-20T00:00:00Z"));
    let mut store = fixture::store(nodes, []);
    store.events.upsert(rollout.to_string().as_bytes(), &mut store.names);
    let told = last_hour(&store, &[], NOW_S).changes;
    let filter = Filter::parse(&told[1].query);
    let rows = store.nodes.rows().iter().map(|(_, row)| Named { row, store: &store });
    assert_eq!(rows.filter(|row| filter.matches(row)).count(), 17, "{}", told[1].query);
}

#[test]
fn a_version_that_is_rolled_out_in_many_namespaces_is_told_once() {
    let mut store = fixture::store([], []);
    for (at, namespace) in ["a", "b", "c", "d"].iter().enumerate() {
        let message = "Scaled up replica set mesh-d4rqdc7prm from 0 to 1";
        let mut event = event(namespace, "ScalingReplicaSet", "mesh", message, &format!("2026-11-23T23:4{at}:00Z"));
        event["metadata"]["namespace"] = json!(namespace);
        store.events.upsert(event.to_string().as_bytes(), &mut store.names);
    }
    let told = last_hour(&store, &[], NOW_S).changes;
    let told: Vec<_> = told.iter().map(|c| (c.words.as_str(), c.page.clone(), c.query.as_str())).collect();
    assert_eq!(told, [("mesh rolled out in 4 namespaces", Page::Workloads, "object:deployment/mesh ns:a,b,c,d")]);
}

#[test]
fn warnings_lead_to_as_many_events_as_are_counted_where_a_cluster_keeps_them_for_longer() {
    let mut store = fixture::store([], []);
    for (uid, at) in [("1", "2026-11-23T20:00:00Z"), ("2", "2026-11-23T23:10:00Z"), ("3", "2026-11-23T23:50:00Z")] {
        let mut event = event(uid, "Unhealthy", "web", "x", at);
        event["type"] = json!("Warning");
        store.events.upsert(event.to_string().as_bytes(), &mut store.names);
    }
    let hour = last_hour(&store, &[], NOW_S);
    assert_eq!(hour.warned_filter, "type:warning since:2026-11-23T23:10:00Z");
    let filter = Filter::parse(&hour.warned_filter);
    let rows = store.events.rows().iter().map(|(_, row)| Named { row, store: &store });
    assert_eq!((rows.filter(|row| filter.matches(row)).count() as u64, hour.warned), (2, 2));
}

#[test]
fn what_is_bad_finds_room_for_its_name_before_what_is_ordinary() {
    let nodes = vec![node_of("a-node-with-a-long-name", "x", "False", "2026-11-23T23:30:00Z")];
    let mut store = fixture::store(nodes, []);
    for at in 0..4 {
        let event = event(
            &at.to_string(),
            "SuccessfulRescale",
            &format!("w{at}"),
            "New size: 6; reason: cpu",
            "2026-11-23T23:30:10Z",
        );
        store.events.upsert(event.to_string().as_bytes(), &mut store.names);
    }
    let hour = last_hour(&store, &[], NOW_S);
    let labels = hour.labels(600);
    let named: Vec<_> = labels.iter().map(|label| hour.changes[label.mark].words.as_str()).collect();
    assert_eq!(named.first(), Some(&"a-node-with-a-long-name is not ready"));
    assert!(named.len() < 5, "{named:?}");
}

#[test]
fn names_without_number_made_an_address_too_long_and_now_the_words_tell_where_the_link_leads() {
    let mut nodes: Vec<Value> = (0..200)
        .map(|at| node_of(&format!("ip-10-0-0-{at}.internal"), "eu-1b", "False", "2026-11-23T23:30:00Z"))
        .collect();
    nodes.push(node_of("old", "eu-1b", "False", "2026-11-20T00:00:00Z"));
    let mut store = fixture::store(nodes, []);
    for at in 0..300 {
        let namespace = format!("customer-{at}");
        let message = "Scaled up replica set mesh-d4rqdc7prm from 0 to 1";
        let mut event = event(&namespace, "ScalingReplicaSet", "mesh", message, "2026-11-23T23:40:00Z");
        event["metadata"]["namespace"] = json!(namespace);
        store.events.upsert(event.to_string().as_bytes(), &mut store.names);
    }
    for at in 0..301 {
        let meta = json!({"uid": format!("{at}"), "name": "mesh", "namespace": format!("customer-{at}")});
        let mesh = json!({ "metadata": meta }).to_string();
        store.workloads.upsert(WorkloadKind::Deployment, mesh.as_bytes(), &mut store.names);
    }
    let told = last_hour(&store, &[], NOW_S).changes;
    let told: Vec<_> = told.iter().map(|change| (change.words.as_str(), change.query.as_str())).collect();
    let expect = [
        ("mesh rolled out in 300 namespaces; the link leads to all 301", "object:deployment/mesh"),
        ("200 nodes in eu-1b are not ready; the link leads to all 201", "status:not-ready zone:eu-1b"),
    ];
    assert_eq!(told, expect);
}
