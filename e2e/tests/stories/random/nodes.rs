//! Nodes of any size that are well or not.

use serde_json::{Value, json};

use super::dice::Dice;
use super::drawn::Fate;

/// Since when conditions are what they are: long enough for nothing to be new.
pub const SINCE: &str = "2026-05-04T08:00:00Z";
const ZONES: [&str; 4] = ["eu-1a", "eu-1b", "eu-1c", "eu-1d"];
const PRESSURES: [&str; 3] = ["MemoryPressure", "DiskPressure", "PIDPressure"];

/// A node in one of the first `zones` zones, or in none.
pub fn node(name: &str, zones: usize, fate: Fate, dice: &mut Dice) -> Value {
    let mut labels = json!({
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": dice.of(&["amd64", "arm64"]),
        "node.kubernetes.io/instance-type": dice.of(&["small", "large"]),
    });
    // Some provider's node may have none among others that have.
    if zones > 0 && !dice.one_in(10) {
        labels["topology.kubernetes.io/zone"] = json!(ZONES[dice.below(zones)]);
    }
    let (ill, cordoned) = match fate {
        Fate::Healthy => (false, false),
        Fate::Broken => (!dice.one_in(4), dice.one_in(2)),
        Fate::Mixed => (dice.one_in(6), dice.one_in(6)),
    };
    let mut conditions: Vec<Value> = PRESSURES
        .iter()
        .map(|kind| condition(kind, if fate != Fate::Healthy && dice.one_in(12) { "True" } else { "False" }))
        .collect();
    match (ill, dice.below(5)) {
        (false, _) => conditions.push(condition("Ready", "True")),
        (true, 0) => conditions.clear(),
        (true, thrown) => conditions.push(condition("Ready", if thrown < 3 { "False" } else { "Unknown" })),
    }
    let mut spec = json!({});
    if cordoned {
        spec["unschedulable"] = json!(true);
        spec["taints"] = json!([{ "key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule" }]);
    }
    // One that has never reported has not said either what it has.
    let has_reported = conditions.iter().any(|condition| condition["type"] == "Ready");
    let (capacity, allocatable) = if has_reported { sizes(dice) } else { (json!({}), json!({})) };
    json!({
        "apiVersion": "v1", "kind": "Node", "metadata": { "name": name, "labels": labels }, "spec": spec,
        "status": {
            "addresses": [{ "type": "Hostname", "address": name }],
            "capacity": capacity, "allocatable": allocatable, "conditions": conditions,
            "nodeInfo": {
                "architecture": "amd64", "bootID": "", "containerRuntimeVersion": "containerd://2.2.0",
                "kernelVersion": "6.12.0", "kubeProxyVersion": "", "kubeletVersion": "v1.37.2", "machineID": "",
                "operatingSystem": "linux", "osImage": "Debian GNU/Linux 13 (trixie)", "systemUUID": "",
            },
        },
    })
}

/// What a node has and what pods may have of it, each in one of the ways in which quantities are written.
fn sizes(dice: &mut Dice) -> (Value, Value) {
    let (cores, gib) = (dice.of(&[1, 2, 4, 8, 16, 64, 128]), dice.of(&[1, 2, 4, 16, 32, 256]));
    let mut capacity = json!({ "cpu": cores.to_string(), "memory": format!("{gib}Gi"), "pods": "110" });
    let mut allocatable = json!({
        "cpu": match dice.below(3) {
            0 => cores.to_string(),
            1 => format!("{}m", cores * 1000 - 120),
            _ => format!("{}.93", cores - 1),
        },
        "memory": match dice.below(3) {
            0 => format!("{gib}Gi"),
            1 => format!("{}Ki", gib * 1024 * 1024 - 102_401),
            _ => (gib * 1024 * 1024 * 1024 - 104_857_601_u64).to_string(),
        },
        "pods": dice.of(&["8", "17", "110", "250"]),
    });
    if !dice.one_in(4) {
        capacity["ephemeral-storage"] = json!("200Gi");
        allocatable["ephemeral-storage"] = json!(dice.of(&["184Gi", "47093746742", "98831908Ki"]));
    }
    (capacity, allocatable)
}

/// A condition that has been so for long.
pub fn condition(kind: &str, status: &str) -> Value {
    json!({ "type": kind, "status": status, "lastTransitionTime": SINCE, "lastHeartbeatTime": SINCE })
}
