//! The cells of what owns pods, and of what is counted.

use jiff::Timestamp;
use serde_json::Value;

use super::words::{duration, items, members, number, text};

/// `1/3`: ready replicas, of those that are wanted.
pub fn ready_replicas(object: &Value) -> String {
    format!("{}/{}", number(object, "/status/readyReplicas"), number(object, "/spec/replicas"))
}

/// `Complete`, `Failed`, `Running`.
pub fn job_status(job: &Value) -> String {
    let has = |name: &str| {
        items(job, "/status/conditions")
            .iter()
            .any(|condition| text(condition, "/type") == name && text(condition, "/status") == "True")
    };
    let told = ["Complete", "Failed", "Suspended", "FailureTarget", "SuccessCriteriaMet"];
    match told.into_iter().find(|name| has(name)) {
        Some(name) => name.into(),
        None if text(job, "/metadata/deletionTimestamp").is_empty() => "Running".into(),
        None => "Terminating".into(),
    }
}

/// `0/1`: completions.
pub fn job_completions(job: &Value) -> String {
    let succeeded = number(job, "/status/succeeded");
    match job.pointer("/spec/completions").and_then(Value::as_i64) {
        Some(completions) => format!("{succeeded}/{completions}"),
        None => match number(job, "/spec/parallelism") {
            parallelism @ 2.. => format!("{succeeded}/1 of {parallelism}"),
            _ => format!("{succeeded}/1"),
        },
    }
}

/// How long a job has run.
pub fn job_duration(job: &Value, now: Timestamp) -> String {
    let time = |path| text(job, path).parse::<Timestamp>().ok().map(Timestamp::as_second);
    match (time("/status/startTime"), time("/status/completionTime")) {
        (None, _) => String::new(),
        (Some(start), end) => duration(end.unwrap_or_else(|| now.as_second()) - start),
    }
}

/// `pods: 3/10, requests.cpu: 2/4`: what a quota has given of what it may.
pub fn quota(quota: &Value, limits: bool) -> String {
    let of_quota = |name: &str| name.starts_with("limits.") == limits;
    let given = |name: &String| {
        let used = quota.pointer("/status/used").and_then(|used| used.get(name)).and_then(Value::as_str).unwrap_or("0");
        used.to_owned()
    };
    let parts: Vec<_> = members(quota, "/status/hard")
        .filter(|(name, _)| of_quota(name))
        .map(|(name, hard)| format!("{name}: {}/{}", given(name), hard.as_str().unwrap_or_default()))
        .collect();
    parts.join(", ")
}

/// `Deployment/web`: what an autoscaler scales.
pub fn scale_target(autoscaler: &Value) -> String {
    format!("{}/{}", text(autoscaler, "/spec/scaleTargetRef/kind"), text(autoscaler, "/spec/scaleTargetRef/name"))
}

/// `cpu: 80%/60%`: what an autoscaler sees, and wants.
pub fn scale_metrics(autoscaler: &Value) -> String {
    let current = items(autoscaler, "/status/currentMetrics");
    let of_metric = |(number_of, metric): (usize, &Value)| {
        let name = text(metric, "/resource/name");
        let now = current.get(number_of);
        let now_at = |path: &str| now.and_then(|now| now.pointer(path));
        let prefix = if name.is_empty() { String::new() } else { format!("{name}: ") };
        if let Some(target) = metric.pointer("/resource/target/averageUtilization").and_then(Value::as_i64) {
            let seen = now_at("/resource/current/averageUtilization").and_then(Value::as_i64);
            return format!("{prefix}{}/{target}%", seen.map_or("<unknown>".into(), |seen| format!("{seen}%")));
        }
        let target = text(metric, "/resource/target/averageValue");
        let seen = now_at("/resource/current/averageValue").and_then(Value::as_str).unwrap_or("<unknown>");
        format!("{prefix}{seen}/{target}")
    };
    let all: Vec<_> = items(autoscaler, "/spec/metrics").iter().enumerate().map(of_metric).collect();
    if all.is_empty() { "<none>".into() } else { all.join(", ") }
}

/// The roles of a node, by its labels.
pub fn node_roles(node: &Value) -> String {
    const PREFIX: &str = "node-role.kubernetes.io/";
    let roles: Vec<_> = members(node, "/metadata/labels")
        .filter_map(|(name, _)| name.strip_prefix(PREFIX))
        .filter(|role| !role.is_empty())
        .collect();
    if roles.is_empty() { "<none>".into() } else { roles.join(",") }
}

/// `Ready,SchedulingDisabled`.
pub fn node_status(node: &Value) -> String {
    let ready = items(node, "/status/conditions").iter().find(|condition| text(condition, "/type") == "Ready");
    let mut status = match ready.map(|ready| text(ready, "/status")) {
        Some("True") => "Ready".to_owned(),
        Some(_) => "NotReady".to_owned(),
        None => "Unknown".to_owned(),
    };
    if node.pointer("/spec/unschedulable").and_then(Value::as_bool) == Some(true) {
        status.push_str(",SchedulingDisabled");
    }
    status
}

/// A node's address of a type.
pub fn node_address(node: &Value, of: &str) -> String {
    let address = items(node, "/status/addresses").iter().find(|address| text(address, "/type") == of);
    address.map_or("<none>", |address| text(address, "/address")).to_owned()
}
