//! What controllers share: making pods of a template, choosing which go, reading their specs.

use std::sync::Arc;

use serde_json::{Value, json};

use super::cluster::{Cluster, Tale};
use crate::company::draft::controller;
use crate::company::pod::{self, Birth};
use crate::kinds::builtin;
use crate::quota;
use crate::store::Key;
use crate::store::object::Object;

/// How many pods a controller makes at a time, as the real ones do.
pub const BURST: u32 = 500;
/// While so many pods wait for room, no more are made.
const MOST_HOMELESS: usize = 1_000;

/// How a new pod gets its name and what else makes it different from the others of its template.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// One of many.
    Any,
    /// The member of a StatefulSet with this number.
    Member(u32),
    /// The daemon of this node.
    Daemon(&'a str),
}

impl Cluster {
    /// Makes a pod of an owner's template. False when it may not be made, which is told.
    pub(super) fn make_pod(&mut self, owner: &Object, template: &Value, place: Place<'_>) -> bool {
        let name = match place {
            Place::Any | Place::Daemon(_) => format!("{}-{}", owner.name, self.suffix()),
            Place::Member(ordinal) => format!("{}-{ordinal}", owner.name),
        };
        let component = component(owner);
        let namespace = self.store.get(&Key::new(builtin("", "namespaces"), "", &owner.namespace));
        if namespace.is_ok_and(|namespace| namespace.field("status.phase") == Some("Terminating")) {
            return false;
        }
        if self.homeless.len() >= MOST_HOMELESS {
            let message = format!("Error creating: pods \"{name}\" is forbidden: {MOST_HOMELESS} pods wait for room");
            self.tell(owner, Tale::warning(component, "FailedCreate", &message));
            return false;
        }
        if let Err(refusal) = quota::check(&self.store, builtin("", "pods"), (&owner.namespace, &name), template) {
            let message = format!("Error creating: {refusal}");
            self.tell(owner, Tale::warning(component, "FailedCreate", &message));
            return false;
        }
        let uid = self.uid();
        let prefix = format!("{}-", owner.name);
        let birth = Birth {
            name: &name,
            namespace: &owner.namespace,
            uid: &uid,
            created: self.now,
            owners: controller(&owner.kind.api_version(), owner.kind.name, &owner.name, &owner.uid),
            generate_name: (!matches!(place, Place::Member(_))).then_some(prefix.as_str()),
        };
        let mut made = pod::from_template(template, &birth);
        match place {
            Place::Any => {}
            Place::Member(ordinal) => pod::join_set(&mut made, &owner.name, &ordinal.to_string()),
            Place::Daemon(node) => pod::pin(&mut made, node),
        }
        if self.store.create(builtin("", "pods"), made).is_err() {
            return false;
        }
        let message = match place {
            Place::Member(_) => format!("create Pod {name} in StatefulSet {} successful", owner.name),
            Place::Any | Place::Daemon(_) => format!("Created pod: {name}"),
        };
        self.tell(owner, Tale::normal(component, "SuccessfulCreate", &message));
        true
    }

    /// Asks an owner's pod to go.
    pub(super) fn remove_pod(&mut self, owner: &Object, pod: &Object) {
        self.dismiss(pod);
        let message = if owner.kind.plural == "statefulsets" {
            format!("delete Pod {} in StatefulSet {} successful", pod.name, owner.name)
        } else {
            format!("Deleted pod: {}", pod.name)
        };
        self.tell(owner, Tale::normal(component(owner), "SuccessfulDelete", &message));
    }

    /// The order in which pods are given up: those that do not work first, then the newest.
    pub(super) fn by_worth(&self, pods: &mut [Arc<Object>]) {
        pods.sort_by_cached_key(|pod| {
            let on_node = pod.field("spec.nodeName").is_some_and(|node| !node.is_empty());
            (on_node, self.is_ready(pod), u64::MAX - pod.version)
        });
    }
}

/// The controller of an owner, as it signs events.
pub fn component(owner: &Object) -> &'static str {
    match owner.kind.plural {
        "deployments" => "deployment-controller",
        "replicasets" => "replicaset-controller",
        "statefulsets" => "statefulset-controller",
        "daemonsets" => "daemonset-controller",
        "jobs" => "job-controller",
        "cronjobs" => "cronjob-controller",
        _ => "controllermanager",
    }
}

/// A whole number in an object; `default` where there is none or it is below 0.
pub fn number(object: &Value, pointer: &str, default: u32) -> u32 {
    object.pointer(pointer).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok()).unwrap_or(default)
}

/// A number of pods, or a percentage of them.
pub fn share(object: &Value, pointer: &str, of: u32, round_up: bool) -> u32 {
    let value = object.pointer(pointer);
    if let Some(percent) = value.and_then(Value::as_str).and_then(|text| text.strip_suffix('%')) {
        let parts = u64::from(of) * percent.parse::<u64>().unwrap_or(25).min(100);
        let share = if round_up { parts.div_ceil(100) } else { parts / 100 };
        return u32::try_from(share).unwrap_or(of);
    }
    value.and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok()).unwrap_or(u32::from(round_up))
}

/// How many items there are.
pub fn count<T>(items: impl IntoIterator<Item = T>) -> u32 {
    u32::try_from(items.into_iter().count()).unwrap_or(u32::MAX)
}

/// Puts a status, whole, in the place of the one before.
pub fn put_status(object: &mut Value, status: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert("status".to_owned(), status);
    }
}

/// Sets members of a status and removes those that are 0, as Go's omitempty does.
pub fn put_counts(object: &mut Value, counts: &[(&str, u32)]) {
    let Some(members) = object.as_object_mut() else { return };
    let status = members.entry("status").or_insert_with(|| json!({}));
    let Some(status) = status.as_object_mut() else { return };
    for (name, count) in counts {
        if *count == 0 && !matches!(*name, "replicas" | "availableReplicas" | "observedGeneration") {
            status.remove(*name);
        } else {
            status.insert((*name).to_owned(), (*count).into());
        }
    }
}

/// Sets texts of what should be an object, such as a condition; anything else is left as it is.
pub fn put_texts(object: &mut Value, texts: &[(&str, &str)]) {
    if let Some(members) = object.as_object_mut() {
        members.extend(texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).into())));
    }
}

/// The sum of what may be any numbers.
pub fn total(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.fold(0, u64::saturating_add)
}

/// The key of an object of a kind in the same namespace.
pub fn sibling(object: &Object, group: &str, plural: &str, name: &str) -> Key {
    Key::new(builtin(group, plural), &object.namespace, name)
}
