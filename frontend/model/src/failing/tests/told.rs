//! What a line tells beside its cause: where, which version, and each thing once.

use super::*;

fn node_in(name: &str, zone: &str) -> Value {
    let labels = json!({"topology.kubernetes.io/zone": zone});
    let status = json!({"conditions": [{"type": "Ready", "status": "True"}]});
    node(json!({"metadata": {"uid": name, "name": name, "labels": labels}, "status": status}))
}

#[test]
fn no_line_told_where_its_pods_are() {
    let nodes = [node_in("a-1", "eu-1a"), node_in("c-1", "eu-1c"), node_in("c-2", "eu-1c")];
    let check = |on: &[&str], place: &str, places: &[&str]| {
        let pods = on.iter().enumerate().map(|(at, node)| {
            let mut pod = owned(&format!("web-{at}"), "web", &crashing(1));
            pod["spec"]["nodeName"] = json!(node);
            pod
        });
        let store = store(&pods.collect::<Vec<_>>(), &nodes, &[]);
        let found = troubles(&store, &[], NOW_S);
        let told: Vec<_> =
            found.iter().map(|t| (&*t.place, t.places.iter().map(|p| &**p).collect::<Vec<_>>())).collect();
        assert_eq!(told, [(place, places.to_vec())]);
    };
    check(&["c-1", "c-2"], "all in eu-1c", &["eu-1c: 2 pods on c-1, c-2"]);
    check(&["c-1", "c-1"], "all on c-1", &["eu-1c: 2 pods on c-1"]);
    check(&["a-1", "c-1", "c-2"], "", &["eu-1a: 1 pod on a-1", "eu-1c: 2 pods on c-1, c-2"]);
    // One pod is always on one node; what no node has taken is nowhere.
    check(&["c-1"], "", &["eu-1c: 1 pod on c-1"]);
    check(&["", ""], "", &[]);
}

fn of_set(name: &str, set: &str, image: &str, made: &str, status: &Value) -> Value {
    let owner = json!([{"kind": "ReplicaSet", "name": format!("web-{set}"), "controller": true}]);
    let labels = json!({"pod-template-hash": set});
    let meta =
        json!({"uid": name, "name": name, "creationTimestamp": made, "ownerReferences": owner, "labels": labels});
    pod(json!({"metadata": meta, "spec": {"containers": [{"name": "web", "image": image}]}, "status": status}))
}

#[test]
fn a_line_tells_which_version_was_before_and_since_when_its_own_is_there() {
    let running = json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]});
    let pods = [
        of_set("a", "4q2mjcfslw", "web:2.4.0", "2026-11-23T23:40:00Z", &crashing(4)),
        of_set("b", "d4rqdc7prm", "web:2.3.1", "2026-11-20T00:00:00Z", &running),
    ];
    let brought = |store: &Store| {
        let told = troubles(store, &[], NOW_S).pop().and_then(|t| Some(t.brought?.words(&t.version, NOW_S)));
        told.unwrap_or_default()
    };
    // By pods alone an earlier one may have been replaced.
    assert_eq!(brought(&store(&pods, &[], &[])), "version 2.4.0 since 20m or longer, before: 2.3.1");
    let scaled = event(json!({
        "type": "Normal", "reason": "ScalingReplicaSet", "message": "Scaled up replica set web-4q2mjcfslw from 0 to 1",
        "involvedObject": {"kind": "Deployment", "name": "web", "uid": "w"},
        "firstTimestamp": "2026-11-23T23:30:00Z", "lastTimestamp": "2026-11-23T23:30:00Z",
    }));
    let told = "version 2.4.0 since 30m, before: 2.3.1";
    assert_eq!(brought(&store(&pods, &[], std::slice::from_ref(&scaled))), told);
    // When no old pod is left, a replica set knows, if they are loaded.
    let mut store = store(&pods[..1], &[], &[scaled]);
    assert_eq!(brought(&store), "version 2.4.0 since 30m");
    for (uid, image, made) in [("r1", "web:2.3.1", "2026-11-20T00:00:00Z"), ("r0", "web:2.2.0", "2026-11-10T00:00:00Z")]
    {
        let owner = json!([{"kind": "Deployment", "name": "web", "controller": true}]);
        let meta =
            json!({"uid": uid, "name": uid, "namespace": "shop", "creationTimestamp": made, "ownerReferences": owner});
        let spec = json!({"template": {"spec": {"containers": [{"name": "web", "image": image}]}}});
        let set = json!({"metadata": meta, "spec": spec}).to_string();
        store.workloads.upsert(WorkloadKind::ReplicaSet, set.as_bytes(), &mut store.names);
    }
    assert_eq!(brought(&store), told);
}

#[test]
fn what_no_node_took_and_what_only_events_tell_of_had_no_version() {
    let unscheduled = json!({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]});
    let about = json!({"kind": "Job", "name": "nightly", "uid": "j"});
    let given_up = event(json!({"reason": "DeadlineExceeded", "involvedObject": about}));
    let mut store = store(&[owned("web-0", "web", &unscheduled)], &[], &[given_up]);
    let job = json!({
        "metadata": {"uid": "j", "name": "nightly", "namespace": "shop"},
        "spec": {"template": {"spec": {"containers": [{"image": "nightly:4.2.0"}]}}},
    });
    store.workloads.upsert(WorkloadKind::Job, job.to_string().as_bytes(), &mut store.names);
    let mut told: Vec<_> = troubles(&store, &[], NOW_S).into_iter().map(|t| (t.owner.1, t.version)).collect();
    told.sort();
    assert_eq!(
        told,
        [("nightly", "4.2.0"), ("web", "1.4.0")].map(|(name, version)| (name.to_owned(), version.to_owned()))
    );
}

#[test]
fn a_job_that_was_given_up_and_its_pod_were_two_lines() {
    let ended = json!({"name": "web", "state": {"terminated": {"exitCode": 3, "reason": "Error"}}});
    let status = json!({"phase": "Failed", "containerStatuses": [ended]});
    let mut failed = owned("nightly-x", "nightly", &status);
    failed["metadata"]["ownerReferences"][0]["kind"] = json!("Job");
    let about = json!({"kind": "Job", "name": "nightly", "uid": "j"});
    let given_up = event(json!({"reason": "BackoffLimitExceeded", "involvedObject": about}));
    let words = |pods: &[Value]| -> Vec<String> {
        troubles(&store(pods, &[], std::slice::from_ref(&given_up)), &[], NOW_S).into_iter().map(|t| t.words).collect()
    };
    assert_eq!(words(&[failed]), ["exited with code 3; the job failed as often as it may and was given up"]);
    assert_eq!(words(&[]), ["failed as often as it may and was given up"]);
}

#[test]
fn a_quota_that_two_sets_of_a_deployment_met_was_told_again() {
    let no_room = "pods \"web-1\" is forbidden: exceeded quota: low, requested: pods=1, used: pods=5, limited: pods=5";
    let tried = |set: &str| {
        let about = json!({"kind": "ReplicaSet", "name": format!("web-{set}"), "uid": set});
        event(json!({"metadata": {"uid": set}, "reason": "FailedCreate", "message": no_room, "involvedObject": about}))
    };
    let check = |kind: &str, status: &str, reason: &str, expect: &[&str]| {
        let mut store = store(&[], &[], &[tried("d4rqdc7prm"), tried("4q2mjcfslw")]);
        let condition = json!({"type": kind, "status": status, "reason": reason, "message": no_room});
        let web = json!({
            "metadata": {"uid": "w", "name": "web", "namespace": "shop"},
            "spec": {"replicas": 3, "template": {"spec": {"containers": [{"image": "web:3.2.0"}]}}},
            "status": {"replicas": 4, "updatedReplicas": 1, "conditions": [condition]},
        });
        store.workloads.upsert(WorkloadKind::Deployment, web.to_string().as_bytes(), &mut store.names);
        let mut told: Vec<_> =
            troubles(&store, &[], NOW_S).iter().map(|t| format!("{} {:?} {}", t.owner.1, t.rows, t.version)).collect();
        told.sort();
        assert_eq!(told, expect, "{reason}");
    };
    check("ReplicaFailure", "True", "FailedCreate", &["web Workloads 3.2.0"]);
    // The events tell why a rollout is stuck.
    check("Progressing", "False", "ProgressDeadlineExceeded", &["web Workloads 3.2.0"]);
}

#[test]
fn a_stuck_rollout_did_not_say_that_its_pods_fail_their_probe_until_they_had_for_minutes() {
    let ready = json!({"type": "Ready", "status": "False", "lastTransitionTime": "2026-11-23T23:59:00Z"});
    let status = json!({"phase": "Running", "conditions": [ready], "containerStatuses": [{"name": "web", "state": {"running": {}}}]});
    let pods = [of_set("p", "4q2mjcfslw", "web:2", "2026-11-23T23:58:50Z", &status)];
    let probe = "Readiness probe failed: HTTP probe failed with statuscode: 500";
    let unhealthy = event(json!({"reason": "Unhealthy", "message": probe, "firstTimestamp": "2026-11-23T23:59:05Z"}));
    let mut store = store(&pods, &[], &[unhealthy]);
    let words = |store: &Store| -> Vec<String> { troubles(store, &[], NOW_S).into_iter().map(|t| t.words).collect() };
    assert_eq!(words(&store), Vec::<String>::new());
    let late = json!({"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"});
    let web = json!({
        "metadata": {"uid": "w", "name": "web", "namespace": "shop"},
        "spec": {"replicas": 3}, "status": {"replicas": 4, "updatedReplicas": 1, "conditions": [late]},
    });
    store.workloads.upsert(WorkloadKind::Deployment, web.to_string().as_bytes(), &mut store.names);
    assert_eq!(words(&store), ["readiness probe fails: HTTP 500"]);
}

#[test]
fn one_cause_filled_the_first_lines_and_what_fails_stood_below_what_waits() {
    let mut pods: Vec<Value> =
        (0..9).map(|at| owned(&format!("crash-{at}"), &format!("crash-{at}"), &crashing(40))).collect();
    pods.push(owned("image", "image", &pulling()));
    let waiting = json!({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]});
    pods.extend((0..70).map(|at| owned(&format!("wait-{at}"), "wait", &waiting)));
    let store = store(&pods, &[], &[]);
    let found = troubles(&store, &[], NOW_S);
    let place = |name: &str| found.iter().position(|t| t.owner.1 == name).unwrap();
    assert!(place("image") < 5, "{}", place("image"));
    assert_eq!(place("wait"), found.len() - 1);
}

#[test]
fn a_warning_of_one_job_in_many_namespaces_was_as_many_lines() {
    let warning = |namespace: &str, at: &str| {
        let about = json!({"kind": "Job", "name": "nightly", "uid": namespace});
        event(json!({
            "metadata": {"uid": namespace, "namespace": namespace}, "reason": "DeadlineExceeded", "involvedObject": about, "lastTimestamp": at,
        }))
    };
    let mut events = vec![
        warning("b", "2026-11-23T23:40:00Z"),
        warning("a", "2026-11-23T23:30:00Z"),
        warning("c", "2026-11-23T23:50:00Z"),
        // Too old to be counted.
        warning("d", "2026-11-23T22:00:00Z"),
    ];
    let store_ = |events: &[Value]| store(&[], &[], events);
    let two = store_(&events[..2]);
    let told: Vec<_> =
        troubles(&two, &[], NOW_S).iter().map(|t| (t.namespaces.join(","), t.count, behind(&two, t))).collect();
    assert_eq!(told, [("a,b".to_owned(), 2, 2)]);
    events.push(warning("e", "2026-11-23T23:20:00Z"));
    let store = store_(&events);
    let found = troubles(&store, &[], NOW_S);
    let told: Vec<_> = found.iter().map(|t| (t.namespaces.join(","), t.count, behind(&store, t))).collect();
    assert_eq!(told, [("a,b,c,e".to_owned(), 4, 4)], "{:?}", found[0].filter);
}
