//! metrics.k8s.io of a cluster without kubelets: definitions of kinds with its names, whose objects lie in etcd like all others.

use anyhow::Result;
use pilothouse_e2e::api::Api;
use pilothouse_e2e::control_plane::{METRICS_API_SERVICE, register_metrics};
use pilothouse_e2e::wait;
use serde_json::{Value, json};

use super::dice::Dice;
use super::drawn::Metrics;
use crate::visit::START;

/// No program listens there.
const NOBODYS_PORT: u16 = 1;
const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
/// Plural, kind and scope.
const KINDS: [(&str, &str, &str); 2] = [("nodes", "NodeMetrics", "Cluster"), ("pods", "PodMetrics", "Namespaced")];

/// Has metrics.k8s.io served, or not.
pub async fn serve(api: &Api, metrics: Metrics) -> Result<()> {
    let is_wanted = matches!(metrics, Metrics::OfSome | Metrics::OfAll);
    fail(api, metrics == Metrics::Failing).await?;
    for (plural, kind, scope) in KINDS {
        let definition = format!("{DEFINITIONS}/{plural}.metrics.k8s.io");
        match (is_wanted, api.exists(&definition).await?) {
            (true, false) => drop(api.create(DEFINITIONS, &definition_of(plural, kind, scope)).await?),
            (false, true) => drop(api.delete(&definition).await?),
            _ => {}
        }
    }
    for (plural, ..) in KINDS {
        wait::until(&format!("metrics of {plural}"), START, async || {
            // An error is neither: that of the API server where who should serve it does not answer.
            let is_served = api.exists(&format!("/apis/metrics.k8s.io/v1beta1/{plural}")).await.ok();
            let wanted = (metrics != Metrics::Failing).then_some(is_wanted);
            anyhow::ensure!(is_served == wanted, "{is_served:?} is not {wanted:?}");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// Leaves the group to somebody who is not there, or not.
async fn fail(api: &Api, fails: bool) -> Result<()> {
    match (fails, api.exists(METRICS_API_SERVICE).await?) {
        (true, false) => register_metrics(api, NOBODYS_PORT).await,
        // One that the API server made for the definitions goes with them.
        (false, true) if !api.exists(&format!("{DEFINITIONS}/nodes.metrics.k8s.io")).await? => {
            api.delete(METRICS_API_SERVICE).await.map(drop)
        }
        _ => Ok(()),
    }
}

fn definition_of(plural: &str, kind: &str, scope: &str) -> Value {
    let any = json!({ "openAPIV3Schema": { "type": "object", "x-kubernetes-preserve-unknown-fields": true } });
    json!({
        "metadata": {
            "name": format!("{plural}.metrics.k8s.io"),
            // Groups of Kubernetes are not for everybody.
            "annotations": { "api-approved.kubernetes.io": "unapproved, for a test" },
        },
        "spec": {
            "group": "metrics.k8s.io", "scope": scope,
            "names": { "plural": plural, "kind": kind, "listKind": format!("{kind}List") },
            "versions": [{ "name": "v1beta1", "served": true, "storage": true, "schema": any }],
        },
    })
}

/// The usage of nodes and of pods that run, or of some of them.
pub fn of(objects: &[(String, Value)], metrics: Metrics, dice: &mut Dice) -> Vec<(String, Value)> {
    let mut known = Vec::new();
    for (key, object) in objects {
        let is_told = match metrics {
            Metrics::Absent | Metrics::Failing => false,
            Metrics::OfSome => dice.one_in(2),
            Metrics::OfAll => true,
        };
        let metadata = &object["metadata"];
        if is_told && key.starts_with("minions/") {
            let name = json!({ "name": metadata["name"] });
            let key = format!("metrics.k8s.io/nodes/{}", metadata["name"].as_str().unwrap_or_default());
            known.push((key, told("NodeMetrics", &name, |told| told["usage"] = amounts(dice))));
        } else if is_told && object["status"]["phase"] == "Running" {
            let name = json!({ "name": metadata["name"], "namespace": metadata["namespace"] });
            let containers = json!([{ "name": "c0", "usage": amounts(dice) }]);
            known.push((
                format!("metrics.k8s.io/{key}"),
                told("PodMetrics", &name, |told| told["containers"] = containers),
            ));
        }
    }
    known
}

fn told(kind: &str, metadata: &Value, fill: impl FnOnce(&mut Value)) -> Value {
    let mut told = json!({
        "apiVersion": "metrics.k8s.io/v1beta1", "kind": kind, "metadata": metadata,
        "timestamp": "2026-05-04T08:00:00Z", "window": "15s",
    });
    fill(&mut told);
    told
}

fn amounts(dice: &mut Dice) -> Value {
    let cpu = match dice.below(3) {
        0 => format!("{}n", dice.within(1..=1_900_000_000)),
        1 => format!("{}m", dice.below(4_000)),
        _ => "0".to_owned(),
    };
    json!({ "cpu": cpu, "memory": format!("{}Ki", dice.below(3_000_000)) })
}
