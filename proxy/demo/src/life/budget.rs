//! PodDisruptionBudgets: how many pods may be evicted now.

use std::sync::Arc;

use serde_json::{Value, json};

use super::cluster::Cluster;
use super::endpoints::since;
use super::rollout::{number, share};
use crate::store::Key;
use crate::store::object::Object;

impl Cluster {
    /// Works out how many pods a budget can spare.
    pub(super) fn sync_budget(&mut self, budget: &Arc<Object>) {
        let key = Key::of(budget);
        let selecting = self.selecting.get(&budget.namespace).map_or(&[][..], Vec::as_slice);
        let labels = selecting.iter().find(|(known, _)| *known == key).map(|(_, labels)| labels.clone());
        let Some(labels) = labels else { return };
        let pods = self.pods_with(&budget.namespace, &labels);
        let pods = pods.iter().filter(|pod| !matches!(pod.field("status.phase"), Some("Succeeded" | "Failed")));
        let (expected, healthy) = pods.fold((0, 0), |(expected, healthy), pod| {
            let is_healthy = self.is_ready(pod) && !self.leaving.contains(&pod.uid);
            (expected + u32::from(!self.leaving.contains(&pod.uid)), healthy + u32::from(is_healthy))
        });
        let value = budget.value();
        let desired = if value.pointer("/spec/maxUnavailable").is_some() {
            expected.saturating_sub(share(&value, "/spec/maxUnavailable", expected, true))
        } else {
            share(&value, "/spec/minAvailable", expected, true)
        };
        let allowed = healthy.saturating_sub(desired);
        let (status, reason) = if allowed > 0 { ("True", "SufficientPods") } else { ("False", "InsufficientPods") };
        let was = value.pointer("/status/conditions/0/status").and_then(Value::as_str);
        let changed = since(&value, "/status/conditions/0/lastTransitionTime").filter(|_| was == Some(status));
        let generation = number(&value, "/metadata/generation", 1);
        let status = json!({
            "conditions": [{
                "lastTransitionTime": changed.unwrap_or(self.now).to_string(),
                "message": "",
                "observedGeneration": generation,
                "reason": reason,
                "status": status,
                "type": "DisruptionAllowed",
            }],
            "currentHealthy": healthy,
            "desiredHealthy": desired,
            "disruptionsAllowed": allowed,
            "expectedPods": expected,
            "observedGeneration": generation,
        });
        self.change(&key, |budget| super::rollout::put_status(budget, status.clone()));
    }
}
