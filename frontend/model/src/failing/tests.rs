use serde_json::{Value, json};

use super::{Cause, Rows, Trouble, node_has, pod_has, troubles};
use crate::filter::Filter;
use crate::k8s::workload::WorkloadKind;
use crate::store::Store;
use crate::table::pod::Selection;
use crate::table::workload::{PodsOf, select};

mod began;
mod ended;
mod lost;
mod told;

/// 2026-11-24T00:00:00Z.
const NOW_S: i64 = 1_795_478_400;

fn named(mut object: Value, defaults: &Value) -> Value {
    fn merge(into: &mut Value, defaults: &Value) {
        if let (Some(into), Some(defaults)) = (into.as_object_mut(), defaults.as_object()) {
            for (key, value) in defaults {
                merge(into.entry(key.as_str()).or_insert_with(|| value.clone()), value);
            }
        }
    }
    merge(&mut object, defaults);
    object
}

fn pod(object: Value) -> Value {
    named(
        object,
        &json!({
            "metadata": {
                "uid": "p", "name": "web-1", "namespace": "shop", "creationTimestamp": "2026-11-23T20:00:00Z",
                "ownerReferences": [{"kind": "StatefulSet", "name": "web", "controller": true}],
            },
            "spec": {"containers": [{"name": "web", "image": "registry.example/shop/web:1.4.0"}]},
        }),
    )
}

fn event(object: Value) -> Value {
    named(
        object,
        &json!({
            "metadata": {"uid": "e", "namespace": "shop"}, "type": "Warning", "count": 3,
            "involvedObject": {"kind": "Pod", "name": "web-1", "uid": "p"},
            "firstTimestamp": "2026-11-23T22:30:00Z", "lastTimestamp": "2026-11-23T23:59:00Z",
        }),
    )
}

fn node(object: Value) -> Value {
    named(object, &json!({"metadata": {"uid": "n", "name": "node-1"}}))
}

fn store(pods: &[Value], nodes: &[Value], events: &[Value]) -> Store {
    let mut store = Store::default();
    for object in pods {
        store.pods.upsert(object.to_string().as_bytes(), &mut store.names);
    }
    for object in nodes {
        store.nodes.upsert(object.to_string().as_bytes(), &mut store.names);
    }
    for object in events {
        store.events.upsert(object.to_string().as_bytes(), &mut store.names);
    }
    store
}

/// The one trouble of the objects in a case.
fn told(kind: &str, text: &str) -> Option<Trouble> {
    let mut objects = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let mut next = || objects.next().map(|object| object.expect("a case is JSON"));
    let (mut pods, mut nodes) = (Vec::new(), Vec::new());
    match kind {
        "pod" => pods.extend(next().map(pod)),
        "node" => nodes.extend(next().map(node)),
        "event" => {}
        _ => panic!("{kind} is no kind of case"),
    }
    let events: Vec<Value> = std::iter::from_fn(next).map(event).collect();
    let mut found = troubles(&store(&pods, &nodes, &events), &[], NOW_S);
    assert!(found.len() <= 1, "{text} has {} troubles", found.len());
    found.pop()
}

/// What is told of a workload, beside the pods and events of a case.
#[test]
fn a_workload_that_cannot_go_on_is_told_in_words() {
    let with = |kind: WorkloadKind, status: &Value, pods: &[Value], events: &[Value]| {
        let mut store = store(pods, &[], events);
        let spec =
            json!({"replicas": 3, "template": {"spec": {"containers": [{"name": "web", "image": "web:2.0.1"}]}}});
        let object =
            json!({"metadata": {"uid": "w", "name": "web", "namespace": "shop"}, "spec": spec, "status": status});
        store.workloads.upsert(kind, object.to_string().as_bytes(), &mut store.names);
        let found = troubles(&store, &[], NOW_S);
        for trouble in found.iter().filter(|trouble| trouble.rows == Rows::Workloads) {
            assert_eq!((behind(&store, trouble), trouble.count), (1, 1), "{}", trouble.filter);
        }
        found.into_iter().map(|t| format!("{}: {}: {}", t.cause.id(), t.title, t.words)).collect::<Vec<_>>()
    };
    let check = |kind: WorkloadKind, status: &Value, pods: &[Value], expect: &[&str]| {
        assert_eq!(with(kind, status, pods, &[]), expect, "{kind:?} {status}");
    };
    let condition = |kind: &str, status: &str, reason: &str, message: &str| {
        json!({"replicas": 4, "updatedReplicas": 1, "availableReplicas": 3, "conditions": [
            {"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": "2026-11-23T23:30:00Z"},
        ]})
    };
    use WorkloadKind::{DaemonSet, Deployment, StatefulSet};
    let late = condition(
        "Progressing",
        "False",
        "ProgressDeadlineExceeded",
        "ReplicaSet \"web-1\" has timed out progressing.",
    );
    let stuck = "rollout: ProgressDeadlineExceeded: its rollout is stuck: 1 of 3 pods are of the new template";
    check(Deployment, &late, &[], &[stuck]);
    check(Deployment, &condition("Progressing", "True", "ReplicaSetUpdated", ""), &[], &[]);
    check(Deployment, &json!({"replicas": 3, "updatedReplicas": 3, "availableReplicas": 3}), &[], &[]);
    // Its pods say why: then the rollout needs no line of its own.
    let owner = json!([{"kind": "ReplicaSet", "name": "web-d4rqdc7prm", "controller": true}]);
    let labels = json!({"pod-template-hash": "d4rqdc7prm"});
    let metadata = json!({"ownerReferences": owner, "labels": labels});
    let crashing = pod(json!({"metadata": metadata, "status": crashing(3)}));
    let why = "crash: CrashLoopBackOff: ends right after each start, with nothing left to say why";
    check(Deployment, &late, std::slice::from_ref(&crashing), &[why]);

    let quota = "pods \"web-1\" is forbidden: exceeded quota: low, requested: pods=1, used: pods=5, limited: pods=5";
    let failed = condition("ReplicaFailure", "True", "FailedCreate", quota);
    let no_room = "cannot-create: FailedCreate: quota low leaves no room: 5 of 5 pods used";
    check(Deployment, &failed, &[], &[no_room]);
    // The event of its replica set tells the same.
    let about = json!({"kind": "ReplicaSet", "name": "web-d4rqdc7prm", "uid": "r"});
    let tried = event(
        json!({"reason": "FailedCreate", "message": format!("Error creating: {quota}"), "involvedObject": about}),
    );
    assert_eq!(with(Deployment, &failed, &[], &[tried]), [no_room]);

    let rolling = json!({"replicas": 3, "updatedReplicas": 1, "availableReplicas": 3, "currentRevision": "a", "updateRevision": "b"});
    let made = |at: &str, kind: &str| {
        let owner = json!([{"kind": kind, "name": "web", "controller": true}]);
        let status = json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]});
        pod(json!({"metadata": {"creationTimestamp": at, "ownerReferences": owner}, "status": status}))
    };
    let told = "rollout: Stuck rollout: no pod was replaced for a while: 1 of 3 pods are of the new template";
    check(StatefulSet, &rolling, &[made("2026-11-23T23:30:00Z", "StatefulSet")], &[told]);
    check(StatefulSet, &rolling, &[made("2026-11-23T23:55:00Z", "StatefulSet")], &[]);
    // Without its pods nobody knows.
    check(StatefulSet, &rolling, &[], &[]);
    let rolling = json!({"desiredNumberScheduled": 3, "currentNumberScheduled": 3, "updatedNumberScheduled": 1, "numberAvailable": 3});
    check(DaemonSet, &rolling, &[made("2026-11-23T23:30:00Z", "DaemonSet")], &[told]);
    check(DaemonSet, &rolling, &[made("2026-11-23T23:59:00Z", "DaemonSet")], &[]);
}

/// The checked table of cases: what was seen, its cause, the field's word for it, and why, in words.
#[test]
fn every_case_is_told_in_words() {
    let mut cases = 0;
    let mut wrong = Vec::new();
    for line in include_str!("cases.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut parts = line.splitn(5, " | ");
        let mut next = || parts.next().expect("a case has five parts").trim();
        let (kind, cause, title, words, objects) = (next(), next(), next(), next(), next());
        let told = told(kind, objects);
        let (id, said) = told.as_ref().map_or(("well", ("", "")), |t| (t.cause.id(), (&t.title, &t.words)));
        if (id, said) != (cause, (title, words)) {
            wrong.push(format!("{kind} | {id} | {} | {} | {objects}", said.0, said.1));
        }
        cases += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases >= 60, "{cases} cases");
}

fn owned(name: &str, owner: &str, status: &Value) -> Value {
    let owners = json!([{"kind": "StatefulSet", "name": owner, "controller": true}]);
    pod(json!({"metadata": {"uid": name, "name": name, "ownerReferences": owners}, "status": status}))
}

fn crashing(restarts: i64) -> Value {
    json!({
        "phase": "Running",
        "containerStatuses": [{"name": "web", "restartCount": restarts, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}],
        "conditions": [{"type": "Ready", "status": "False", "lastTransitionTime": "2026-11-23T22:00:00Z"}],
    })
}

fn pulling() -> Value {
    json!({"phase": "Pending", "containerStatuses": [{"name": "web", "state": {"waiting": {"reason": "ErrImagePull"}}}]})
}

#[test]
fn one_line_tells_of_all_pods_with_one_cause_and_owner() {
    let pods = [
        owned("web-0", "web", &crashing(2)),
        owned("web-1", "web", &crashing(3)),
        owned("web-2", "web", &pulling()),
        owned("api-0", "api", &crashing(40)),
    ];
    let store = store(&pods, &[], &[]);
    let found = troubles(&store, &[], NOW_S);
    let lines: Vec<_> = found.iter().map(|t| (t.owner.1.as_str(), t.cause, t.count, t.restarts)).collect();
    assert_eq!(
        lines,
        [("api", Cause::Crash, 1, Some(40)), ("web", Cause::Crash, 2, Some(5)), ("web", Cause::ImagePull, 1, Some(0)),]
    );
}

#[test]
fn a_version_that_fails_in_many_namespaces_is_one_line_that_leads_to_all_its_pods() {
    let in_namespace = |namespace: &str, name: &str, image: &str, status: &Value| {
        let mut pod = owned(&format!("{namespace}-{name}"), "reviews", status);
        pod["metadata"]["namespace"] = json!(namespace);
        pod["spec"]["containers"][0]["image"] = json!(image);
        pod
    };
    let mut pods = Vec::new();
    for namespace in ["shop-a", "shop-b", "shop-c"] {
        pods.push(in_namespace(namespace, "0", "reviews:2.2.0", &crashing(3)));
        pods.push(in_namespace(namespace, "1", "reviews:2.2.0", &crashing(4)));
    }
    // Another version and another cause are other lines.
    pods.push(in_namespace("shop-d", "0", "reviews:2.1.0", &crashing(1)));
    pods.push(in_namespace("shop-a", "2", "reviews:2.2.0", &pulling()));
    let store = store(&pods, &[], &[]);
    let found = troubles(&store, &[], NOW_S);
    let mut lines: Vec<_> =
        found.iter().map(|t| (t.version.as_str(), t.namespaces.len(), t.count, t.restarts)).collect();
    assert_eq!(lines.first(), Some(&("2.2.0", 3, 6, Some(21))));
    lines.sort();
    assert_eq!(lines, [("2.1.0", 0, 1, Some(1)), ("2.2.0", 0, 1, Some(0)), ("2.2.0", 3, 6, Some(21))]);
    for trouble in &found {
        assert_eq!(behind(&store, trouble) as u64, trouble.count, "{}", trouble.filter);
    }
}

#[test]
fn a_report_leads_to_as_many_events_as_it_counts_where_a_cluster_keeps_them_for_longer() {
    let report = |uid: &str, kind: &str, last: &str| {
        let about = json!({"kind": "ReplicaSet", "name": "web-4q2mjcfslw", "uid": "o"});
        event(json!({
            "metadata": {"uid": uid}, "type": kind, "reason": "FailedCreate", "message": "no", "involvedObject": about,
            "firstTimestamp": "2026-11-23T10:00:00Z", "lastTimestamp": last,
        }))
    };
    let events = [
        report("1", "Warning", "2026-11-23T23:30:00Z"),
        report("2", "Warning", "2026-11-23T23:50:00Z"),
        report("old", "Warning", "2026-11-23T22:00:00Z"),
        report("normal", "Normal", "2026-11-23T23:50:00Z"),
    ];
    let store = store(&[], &[], &events);
    let found = troubles(&store, &[], NOW_S);
    let counts: Vec<_> = found.iter().map(|trouble| (trouble.count, behind(&store, trouble))).collect();
    assert_eq!(counts, [(2, 2)], "{:?}", found.first().map(|trouble| &trouble.filter));
}

#[test]
fn troubles_that_read_alike_have_keys_of_their_own() {
    let report = |uid: &str, name: &str, reason: &str| {
        let about = json!({"kind": "Certificate", "name": name, "uid": uid});
        event(json!({"metadata": {"uid": uid}, "reason": reason, "involvedObject": about}))
    };
    let store = store(&[], &[], &[report("1", "a/b", "c"), report("2", "a", "b/c")]);
    let keys: Vec<_> = troubles(&store, &[], NOW_S).into_iter().map(|trouble| trouble.key).collect();
    assert_eq!(keys, ["shop/Certificate/a/b/c", "shop/Certificate/a/b/c+"]);
}

/// The rows that the filter of a trouble leaves.
fn behind(store: &Store, trouble: &Trouble) -> usize {
    let filter = Filter::parse(&trouble.filter);
    assert_eq!(filter.problems, [], "{}", trouble.filter);
    match trouble.rows {
        Rows::Pods => Selection::default().select(store, &[], &filter, None).len(),
        Rows::Nodes => crate::table::node::select(store, &filter, None).len(),
        Rows::Events => crate::table::event::select(store, &[], &filter, None).len(),
        Rows::Workloads => select(store, &PodsOf::default(), &[], &filter, None).len(),
    }
}

#[test]
fn the_filter_of_a_trouble_leaves_as_many_rows_as_it_counts() {
    let mut pods = vec![
        owned("web-0", "web", &crashing(2)),
        owned("web-1", "web", &crashing(3)),
        owned("web-2", "web", &pulling()),
    ];
    // One that nothing owns, and one of the same name elsewhere, which is told with its namesake.
    let mut alone = pod(json!({"metadata": {"uid": "x", "name": "web"}, "status": crashing(1)}));
    alone["metadata"]["ownerReferences"] = json!([]);
    let mut elsewhere = owned("web-9", "web", &crashing(1));
    elsewhere["metadata"]["namespace"] = json!("other");
    pods.extend([alone, elsewhere]);
    let unready = |name: &str| node(json!({"metadata": {"uid": name, "name": name}, "status": {}}));
    let report = |uid: &str| {
        let about = json!({"kind": "ReplicaSet", "name": "web-4q2mjcfslw", "uid": "o"});
        event(json!({"metadata": {"uid": uid}, "reason": "FailedCreate", "message": "no", "involvedObject": about}))
    };
    let store = store(&pods, &[unready("a"), unready("b")], &[report("1"), report("2")]);
    let found = troubles(&store, &[], NOW_S);
    let counts: Vec<_> = found.iter().map(|t| (t.rows, t.count)).collect();
    assert_eq!(found.len(), 5, "{counts:?}");
    for trouble in &found {
        assert_eq!(behind(&store, trouble) as u64, trouble.count, "{}", trouble.filter);
    }
}

#[test]
fn only_what_is_in_scope_is_told() {
    let mut elsewhere = owned("web-9", "web", &crashing(1));
    elsewhere["metadata"]["namespace"] = json!("other");
    let store = store(&[owned("web-0", "web", &crashing(2)), elsewhere], &[], &[]);
    let scope: Vec<_> = store.names.find("other").into_iter().collect();
    let found = troubles(&store, &scope, NOW_S);
    assert_eq!(found.iter().map(|t| t.namespace.as_str()).collect::<Vec<_>>(), ["other"]);
}

#[test]
fn it_began_when_its_first_event_says() {
    let told = event(json!({"reason": "BackOff", "message": "Back-off", "firstTimestamp": "2026-11-23T21:00:00Z"}));
    let mut crashed = pod(json!({"status": crashing(9)}));
    crashed["metadata"]["uid"] = json!("p");
    let found = troubles(&store(&[crashed], &[], &[told]), &[], NOW_S);
    assert_eq!(found.first().and_then(|t| t.since_s), Some(NOW_S - 3 * 3_600));
}

#[test]
fn a_line_leads_to_the_run_that_ended() {
    let found = troubles(&store(&[owned("web-0", "web", &crashing(2))], &[], &[]), &[], NOW_S);
    let log = found.first().and_then(|t| t.log.clone()).unwrap();
    assert_eq!((log.pod.as_str(), log.container.as_str(), log.previous), ("web-0", "web", false));
    let mut ended = crashing(2);
    ended["containerStatuses"][0]["lastState"] = json!({"terminated": {"exitCode": 1}});
    let found = troubles(&store(&[owned("web-0", "web", &ended)], &[], &[]), &[], NOW_S);
    assert!(found.first().and_then(|t| t.log.as_ref()).is_some_and(|log| log.previous));
}

#[test]
fn every_cause_has_its_own_id() {
    let store = store(&[owned("web-0", "web", &crashing(2))], &[node(json!({}))], &[]);
    let pod = store.pods.iter().next().unwrap();
    assert!(pod_has(&store, pod, "crash") && !pod_has(&store, pod, "image"));
    assert!(store.nodes.rows().iter().all(|(_, row)| node_has(row, "node-not-ready")));
}

proptest::proptest! {
    #[test]
    fn any_words_of_a_server_are_told_without_a_panic(
        reason in "(OOMKilled|ErrImagePull|CrashLoopBackOff|CreateContainerConfigError|StartError|Evicted|\\PC{0,9})",
        message in "(0/3 nodes are available: |couldn't find key |exec: \"|volume \"|Readiness probe failed: )?[\\PC{}(),:\"= ]{0,60}",
        about in "(FailedMount|FailedCreate|Unhealthy|FailedCreatePodSandBox|x)", code in proptest::num::i64::ANY,
    ) {
        let terminated = json!({"terminated": {"exitCode": code, "reason": reason, "message": message}});
        let waiting = json!({"waiting": {"reason": reason, "message": message}});
        let statuses = [
            json!({"phase": "Failed", "reason": reason, "message": message}),
            json!({"phase": "Running", "containerStatuses": [{"name": "a", "state": waiting, "lastState": terminated}]}),
            json!({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "message": message}]}),
            json!({"phase": "Pending", "containerStatuses": [{"state": {"waiting": {"reason": "ContainerCreating"}}}]}),
        ];
        let pods: Vec<_> = statuses.into_iter().enumerate().map(|(at, status)| owned(&at.to_string(), "web", &status)).collect();
        let events = [
            event(json!({"reason": about, "message": message, "involvedObject": {"uid": "3"}})),
            event(json!({"metadata": {"uid": "f"}, "reason": about, "message": message, "involvedObject": {"kind": "Job", "uid": "j"}})),
        ];
        let store = store(&pods, &[], &events);
        for trouble in troubles(&store, &[], NOW_S) {
            proptest::prop_assert!(!trouble.title.is_empty() || reason.is_empty());
            proptest::prop_assert!(trouble.words.chars().count() < 400);
        }
    }
}

#[test]
fn a_version_that_fails_in_very_many_namespaces_had_an_address_of_any_length() {
    let pods: Vec<Value> = (0..300)
        .map(|at| {
            let mut pod = owned(&format!("pod-{at}"), "reviews", &crashing(3));
            pod["metadata"]["namespace"] = json!(format!("customer-{at}"));
            pod["spec"]["containers"][0]["image"] = json!(if at == 0 { "reviews:1" } else { "reviews:2" });
            pod
        })
        .collect();
    let store = store(&pods, &[], &[]);
    let found = troubles(&store, &[], NOW_S);
    let all = found.iter().find(|trouble| !trouble.namespaces.is_empty()).unwrap();
    assert!(all.filter.len() < 2_000, "{}", all.filter);
    // Another version of the same owner is behind the link too, so it is counted.
    assert_eq!((all.namespaces.len(), all.count, behind(&store, all)), (299, 300, 300));
}
