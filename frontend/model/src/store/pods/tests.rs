use std::collections::{BTreeMap, BTreeSet, HashMap};

use proptest::prelude::*;

use super::{Changes, Names, PodView, Pods, Tallies, Tally};
use crate::k8s::pod_state::PodState;

fn pod(uid: u8, namespace: u8, node: u8, phase: &str, cpu: u16) -> Vec<u8> {
    of_owner(0, (uid, namespace, node, phase, cpu), &format!("web-{namespace}"), "abc")
}

/// A pod of a deployment and of one of its revisions; a version of 0 is none.
fn of_owner(version: u64, pod: (u8, u8, u8, &str, u16), owner: &str, hash: &str) -> Vec<u8> {
    let (uid, namespace, node, phase, cpu) = pod;
    let version = if version == 0 { String::new() } else { version.to_string() };
    serde_json::to_vec(&serde_json::json!({
        "metadata": {"uid": format!("u{uid}"), "name": format!("p{uid}"), "namespace": format!("n{namespace}"),
            "labels": {"pod-template-hash": hash}, "resourceVersion": version,
            "ownerReferences": [{"kind": "ReplicaSet", "name": format!("{owner}-{hash}"), "controller": true}]},
        "spec": {"nodeName": format!("node{node}"), "containers": [{"name": "a", "resources": {"requests": {"cpu": format!("{cpu}m")}}}]},
        "status": {"phase": phase, "conditions": [{"type": "Ready", "status": "True"}]},
    }))
    .unwrap()
}

/// Tallies, groups and templates hold what a recount of the rows gives, everywhere.
fn assert_counted(pods: &Pods) {
    let mut total = Tally::default();
    let (mut of_node, mut of_namespace) = (HashMap::<_, Tally>::new(), HashMap::<_, Tally>::new());
    let (mut on_node, mut with_template) = (BTreeSet::new(), BTreeMap::<_, BTreeSet<_>>::new());
    for pod in pods.iter() {
        total.add(&pod.share());
        of_node.entry(pod.node()).or_default().add(&pod.share());
        of_namespace.entry(pod.namespace()).or_default().add(&pod.share());
        on_node.insert((pod.node(), pod.number()));
        with_template.entry(pod.template_number()).or_default().insert(pod.number());
        assert_eq!(pods.number(pod.uid()), Some(pod.number()));
    }
    assert_eq!(*pods.total(), total);
    let all = |tallies: &Tallies| tallies.iter().map(|(name, tally)| (name, *tally)).collect::<HashMap<_, _>>();
    assert_eq!((all(&pods.by_node), all(&pods.by_namespace)), (of_node.clone(), of_namespace));
    assert_eq!(pods.len(), total.total() as usize);
    let grouped = of_node.keys().flat_map(|node| pods.of_node(*node).map(|pod| (*node, pod.number())));
    assert_eq!(grouped.collect::<BTreeSet<_>>(), on_node);
    let templates: BTreeMap<_, _> = pods
        .templates()
        .iter()
        .map(|(number, _, count)| {
            let rows: BTreeSet<_> = pods.of_template(number).map(PodView::number).collect();
            assert_eq!(rows.len(), count as usize);
            (number, rows)
        })
        .collect();
    assert_eq!(templates, with_template);
}

/// All that is shown of all pods, whatever their row numbers.
fn shown(pods: &Pods, names: &Names) -> BTreeSet<String> {
    let text = |name| names.text(name);
    pods.iter()
        .map(|pod| {
            let labels: Vec<_> = pod.labels().iter().map(|(k, v)| (text(*k), text(*v))).collect();
            format!(
                "{} {}/{} {} {} {:?} {labels:?} {:?} {:?}",
                pod.uid(),
                text(pod.namespace()),
                pod.name(),
                text(pod.node()),
                text(pod.owner()),
                pod.share(),
                text(pod.status()),
                pod.ready()
            )
        })
        .collect()
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
    let pod = pods.iter().next().unwrap();
    assert_eq!((names.text(pod.owner_kind()), names.text(pod.owner())), ("Deployment", "web-7"));
}

#[test]
fn deleted_and_created_again_under_one_name_is_one_pod() {
    let (mut pods, mut names) = (Pods::default(), Names::default());
    pods.upsert(&pod(1, 1, 1, "Running", 100), &mut names);
    let again = String::from_utf8(pod(1, 1, 1, "Running", 100)).unwrap().replace("\"u1\"", "\"u2\"");
    pods.upsert(again.as_bytes(), &mut names);
    pods.delete(&pod(1, 1, 1, "Running", 100));
    assert_eq!(pods.len(), 1);
    assert_counted(&pods);
}

#[test]
fn odd_objects_are_counted_and_skipped() {
    let (mut pods, mut names) = (Pods::default(), Names::default());
    for json in ["", "[]", "7", r#"{"metadata":7}"#, r#"{"spec":{"containers":{}}}"#] {
        pods.upsert(json.as_bytes(), &mut names);
    }
    assert_eq!((pods.len(), pods.undecodable), (0, 5));
}

#[test]
fn an_older_update_after_a_newer_one_changes_nothing() {
    let (mut pods, mut names) = (Pods::default(), Names::default());
    let mut check = |version: &str, phase: &str, expect: PodState| {
        let json = String::from_utf8(pod(1, 1, 1, phase, 100)).unwrap();
        let json = json.replacen("\"resourceVersion\":\"\"", &format!("\"resourceVersion\":\"{version}\""), 1);
        pods.upsert(json.as_bytes(), &mut names);
        assert_eq!(pods.iter().next().unwrap().state(), expect, "{version}");
        assert_counted(&pods);
    };
    check("100", "Running", PodState::Running);
    check("99", "Pending", PodState::Running);
    check("100", "Succeeded", PodState::Completed);
    // What is no number cannot be compared: the last to arrive counts.
    check("x", "Running", PodState::Running);
    check("7", "Pending", PodState::Waiting);
}

#[test]
fn after_a_restore_of_etcd_the_list_wins_over_what_was_known_with_higher_versions() {
    let (mut pods, mut names) = (Pods::default(), Names::default());
    let at = |version: u32, phase: &str| {
        let json = String::from_utf8(pod(1, 1, 1, phase, 100)).unwrap();
        json.replacen("\"resourceVersion\":\"\"", &format!("\"resourceVersion\":\"{version}\""), 1)
    };
    let epoch = pods.begin();
    pods.upsert(at(900, "Running").as_bytes(), &mut names);
    pods.upsert(pod(2, 1, 1, "Running", 100).as_slice(), &mut names);
    pods.end(epoch, None);
    let epoch = pods.begin();
    pods.upsert(at(8, "Pending").as_bytes(), &mut names);
    let state = |pods: &Pods| pods.iter().next().unwrap().state();
    assert_eq!(state(&pods), PodState::Waiting);
    // A later page, or the watch that begins at the first page's version, may repeat what is older.
    pods.upsert(at(7, "Running").as_bytes(), &mut names);
    assert_eq!(state(&pods), PodState::Waiting);
    pods.end(epoch, None);
    assert_eq!(pods.len(), 1, "what the restored cluster does not have is gone");
    pods.upsert(at(7, "Running").as_bytes(), &mut names);
    assert_eq!(state(&pods), PodState::Waiting);
    pods.upsert(at(9, "Running").as_bytes(), &mut names);
    assert_eq!(state(&pods), PodState::Running);
    assert_counted(&pods);
}

#[test]
fn a_pod_is_known_by_what_its_workload_shares_and_by_what_is_its_own() {
    let (mut pods, mut names) = (Pods::default(), Names::default());
    let json = |number: u8| {
        format!(
            r#"{{"metadata":{{"uid":"{number}","name":"web-{number}","namespace":"shop","labels":{{"app":"web"}},
            "creationTimestamp":"2026-11-24T00:00:00Z"}},
            "spec":{{"priorityClassName":"high","priority":1000,"containers":[{{"image":"web:1"}}],"initContainers":[{{"image":"init:2"}}]}},
            "status":{{"phase":"Running","qosClass":"BestEffort","podIP":"10.0.0.{number}"}}}}"#
        )
    };
    for number in 1..=3 {
        pods.upsert(json(number).as_bytes(), &mut names);
    }
    assert_eq!(pods.templates().iter().map(|(_, _, pods)| pods).collect::<Vec<_>>(), [3]);
    let pod = pods.get(1).unwrap();
    assert_eq!((pod.name(), pod.ip(), pod.created_s()), ("web-2", "10.0.0.2", Some(1_795_478_400)));
    let template = pod.template();
    let texts = [template.namespace, template.qos, template.priority_class].map(|name| names.text(name));
    assert_eq!((texts, template.priority), (["shop", "BestEffort", "high"], 1000));
    assert_eq!(pod.images().iter().map(|image| names.text(*image)).collect::<Vec<_>>(), ["web:1", "init:2"]);
    let app = names.find("app").unwrap();
    assert_eq!(pod.label(app).map(|value| names.text(value)), Some("web"));
}

#[test]
fn texts_of_pods_that_are_gone_do_not_pile_up() {
    let (mut pods, mut names) = (Pods::default(), Names::default());
    let json = |round: u32, name: u32| {
        format!(
            r#"{{"metadata":{{"uid":"{round}-{name}","name":"{name:0>250}","namespace":"a"}},"status":{{"podIP":"10.0.0.{round}"}}}}"#
        )
    };
    for round in 0..40 {
        for name in 0..100 {
            pods.upsert(json(round, name).as_bytes(), &mut names);
            if let Some(last) = round.checked_sub(1) {
                pods.delete(json(last, name).as_bytes());
            }
        }
    }
    let held = pods.memory().iter().find(|(part, _)| *part == "names and IPs").unwrap().1;
    assert!(held < 400_000, "{held} bytes for 100 names");
    let mut left: Vec<_> = pods.iter().map(|pod| (pod.name().len(), pod.ip())).collect();
    left.dedup();
    assert_eq!(left, [(250, "10.0.0.39")]);
    assert_eq!(pods.row_bound(), 101, "rows are used again");
}

proptest! {
    #[test]
    fn any_order_of_events_gives_the_same_as_a_fresh_list(
        events in proptest::collection::vec(
            ((0u8..12, 0u8..3, 0u8..4, 0usize..4, 0u16..500), 0usize..3, 0usize..3, 0u8..5), 0..80)
    ) {
        let (mut pods, mut names) = (Pods::default(), Names::default());
        let mut truth = BTreeMap::new();
        let mut last = (0, BTreeMap::new());
        for (at, ((uid, namespace, node, phase, cpu), owner, hash, what)) in events.into_iter().enumerate() {
            let (owner, hash) = (["web", "api", "db"][owner], ["abc", "def", "012"][hash]);
            let look = (uid, namespace, node, ["Pending", "Running", "Failed", "Succeeded"][phase], cpu);
            let json = |version| of_owner(version, look, owner, hash);
            match what {
                0 => {
                    pods.delete(&json(0));
                    truth.remove(&uid);
                }
                // An older update after a newer one.
                1 if truth.contains_key(&uid) => pods.upsert(&json(50), &mut names),
                _ => {
                    let json = json(100 + at as u64);
                    pods.upsert(&json, &mut names);
                    truth.insert(uid, json);
                }
            }
            assert_counted(&pods);
            // Whoever asks what has changed need look at nothing else.
            let now: BTreeMap<_, _> = pods.iter().map(|pod| (pod.number(), format!("{:?} {:?}", pod.uid(), pod.share()))).collect();
            let Changes::Rows(changed) = pods.changed_since(last.0) else { panic!("these few changes are remembered") };
            for row in 0..pods.row_bound() {
                prop_assert!(changed.contains(&row) || now.get(&row) == last.1.get(&row));
            }
            last = (pods.version(), now);
        }
        let mut fresh = Pods::default();
        for json in truth.values() {
            fresh.upsert(json, &mut names);
        }
        prop_assert_eq!(shown(&pods, &names), shown(&fresh, &names));
        assert_counted(&fresh);
        // And a list that sees half of them leaves just these.
        let epoch = pods.begin();
        for json in truth.values().step_by(2) {
            pods.upsert(json, &mut names);
        }
        pods.end(epoch, None);
        assert_counted(&pods);
        prop_assert_eq!(pods.len(), truth.len().div_ceil(2));
    }
}
