//! What pods and nodes use: worked out from who they are and the hour of the day.

use serde_json::Value;

use super::app::{APPS, App};
use super::identity::hash;
use super::moment::Moment;
use super::quantity::millis;
use super::trouble::Trouble;
use crate::store::object::part::Part;

/// CPU and memory in use.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Usage {
    /// Billionths of a core.
    pub cpu_nanos: u64,
    /// Bytes of the working set.
    pub mem_bytes: u64,
}

impl Usage {
    /// Both together, as far as a number goes: clients may have asked for any.
    pub fn and(self, other: Self) -> Self {
        Self {
            cpu_nanos: self.cpu_nanos.saturating_add(other.cpu_nanos),
            mem_bytes: self.mem_bytes.saturating_add(other.mem_bytes),
        }
    }
}

/// What of a pod tells what it uses.
pub const OF_POD: &[Part] = &[
    Part::of("metadata", &[Part::whole("labels"), Part::whole("uid")]),
    Part::of("spec", &[Part::of("containers", &[Part::whole("name"), Part::whole("resources")])]),
    Part::of("status", &[Part::of("containerStatuses", &[Part::whole("name"), Part::whole("state")])]),
];
/// How often usage is measured.
pub const WINDOW_S: i64 = 15;

/// A pod's containers with what each uses; nothing for a pod that does not run.
pub fn of_pod(pod: &Value, at: Moment) -> Vec<(String, Usage)> {
    let text = |pointer: &str| pod.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (uid, app) = (text("/metadata/uid"), text("/metadata/labels/app.kubernetes.io~1name"));
    let app = APPS.iter().find(|known| known.name == app);
    let containers = pod.pointer("/spec/containers").and_then(Value::as_array).into_iter().flatten();
    let statuses = pod.pointer("/status/containerStatuses").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let running = containers.filter_map(|container| {
        let name = container.get("name")?.as_str()?;
        let status = statuses.iter().find(|status| status.get("name").and_then(Value::as_str) == Some(name))?;
        let started = Moment::parse(status.pointer("/state/running/startedAt")?.as_str()?)?;
        Some((name.to_owned(), of_container(uid, app, container, started, at)))
    });
    running.collect()
}

/// How much of what it requests of the CPU an app uses at an hour, in percent.
pub fn utilization(app: Option<&App>, at: Moment) -> u32 {
    u32::try_from(whole(busy(app, at) * 100.0)).unwrap_or(100)
}

/// What a node uses, of which its pods use so much.
pub fn of_node(node: &Value, pods: Usage) -> Usage {
    let memory =
        node.pointer("/status/allocatable/memory").and_then(Value::as_str).and_then(millis).unwrap_or(0) / 1000;
    let conditions = node.pointer("/status/conditions").and_then(Value::as_array).into_iter().flatten();
    let mut short =
        conditions.filter(|condition| condition.get("type").and_then(Value::as_str) == Some("MemoryPressure"));
    let is_short = short.any(|condition| condition.get("status").and_then(Value::as_str) == Some("True"));
    // The kubelet, the runtime and the kernel.
    let used = pods.and(Usage { cpu_nanos: 180_000_000, mem_bytes: 900 * 1024 * 1024 });
    let least = if is_short { memory / 100 * 96 } else { 0 };
    Usage { mem_bytes: used.mem_bytes.max(least), ..used }
}

fn of_container(uid: &str, app: Option<&App>, container: &Value, started: Moment, at: Moment) -> Usage {
    let quantity = |pointer: &str| container.pointer(pointer).and_then(Value::as_str).and_then(millis);
    let cpu_millis = quantity("/resources/requests/cpu").unwrap_or(50);
    let mem_bytes = quantity("/resources/requests/memory").unwrap_or(64 << 20) / 1000;
    let limit_bytes = quantity("/resources/limits/memory").map(|limit| limit / 1000);
    let window = at.0.div_euclid(WINDOW_S);
    // How busy the pod always is, 0.7 to 1.3, and how busy it is just now.
    let own = 0.7 + 0.6 * chance(&format!("{uid}/own"));
    let noise = 0.85 + 0.3 * chance(&format!("{uid}/{window}"));
    let trouble = app.and_then(|app| app.trouble);
    let busy = busy(app, at);
    let (cpu_millis, mem) = (float(cpu_millis), float(mem_bytes));
    let cpu_nanos = cpu_millis * 1e6 * busy * own * noise;
    let filled = if trouble == Some(Trouble::OutOfMemory) {
        // It grows until it is killed.
        let age_s = float(u64::try_from(at.0 - started.0).unwrap_or(0));
        float(limit_bytes.unwrap_or(mem_bytes)) * (0.45 + 0.55 * (age_s / 1560.0).min(1.0))
    } else {
        mem * (0.55 + 0.3 * own + 0.1 * of_day(at)) * (0.98 + 0.04 * noise)
    };
    let most = float(limit_bytes.unwrap_or(u64::MAX >> 12));
    Usage { cpu_nanos: whole(cpu_nanos), mem_bytes: whole(filled.min(most)) / 4096 * 4096 }
}

/// How busy an app's pods are, of what they request.
fn busy(app: Option<&App>, at: Moment) -> f64 {
    match (app.and_then(|app| app.trouble), app.map(|app| app.tier)) {
        (Some(Trouble::AtMostReplicas), _) => 0.94,
        (_, Some("batch")) => 0.25 + 0.5 * (1.0 - of_day(at)),
        (_, Some("platform")) => 0.3 + 0.15 * of_day(at),
        _ => 0.12 + 0.55 * of_day(at),
    }
}

/// How much is bought at this hour, 0 to 1: least at 4, most at 20.
fn of_day(at: Moment) -> f64 {
    let hour = float(u64::try_from(at.second_of_day()).unwrap_or(0)) / 3600.0;
    0.5 - 0.5 * ((hour - 4.0) / 24.0 * std::f64::consts::TAU).cos() * (1.0 - 0.25 * ((hour - 13.0) / 4.0).sin().abs())
}

/// A fraction that belongs to a subject.
fn chance(subject: &str) -> f64 {
    crate::random::Random::new(hash(subject.as_bytes())).fraction()
}

#[expect(clippy::cast_precision_loss, reason = "usage is not exact to the last byte")]
fn float(number: u64) -> f64 {
    number as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float beyond u64 becomes its end")]
fn whole(number: f64) -> u64 {
    number as u64
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pod(app: &str) -> Value {
        json!({
            "metadata": {"uid": "u", "labels": {"app.kubernetes.io/name": app}},
            "spec": {"containers": [{
                "name": app,
                "resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "2Gi"}},
            }]},
            "status": {"containerStatuses": [{"name": app, "state": {"running": {"startedAt": "1970-01-01T00:00:00Z"}}}]},
        })
    }

    fn used(app: &str, at_s: i64) -> Usage {
        of_pod(&pod(app), Moment(at_s)).first().unwrap().1
    }

    #[test]
    fn more_is_used_in_the_evening_than_at_night_and_batch_work_the_other_way_round() {
        assert!(used("storefront", 20 * 3600).cpu_nanos > 2 * used("storefront", 4 * 3600).cpu_nanos);
        assert!(used("mail-sender", 4 * 3600).cpu_nanos > used("mail-sender", 20 * 3600).cpu_nanos);
    }

    #[test]
    fn a_leak_grows_to_its_limit_and_not_beyond() {
        assert!(used("images", 60).mem_bytes < used("images", 1500).mem_bytes);
        assert_eq!(used("images", 90_000).mem_bytes, 2 << 30);
    }

    #[test]
    fn what_does_not_run_uses_nothing() {
        assert!(of_pod(&json!({"spec": {"containers": [{"name": "a"}]}}), Moment(0)).is_empty());
        assert!(of_pod(&json!(null), Moment(0)).is_empty());
    }

    #[test]
    fn a_node_short_of_memory_uses_nearly_all_of_it() {
        let node = json!({"status": {
            "allocatable": {"memory": "100Gi"},
            "conditions": [{"type": "MemoryPressure", "status": "True"}],
        }});
        assert!(of_node(&node, Usage::default()).mem_bytes >= 96 * (1 << 30) - (1 << 30));
        assert_eq!(of_node(&json!({}), Usage::default()).mem_bytes, 900 << 20);
    }

    #[test]
    fn requests_of_a_size_that_no_node_has_panicked_in_sums() {
        let most = Usage { cpu_nanos: u64::MAX, mem_bytes: u64::MAX };
        assert_eq!(of_node(&json!({}), most.and(most)), most);
    }
}
