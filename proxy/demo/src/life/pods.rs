//! What a change of a pod, or of what cares for pods, means to others.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::cluster::Cluster;
use super::queue::Work;
use crate::company::hiring::Troubled;
use crate::company::placement::{Ask, Room};
use crate::company::pod::Scheduling;
use crate::kinds::{Kind, builtin};
use crate::store::Key;
use crate::store::history::{Change, Event};
use crate::store::object::Object;

/// As much of a pod as tells whether it is ready, and whether it was asked to go.
#[derive(Deserialize)]
struct Glance {
    metadata: GlanceMeta,
    #[serde(default)]
    status: GlanceStatus,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GlanceMeta {
    #[serde(default)]
    deletion_timestamp: Option<String>,
}

#[derive(Default, Deserialize)]
struct GlanceStatus {
    #[serde(default)]
    conditions: Vec<GlanceCondition>,
}

#[derive(Deserialize)]
struct GlanceCondition {
    #[serde(rename = "type")]
    kind: String,
    status: String,
}

impl Cluster {
    /// Passes on what happened to a pod.
    pub(super) fn react_to_pod(&mut self, event: &Event) {
        let pod = &event.object;
        let key = Key::of(pod);
        let node = |pod: &Object| pod.field("spec.nodeName").filter(|node| !node.is_empty()).map(str::to_owned);
        let done = |pod: &Object| matches!(pod.field("status.phase"), Some("Succeeded" | "Failed"));
        let holds = |pod: &Object| node(pod).filter(|_| !done(pod));
        let held = event.previous.as_ref().and_then(|before| holds(before));
        let holding = if event.change == Change::Deleted { None } else { holds(pod) };
        if held != holding {
            let ask = Ask::of(pod.value().get("spec").unwrap_or(&Value::Null));
            if let Some(room) = held.as_ref().and_then(|node| self.rooms.get_mut(node)) {
                room.give_back(&ask);
                self.retry_soon();
            }
            if let Some(room) = holding.as_ref().and_then(|node| self.rooms.get_mut(node)) {
                room.take(&ask);
            }
        }
        let was_ready = !self.unready.contains(&pod.uid);
        if event.change == Change::Deleted {
            self.unready.remove(&pod.uid);
            self.leaving.remove(&pod.uid);
            self.homeless.remove(&key);
        } else {
            self.glance(pod);
            match (event.change, node(pod)) {
                (_, None) => self.soon(Work::Schedule(key)),
                (Change::Added, Some(_)) => self.later(1, Work::Pod(key)),
                (_, Some(_)) => {
                    let before = event.previous.as_ref();
                    let is_new = before.is_some_and(|before| node(before).is_none());
                    if is_new || self.leaving.contains(&pod.uid) {
                        self.later(1, Work::Pod(key));
                    }
                }
            }
        }
        let is_ready = !self.unready.contains(&pod.uid);
        if was_ready == is_ready && held == holding && !self.leaving.contains(&pod.uid) && !counts_anew(event) {
            return;
        }
        if let Some(owner) = pod.owner.as_ref().and_then(|owner| self.controllers.get(owner)) {
            self.queue.add(self.now, Work::Sync(owner.clone()));
        }
        self.tell_selecting(pod);
        self.recount(&pod.namespace);
    }

    /// Notes whether a pod is ready and whether it was asked to go.
    fn glance(&mut self, pod: &Object) {
        let Ok(glance) = serde_json::from_slice::<Glance>(&pod.body.to_vec()) else { return };
        let mut conditions = glance.status.conditions.iter();
        if conditions.any(|condition| condition.kind == "Ready" && condition.status == "True") {
            self.unready.remove(&pod.uid);
        } else {
            self.unready.insert(Arc::clone(&pod.uid));
        }
        if glance.metadata.deletion_timestamp.is_some() {
            self.leaving.insert(Arc::clone(&pod.uid));
        }
    }

    /// Lets the services and budgets that select a pod look at their pods again.
    fn tell_selecting(&mut self, pod: &Object) {
        let selecting = self.selecting.get(&pod.namespace).map_or(&[][..], Vec::as_slice);
        let matches = |labels: &[(String, String)]| labels.iter().all(|(name, value)| pod.label(name) == Some(value));
        for (key, _) in selecting.iter().filter(|(_, labels)| matches(labels)) {
            // Many pods change at once: one look is enough for all.
            self.queue.add(self.now + 1, Work::Sync(key.clone()));
        }
    }

    /// Learns of an object that cares for pods.
    pub(super) fn learn(&mut self, key: &Key, object: &Object, gone: bool) {
        match key.kind.plural {
            "nodes" => return self.learn_node(key, object, gone),
            "replicasets" | "statefulsets" | "daemonsets" | "jobs" => {
                if gone {
                    self.controllers.remove(&object.uid);
                } else {
                    self.controllers.insert(Arc::clone(&object.uid), key.clone());
                }
                let parent = object.owner.as_ref().and_then(|owner| self.controllers.get(owner));
                if let Some(parent) = parent.cloned() {
                    self.soon(Work::Sync(parent));
                }
            }
            "deployments" | "cronjobs" if gone => {
                self.controllers.remove(&object.uid);
            }
            "deployments" | "cronjobs" => {
                self.controllers.insert(Arc::clone(&object.uid), key.clone());
            }
            "services" | "poddisruptionbudgets" => {
                let of_namespace = self.selecting.entry(Arc::clone(&key.namespace)).or_default();
                of_namespace.retain(|(known, _)| known != key);
                if let Some(labels) = selector(&object.value()).filter(|_| !gone) {
                    of_namespace.push((key.clone(), labels));
                }
            }
            _ => {}
        }
        if !gone {
            self.soon(Work::Sync(key.clone()));
        }
    }

    fn learn_node(&mut self, key: &Key, object: &Object, gone: bool) {
        if gone {
            self.rooms.remove(&object.name);
        } else {
            let is_new = self.rooms.get(&object.name).is_none();
            self.rooms.put(Room::of(&object.value()));
            if is_new {
                self.later(5, Work::Node(key.clone()));
            }
        }
        for key in self.controllers.values().filter(|key| key.kind.plural == "daemonsets") {
            self.queue.add(self.now + 1, Work::Sync(key.clone()));
        }
        self.retry_soon();
    }

    /// Learns everything of a kind anew, after too much was missed.
    pub(super) fn catch_up(&mut self, kind: &'static Kind) {
        if kind.is("", "pods") {
            self.unready.clear();
            self.leaving.clear();
            self.homeless.clear();
            self.recount_rooms();
        }
        self.controllers.retain(|_, key| key.kind.plural != kind.plural);
        for of_namespace in self.selecting.values_mut() {
            of_namespace.retain(|(key, _)| key.kind.plural != kind.plural);
        }
        self.look_again(kind);
        let controllers: Vec<Key> = self.controllers.values().cloned().collect();
        for key in controllers {
            self.soon(Work::Sync(key));
        }
        self.retry_soon();
    }

    /// What the nodes have left, by the pods that they hold now.
    fn recount_rooms(&mut self) {
        for node in self.store.list(builtin("", "nodes"), None).objects {
            self.rooms.put(Room::of(&node.value()));
        }
        for pod in self.store.list(builtin("", "pods"), None).objects {
            let is_done = matches!(pod.field("status.phase"), Some("Succeeded" | "Failed"));
            if let Some(room) = pod.field("spec.nodeName").and_then(|node| self.rooms.get_mut(node))
                && !is_done
            {
                room.take(&Ask::of(pod.value().get("spec").unwrap_or(&Value::Null)));
            }
        }
    }

    /// Looks at every object of a kind, after too much was missed or at the start.
    pub(super) fn look_again(&mut self, kind: &'static Kind) {
        let objects = self.store.list(kind, None).objects;
        for object in objects {
            let key = Key::of(&object);
            match kind.plural {
                "pods" => {
                    self.glance(&object);
                    let on_node = object.field("spec.nodeName").is_some_and(|node| !node.is_empty());
                    if !on_node {
                        self.soon(Work::Schedule(key));
                    } else if self.unready.contains(&object.uid) || self.leaving.contains(&object.uid) {
                        self.soon(Work::Pod(key));
                    }
                }
                "nodes" => self.meet_node(&key),
                "deployments" | "replicasets" | "statefulsets" | "daemonsets" | "jobs" => {
                    // Whoever has just settled has all that it should have, but for those in trouble.
                    let app = object.label("app.kubernetes.io/name").unwrap_or_default();
                    if self.troubles.contains_key(&(object.namespace.to_string(), app.to_owned())) {
                        self.soon(Work::Sync(key.clone()));
                    }
                    self.controllers.insert(Arc::clone(&object.uid), key);
                }
                "services" | "poddisruptionbudgets" => {
                    if let Some(labels) = selector(&object.value()) {
                        self.selecting.entry(Arc::clone(&key.namespace)).or_default().push((key, labels));
                    }
                }
                "resourcequotas" => self.soon(Work::Sync(key)),
                "cronjobs" => {
                    self.controllers.insert(Arc::clone(&object.uid), key.clone());
                    self.soon(Work::Sync(key));
                }
                "horizontalpodautoscalers" => {
                    let wait_s = self.between(10, 60);
                    self.later(wait_s, Work::Sync(key));
                }
                _ => {}
            }
        }
    }

    /// Goes on with a pod that has its trouble already.
    pub(super) fn take_over(&mut self, troubled: &Troubled) {
        let key = Key::of(&troubled.pod);
        if !troubled.course.is_ready() {
            self.unready.insert(Arc::clone(&troubled.pod.uid));
        }
        self.tell_past(troubled);
        if matches!(troubled.course.scheduling, Scheduling::Bound(_)) {
            self.soon(Work::Pod(key));
        } else {
            self.homeless.insert(key);
        }
    }
}

/// Whether a pod came, went, or is counted otherwise by those who count pods.
fn counts_anew(event: &Event) -> bool {
    let (Some(before), Change::Modified) = (&event.previous, event.change) else { return true };
    let pod = &event.object;
    let phase = |pod: &Object| pod.field("status.phase").map(str::to_owned);
    phase(before) != phase(pod) || before.owner != pod.owner || before.labels != pod.labels
}

/// The labels by which a service or a budget selects pods; none for those that select nothing.
fn selector(object: &Value) -> Option<Vec<(String, String)>> {
    let selector = object.pointer("/spec/selector")?;
    let labels = selector.get("matchLabels").unwrap_or(selector).as_object()?;
    let labels: Vec<_> =
        labels.iter().filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect();
    (!labels.is_empty()).then_some(labels)
}
