//! The cells of a pod, by the rules of the API server's printer.

use jiff::Timestamp;
use serde_json::Value;

use super::words::{duration, items, number, text};
use crate::store::object::part::Part;

/// What of a pod is read for its row.
pub const PARTS: &[Part] = &[
    Part::of(
        "metadata",
        &[
            Part::whole("creationTimestamp"),
            Part::whole("deletionTimestamp"),
            Part::whole("name"),
            Part::whole("namespace"),
        ],
    ),
    Part::of(
        "spec",
        &[
            Part::of("containers", NAMED),
            Part::of("initContainers", NAMED),
            Part::whole("nodeName"),
            Part::whole("readinessGates"),
        ],
    ),
    Part::of(
        "status",
        &[
            Part::of("conditions", &[Part::whole("reason"), Part::whole("status"), Part::whole("type")]),
            Part::of("containerStatuses", OF_CONTAINER),
            Part::of("initContainerStatuses", OF_CONTAINER),
            Part::whole("nominatedNodeName"),
            Part::whole("phase"),
            Part::whole("podIP"),
            Part::whole("podIPs"),
            Part::whole("reason"),
        ],
    ),
];
const NAMED: &[Part] = &[Part::whole("name"), Part::whole("restartPolicy")];
const OF_CONTAINER: &[Part] = &[
    Part::whole("lastState"),
    Part::whole("name"),
    Part::whole("ready"),
    Part::whole("restartCount"),
    Part::whole("started"),
    Part::whole("state"),
];

/// `1/2`: containers that are ready, of all.
pub fn ready(pod: &Value) -> String {
    let sidecars: Vec<_> =
        items(pod, "/spec/initContainers").iter().filter(|container| is_sidecar(container)).collect();
    let is_of_sidecar =
        |status: &&Value| sidecars.iter().any(|sidecar| text(sidecar, "/name") == text(status, "/name"));
    let statuses = items(pod, "/status/containerStatuses").iter();
    let statuses = statuses.chain(items(pod, "/status/initContainerStatuses").iter().filter(is_of_sidecar));
    let ready = statuses.filter(|status| is_true(status, "/ready")).count();
    format!("{ready}/{}", items(pod, "/spec/containers").len() + sidecars.len())
}

/// What kubectl calls a pod's status.
pub fn status(pod: &Value) -> String {
    let mut reason = match text(pod, "/status/reason") {
        "" => text(pod, "/status/phase").to_owned(),
        reason => reason.to_owned(),
    };
    let gated = items(pod, "/status/conditions")
        .iter()
        .any(|condition| text(condition, "/type") == "PodScheduled" && text(condition, "/reason") == "SchedulingGated");
    if gated {
        reason = "SchedulingGated".into();
    }
    match initializing(pod) {
        Some(initializing) if !is_initialized(pod) => reason = initializing,
        _ => {
            if let Some(of_containers) = of_containers(pod) {
                reason = of_containers;
            }
            let has_running = items(pod, "/status/containerStatuses")
                .iter()
                .any(|status| is_true(status, "/ready") && status.pointer("/state/running").is_some());
            if reason == "Completed" && has_running {
                reason = if is_ready(pod) { "Running" } else { "NotReady" }.into();
            }
        }
    }
    if pod.pointer("/metadata/deletionTimestamp").is_some_and(|time| !time.is_null()) {
        return match text(pod, "/status/reason") {
            "NodeLost" => "Unknown".into(),
            _ if matches!(text(pod, "/status/phase"), "Succeeded" | "Failed") => reason,
            _ => "Terminating".into(),
        };
    }
    reason
}

/// `3 (5m ago)`: restarts, and when the last was.
pub fn restarts(pod: &Value, now: Timestamp) -> String {
    let statuses = || {
        let init = items(pod, "/status/initContainerStatuses").iter();
        init.chain(items(pod, "/status/containerStatuses"))
    };
    let count: i64 = statuses().map(|status| number(status, "/restartCount")).fold(0, i64::saturating_add);
    let last = statuses()
        .filter_map(|status| text(status, "/lastState/terminated/finishedAt").parse::<Timestamp>().ok())
        .max();
    match last {
        Some(last) if count > 0 => format!("{count} ({} ago)", duration(now.as_second() - last.as_second())),
        _ => count.to_string(),
    }
}

/// How far the init containers are, while they are not done.
fn initializing(pod: &Value) -> Option<String> {
    let total = items(pod, "/spec/initContainers").len();
    for (number_of, status) in items(pod, "/status/initContainerStatuses").iter().enumerate() {
        if let Some(terminated) = status.pointer("/state/terminated") {
            if number(terminated, "/exitCode") == 0 {
                continue;
            }
            return Some(format!("Init:{}", ended(terminated)));
        }
        let restarts = items(pod, "/spec/initContainers")
            .iter()
            .any(|container| text(container, "/name") == text(status, "/name") && is_sidecar(container));
        if restarts && is_true(status, "/started") {
            continue;
        }
        let waiting = text(status, "/state/waiting/reason");
        return Some(if waiting.is_empty() || waiting == "PodInitializing" {
            format!("Init:{number_of}/{total}")
        } else {
            format!("Init:{waiting}")
        });
    }
    None
}

/// The last container that waits or has ended says it.
fn of_containers(pod: &Value) -> Option<String> {
    let statuses = items(pod, "/status/containerStatuses").iter();
    let of_one = |status: &Value| {
        let waiting = text(status, "/state/waiting/reason");
        if !waiting.is_empty() {
            return Some(waiting.to_owned());
        }
        status.pointer("/state/terminated").filter(|state| !state.is_null()).map(ended)
    };
    statuses.filter_map(of_one).next()
}

fn ended(terminated: &Value) -> String {
    match (text(terminated, "/reason"), number(terminated, "/signal")) {
        ("", 0) => format!("ExitCode:{}", number(terminated, "/exitCode")),
        ("", signal) => format!("Signal:{signal}"),
        (reason, _) => reason.to_owned(),
    }
}

fn is_initialized(pod: &Value) -> bool {
    has_condition(pod, "Initialized")
}

fn is_ready(pod: &Value) -> bool {
    has_condition(pod, "Ready")
}

fn has_condition(pod: &Value, name: &str) -> bool {
    items(pod, "/status/conditions")
        .iter()
        .any(|condition| text(condition, "/type") == name && text(condition, "/status") == "True")
}

fn is_sidecar(container: &Value) -> bool {
    text(container, "/restartPolicy") == "Always"
}

fn is_true(object: &Value, path: &str) -> bool {
    object.pointer(path).and_then(Value::as_bool).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pods_status_is_what_kubectl_shows() {
        let check = |pod: Value, expect: &str| assert_eq!(status(&pod), expect, "{pod}");
        check(json!({ "status": { "phase": "Pending" } }), "Pending");
        check(json!({ "status": { "phase": "Failed", "reason": "Evicted" } }), "Evicted");
        let waiting = json!({ "state": { "waiting": { "reason": "CrashLoopBackOff" } } });
        check(json!({ "status": { "phase": "Running", "containerStatuses": [waiting] } }), "CrashLoopBackOff");
        let done = json!({ "state": { "terminated": { "reason": "Completed", "exitCode": 0 } } });
        let running = json!({ "ready": true, "state": { "running": {} } });
        check(json!({ "status": { "phase": "Succeeded", "containerStatuses": [done] } }), "Completed");
        check(json!({ "status": { "phase": "Running", "containerStatuses": [done, running] } }), "NotReady");
        let killed = json!({ "state": { "terminated": { "exitCode": 137 } } });
        check(json!({ "status": { "containerStatuses": [killed] } }), "ExitCode:137");
        check(
            json!({ "spec": { "initContainers": [{}, {}] }, "status": { "initContainerStatuses": [done, { "state": {} }] } }),
            "Init:1/2",
        );
        check(json!({ "metadata": { "deletionTimestamp": "x" }, "status": { "phase": "Running" } }), "Terminating");
    }

    #[test]
    fn restarts_tell_when_the_last_one_was() {
        let pod = json!({ "status": { "containerStatuses": [
            { "restartCount": 3, "lastState": { "terminated": { "finishedAt": "1970-01-01T00:00:00Z" } } },
        ] } });
        assert_eq!(restarts(&pod, Timestamp::from_second(300).unwrap()), "3 (5m ago)");
        assert_eq!(restarts(&json!({}), Timestamp::UNIX_EPOCH), "0");
    }
}
