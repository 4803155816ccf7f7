//! Evictions: deletions of pods that respect their budgets.

use serde_json::Value;

use super::delete::{self, Options};
use super::selector::Selector;
use super::table;
use crate::error::{ApiError, Cause};
use crate::kinds::{Kinds, builtin};
use crate::store::object::Object;
use crate::store::{Key, Store};
use crate::tree;

/// Evicts a pod, or says which budget forbids it.
pub fn evict(store: &Store, kinds: &Kinds, key: &Key, options: &Options) -> Result<(), ApiError> {
    let pod = store.get(key)?;
    // A pod that is done, or waits, disrupts nobody.
    if matches!(pod.field("status.phase"), Some("Running")) {
        let budgets: Vec<_> = budgets_of(store, &pod);
        if budgets.len() > 1 {
            let why =
                "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
            return Err(ApiError::BadRequest(why.into()));
        }
        budgets.iter().try_for_each(|budget| spend(store, budget))?;
    }
    delete::delete(store, kinds, key, options).map(drop)
}

fn budgets_of(store: &Store, pod: &Object) -> Vec<Key> {
    let budgets = store.list(builtin("policy", "poddisruptionbudgets"), Some(&pod.namespace)).objects;
    let covers = |budget: &Object| {
        let value = budget.value();
        let selector = table::selector(value.pointer("/spec/selector"));
        Selector::of_labels(&selector).is_ok_and(|selector| selector.matches(pod))
    };
    budgets.iter().filter(|budget| covers(budget)).map(|budget| Key::of(budget)).collect()
}

/// Takes one disruption from a budget, in one step.
fn spend(store: &Store, budget: &Key) -> Result<(), ApiError> {
    let spent = store.try_update(budget, |budget| {
        let number = |path: &str| budget.pointer(path).and_then(Value::as_i64).unwrap_or_default();
        let allowed = number("/status/disruptionsAllowed");
        if allowed < 1 {
            let name = budget.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
            let message = format!(
                "The disruption budget {name} needs {} healthy pods and has {} currently",
                number("/status/desiredHealthy"),
                number("/status/currentHealthy")
            );
            let cause = Cause { reason: "DisruptionBudget", message, field: String::new() };
            return Err(ApiError::Budget(vec![cause]));
        }
        tree::put(budget, &["status", "disruptionsAllowed"], (allowed - 1).into());
        Ok(())
    });
    spent.map(drop)
}
