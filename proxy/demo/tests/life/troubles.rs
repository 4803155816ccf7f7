//! The troubles of the company, as the objects that tell of them.

use serde_json::Value;

use super::world::{World, text};

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
