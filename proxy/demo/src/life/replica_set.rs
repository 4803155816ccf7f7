//! ReplicaSets keep as many pods as they are told.

use std::sync::Arc;

use serde_json::{Value, json};

use super::cluster::Cluster;
use super::queue::Work;
use super::rollout::{BURST, Place, count, number, put_counts};
use crate::kinds::builtin;
use crate::quota;
use crate::store::Key;
use crate::store::object::Object;

/// How long a set waits that may not make its pods.
const REFUSED_AGAIN_S: i64 = 300;

impl Cluster {
    /// Makes or gives up pods until there are as many as wanted.
    pub(super) fn sync_replica_set(&mut self, set: &Arc<Object>) {
        let value = set.value();
        let wanted = number(&value, "/spec/replicas", 1);
        let mut pods = self.active_pods(&set.uid);
        let mut refused = false;
        if count(&pods) < wanted {
            let template = value.pointer("/spec/template").cloned().unwrap_or_default();
            for _ in (count(&pods)..wanted).take(BURST as usize) {
                if !self.make_pod(set, &template, Place::Any) {
                    refused = true;
                    self.later(REFUSED_AGAIN_S, Work::Sync(Key::of(set)));
                    break;
                }
            }
            if !refused && wanted - count(&pods) > BURST {
                self.later(1, Work::Sync(Key::of(set)));
            }
        } else if count(&pods) > wanted {
            self.by_worth(&mut pods);
            let surplus = pods.len() - usize::try_from(wanted).unwrap_or(usize::MAX).min(pods.len());
            for pod in pods.iter().take(surplus) {
                self.remove_pod(set, pod);
            }
        }
        self.report_replica_set(set, &value, refused);
    }

    fn report_replica_set(&mut self, set: &Object, value: &Value, refused: bool) {
        let pods = self.active_pods(&set.uid);
        let ready = count(pods.iter().filter(|pod| self.is_ready(pod)));
        let generation = number(value, "/metadata/generation", 1);
        let failure = refused.then(|| {
            let template = value.pointer("/spec/template").unwrap_or(&Value::Null);
            let name = format!("{}-x2k9d", set.name);
            let message = quota::check(&self.store, builtin("", "pods"), (&set.namespace, &name), template).err();
            json!([{
                "lastTransitionTime": self.now.to_string(),
                "message": message.unwrap_or_default(),
                "reason": "FailedCreate",
                "status": "True",
                "type": "ReplicaFailure",
            }])
        });
        let counts = [
            ("replicas", count(&pods)),
            ("fullyLabeledReplicas", count(&pods)),
            ("readyReplicas", ready),
            ("availableReplicas", ready),
            ("observedGeneration", generation),
        ];
        let wanted = number(value, "/spec/replicas", 1);
        self.change(&Key::of(set), |set| {
            put_counts(set, &counts);
            let Some(status) = set.get_mut("status").and_then(Value::as_object_mut) else { return };
            match &failure {
                Some(failure) => drop(status.entry("conditions").or_insert_with(|| failure.clone())),
                None if count(&pods) >= wanted => drop(status.remove("conditions")),
                None => {}
            }
        });
    }
}
