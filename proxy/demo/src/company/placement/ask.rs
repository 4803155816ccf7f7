//! What a pod asks of the node that it is put on.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::quantity::millis;

/// What a pod asks of a node.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    pub(super) requests: BTreeMap<String, u64>,
    pub(super) selector: Vec<(String, String)>,
    tolerations: Vec<Toleration>,
    /// The one node that a daemon is for.
    pub pinned: Option<String>,
    /// Whether it waits for a volume that nobody provides.
    pub lacks_volume: bool,
}

#[derive(Clone, Debug)]
struct Toleration {
    key: Option<String>,
    value: Option<String>,
    effect: Option<String>,
    seconds: Option<i64>,
}

/// The resource of which each pod takes one.
pub(super) const PODS: &str = "pods";

impl Ask {
    /// What a pod of this spec asks for.
    pub fn of(spec: &Value) -> Self {
        let mut requests = BTreeMap::from([(PODS.to_owned(), 1000)]);
        let containers = spec.get("containers").and_then(Value::as_array).into_iter().flatten();
        for (name, quantity) in containers.filter_map(|it| it.pointer("/resources/requests")?.as_object()).flatten() {
            let asked: &mut u64 = requests.entry(name.clone()).or_default();
            *asked = asked.saturating_add(quantity.as_str().and_then(millis).unwrap_or(0));
        }
        let selector = spec.get("nodeSelector").and_then(Value::as_object).into_iter().flatten();
        let tolerations = spec.get("tolerations").and_then(Value::as_array).into_iter().flatten();
        let pinned = spec.pointer(
            "/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms/0/matchFields/0/\
             values/0",
        );
        Self {
            requests,
            selector: selector.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect(),
            tolerations: tolerations.map(Toleration::of).collect(),
            pinned: pinned.and_then(Value::as_str).map(str::to_owned),
            lacks_volume: false,
        }
    }

    /// What pods have in common that may go to the same nodes.
    pub fn preference(&self) -> String {
        format!("{:?} {:?}", self.selector, self.tolerations)
    }

    /// Whether it stays on a node with a `NoExecute` taint of this key, however long.
    pub fn stays(&self, key: &str) -> bool {
        let mut tolerations = self.tolerations.iter();
        tolerations.any(|toleration| {
            toleration.seconds.is_none()
                && toleration.key.as_ref().is_none_or(|of| of == key)
                && toleration.effect.as_ref().is_none_or(|of| of == "NoExecute")
        })
    }

    /// Whether it is let onto a node with this taint.
    pub fn tolerates(&self, key: &str, value: &str, effect: &str) -> bool {
        self.tolerations.iter().any(|toleration| {
            toleration.key.as_ref().is_none_or(|of| of == key)
                && toleration.value.as_ref().is_none_or(|of| of == value)
                && toleration.effect.as_ref().is_none_or(|of| of == effect)
        })
    }
}

impl Toleration {
    fn of(value: &Value) -> Self {
        let text = |name| value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
        let any_value = text("operator").as_deref() == Some("Exists");
        let wanted = (!any_value).then(|| text("value").unwrap_or_default());
        let seconds = value.get("tolerationSeconds").and_then(Value::as_i64);
        Self { key: text("key"), value: wanted, effect: text("effect"), seconds }
    }
}
