//! What keeps apps within bounds: autoscalers, disruption budgets, quotas, limits, priorities.

use serde_json::{Value, json};

use super::app::Runs;
use super::draft::Draft;
use super::origin::Origin;
use super::quantity::cpu;
use super::roster::replicas;
use super::trouble::Trouble;
use super::usage;
use super::workload::{QUOTA, Workload};

/// The cluster's priority classes.
pub fn priority_classes(origin: &Origin) -> Vec<Value> {
    let classes = [
        (
            "system-node-critical",
            2_000_001_000,
            "Used for system critical pods that must not be moved from their node.",
        ),
        ("system-cluster-critical", 2_000_000_000, "Used for system critical pods that must run in the cluster."),
        ("business-critical", 100_000, "What customers would notice within a minute."),
        (QUOTA, -100, "What may wait until there is room."),
    ];
    let class = |(name, value, description): (&str, i32, &str)| {
        Draft::new(origin, "scheduling.k8s.io/v1", "PriorityClass", "", name, origin.ago("classes", 86_400, 86_401))
            .meta("generation", 1)
            .with("description", description)
            .with("globalDefault", false)
            .with("preemptionPolicy", "PreemptLowerPriority")
            .with("value", value)
            .by("deployer", &["description", "value"])
            .done()
    };
    classes.into_iter().map(class).collect()
}

/// The quota and the limits of a namespace for so many pods.
pub fn bounds(origin: &Origin, namespace: &str, pods: u32) -> Vec<Value> {
    let created = origin.ago(&format!("namespace/{namespace}"), 86_400 * 60, 86_400 * 90);
    let hard = json!({"count/pods": (pods * 2).to_string(), "requests.storage": "20Ti"});
    let used = json!({"count/pods": pods.to_string(), "requests.storage": "0"});
    let quota = Draft::new(origin, "v1", "ResourceQuota", namespace, &format!("{namespace}-quota"), created)
        .with("spec", json!({"hard": hard}))
        .by("deployer", &["spec"])
        .status_by("kube-controller-manager", json!({"hard": hard, "used": used}))
        .done();
    let limit = json!({
        "default": {"memory": "512Mi"},
        "defaultRequest": {"cpu": "100m", "memory": "128Mi"},
        "max": {"memory": "32Gi"},
        "type": "Container",
    });
    let limits = Draft::new(origin, "v1", "LimitRange", namespace, &format!("{namespace}-limits"), created)
        .with("spec", json!({"limits": [limit]}))
        .by("deployer", &["spec"])
        .done();
    vec![quota, limits]
}

impl Workload {
    /// Its autoscaler, disruption budget and the quota that is its trouble.
    pub fn policies(&self, origin: &Origin) -> Vec<Value> {
        let autoscaler = self.app.scales.map(|(least, most)| self.autoscaler(origin, least, most));
        let has_budget = matches!(self.app.runs, Runs::Deployment(_) | Runs::StatefulSet(..)) && self.replicas > 1;
        let budget = has_budget.then(|| self.budget(origin));
        let quota = (self.trouble == Some(Trouble::FullQuota)).then(|| self.full_quota(origin));
        [autoscaler, budget, quota].into_iter().flatten().collect()
    }

    fn autoscaler(&self, origin: &Origin, least: u32, most: u32) -> Value {
        let at_most = self.trouble == Some(Trouble::AtMostReplicas);
        // Grown companies scale their bounds with their replicas, and nobody begins in the wrong place.
        let grown = |bound: u32| bound * self.replicas / replicas(self.app).max(1);
        let most = if at_most { self.replicas.max(1) } else { grown(most).max(self.replicas + 1) };
        let least = grown(least).clamp(self.replicas - self.replicas / 6, self.replicas).max(1);
        let used = usage::utilization(Some(self.app), origin.now);
        let target = if at_most { 60 } else { used };
        let condition = |kind: &str, status: &str, reason: &str, message: &str| {
            let since = (self.rolled_out + 60).to_string();
            json!({"lastTransitionTime": since, "message": message, "reason": reason, "status": status, "type": kind})
        };
        let limited = if at_most {
            let message = "the desired replica count is more than the maximum replica count";
            condition("ScalingLimited", "True", "TooManyReplicas", message)
        } else {
            let message = "the desired count is within the acceptable range";
            condition("ScalingLimited", "False", "DesiredWithinRange", message)
        };
        let found = "the HPA was able to successfully calculate a replica count from cpu resource utilization \
                     (percentage of request)";
        let spec = json!({
            "maxReplicas": most,
            "metrics": [{
                "resource": {"name": "cpu", "target": {"averageUtilization": target, "type": "Utilization"}},
                "type": "Resource",
            }],
            "minReplicas": least,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": self.app.name},
        });
        let current = json!({"averageUtilization": used, "averageValue": cpu(self.app.cpu_millis * used / 100)});
        let status = json!({
            "conditions": [
                condition("AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size"),
                condition("ScalingActive", "True", "ValidMetricFound", found),
                limited,
            ],
            "currentMetrics": [{"resource": {"current": current, "name": "cpu"}, "type": "Resource"}],
            "currentReplicas": self.replicas,
            "desiredReplicas": self.replicas,
            "lastScaleTime": (origin.now - 1830).to_string(),
        });
        Draft::new(origin, "autoscaling/v2", "HorizontalPodAutoscaler", &self.namespace, self.app.name, self.created)
            .labels(self.labels(self.app.version))
            .with("spec", spec)
            .by("deployer", &["metadata", "spec"])
            .status_by("kube-controller-manager", status)
            .done()
    }

    fn budget(&self, origin: &Origin) -> Value {
        let most_unavailable = (self.replicas / 4).max(1);
        let desired = self.replicas - most_unavailable;
        let healthy = self.healthy();
        let allowed = healthy.saturating_sub(desired);
        let (status, reason) = if allowed > 0 { ("True", "SufficientPods") } else { ("False", "InsufficientPods") };
        let status = json!({
            "conditions": [{
                "lastTransitionTime": (self.created + 30).to_string(),
                "message": "",
                "observedGeneration": 1,
                "reason": reason,
                "status": status,
                "type": "DisruptionAllowed",
            }],
            "currentHealthy": healthy,
            "desiredHealthy": desired,
            "disruptionsAllowed": allowed,
            "expectedPods": self.replicas,
            "observedGeneration": 1,
        });
        let spec = json!({"maxUnavailable": most_unavailable, "selector": {"matchLabels": self.selector()}});
        Draft::new(origin, "policy/v1", "PodDisruptionBudget", &self.namespace, self.app.name, self.created)
            .labels(self.labels(self.app.version))
            .meta("generation", 1)
            .with("spec", spec)
            .by("deployer", &["metadata", "spec"])
            .status_by("kube-controller-manager", status)
            .done()
    }

    /// The quota that leaves no room for all of its replicas.
    fn full_quota(&self, origin: &Origin) -> Value {
        let full = json!({"requests.cpu": cpu(self.pods() * self.app.cpu_millis)});
        let scope = json!({"matchExpressions": [{
            "operator": "In",
            "scopeName": "PriorityClass",
            "values": [QUOTA],
        }]});
        Draft::new(origin, "v1", "ResourceQuota", &self.namespace, QUOTA, self.created)
            .with("spec", json!({"hard": full, "scopeSelector": scope}))
            .by("deployer", &["spec"])
            .status_by("kube-controller-manager", json!({"hard": full, "used": full}))
            .done()
    }
}
