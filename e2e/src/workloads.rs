//! Believable workloads: what the teams of a small company run.

use anyhow::Result;
use serde_json::{Value, json};

use crate::api::Api;
use crate::control_plane::{TEAM_NAMESPACE, USAGE_ANNOTATION};

/// One workload: the pods of one template.
#[derive(Clone, Copy, Debug)]
struct Workload {
    kind: Kind,
    namespace: &'static str,
    name: &'static str,
    image: &'static str,
    /// How many of every hundred pods are its.
    share: usize,
    requests: Resources,
    limits: Resources,
    usage: Resources,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Deployment,
    StatefulSet,
    DaemonSet,
    Job,
}

/// CPU, then memory.
type Resources = (&'static str, &'static str);

const fn workload(
    kind: Kind,
    (namespace, name, image): (&'static str, &'static str, &'static str),
    share: usize,
    [requests, limits, usage]: [Resources; 3],
) -> Workload {
    Workload { kind, namespace, name, image, share, requests, limits, usage }
}

/// Each with its requests, limits and usage.
#[rustfmt::skip]
const WORKLOADS: [Workload; 14] = [
    workload(Kind::Deployment, ("shop", "web", "registry.example/shop/web:2.14.1"), 20,
        [("250m", "256Mi"), ("1", "512Mi"), ("180m", "210Mi")]),
    workload(Kind::Deployment, ("shop", "cart", "registry.example/shop/cart:1.8.0"), 10,
        [("200m", "256Mi"), ("500m", "512Mi"), ("90m", "190Mi")]),
    workload(Kind::Deployment, ("shop", "catalog", "registry.example/shop/catalog:3.2.7"), 10,
        [("300m", "512Mi"), ("1", "1Gi"), ("310m", "480Mi")]),
    workload(Kind::Deployment, ("payments", "ledger", "registry.example/payments/ledger:5.0.3"), 8,
        [("500m", "1Gi"), ("2", "2Gi"), ("420m", "900Mi")]),
    workload(Kind::Deployment, ("payments", "fraud-model", "registry.example/payments/fraud-model:2026.11"), 4,
        [("2", "4Gi"), ("4", "8Gi"), ("1600m", "3Gi")]),
    workload(Kind::StatefulSet, ("data", "postgres", "postgres:18.1"), 3,
        [("1", "4Gi"), ("4", "8Gi"), ("700m", "5Gi")]),
    workload(Kind::StatefulSet, ("data", "redis", "redis:8.4"), 3,
        [("200m", "1Gi"), ("1", "2Gi"), ("60m", "700Mi")]),
    workload(Kind::StatefulSet, ("data", "kafka", "apache/kafka:4.2.0"), 5,
        [("1", "6Gi"), ("3", "8Gi"), ("850m", "5500Mi")]),
    workload(Kind::DaemonSet, ("monitoring", "node-exporter", "prom/node-exporter:v1.11.0"), 0,
        [("50m", "32Mi"), ("200m", "64Mi"), ("15m", "24Mi")]),
    workload(Kind::Deployment, ("monitoring", "prometheus", "prom/prometheus:v3.9.1"), 2,
        [("1", "4Gi"), ("2", "8Gi"), ("640m", "3800Mi")]),
    workload(Kind::Deployment, (TEAM_NAMESPACE, "search", "registry.example/team-a/search:0.31.2"), 15,
        [("400m", "768Mi"), ("1", "1Gi"), ("350m", "700Mi")]),
    workload(Kind::Deployment, (TEAM_NAMESPACE, "indexer", "registry.example/team-a/indexer:0.31.2"), 5,
        [("500m", "1Gi"), ("1", "1Gi"), ("120m", "400Mi")]),
    workload(Kind::Deployment, ("team-b", "notifier", "registry.example/team-b/notifier:1.0.9"), 12,
        [("100m", "128Mi"), ("250m", "256Mi"), ("40m", "90Mi")]),
    workload(Kind::Job, ("team-b", "report-2026-11-22", "registry.example/team-b/report:7"), 3,
        [("250m", "256Mi"), ("1", "1Gi"), ("10m", "20Mi")]),
];

/// Creates the workloads, about `pods` pods in all besides one for each node.
pub async fn create_workloads(api: &Api, pods: usize) -> Result<()> {
    for namespace in ["shop", "payments", "data", "monitoring", "team-b"] {
        api.create("/api/v1/namespaces", &json!({ "metadata": { "name": namespace } })).await?;
    }
    api.create_all(WORKLOADS.iter().map(|workload| (workload.path(), workload.object(pods))).collect()).await
}

impl Workload {
    fn path(&self) -> String {
        let namespace = self.namespace;
        match self.kind {
            Kind::Deployment => format!("/apis/apps/v1/namespaces/{namespace}/deployments"),
            Kind::StatefulSet => format!("/apis/apps/v1/namespaces/{namespace}/statefulsets"),
            Kind::DaemonSet => format!("/apis/apps/v1/namespaces/{namespace}/daemonsets"),
            Kind::Job => format!("/apis/batch/v1/namespaces/{namespace}/jobs"),
        }
    }

    fn object(&self, pods: usize) -> Value {
        let replicas = (pods * self.share / 100).max(1);
        let labels = json!({ "app.kubernetes.io/name": self.name, "app.kubernetes.io/part-of": self.namespace });
        let selector = json!({ "matchLabels": { "app.kubernetes.io/name": self.name } });
        let mut template = json!({
            "metadata": {
                "labels": labels,
                "annotations": {
                    format!("{USAGE_ANNOTATION}cpu"): self.usage.0,
                    format!("{USAGE_ANNOTATION}memory"): self.usage.1,
                },
            },
            "spec": { "containers": [container(self.name, self.image, self.requests, self.limits)] },
        });
        let spec = match self.kind {
            Kind::Deployment => {
                json!({ "replicas": replicas, "selector": selector, "template": template })
            }
            Kind::StatefulSet => json!({
                "replicas": replicas, "selector": selector, "template": template,
                "serviceName": self.name, "podManagementPolicy": "Parallel",
            }),
            Kind::DaemonSet => json!({ "selector": selector, "template": template }),
            Kind::Job => {
                template["spec"]["restartPolicy"] = json!("Never");
                json!({ "completions": replicas, "parallelism": replicas, "template": template })
            }
        };
        json!({ "metadata": { "name": self.name, "labels": labels }, "spec": spec })
    }
}

/// A container with requests and limits, each CPU then memory.
pub fn container(name: &str, image: &str, requests: (&str, &str), limits: (&str, &str)) -> Value {
    json!({
        "name": name,
        "image": image,
        "resources": {
            "requests": { "cpu": requests.0, "memory": requests.1 },
            "limits": { "cpu": limits.0, "memory": limits.1 },
        },
    })
}
