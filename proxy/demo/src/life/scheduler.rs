//! The scheduler: pods are put where they fit.

use std::sync::Arc;

use serde_json::Value;

use super::cluster::{Cluster, FREED_S, Tale};
use super::queue::Work;
use crate::company::moment::Moment;
use crate::company::placement::Ask;
use crate::company::pod::{self, Course, Scheduling};
use crate::kinds::builtin;
use crate::store::Key;
use crate::store::object::Object;

const SCHEDULER: &str = "default-scheduler";
/// How often it is tried again to place pods for which there was no room.
const RETRY_S: i64 = 60;
/// How many of them are tried at a time.
const MOST_TRIED: usize = 100;

impl Cluster {
    /// Puts a pod on a node, or says why there is none.
    pub(super) fn schedule(&mut self, key: &Key) {
        let Ok(stored) = self.store.get(key) else { return };
        let waits = stored.field("spec.nodeName").is_none_or(str::is_empty)
            && stored.field("status.phase").is_none_or(|phase| phase.is_empty() || phase == "Pending");
        if !waits || self.leaving.contains(&stored.uid) {
            return;
        }
        let value = stored.value();
        let spec = value.get("spec").unwrap_or(&Value::Null);
        let mut ask = Ask::of(spec);
        ask.lacks_volume = self.lacks_volume(&stored, spec);
        let room = match &ask.pinned {
            Some(node) => self.rooms.get(node).map(|room| room.name.clone()).ok_or_else(String::new),
            None => {
                let number = self.rooms.find(&ask);
                number.map(|number| self.rooms.rooms.get(number).map(|room| room.name.clone()).unwrap_or_default())
            }
        };
        match room {
            Ok(node) => self.bind(&stored, &node),
            Err(message) => self.refuse(&stored, &value, &message),
        }
    }

    fn bind(&mut self, stored: &Arc<Object>, node: &str) {
        let key = Key::of(stored);
        let now = self.now;
        self.homeless.remove(&key);
        self.change(&key, |pod| {
            pod::bind(pod, node);
            let mut course = Course::new(now);
            course.scheduling = Scheduling::Bound(now);
            pod::report(pod, &course, now);
        });
        let message = format!("Successfully assigned {}/{} to {node}", stored.namespace, stored.name);
        self.tell(stored, Tale::normal(SCHEDULER, "Scheduled", &message));
    }

    fn refuse(&mut self, stored: &Arc<Object>, value: &Value, message: &str) {
        let key = Key::of(stored);
        let now = self.now;
        self.homeless.insert(key.clone());
        let said = value.pointer("/status/conditions/0/message").and_then(Value::as_str);
        if said != Some(message) {
            self.change(&key, |pod| {
                let mut course = Course::of(pod);
                let since = match course.scheduling {
                    Scheduling::Unschedulable(since, _) => since,
                    Scheduling::Waiting | Scheduling::Bound(_) => now,
                };
                course.scheduling = Scheduling::Unschedulable(since, message.to_owned());
                pod::report(pod, &course, now);
            });
        }
        self.tell(stored, Tale::warning(SCHEDULER, "FailedScheduling", message));
        self.tell_of_claims_that_wait(stored, value);
    }

    /// The claims of a pod that is not placed have no volume, and say for whom they wait.
    fn tell_of_claims_that_wait(&mut self, pod: &Object, value: &Value) {
        let volumes = value.pointer("/spec/volumes").and_then(Value::as_array).into_iter().flatten();
        let names = volumes.filter_map(|volume| volume.pointer("/persistentVolumeClaim/claimName")?.as_str());
        for name in names {
            let claim = self.store.get(&Key::new(builtin("", "persistentvolumeclaims"), &pod.namespace, name));
            let Ok(claim) = claim else { continue };
            if claim.value().pointer("/status/phase").and_then(Value::as_str) != Some("Bound") {
                let message = format!("waiting for pod {} to be scheduled", pod.name);
                self.tell(&claim, Tale::normal("persistentvolume-controller", "WaitForPodScheduled", &message));
            }
        }
    }

    /// Tries again to place the pods for which there was no room.
    pub(super) fn retry(&mut self) {
        let mut homeless: Vec<Key> = self.homeless.iter().cloned().collect();
        homeless.sort_by(|one, other| (&one.namespace, &one.name).cmp(&(&other.namespace, &other.name)));
        // All have their turn in the end.
        let turn = usize::try_from(self.now.0 / FREED_S).unwrap_or(0).wrapping_mul(MOST_TRIED);
        let first = turn.checked_rem(homeless.len()).unwrap_or(0);
        for key in homeless.iter().cycle().skip(first).take(MOST_TRIED.min(homeless.len())) {
            self.soon(Work::Schedule(key.clone()));
        }
        if !self.homeless.is_empty() {
            // On the round minute, so that those who ask for it meet.
            self.queue.add(Moment((self.now.0 / RETRY_S + 1) * RETRY_S), Work::Retry);
        }
    }

    /// Whether one of its claims waits for a volume that nobody provides.
    fn lacks_volume(&self, stored: &Object, spec: &Value) -> bool {
        let volumes = spec.get("volumes").and_then(Value::as_array).into_iter().flatten();
        let mut claims = volumes.filter_map(|volume| volume.pointer("/persistentVolumeClaim/claimName")?.as_str());
        claims.any(|claim| {
            let key = Key::new(builtin("", "persistentvolumeclaims"), &stored.namespace, claim);
            let claim = self.store.get(&key).map(|claim| claim.value());
            claim.is_ok_and(|claim| claim.pointer("/status/phase").and_then(Value::as_str) != Some("Bound"))
        })
    }
}
