//! What stands in the columns of each built-in kind.

use jiff::Timestamp;
use serde_json::Value;

use super::cells::Cell;
use super::cells::Cell::{
    Age, At, Bool, Containers, Count, Created, Images, Labels, Name, Number, Of, Or, Selector, Since, Subjects, Text,
};
use super::words::{self, age, items, members, or, text};
use super::{owned, pod, ports};
use crate::kinds::Kind;

/// The cells of what has no columns of its own.
pub const PLAIN: &[Cell] = &[Name, Created];
const NONE: &str = "<none>";
const UNSET: &str = "<unset>";
const TEMPLATE: &str = "/spec/template/spec/containers";

/// The cells of a kind.
pub fn of(kind: &Kind) -> Option<&'static [Cell]> {
    Some(match (kind.group, kind.plural) {
        ("", "configmaps") => &[Name, Count("/data"), Age],
        ("", "endpoints") => &[Name, Of(ports::endpoints), Age],
        ("", "events") => EVENT,
        ("", "namespaces") => &[Name, Text("/status/phase"), Age],
        ("", "nodes") => NODE,
        ("", "persistentvolumeclaims") => CLAIM,
        ("", "persistentvolumes") => VOLUME,
        ("", "pods") => POD,
        ("", "podtemplates") => &[
            Name,
            Containers("/template/spec/containers"),
            Images("/template/spec/containers"),
            Labels("/template/metadata/labels"),
        ],
        ("", "replicationcontrollers") => &[
            Name,
            Number("/spec/replicas"),
            Number("/status/replicas"),
            Number("/status/readyReplicas"),
            Age,
            Containers(TEMPLATE),
            Images(TEMPLATE),
            Labels("/spec/selector"),
        ],
        ("", "resourcequotas") => {
            &[Name, Of(|quota| owned::quota(quota, false)), Of(|quota| owned::quota(quota, true)), Age]
        }
        ("", "secrets") => &[Name, Text("/type"), Count("/data"), Age],
        ("", "serviceaccounts") => &[Name, Age],
        ("", "services") => &[
            Name,
            Text("/spec/type"),
            Or("/spec/clusterIP", NONE),
            Of(ports::external_address),
            Of(ports::of_service),
            Age,
            Labels("/spec/selector"),
        ],
        ("apiregistration.k8s.io", "apiservices") => &[Name, Of(service_of), Of(available), Age],
        ("apps", "controllerrevisions") => &[Name, Of(controller), Number("/revision"), Age],
        ("apps", "daemonsets") => DAEMON_SET,
        ("apps", "deployments") => &[
            Name,
            Of(owned::ready_replicas),
            Number("/status/updatedReplicas"),
            Number("/status/availableReplicas"),
            Age,
            Containers(TEMPLATE),
            Images(TEMPLATE),
            Selector("/spec/selector"),
        ],
        ("apps", "replicasets") => &[
            Name,
            Number("/spec/replicas"),
            Number("/status/replicas"),
            Number("/status/readyReplicas"),
            Age,
            Containers(TEMPLATE),
            Images(TEMPLATE),
            Selector("/spec/selector"),
        ],
        ("apps", "statefulsets") => &[Name, Of(owned::ready_replicas), Age, Containers(TEMPLATE), Images(TEMPLATE)],
        ("autoscaling", "horizontalpodautoscalers") => &[
            Name,
            Of(owned::scale_target),
            Of(owned::scale_metrics),
            Or("/spec/minReplicas", UNSET),
            Number("/spec/maxReplicas"),
            Number("/status/currentReplicas"),
            Age,
        ],
        ("batch", "cronjobs") => CRON_JOB,
        ("batch", "jobs") => &[
            Name,
            Of(owned::job_status),
            Of(owned::job_completions),
            At(owned::job_duration),
            Age,
            Containers(TEMPLATE),
            Images(TEMPLATE),
            Selector("/spec/selector"),
        ],
        ("networking.k8s.io", "ingressclasses") => {
            &[Name, Text("/spec/controller"), Or("/spec/parameters/name", NONE), Age]
        }
        ("networking.k8s.io", "ingresses") => &[
            Name,
            Or("/spec/ingressClassName", NONE),
            Of(ports::hosts),
            Of(|ingress| ports::balancer(ingress).join(",")),
            Of(|ingress| if items(ingress, "/spec/tls").is_empty() { "80" } else { "80, 443" }.into()),
            Age,
        ],
        ("networking.k8s.io", "networkpolicies") => &[Name, Selector("/spec/podSelector"), Age],
        ("policy", "poddisruptionbudgets") => &[
            Name,
            Or("/spec/minAvailable", "N/A"),
            Or("/spec/maxUnavailable", "N/A"),
            Number("/status/disruptionsAllowed"),
            Age,
        ],
        ("rbac.authorization.k8s.io", "clusterrolebindings" | "rolebindings") => {
            &[Name, Of(role), Age, Subjects("User"), Subjects("Group"), Subjects("ServiceAccount")]
        }
        ("rbac.authorization.k8s.io", "clusterroles" | "roles") | ("", "limitranges") => PLAIN,
        ("storage.k8s.io", "csidrivers") => &[
            Name,
            Bool("/spec/attachRequired"),
            Bool("/spec/podInfoOnMount"),
            Bool("/spec/storageCapacity"),
            Of(|driver| or(&words::joined(items(driver, "/spec/tokenRequests"), "/audience"), UNSET)),
            Bool("/spec/requiresRepublish"),
            Of(|driver| strings(items(driver, "/spec/volumeLifecycleModes"))),
            Age,
        ],
        ("storage.k8s.io", "csinodes") => &[Name, Count("/spec/drivers"), Age],
        ("storage.k8s.io", "storageclasses") => &[
            Of(class_name),
            Text("/provisioner"),
            Or("/reclaimPolicy", "Delete"),
            Or("/volumeBindingMode", "Immediate"),
            Of(|class| class.get("allowVolumeExpansion").and_then(Value::as_bool).unwrap_or_default().to_string()),
            Age,
        ],
        ("storage.k8s.io", "volumeattachments") => &[
            Name,
            Text("/spec/attacher"),
            Text("/spec/source/persistentVolumeName"),
            Text("/spec/nodeName"),
            Bool("/status/attached"),
            Age,
        ],
        ("admissionregistration.k8s.io", _) => &[Name, Count("/webhooks"), Age],
        ("apiextensions.k8s.io", _) => &[
            Name,
            Text("/spec/scope"),
            Of(|definition| words::joined(items(definition, "/spec/versions"), "/name")),
            Created,
            Text("/spec/group"),
            Text("/spec/names/kind"),
            Of(|definition| strings(items(definition, "/spec/names/shortNames"))),
            Of(established),
        ],
        ("scheduling.k8s.io", _) => {
            &[Name, Number("/value"), Bool("/globalDefault"), Age, Or("/preemptionPolicy", "PreemptLowerPriority")]
        }
        ("coordination.k8s.io", _) => &[Name, Text("/spec/holderIdentity"), Age],
        ("discovery.k8s.io", _) => {
            &[Name, Text("/addressType"), Of(ports::slice_ports), Of(ports::slice_addresses), Age]
        }
        ("metrics.k8s.io", "nodes") => &[Name, Text("/usage/cpu"), Text("/usage/memory"), Text("/window")],
        ("metrics.k8s.io", "pods") => {
            &[Name, Text("/containers/0/usage/cpu"), Text("/containers/0/usage/memory"), Text("/window")]
        }
        _ => return None,
    })
}

const POD: &[Cell] = &[
    Name,
    Of(pod::ready),
    Of(pod::status),
    At(pod::restarts),
    Age,
    Or("/status/podIP", NONE),
    Or("/spec/nodeName", NONE),
    Or("/status/nominatedNodeName", NONE),
    Of(readiness_gates),
];

const NODE: &[Cell] = &[
    Name,
    Of(owned::node_status),
    Of(owned::node_roles),
    Age,
    Text("/status/nodeInfo/kubeletVersion"),
    Of(|node| owned::node_address(node, "InternalIP")),
    Of(|node| owned::node_address(node, "ExternalIP")),
    Or("/status/nodeInfo/osImage", "<unknown>"),
    Or("/status/nodeInfo/kernelVersion", "<unknown>"),
    Or("/status/nodeInfo/containerRuntimeVersion", "<unknown>"),
];

const EVENT: &[Cell] = &[
    At(|event, now| {
        last_of(event, &["/series/lastObservedTime", "/lastTimestamp", "/eventTime", "/firstTimestamp"], now)
    }),
    Text("/type"),
    Text("/reason"),
    Of(|event| {
        let kind = text(event, "/involvedObject/kind").to_lowercase();
        format!("{kind}/{}", text(event, "/involvedObject/name"))
    }),
    Text("/involvedObject/fieldPath"),
    Of(|event| {
        let parts = [text(event, "/source/component"), text(event, "/source/host")];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }),
    Of(|event| text(event, "/message").trim().to_owned()),
    At(|event, now| last_of(event, &["/firstTimestamp", "/eventTime"], now)),
    Of(|event| event.get("count").and_then(Value::as_i64).unwrap_or(1).to_string()),
    Name,
];

const CLAIM: &[Cell] = &[
    Name,
    Of(|claim| deleted_or(claim, text(claim, "/status/phase"))),
    Text("/spec/volumeName"),
    Text("/status/capacity/storage"),
    Of(|claim| words::access_modes(items(claim, "/status/accessModes"))),
    Text("/spec/storageClassName"),
    Or("/spec/volumeAttributesClassName", UNSET),
    Age,
    Or("/spec/volumeMode", UNSET),
];

const VOLUME: &[Cell] = &[
    Name,
    Text("/spec/capacity/storage"),
    Of(|volume| words::access_modes(items(volume, "/spec/accessModes"))),
    Text("/spec/persistentVolumeReclaimPolicy"),
    Of(|volume| deleted_or(volume, text(volume, "/status/phase"))),
    Of(|volume| match text(volume, "/spec/claimRef/name") {
        "" => String::new(),
        name => format!("{}/{name}", text(volume, "/spec/claimRef/namespace")),
    }),
    Text("/spec/storageClassName"),
    Or("/spec/volumeAttributesClassName", UNSET),
    Text("/status/reason"),
    Age,
    Or("/spec/volumeMode", UNSET),
];

const DAEMON_SET: &[Cell] = &[
    Name,
    Number("/status/desiredNumberScheduled"),
    Number("/status/currentNumberScheduled"),
    Number("/status/numberReady"),
    Number("/status/updatedNumberScheduled"),
    Number("/status/numberAvailable"),
    Labels("/spec/template/spec/nodeSelector"),
    Age,
    Containers(TEMPLATE),
    Images(TEMPLATE),
    Selector("/spec/selector"),
];

const OF_JOB: &str = "/spec/jobTemplate/spec/template/spec/containers";
const CRON_JOB: &[Cell] = &[
    Name,
    Text("/spec/schedule"),
    Or("/spec/timeZone", NONE),
    Bool("/spec/suspend"),
    Count("/status/active"),
    Since("/status/lastScheduleTime"),
    Age,
    Containers(OF_JOB),
    Images(OF_JOB),
    Selector("/spec/jobTemplate/spec/selector"),
];

fn strings(items: &[Value]) -> String {
    items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")
}

fn role(binding: &Value) -> String {
    format!("{}/{}", text(binding, "/roleRef/kind"), text(binding, "/roleRef/name"))
}

fn last_of(event: &Value, paths: &[&str], now: Timestamp) -> String {
    let time = paths.iter().map(|path| text(event, path)).find(|time| !time.is_empty());
    time.map_or("<unknown>".into(), |time| age(time, now))
}

fn deleted_or(object: &Value, phase: &str) -> String {
    if text(object, "/metadata/deletionTimestamp").is_empty() { phase.to_owned() } else { "Terminating".into() }
}

fn readiness_gates(pod: &Value) -> String {
    let gates = items(pod, "/spec/readinessGates");
    if gates.is_empty() {
        return NONE.into();
    }
    let is_true = |gate: &&Value| {
        items(pod, "/status/conditions").iter().any(|condition| {
            text(condition, "/type") == text(gate, "/conditionType") && text(condition, "/status") == "True"
        })
    };
    format!("{}/{}", gates.iter().filter(is_true).count(), gates.len())
}

fn controller(revision: &Value) -> String {
    let owners = items(revision, "/metadata/ownerReferences").iter();
    let mut controllers = owners.filter(|owner| owner.get("controller").and_then(Value::as_bool) == Some(true));
    controllers.next().map_or(NONE.into(), |owner| {
        let group = text(owner, "/apiVersion").split_once('/').map_or("", |(group, _)| group);
        let kind = text(owner, "/kind").to_lowercase();
        let dot = if group.is_empty() { "" } else { "." };
        format!("{kind}{dot}{group}/{}", text(owner, "/name"))
    })
}

fn class_name(class: &Value) -> String {
    let is_default = members(class, "/metadata/annotations")
        .any(|(name, value)| name == "storageclass.kubernetes.io/is-default-class" && value.as_str() == Some("true"));
    format!("{}{}", text(class, "/metadata/name"), if is_default { " (default)" } else { "" })
}

fn service_of(api: &Value) -> String {
    match text(api, "/spec/service/name") {
        "" => "Local".into(),
        name => format!("{}/{name}", text(api, "/spec/service/namespace")),
    }
}

fn available(api: &Value) -> String {
    let condition = items(api, "/status/conditions").iter().find(|condition| text(condition, "/type") == "Available");
    match condition.map(|condition| (text(condition, "/status"), text(condition, "/reason"))) {
        None => "Unknown".into(),
        Some(("True", _)) => "True".into(),
        Some((status, reason)) => format!("{status} ({reason})"),
    }
}

fn established(definition: &Value) -> String {
    let conditions = items(definition, "/status/conditions").iter();
    let mut established = conditions.filter(|condition| text(condition, "/type") == "Established");
    established.next().map_or(String::new(), |condition| text(condition, "/status").to_owned())
}
