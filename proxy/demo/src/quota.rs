//! Resource quotas: what of a namespace's bounds is used, and what there is no room for.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::company::quantity::{self, millis};
use crate::kinds::{Kind, builtin};
use crate::store::Store;
use crate::store::object::part::Part;

/// What of a pod or a claim is counted.
const COUNTED: &[Part] =
    &[Part::of("spec", &[Part::whole("containers"), Part::whole("priorityClassName"), Part::whole("resources")])];

/// Which pods a quota is about.
enum Scope<'a> {
    /// All that is in its namespace.
    All,
    /// The pods of these priority classes.
    Classes(Vec<&'a str>),
    /// What we do not know, and so nothing.
    Other,
}

/// Says for which quota an object would be too much, in the words of the API server.
pub fn check(store: &Store, kind: &Kind, (namespace, name): (&str, &str), object: &Value) -> Result<(), String> {
    for quota in store.list(builtin("", "resourcequotas"), Some(namespace)).objects {
        let value = quota.value();
        let scope = Scope::of(&value);
        if !scope.has(kind, object) {
            continue;
        }
        let (mut requested, mut used, mut limited) = (String::new(), String::new(), String::new());
        for (resource, hard) in hard(&value) {
            let asked = demand(kind, object, resource);
            let Some(limit) = hard.as_str().and_then(millis).filter(|_| asked > 0) else { continue };
            let now = usage(store, namespace, &scope, resource);
            if now.saturating_add(asked) > limit {
                add(&mut requested, resource, &shown(resource, asked));
                add(&mut used, resource, &shown(resource, now));
                add(&mut limited, resource, hard.as_str().unwrap_or_default());
            }
        }
        if !requested.is_empty() {
            return Err(format!(
                "{} \"{name}\" is forbidden: exceeded quota: {}, requested: {requested}, used: {used}, limited: {limited}",
                kind.resource(),
                quota.name
            ));
        }
    }
    Ok(())
}

/// The status of a quota as it should be now.
pub fn status(store: &Store, quota: &Value, namespace: &str) -> Value {
    let scope = Scope::of(quota);
    let used = hard(quota)
        .map(|(resource, _)| (resource.clone(), shown(resource, usage(store, namespace, &scope, resource)).into()));
    let used: Map<String, Value> = used.collect();
    json!({ "hard": quota.pointer("/spec/hard").cloned().unwrap_or_else(|| json!({})), "used": used })
}

impl<'a> Scope<'a> {
    fn of(quota: &'a Value) -> Self {
        let wanted = quota.pointer("/spec/scopeSelector/matchExpressions").and_then(Value::as_array);
        let has_scopes = quota.pointer("/spec/scopes").and_then(Value::as_array).is_some_and(|all| !all.is_empty());
        match wanted.map(Vec::as_slice) {
            _ if has_scopes => Self::Other,
            None | Some([]) => Self::All,
            Some([one]) if one["scopeName"] == "PriorityClass" && one["operator"] == "In" => {
                let classes = one.get("values").and_then(Value::as_array).into_iter().flatten();
                Self::Classes(classes.filter_map(Value::as_str).collect())
            }
            Some(_) => Self::Other,
        }
    }

    fn has(&self, kind: &Kind, object: &Value) -> bool {
        match self {
            Self::All => true,
            Self::Classes(classes) => {
                let class = object.pointer("/spec/priorityClassName").and_then(Value::as_str);
                kind.is("", "pods") && class.is_some_and(|class| classes.contains(&class))
            }
            Self::Other => false,
        }
    }
}

fn hard(quota: &Value) -> impl Iterator<Item = (&String, &Value)> {
    quota.pointer("/spec/hard").and_then(Value::as_object).into_iter().flatten()
}

/// How much of a resource an object takes, in thousandths.
fn demand(kind: &Kind, object: &Value, resource: &str) -> u64 {
    if counted(resource).is_some_and(|counted| counted == kind) {
        return 1000;
    }
    let Some((path, name)) = measured(resource).filter(|(of, ..)| *of == kind).map(|(_, path, name)| (path, name))
    else {
        return 0;
    };
    let amount = |holder: &Value| holder.pointer(path)?.get(name)?.as_str().and_then(millis);
    if kind.is("", "pods") {
        let containers = object.pointer("/spec/containers").and_then(Value::as_array).into_iter().flatten();
        containers.filter_map(amount).fold(0, u64::saturating_add)
    } else {
        object.get("spec").and_then(amount).unwrap_or(0)
    }
}

/// How much of a resource is taken in a namespace, in thousandths.
fn usage(store: &Store, namespace: &str, scope: &Scope<'_>, resource: &str) -> u64 {
    let is_of_all = matches!(scope, Scope::All);
    let counts_all = resource.starts_with("count/") || resource != "pods";
    match (counted(resource), measured(resource)) {
        // Nothing has to be read to count what is there.
        (Some(kind), _) if is_of_all && counts_all => {
            u64::try_from(store.count(kind, namespace)).unwrap_or(u64::MAX).saturating_mul(1000)
        }
        (Some(kind), _) | (None, Some((kind, ..))) => {
            let objects = store.list(kind, Some(namespace)).objects;
            let is_done = |phase: Option<&str>| kind.is("", "pods") && matches!(phase, Some("Succeeded" | "Failed"));
            let objects = objects.iter().filter(|object| !is_done(object.field("status.phase")));
            let values = objects.map(|object| object.part(COUNTED)).filter(|value| scope.has(kind, value));
            values.map(|value| demand(kind, &value, resource)).fold(0, u64::saturating_add)
        }
        (None, None) => 0,
    }
}

/// The kind of which a resource is the number of objects.
fn counted(resource: &str) -> Option<&'static Kind> {
    let known = builtin::ALL.iter();
    match resource.strip_prefix("count/") {
        Some(name) => known.into_iter().find(|kind| kind.namespaced && kind.resource() == name),
        None => known.into_iter().find(|kind| kind.namespaced && kind.group.is_empty() && kind.plural == resource),
    }
}

/// What else a resource is the sum of: of which kind, where, and under which name.
fn measured(resource: &str) -> Option<(&'static Kind, &'static str, &'static str)> {
    let pods = |path, name| Some((builtin("", "pods"), path, name));
    match resource {
        "cpu" | "requests.cpu" => pods("/resources/requests", "cpu"),
        "memory" | "requests.memory" => pods("/resources/requests", "memory"),
        "limits.cpu" => pods("/resources/limits", "cpu"),
        "limits.memory" => pods("/resources/limits", "memory"),
        "requests.storage" => Some((builtin("", "persistentvolumeclaims"), "/resources/requests", "storage")),
        _ => None,
    }
}

fn shown(resource: &str, amount: u64) -> String {
    if resource.ends_with("cpu") {
        return quantity::cpu(u32::try_from(amount).unwrap_or(u32::MAX));
    }
    let whole = amount / 1000;
    let is_in_bytes = resource.ends_with("memory") || resource.ends_with("storage");
    let units = [("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)];
    let unit = units.into_iter().find(|(_, bytes)| is_in_bytes && whole > 0 && whole.is_multiple_of(*bytes));
    unit.map_or_else(|| whole.to_string(), |(unit, bytes)| format!("{}{unit}", whole / bytes))
}

fn add(list: &mut String, resource: &str, amount: &str) {
    let comma = if list.is_empty() { "" } else { "," };
    // Writing to a String cannot fail.
    let _ = write!(list, "{comma}{resource}={amount}");
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::clock::Clock;

    fn store(hard: &Value) -> Store {
        let store = Store::new(Clock::new(Timestamp::UNIX_EPOCH, 0.0), 1);
        let quota = json!({ "metadata": { "namespace": "a", "name": "q" }, "spec": { "hard": hard } });
        store.create(builtin("", "resourcequotas"), quota).unwrap();
        store
    }

    fn pod(name: &str, cpu: &str, phase: &str) -> Value {
        json!({
            "metadata": { "namespace": "a", "name": name },
            "spec": { "containers": [{ "resources": { "requests": { "cpu": cpu, "memory": "64Mi" } } }] },
            "status": { "phase": phase },
        })
    }

    #[test]
    fn what_is_too_much_is_told_as_the_api_server_does() {
        let store = store(&json!({ "requests.cpu": "1", "pods": "2", "requests.memory": "1Gi" }));
        let pods = builtin("", "pods");
        store.create(pods, pod("one", "600m", "Running")).unwrap();
        store.create(pods, pod("done", "600m", "Succeeded")).unwrap();
        assert_eq!(check(&store, pods, ("a", "two"), &pod("two", "400m", "")), Ok(()));
        let refusal = check(&store, pods, ("a", "two"), &pod("two", "500m", "")).unwrap_err();
        let expect = "pods \"two\" is forbidden: exceeded quota: q, requested: requests.cpu=500m, used: \
                      requests.cpu=600m, limited: requests.cpu=1";
        assert_eq!(refusal, expect);
        assert_eq!(check(&store, pods, ("b", "two"), &pod("two", "5", "")), Ok(()));
        let quota = store.list(builtin("", "resourcequotas"), None).objects[0].value();
        let used = json!({ "requests.cpu": "600m", "pods": "1", "requests.memory": "64Mi" });
        assert_eq!(status(&store, &quota, "a")["used"], used);
    }

    #[test]
    fn objects_are_counted_by_resource() {
        let store = store(&json!({ "count/deployments.apps": "1", "configmaps": "0", "requests.storage": "10Gi" }));
        let named = |name: &str| json!({ "metadata": { "namespace": "a", "name": name } });
        let claim = |size: &str| json!({ "spec": { "resources": { "requests": { "storage": size } } } });
        let refuses =
            |group, plural, object: &Value| check(&store, builtin(group, plural), ("a", "x"), object).is_err();
        assert!(!refuses("apps", "deployments", &named("one")) && !refuses("", "secrets", &named("one")));
        store.create(builtin("apps", "deployments"), named("one")).unwrap();
        assert!(refuses("apps", "deployments", &named("two")) && refuses("", "configmaps", &named("one")));
        assert!(refuses("", "persistentvolumeclaims", &claim("11Gi")));
        assert!(!refuses("", "persistentvolumeclaims", &claim("10Gi")));
        assert!(!refuses("", "persistentvolumeclaims", &json!({ "spec": 1 })));
    }
}
