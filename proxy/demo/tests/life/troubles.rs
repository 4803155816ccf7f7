//! The troubles of the company, as the objects that tell of them.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::world::{World, is_ready, text};

fn condition<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    let conditions = object.pointer("/status/conditions").and_then(Value::as_array).into_iter().flatten();
    conditions.into_iter().find(|one| one["type"] == name)
}

fn has(world: &World, group: &str, plural: &str, is_so: impl Fn(&Value) -> bool) -> bool {
    world.all(group, plural).iter().any(is_so)
}

#[test]
fn each_trouble_that_is_no_pods_is_told_by_its_object() {
    let mut world = World::new(1);
    for at in [0, 120] {
        world.at(at);
        let waits = |claim: &Value| text(claim, "/status/phase") == "Pending";
        assert!(has(&world, "", "persistentvolumeclaims", waits), "a claim that waits, after {at} s");
        let is_late = |job: &Value| condition(job, "Failed").is_some_and(|one| one["reason"] == "DeadlineExceeded");
        assert!(has(&world, "batch", "jobs", is_late), "a job past its deadline, after {at} s");
        let is_at_most = |scaler: &Value| {
            let limited = condition(scaler, "ScalingLimited");
            limited.is_some_and(|one| one["status"] == "True" && one["reason"] == "TooManyReplicas")
                && scaler["status"]["currentReplicas"] == scaler["spec"]["maxReplicas"]
        };
        assert!(has(&world, "autoscaling", "horizontalpodautoscalers", is_at_most), "one at its maximum, after {at} s");
        let is_stuck = |deployment: &Value| {
            let progress = condition(deployment, "Progressing");
            progress.is_some_and(|one| one["reason"] == "ProgressDeadlineExceeded")
        };
        assert!(has(&world, "apps", "deployments", is_stuck), "a stuck rollout, after {at} s");
        let is_full = |quota: &Value| {
            let cpu = |of: &str| text(quota, &format!("/status/{of}/requests.cpu")).to_owned();
            !cpu("hard").is_empty() && cpu("hard") == cpu("used")
        };
        assert!(has(&world, "", "resourcequotas", is_full), "a full quota, after {at} s");
        let is_short = |node: &Value| condition(node, "MemoryPressure").is_some_and(|one| one["status"] == "True");
        assert!(has(&world, "", "nodes", is_short), "a node short of memory, after {at} s");
        let is_cordoned = |node: &Value| node["spec"]["unschedulable"] == true;
        assert!(has(&world, "", "nodes", is_cordoned), "a cordoned node, after {at} s");
    }
}

#[test]
fn a_probe_that_fails_keeps_its_pod_from_being_ready_and_is_told_again_and_again() {
    let mut world = World::new(1);
    let told = |world: &World| {
        let events = world.all("", "events").into_iter();
        let failures = events.filter(|event| event["reason"] == "Unhealthy" && event["type"] == "Warning");
        let counted = failures.map(|event| {
            let pod = text(&event, "/involvedObject/name").to_owned();
            (pod, event["count"].as_u64().unwrap_or(1))
        });
        counted.collect::<HashMap<String, u64>>()
    };
    let before = told(world.at(1));
    assert!(!before.is_empty());
    let after = told(world.at(121));
    for (name, count) in before {
        assert!(after[&name] > count, "{name} was told {count} times, and two minutes later {}", after[&name]);
        let pods = world.all("", "pods");
        let pod = pods.iter().find(|pod| text(pod, "/metadata/name") == name).unwrap();
        assert_eq!((text(pod, "/status/phase"), is_ready(pod)), ("Running", false), "{name}");
    }
}

#[test]
fn events_tell_of_all_that_happens() {
    let mut world = World::new(1);
    let mut told = HashSet::new();
    world.at(5);
    world.change("apps", "deployments", "shop", "inventory", |it| it["spec"]["replicas"] = 9.into());
    world.change("apps", "statefulsets", "data", "orders-db", |set| set["spec"]["replicas"] = 5.into());
    world.at(60);
    world.change("apps", "deployments", "shop", "inventory", |it| it["spec"]["replicas"] = 2.into());
    for minute in 1..70 {
        world.at(minute * 60);
        for event in world.all("", "events") {
            told.insert((text(&event, "/involvedObject/kind").to_owned(), text(&event, "/reason").to_owned()));
        }
    }
    #[rustfmt::skip]
    let expected = [
        ("Pod", "Scheduled"), ("Pod", "Pulling"), ("Pod", "Pulled"), ("Pod", "Created"), ("Pod", "Started"), ("Pod", "Killing"),
        ("Pod", "BackOff"), ("Pod", "Failed"), ("Pod", "Unhealthy"), ("Pod", "FailedScheduling"), ("Pod", "NodeNotReady"),
        ("Pod", "TaintManagerEviction"), ("Node", "NodeNotReady"), ("Node", "NodeReady"),
        ("Node", "NodeHasInsufficientMemory"), ("Node", "EvictionThresholdMet"), ("Deployment", "ScalingReplicaSet"),
        ("ReplicaSet", "SuccessfulCreate"), ("ReplicaSet", "SuccessfulDelete"), ("ReplicaSet", "FailedCreate"),
        ("StatefulSet", "SuccessfulCreate"), ("Job", "SuccessfulCreate"), ("Job", "Completed"), ("Job", "DeadlineExceeded"),
        ("CronJob", "SuccessfulCreate"), ("CronJob", "SawCompletedJob"),
        ("PersistentVolumeClaim", "WaitForPodScheduled"), ("PersistentVolumeClaim", "ProvisioningSucceeded"),
    ];
    let untold: Vec<_> =
        expected.into_iter().filter(|(kind, reason)| !told.contains(&(kind.to_string(), reason.to_string()))).collect();
    assert!(untold.is_empty(), "nothing tells {untold:?}; told are {told:?}");
}
