//! How the work of an app is shared: there is as much of it as was planned for, however many pods do it.

use serde_json::Value;

use crate::store::object::part::Part;

/// The annotation that says for how many replicas an app's load was planned.
pub const PLANNED: &str = "deploy.example.com/planned-replicas";
/// What of a workload tells how its load is shared.
pub const PARTS: &[Part] =
    &[Part::of("metadata", &[Part::whole("annotations")]), Part::of("spec", &[Part::whole("replicas")])];
/// Beyond these shares of what was planned work waits, or there is always something to do, in percent.
const LEAST: u64 = 10;
const MOST: u64 = 400;

/// How much of what was planned for it each pod of a workload does, in percent.
pub fn share(workload: &Value) -> u64 {
    let annotations = workload.pointer("/metadata/annotations");
    let planned = annotations.and_then(|annotations| annotations.get(PLANNED)).and_then(Value::as_str);
    let replicas = workload.pointer("/spec/replicas").and_then(Value::as_u64);
    match (planned.and_then(|planned| planned.parse::<u32>().ok()), replicas) {
        (Some(planned), Some(replicas)) if replicas > 0 => (u64::from(planned) * 100 / replicas).clamp(LEAST, MOST),
        _ => 100,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn more_pods_have_less_each() {
        let check = |planned: &str, replicas: Value, expect: u64| {
            let workload =
                json!({ "metadata": { "annotations": { PLANNED: planned } }, "spec": { "replicas": replicas } });
            assert_eq!(share(&workload), expect, "{workload}");
        };
        check("6", json!(6), 100);
        check("6", json!(12), 50);
        check("6", json!(3), 200);
        check("6", json!(1), MOST);
        check("6", json!(1000), LEAST);
        check("6", json!(0), 100);
        check("many", json!(3), 100);
        assert_eq!(share(&json!({ "spec": { "replicas": 3 } })), 100);
    }
}
