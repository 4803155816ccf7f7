//! Deployments roll out: the new ReplicaSet grows while the old ones shrink, within the bounds of the strategy.

use std::sync::Arc;

use serde_json::{Value, json};

use super::cluster::{Cluster, Tale};
use super::queue::Work;
use super::rollout::{component, count, number, share, sibling};
use crate::company::draft::controller;
use crate::company::identity::template_hash;
use crate::company::moment::Moment;
use crate::company::workload::{Progress, ReplicaCounts, deployment_status};
use crate::kinds::builtin;
use crate::store::Key;
use crate::store::object::Object;

const REVISION: &str = "deployment.kubernetes.io/revision";
const HASH: &str = "pod-template-hash";

/// One of a deployment's ReplicaSets.
struct Set {
    object: Arc<Object>,
    value: Value,
    wanted: u32,
    ready: u32,
    pods: u32,
}

impl Cluster {
    /// Moves a rollout one step on.
    pub(super) fn sync_deployment(&mut self, deployment: &Arc<Object>) {
        let value = deployment.value();
        if value.pointer("/metadata/deletionTimestamp").is_some() {
            return;
        }
        let template = value.pointer("/spec/template").cloned().unwrap_or_default();
        let mut sets: Vec<Set> = self.sets_of(deployment);
        let newest = sets.iter().position(|set| has_template(&set.value, &template));
        let Some(newest) = newest else {
            self.make_set(deployment, &value, &template, &sets);
            return;
        };
        let new = sets.swap_remove(newest);
        let wanted = number(&value, "/spec/replicas", 1);
        if value.pointer("/spec/paused").and_then(Value::as_bool) != Some(true)
            || sets.iter().all(|set| set.wanted == 0)
        {
            self.roll(deployment, &value, &new, &sets, wanted);
        }
        self.note_revision(deployment, &value, &new, &sets);
        self.report_deployment(deployment, &value, &new, wanted);
        self.clean_up(&value, &sets);
    }

    fn sets_of(&self, deployment: &Object) -> Vec<Set> {
        let sets = self.store.owned_by(builtin("apps", "replicasets"), &deployment.uid);
        let set = |object: Arc<Object>| {
            let value = object.value();
            let pods = self.active_pods(&object.uid);
            let ready = count(pods.iter().filter(|pod| self.is_ready(pod)));
            Set { wanted: number(&value, "/spec/replicas", 0), ready, pods: count(&pods), value, object }
        };
        sets.into_iter().map(set).collect()
    }

    fn roll(&mut self, deployment: &Arc<Object>, value: &Value, new: &Set, old: &[Set], wanted: u32) {
        let recreates = value.pointer("/spec/strategy/type").and_then(Value::as_str) == Some("Recreate");
        let strategy = "/spec/strategy/rollingUpdate";
        let surge = share(value, &format!("{strategy}/maxSurge"), wanted, true);
        let unavailable = share(value, &format!("{strategy}/maxUnavailable"), wanted, false);
        let (surge, unavailable) = match (recreates, surge, unavailable) {
            (true, ..) => (0, wanted),
            (false, 0, 0) => (0, 1),
            (false, surge, unavailable) => (surge, unavailable),
        };
        let old_wanted = old.iter().fold(0_u32, |sum, set| sum.saturating_add(set.wanted));
        let total = old_wanted.saturating_add(new.wanted);
        let mut new_wanted = new.wanted;
        if old_wanted == 0 || new.wanted > wanted {
            new_wanted = wanted;
        } else if !recreates || old.iter().all(|set| set.pods == 0) {
            let room = wanted.saturating_add(surge).saturating_sub(total);
            new_wanted = new.wanted.saturating_add(room).min(wanted);
        }
        self.scale_set(deployment, new, new_wanted, wanted, surge);
        if recreates {
            for set in old {
                self.scale_set(deployment, set, 0, wanted, surge);
            }
            return;
        }
        // What is not ready of the old goes first: it serves nobody. Then as many as can be spared.
        let ready: u32 = old.iter().map(|set| set.ready).sum::<u32>() + new.ready;
        let least = wanted.saturating_sub(unavailable);
        let not_ready_new = new_wanted.saturating_sub(new.ready);
        let mut spare =
            total.max(old_wanted.saturating_add(new_wanted)).saturating_sub(least).saturating_sub(not_ready_new);
        let mut spare_ready = ready.saturating_sub(least);
        for set in old {
            let dead = set.wanted.saturating_sub(set.ready).min(spare);
            let alive = (set.wanted - dead).min(spare_ready).min(spare - dead);
            spare -= dead + alive;
            spare_ready -= alive;
            self.scale_set(deployment, set, set.wanted - dead - alive, wanted, surge);
        }
    }

    fn scale_set(&mut self, deployment: &Arc<Object>, set: &Set, to: u32, wanted: u32, surge: u32) {
        let annotation = set.value.pointer("/metadata/annotations/deployment.kubernetes.io~1desired-replicas");
        let desired = wanted.to_string();
        let is_told = annotation.and_then(Value::as_str) == Some(desired.as_str());
        if set.wanted == to && is_told {
            return;
        }
        self.change(&Key::of(&set.object), |set| {
            if let Some(spec) = set.get_mut("spec").and_then(Value::as_object_mut) {
                spec.insert("replicas".to_owned(), to.into());
            }
            annotate(set, "deployment.kubernetes.io/desired-replicas", &desired);
            annotate(set, "deployment.kubernetes.io/max-replicas", &wanted.saturating_add(surge).to_string());
        });
        if set.wanted != to {
            let direction = if to > set.wanted { "up" } else { "down" };
            let message = format!("Scaled {direction} replica set {} from {} to {to}", set.object.name, set.wanted);
            self.tell(deployment, Tale::normal(component(deployment), "ScalingReplicaSet", &message));
        }
    }

    fn make_set(&mut self, deployment: &Arc<Object>, value: &Value, template: &Value, sets: &[Set]) {
        let hash = template_hash(template);
        let name = format!("{}-{hash}", deployment.name);
        let mut template = template.clone();
        let mut selector = value.pointer("/spec/selector").cloned().unwrap_or(json!({}));
        for labels in [template.pointer_mut("/metadata/labels"), selector.pointer_mut("/matchLabels")] {
            if let Some(labels) = labels.and_then(Value::as_object_mut) {
                labels.insert(HASH.to_owned(), hash.as_str().into());
            }
        }
        let revision = sets.iter().map(|set| revision(&set.value)).max().unwrap_or(0).saturating_add(1);
        let set = json!({
            "metadata": {
                "name": name,
                "namespace": &*deployment.namespace,
                "creationTimestamp": self.now.to_string(),
                "uid": self.uid(),
                "labels": template.pointer("/metadata/labels"),
                "annotations": {REVISION: revision.to_string()},
                "ownerReferences": controller("apps/v1", "Deployment", &deployment.name, &deployment.uid),
            },
            "spec": {"replicas": 0, "selector": selector, "template": template},
            "status": {"replicas": 0, "observedGeneration": 1},
        });
        if self.store.create(builtin("apps", "replicasets"), set).is_err() {
            // Somebody has taken the name.
            return;
        }
        self.soon(Work::Sync(Key::of(deployment)));
    }

    /// The newest set carries the highest revision, also after a step back to an old template.
    fn note_revision(&mut self, deployment: &Object, value: &Value, new: &Set, old: &[Set]) {
        let highest = old.iter().map(|set| revision(&set.value)).max().unwrap_or(0);
        let mut number = revision(&new.value);
        if number <= highest {
            number = highest.saturating_add(1);
            self.change(&Key::of(&new.object), |set| annotate(set, REVISION, &number.to_string()));
        }
        if revision(value) != number {
            self.change(&Key::of(deployment), |deployment| annotate(deployment, REVISION, &number.to_string()));
        }
    }

    fn report_deployment(&mut self, deployment: &Arc<Object>, value: &Value, new: &Set, wanted: u32) {
        let sets = self.sets_of(deployment);
        let updated = sets.iter().find(|set| set.object.uid == new.object.uid);
        let counts = ReplicaCounts {
            replicas: sets.iter().map(|set| set.pods).sum(),
            updated: updated.map_or(0, |set| set.pods),
            ready: sets.iter().map(|set| set.ready).sum(),
        };
        let before = |name: &str| {
            let counted = value.pointer(&format!("/status/{name}")).and_then(Value::as_u64).unwrap_or(0);
            u32::try_from(counted).unwrap_or(0)
        };
        let set = new.object.name.to_string();
        let complete = counts.updated == wanted && counts.replicas == wanted && counts.ready >= wanted;
        let moved = before("updatedReplicas") != counts.updated
            || before("replicas") != counts.replicas
            || before("readyReplicas") != counts.ready;
        let was = condition(value, "Progressing");
        let deadline_s = i64::from(number(value, "/spec/progressDeadlineSeconds", 600));
        let is_known = was.as_ref().is_some_and(|was| was.message.contains(&set));
        let since = was.as_ref().filter(|_| is_known).map_or(self.now, |was| was.updated);
        let done = was.as_ref().is_some_and(|was| is_known && was.reason == "NewReplicaSetAvailable");
        let (progress, progressed) = if complete || (done && counts.updated == wanted) {
            (Progress::Complete(set), if done { since } else { self.now })
        } else if moved || !is_known {
            (Progress::Moving(set), self.now)
        } else if self.now >= since + deadline_s || was.as_ref().is_some_and(|was| was.reason == TIMED_OUT) {
            (Progress::TimedOut(set), if was.is_some_and(|was| was.reason == TIMED_OUT) { since } else { self.now })
        } else {
            (Progress::Moving(set), since)
        };
        if let Progress::Moving(_) = progress {
            self.queue.add(progressed + deadline_s, Work::Sync(Key::of(deployment)));
        }
        let unavailable = share(value, "/spec/strategy/rollingUpdate/maxUnavailable", wanted, false);
        let is_available = counts.ready.saturating_add(unavailable) >= wanted;
        let available = condition(value, "Available");
        let available_since = available.filter(|was| was.holds == is_available).map_or(self.now, |was| was.updated);
        let generation = u64::from(number(value, "/metadata/generation", 1));
        let since = [available_since, progressed];
        let status = deployment_status(generation, wanted, unavailable, counts, &progress, since);
        let failures = sets.iter().filter_map(|set| set.value.pointer("/status/conditions/0")).next().cloned();
        self.change(&Key::of(deployment), |deployment| {
            let mut status = status.clone();
            if let (Some(failure), Some(conditions)) =
                (&failures, status.get_mut("conditions").and_then(Value::as_array_mut))
            {
                conditions.push(failure.clone());
            }
            super::rollout::put_status(deployment, status.into());
        });
    }

    /// Forgets the oldest sets without pods, beyond what the history keeps.
    fn clean_up(&mut self, value: &Value, old: &[Set]) {
        let kept = usize::try_from(number(value, "/spec/revisionHistoryLimit", 10)).unwrap_or(usize::MAX);
        let mut empty: Vec<&Set> = old.iter().filter(|set| set.wanted == 0 && set.pods == 0).collect();
        empty.sort_by_key(|set| revision(&set.value));
        for set in empty.iter().take(empty.len().saturating_sub(kept)) {
            self.let_go(&sibling(&set.object, "apps", "replicasets", &set.object.name));
        }
    }
}

const TIMED_OUT: &str = "ProgressDeadlineExceeded";

/// A condition as it was.
struct Was {
    holds: bool,
    reason: String,
    message: String,
    updated: Moment,
}

fn condition(deployment: &Value, kind: &str) -> Option<Was> {
    let conditions = deployment.pointer("/status/conditions")?.as_array()?;
    let condition = conditions.iter().find(|one| one.get("type").and_then(Value::as_str) == Some(kind))?;
    let text = |name: &str| condition.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let updated = Moment::parse(&text("lastUpdateTime")).unwrap_or_default();
    Some(Was { holds: text("status") == "True", reason: text("reason"), message: text("message"), updated })
}

/// Whether a set was made of this template.
fn has_template(set: &Value, template: &Value) -> bool {
    let Some(mut of_set) = set.pointer("/spec/template").cloned() else { return false };
    if let Some(labels) = of_set.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
        labels.remove(HASH);
    }
    for metadata in [of_set.get_mut("metadata")].into_iter().flatten().filter_map(Value::as_object_mut) {
        metadata.remove("creationTimestamp");
    }
    let mut template = template.clone();
    if let Some(metadata) = template.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("creationTimestamp");
    }
    of_set == template
}

fn revision(object: &Value) -> u32 {
    let text = object.pointer("/metadata/annotations/deployment.kubernetes.io~1revision").and_then(Value::as_str);
    text.and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn annotate(object: &mut Value, name: &str, value: &str) {
    let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    if let Some(annotations) = metadata.entry("annotations").or_insert_with(|| json!({})).as_object_mut() {
        annotations.insert(name.to_owned(), value.into());
    }
}
