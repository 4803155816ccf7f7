//! A pod as its owner makes it from a template, and as its kubelet reports it.

use serde_json::{Value, json};

use super::identity::hash;
use super::managed;
use super::moment::Moment;
use crate::random::Random;

mod course;
mod defaults;
mod reading;

pub use course::{ContainerCourse, ContainerState, Course, Phase, Scheduling, Termination};

/// What makes a pod this one and not another of the same template.
#[derive(Clone, Debug)]
pub struct Birth<'a> {
    /// Unique in its namespace.
    pub name: &'a str,
    /// Where it is.
    pub namespace: &'a str,
    /// Unique for all time.
    pub uid: &'a str,
    /// When it was made.
    pub created: Moment,
    /// `metadata.ownerReferences`.
    pub owners: Value,
    /// What its name was generated from, unless it was given.
    pub generate_name: Option<&'a str>,
}

/// The pod that an owner makes from its template: not yet scheduled.
pub fn from_template(template: &Value, birth: &Birth<'_>) -> Value {
    let mut metadata = template.get("metadata").filter(|metadata| metadata.is_object()).cloned().unwrap_or(json!({}));
    let mut spec = template.get("spec").filter(|spec| spec.is_object()).cloned().unwrap_or(json!({}));
    if let Some(members) = metadata.as_object_mut() {
        members.remove("creationTimestamp");
        if let Some(prefix) = birth.generate_name {
            members.insert("generateName".to_owned(), prefix.into());
        }
        if birth.owners.is_array() {
            members.insert("ownerReferences".to_owned(), birth.owners.clone());
        }
    }
    let by_owner = [("metadata", &metadata), ("spec", &spec)];
    let entry = managed::entry("v1", "kube-controller-manager", None, birth.created, by_owner);
    if let Some(members) = metadata.as_object_mut() {
        members.insert("name".to_owned(), birth.name.into());
        members.insert("namespace".to_owned(), birth.namespace.into());
        members.insert("uid".to_owned(), birth.uid.into());
        members.insert("generation".to_owned(), 1.into());
        members.insert("creationTimestamp".to_owned(), birth.created.to_string().into());
        members.insert("managedFields".to_owned(), vec![entry].into());
    }
    defaults::complete(&mut spec, &token_volume(birth.uid));
    let status = json!({"phase": "Pending", "qosClass": qos_class(&spec)});
    let members = [
        ("apiVersion", "v1".into()),
        ("kind", "Pod".into()),
        ("metadata", metadata),
        ("spec", spec),
        ("status", status),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The name of the volume with a pod's token.
pub fn token_volume(uid: &str) -> String {
    format!("kube-api-access-{}", Random::new(hash(uid.as_bytes())).suffix(5))
}

/// Makes a pod a member of a StatefulSet: its number, its name in the network, its claims.
pub fn join_set(pod: &mut Value, set: &str, ordinal: &str) {
    let name = format!("{set}-{ordinal}");
    if let Some(labels) = pod.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
        labels.insert("apps.kubernetes.io/pod-index".to_owned(), ordinal.into());
        labels.insert("statefulset.kubernetes.io/pod-name".to_owned(), name.as_str().into());
    }
    let Some(spec) = pod.get_mut("spec").and_then(Value::as_object_mut) else { return };
    spec.insert("hostname".to_owned(), name.as_str().into());
    spec.insert("subdomain".to_owned(), format!("{set}-headless").into());
    let claim = json!({"name": "data", "persistentVolumeClaim": {"claimName": format!("data-{name}")}});
    if let Some(volumes) = spec.entry("volumes").or_insert(json!([])).as_array_mut() {
        volumes.insert(0, claim);
    }
}

/// Makes a pod the daemon of one node.
pub fn pin(pod: &mut Value, node: &str) {
    let Some(spec) = pod.get_mut("spec").and_then(Value::as_object_mut) else { return };
    let field = json!({"key": "metadata.name", "operator": "In", "values": [node]});
    let affinity = json!({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {
        "nodeSelectorTerms": [{"matchFields": [field]}],
    }}});
    spec.insert("affinity".to_owned(), affinity);
}

/// Puts a pod on a node, as the scheduler's binding does.
pub fn bind(pod: &mut Value, node: &str) {
    if let Some(spec) = pod.get_mut("spec").and_then(Value::as_object_mut) {
        spec.insert("nodeName".to_owned(), node.into());
    }
}

/// Writes what its kubelet, or the scheduler for a pod without a node, reports at `time`.
pub fn report(pod: &mut Value, course: &Course, time: Moment) {
    let status = course.status(pod);
    let manager = if matches!(course.scheduling, Scheduling::Bound(_)) { "kubelet" } else { "kube-scheduler" };
    let mut part = status.clone();
    if let Some(part) = part.as_object_mut() {
        part.remove("qosClass");
        if let Some(conditions) = part.get_mut("conditions").and_then(Value::as_array_mut) {
            conditions
                .retain(|condition| manager != "kubelet" || condition.get("type") != Some(&json!("PodScheduled")));
        }
    }
    let entry = managed::entry("v1", manager, Some("status"), time, [("status", &part)]);
    let Some(pod) = pod.as_object_mut() else { return };
    pod.insert("status".to_owned(), status);
    let managed = pod.get_mut("metadata").and_then(|metadata| metadata.get_mut("managedFields"));
    if let Some(entries) = managed.and_then(Value::as_array_mut) {
        entries.retain(|entry| entry.get("subresource") != Some(&json!("status")));
        entries.push(entry);
    }
}

/// The quality of service that a pod's requests and limits come to.
pub fn qos_class(spec: &Value) -> &'static str {
    let containers = || {
        ["containers", "initContainers"].iter().filter_map(|list| spec.get(*list)?.as_array()).flatten().map(resources)
    };
    if containers().all(|(requests, limits)| requests.is_none() && limits.is_none()) {
        return "BestEffort";
    }
    let guaranteed = containers().all(|(requests, limits)| {
        let limit = |name| limits.and_then(|limits| limits.get(name));
        let request = |name| requests.and_then(|requests| requests.get(name)).or(limit(name));
        ["cpu", "memory"].iter().all(|name| limit(name).is_some() && limit(name) == request(name))
    });
    if guaranteed { "Guaranteed" } else { "Burstable" }
}

/// A container's requests and limits, if it has any.
fn resources(container: &Value) -> (Option<&Value>, Option<&Value>) {
    let resources = container.get("resources");
    let part = |name| resources.and_then(|resources| resources.get(name)).filter(|part| part.is_object());
    (part("requests"), part("limits"))
}
