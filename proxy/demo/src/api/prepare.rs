//! What the API server makes of an object before it stores it: fields that clients do not decide, and defaults.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

use crate::kinds::Kind;
use crate::tree;

/// What a client may not bring along to a new object.
const SERVERS_OWN: &[&str] = &[
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
];
/// What an update leaves as it was.
const KEPT: &[&str] = &[
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generateName",
    "generation",
    "managedFields",
    "name",
    "namespace",
    "resourceVersion",
    "uid",
];

/// Makes a client's object ready to be created.
pub fn for_create(kind: &Kind, object: &mut Value) {
    let metadata = metadata(object);
    SERVERS_OWN.iter().for_each(|name| drop(metadata.remove(*name)));
    if has_status(kind)
        && let Some(members) = object.as_object_mut()
    {
        members.remove("status");
    }
    default(kind, object);
    if has_status(kind) && !kind.is_custom {
        fill(object, "status", &[]);
    }
}

/// Makes a client's object ready to replace another, but for its defaults.
pub fn for_update(kind: &Kind, old: &Value, new: &mut Value) {
    keep_metadata(old, new);
    if has_status(kind) {
        keep(old, new, &["status"]);
    }
}

/// Makes a client's object ready to replace another's status and nothing else.
pub fn for_status_update(old: &Value, new: &mut Value) {
    let mut take = |path: &str| new.pointer_mut(path).map(Value::take);
    let (labels, annotations) = (take("/metadata/labels"), take("/metadata/annotations"));
    let status = new.as_object_mut().and_then(|members| members.remove("status"));
    let kept = old.as_object().into_iter().flatten().filter(|(name, _)| *name != "status");
    *new = kept.map(|(name, value)| (name.clone(), value.clone())).collect();
    put(new, "status", status);
    if let Some(metadata) = new.get_mut("metadata") {
        put(metadata, "labels", labels);
        put(metadata, "annotations", annotations);
    }
}

fn put(object: &mut Value, name: &str, value: Option<Value>) {
    if let Some(members) = object.as_object_mut() {
        match value {
            Some(value) => drop(members.insert(name.to_owned(), value)),
            None => drop(members.remove(name)),
        }
    }
}

fn keep_metadata(old: &Value, new: &mut Value) {
    let empty = Value::Null;
    let old = old.get("metadata").unwrap_or(&empty);
    metadata(new);
    if let Some(new) = new.get_mut("metadata") {
        keep(old, new, KEPT);
    }
}

/// Takes these members from the old object.
fn keep(old: &Value, new: &mut Value, names: &[&str]) {
    for name in names {
        put(new, name, old.get(name).cloned());
    }
}

/// Whether the status has a path of its own, and is not written through the object's.
fn has_status(kind: &Kind) -> bool {
    kind.subresource("status").is_some()
}

/// The metadata, made where there is none.
fn metadata(object: &mut Value) -> &mut Map<String, Value> {
    if !object.is_object() {
        *object = json!({});
    }
    let members = object.as_object_mut().expect("it was made an object above");
    let metadata = members.entry("metadata").or_insert_with(|| json!({}));
    if !metadata.is_object() {
        *metadata = json!({});
    }
    metadata.as_object_mut().expect("it was made an object above")
}

/// Fills in what controllers and people rely on.
pub fn default(kind: &Kind, object: &mut Value) {
    match (kind.group, kind.plural) {
        ("apps", "deployments") => {
            fill(
                object,
                "spec",
                &[
                    ("replicas", json!(1)),
                    (
                        "strategy",
                        json!({ "type": "RollingUpdate", "rollingUpdate": { "maxSurge": "25%", "maxUnavailable": "25%" } }),
                    ),
                    ("revisionHistoryLimit", json!(10)),
                    ("progressDeadlineSeconds", json!(600)),
                ],
            );
            pod_template(object);
        }
        ("apps", "replicasets") => {
            fill(object, "spec", &[("replicas", json!(1))]);
            pod_template(object);
        }
        ("apps", "statefulsets") => {
            fill(
                object,
                "spec",
                &[
                    ("replicas", json!(1)),
                    ("podManagementPolicy", json!("OrderedReady")),
                    ("updateStrategy", json!({ "type": "RollingUpdate", "rollingUpdate": { "partition": 0 } })),
                    ("revisionHistoryLimit", json!(10)),
                ],
            );
            pod_template(object);
        }
        ("apps", "daemonsets") => {
            fill(
                object,
                "spec",
                &[
                    (
                        "updateStrategy",
                        json!({ "type": "RollingUpdate", "rollingUpdate": { "maxSurge": 0, "maxUnavailable": 1 } }),
                    ),
                    ("revisionHistoryLimit", json!(10)),
                ],
            );
            pod_template(object);
        }
        ("batch", "jobs") => {
            fill(object, "spec", &[("parallelism", json!(1)), ("completions", json!(1)), ("backoffLimit", json!(6))]);
            pod_template(object);
        }
        ("", "pods") => {
            if let Some(spec) = object.get_mut("spec") {
                pod_spec(spec);
            }
            fill(object, "status", &[("phase", json!("Pending")), ("qosClass", json!("BestEffort"))]);
        }
        ("", "services") => {
            fill(
                object,
                "spec",
                &[
                    ("type", json!("ClusterIP")),
                    ("sessionAffinity", json!("None")),
                    ("internalTrafficPolicy", json!("Cluster")),
                    ("ipFamilies", json!(["IPv4"])),
                    ("ipFamilyPolicy", json!("SingleStack")),
                ],
            );
            fill(object, "status", &[("loadBalancer", json!({}))]);
        }
        ("", "secrets") => {
            encode_texts(object);
            fill_root(object, &[("type", json!("Opaque"))]);
        }
        ("", "namespaces") => {
            let name = object.pointer("/metadata/name").cloned().unwrap_or_default();
            if let Some(metadata) = object.get_mut("metadata") {
                fill(metadata, "labels", &[("kubernetes.io/metadata.name", name)]);
            }
            fill(object, "spec", &[("finalizers", json!(["kubernetes"]))]);
            fill(object, "status", &[("phase", json!("Active"))]);
        }
        _ => {}
    }
}

/// Texts of a Secret are stored encoded.
fn encode_texts(secret: &mut Value) {
    let texts = secret.as_object_mut().and_then(|members| members.remove("stringData"));
    for (name, text) in texts.as_ref().and_then(Value::as_object).into_iter().flatten() {
        let encoded = BASE64_STANDARD.encode(text.as_str().unwrap_or_default());
        tree::put(secret, &["data", name], encoded.into());
    }
}

fn pod_template(object: &mut Value) {
    if let Some(spec) = object.pointer_mut("/spec/template/spec") {
        pod_spec(spec);
    }
}

fn pod_spec(spec: &mut Value) {
    fill_root(
        spec,
        &[
            ("restartPolicy", json!("Always")),
            ("dnsPolicy", json!("ClusterFirst")),
            ("schedulerName", json!("default-scheduler")),
            ("securityContext", json!({})),
            ("terminationGracePeriodSeconds", json!(30)),
        ],
    );
    for container in spec.get_mut("containers").and_then(Value::as_array_mut).into_iter().flatten() {
        for port in container.get_mut("ports").and_then(Value::as_array_mut).into_iter().flatten() {
            fill_root(port, &[("protocol", json!("TCP"))]);
        }
        let image = container.get("image").and_then(Value::as_str).unwrap_or_default();
        let is_latest = image.ends_with(":latest") || !image.rsplit('/').next().unwrap_or_default().contains(':');
        fill_root(
            container,
            &[
                ("imagePullPolicy", json!(if is_latest { "Always" } else { "IfNotPresent" })),
                ("resources", json!({})),
                ("terminationMessagePath", json!("/dev/termination-log")),
                ("terminationMessagePolicy", json!("File")),
            ],
        );
    }
}

fn fill(object: &mut Value, member: &str, defaults: &[(&str, Value)]) {
    if let Some(members) = object.as_object_mut() {
        fill_root(members.entry(member).or_insert_with(|| json!({})), defaults);
    }
}

fn fill_root(object: &mut Value, defaults: &[(&str, Value)]) {
    if let Some(members) = object.as_object_mut() {
        for (name, value) in defaults {
            members.entry(*name).or_insert_with(|| value.clone());
        }
    }
}
