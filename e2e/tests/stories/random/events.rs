//! Events of the last hour, and older ones.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::dice::Dice;
use super::drawn::Fate;

/// Type, reason, and the kind and API version of what they are about.
const EVENTS: [[&str; 4]; 5] = [
    ["Warning", "FailedGetResourceMetric", "HorizontalPodAutoscaler", "autoscaling/v2"],
    ["Warning", "ProvisioningFailed", "PersistentVolumeClaim", "v1"],
    ["Warning", "SyncLoadBalancerFailed", "Service", "v1"],
    ["Warning", "Unhealthy", "Pod", "v1"],
    ["Normal", "Pulled", "Pod", "v1"],
];

/// Some in the namespaces of `objects`, where not all is well.
pub fn of(objects: &[(String, Value)], fate: Fate, dice: &mut Dice) -> Vec<(String, Value)> {
    let pods: Vec<&Value> = objects.iter().filter(|(key, _)| key.starts_with("pods/")).map(|(_, pod)| pod).collect();
    if fate == Fate::Healthy || pods.is_empty() {
        return Vec::new();
    }
    let count = dice.below(12);
    let event = |at: usize| {
        let metadata = &pods[dice.below(pods.len())]["metadata"];
        let [sort, reason, kind, version] = dice.of(&EVENTS);
        let name = if kind == "Pod" { metadata["name"].clone() } else { json!(format!("thing-{}", dice.below(3))) };
        // Some clusters keep them for longer than the hour that is told of.
        let minutes = if dice.one_in(4) { 75 } else { 2 + dice.below(45) };
        let time = Timestamp::now() - SignedDuration::from_mins(i64::try_from(minutes).unwrap_or_default());
        let time = time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let namespace = &metadata["namespace"];
        let event = json!({
            "apiVersion": "v1", "kind": "Event", "metadata": { "name": format!("event-{at}"), "namespace": namespace },
            "involvedObject": { "apiVersion": version, "kind": kind, "name": name, "namespace": namespace },
            "type": sort, "reason": reason, "message": "it was drawn", "count": 1 + dice.below(30),
            "firstTimestamp": time, "lastTimestamp": time, "source": { "component": "dice" },
        });
        (format!("events/{}/event-{at}", namespace.as_str().unwrap_or_default()), event)
    };
    (0..count).map(event).collect()
}
