//! What kubelets and controllers report in events, in words.

use super::cause::Cause;
use super::text::{between, has, root, short};

/// The cause that a warning speaks of, and the field's word for it; none where it is no failure by itself, or where the
/// status of its pod says more.
pub(super) fn cause(kind: &str, reason: &str) -> Option<Cause> {
    Some(match (kind, reason) {
        ("Pod" | "Event" | "Node", _) => return None,
        (_, "FailedCreate" | "FailedDelete" | "ReplicaSetCreateError" | "FailedDaemonPod") => Cause::CannotCreate,
        ("Job", "DeadlineExceeded" | "BackoffLimitExceeded" | "PodFailurePolicy") => Cause::Job,
        ("CronJob", "FailedNeedsStart" | "TooManyMissedTimes" | "InvalidSchedule" | "UnparseableSchedule") => {
            Cause::Job
        }
        ("PersistentVolumeClaim", _) => Cause::Volume,
        ("PersistentVolume", _) => Cause::Volume,
        ("HorizontalPodAutoscaler", _) => Cause::Autoscaler,
        _ => Cause::Other,
    })
}

/// What keeps a pod's containers from being made: the word and the words. None where this warning does not speak of it.
pub(super) fn creating(reason: &str, message: &str) -> Option<(&'static str, String)> {
    let volume = || between(message, "volume \"", "\"");
    let why = || short(root(message));
    Some(match reason {
        "FailedMount" if has(message, &["timed out waiting", "deadline exceeded"]) => {
            let volumes = between(message, "unmounted volumes=[", "]").map(|v| v.replace(' ', ", "));
            let volumes = volumes.or_else(|| volume().map(str::to_owned)).unwrap_or_default();
            ("FailedMount", short(&format!("volume {volumes} cannot be mounted in time")))
        }
        "FailedMount" => {
            let volume = volume().map_or_else(|| "a volume".to_owned(), |name| format!("volume {name}"));
            ("FailedMount", short(&format!("{volume} cannot be mounted: {}", why())))
        }
        "FailedAttachVolume" if has(message, &["multi-attach"]) => {
            let volume = volume().map_or_else(|| "its volume".to_owned(), |name| format!("volume {name}"));
            ("FailedAttachVolume", short(&format!("{volume} is still attached to another node")))
        }
        "FailedAttachVolume" => ("FailedAttachVolume", format!("its volume cannot be attached: {}", why())),
        "FailedCreatePodSandBox" => ("FailedCreatePodSandBox", format!("its network cannot be set up: {}", why())),
        "NetworkNotReady" => ("NetworkNotReady", format!("the node's network is not ready: {}", why())),
        _ => return None,
    })
}

/// What a failing probe says: `readiness probe fails: HTTP 503`.
pub(super) fn probe(message: &str) -> Option<String> {
    let (which, said) = message.split_once(" probe ")?;
    let which = match which {
        "Readiness" => "readiness",
        "Liveness" => "liveness",
        "Startup" => "startup",
        _ => return None,
    };
    let (_, said) = said.split_once(": ").unwrap_or(("", ""));
    let why = match said {
        "" => return Some(format!("{which} probe fails")),
        _ if said.contains("statuscode: ") => {
            format!("HTTP {}", said.rsplit("statuscode: ").next().unwrap_or_default().trim())
        }
        _ if has(said, &["connection refused"]) => "nothing listens on its port".to_owned(),
        _ if has(said, &["client.timeout", "deadline exceeded", "i/o timeout", "timed out", "timeout:"]) => {
            "no answer in time".to_owned()
        }
        _ if has(said, &["no route to host"]) => "no route to the pod".to_owned(),
        _ if has(said, &["x509", "tls:"]) => "its TLS certificate is not accepted".to_owned(),
        _ => short(said),
    };
    Some(format!("{which} probe fails: {}", short(&why)))
}

/// What any other warning says.
pub(super) fn words(reason: &str, message: &str) -> String {
    match reason {
        "FailedCreate" if message.contains("exceeded quota: ") => quota(message),
        "FailedCreate" if has(message, &["admission webhook", "denied the request"]) => {
            let hook = between(message, "webhook \"", "\"").unwrap_or("an admission webhook");
            let why = message.rsplit_once("denied the request: ").map_or("", |(_, why)| why);
            short(&format!("{hook} denies its pods{}{why}", if why.is_empty() { "" } else { ": " }))
        }
        "FailedCreate" if message.contains("serviceaccount \"") => {
            let account = between(message, "serviceaccount \"", "\"").unwrap_or_default();
            short(&format!("service account {account} does not exist"))
        }
        "FailedCreate" if message.contains("violates PodSecurity") => {
            let rules = message.rsplit_once("violates PodSecurity ").map_or("", |(_, rules)| rules);
            short(&format!("its pods are against the namespace's pod security: {}", rules.trim_start()))
        }
        "DeadlineExceeded" => "ran longer than its deadline and was ended".to_owned(),
        "BackoffLimitExceeded" => "failed as often as it may and was given up".to_owned(),
        "ProvisioningFailed" if message.contains("storageclass") => {
            let class = between(message, "storageclass.storage.k8s.io \"", "\"").unwrap_or("its class");
            short(&format!("storage class {class} does not exist"))
        }
        "ProvisioningFailed" => short(&format!("no volume can be made: {}", root(message))),
        "FailedBinding" => "no volume matches the claim, and its class makes none".to_owned(),
        "FailedGetResourceMetric" | "FailedComputeMetricsReplicas" | "FailedGetScale" => {
            short(&format!("cannot scale: {}", root(message)))
        }
        _ => short(message),
    }
}

/// `exceeded quota: low, requested: requests.cpu=250m, used: requests.cpu=1, limited: requests.cpu=1`.
fn quota(message: &str) -> String {
    let name = between(message, "exceeded quota: ", ",").unwrap_or_default();
    let limited = message.rsplit_once("limited: ").map_or("", |(_, limited)| limited);
    let resource = limited.split('=').next().unwrap_or_default();
    let used = between(message, "used: ", ", limited").unwrap_or_default();
    let amount = used.rsplit('=').next().unwrap_or_default();
    let most = limited.rsplit('=').next().unwrap_or_default();
    if resource.is_empty() || limited.contains(',') {
        return short(&format!("quota {name} leaves no room for its pods"));
    }
    short(&format!("quota {name} leaves no room: {amount} of {most} {resource} used"))
}
