//! HorizontalPodAutoscalers: replicas follow what is used.

use std::sync::Arc;

use serde_json::{Value, json};

use super::cluster::{Cluster, Tale};
use super::endpoints::since;
use super::queue::Work;
use super::rollout::{number, put_texts, sibling, total};
use crate::company::app::APPS;
use crate::company::load;
use crate::company::quantity::{cpu, millis};
use crate::company::usage;
use crate::store::Key;
use crate::store::object::Object;

/// How often usage is looked at.
const PERIOD_S: i64 = 60;
/// How long a smaller number must have been enough before pods are given up.
const STABLE_S: i64 = 300;

impl Cluster {
    /// Compares usage with the target and scales.
    pub(super) fn sync_autoscaler(&mut self, autoscaler: &Arc<Object>) {
        let key = Key::of(autoscaler);
        self.queue.add(crate::company::moment::Moment((self.now.0 / PERIOD_S + 1) * PERIOD_S), Work::Sync(key.clone()));
        let value = autoscaler.value();
        let target = value.pointer("/spec/scaleTargetRef/name").and_then(Value::as_str).unwrap_or_default();
        let Ok(deployment) = self.store.get(&sibling(autoscaler, "apps", "deployments", target)) else { return };
        let scaled = deployment.value();
        let current = number(&scaled, "/spec/replicas", 1);
        let Some((utilization, asked)) = self.utilization(&deployment, &scaled) else { return };
        let wanted = number(&value, "/spec/metrics/0/resource/target/averageUtilization", 80).max(1);
        let (least, most) = (number(&value, "/spec/minReplicas", 1), number(&value, "/spec/maxReplicas", 1));
        let ideal = u64::from(current).saturating_mul(utilization).div_ceil(u64::from(wanted));
        let ideal = u32::try_from(ideal).unwrap_or(u32::MAX);
        // Within a tenth of the target nothing is done.
        let near = utilization * 10 >= u64::from(wanted) * 9 && utilization * 10 <= u64::from(wanted) * 11;
        let ideal = if near { current } else { ideal };
        let mut desired = ideal.clamp(least.min(most), most);
        let scaled_at = since(&value, "/status/lastScaleTime").unwrap_or(self.now - STABLE_S);
        if desired < current && self.now < scaled_at + STABLE_S {
            desired = current;
        }
        let limited = if ideal > most {
            ("True", "TooManyReplicas", "the desired replica count is more than the maximum replica count")
        } else if ideal < least {
            ("True", "TooFewReplicas", "the desired replica count is less than the minimum replica count")
        } else {
            ("False", "DesiredWithinRange", "the desired count is within the acceptable range")
        };
        if desired != current {
            self.change(&Key::of(&deployment), |deployment| {
                if let Some(spec) = deployment.get_mut("spec").and_then(Value::as_object_mut) {
                    spec.insert("replicas".to_owned(), desired.into());
                }
            });
            let way = if desired > current { "above" } else { "below" };
            let message =
                format!("New size: {desired}; reason: cpu resource utilization (percentage of request) {way} target");
            self.tell(autoscaler, Tale::normal("horizontal-pod-autoscaler", "SuccessfulRescale", &message));
        }
        let now = self.now;
        self.change(&key, |autoscaler| {
            let Some(status) = autoscaler.get_mut("status").and_then(Value::as_object_mut) else { return };
            let average = cpu(u32::try_from(asked.saturating_mul(utilization) / 100).unwrap_or(u32::MAX));
            let metric = json!({"averageUtilization": utilization, "averageValue": average});
            let metrics = json!([{"resource": {"current": metric, "name": "cpu"}, "type": "Resource"}]);
            status.insert("currentMetrics".to_owned(), metrics);
            status.insert("currentReplicas".to_owned(), current.into());
            status.insert("desiredReplicas".to_owned(), desired.into());
            if desired != current {
                status.insert("lastScaleTime".to_owned(), now.to_string().into());
            }
            let conditions = status.get_mut("conditions").and_then(Value::as_array_mut).into_iter().flatten();
            let of_kind = |one: &&mut Value| one.get("type").and_then(Value::as_str) == Some("ScalingLimited");
            for condition in conditions.filter(of_kind) {
                let (status, reason, message) = limited;
                if condition.get("status").and_then(Value::as_str) != Some(status) {
                    put_texts(condition, &[("lastTransitionTime", &now.to_string())]);
                }
                put_texts(condition, &[("status", status), ("reason", reason), ("message", message)]);
            }
        });
    }

    /// How much of its requests a pod of a deployment uses, in percent, and what it requests, in thousandths of a core.
    ///
    /// What there is to do depends on the hour and not on the replicas: more of them have less each.
    fn utilization(&self, deployment: &Object, value: &Value) -> Option<(u64, u64)> {
        let name = deployment.label("app.kubernetes.io/name").unwrap_or_default();
        let app = APPS.iter().find(|app| app.name == name);
        let utilization = u64::from(usage::utilization(app, self.now)) * load::share(value) / 100;
        let containers = value.pointer("/spec/template/spec/containers").and_then(Value::as_array)?;
        let requests = containers.iter().filter_map(|one| millis(one.pointer("/resources/requests/cpu")?.as_str()?));
        let asked = total(requests);
        (asked > 0).then_some((utilization, asked))
    }
}
