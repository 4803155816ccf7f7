//! Who manages which fields: `metadata.managedFields`, as the API server works it out.

use serde_json::{Map, Value, json};

use super::moment::Moment;

/// One manager's entry for some members of an object.
///
/// The source of the format is <https://kubernetes.io/docs/reference/using-api/server-side-apply/>.
pub fn entry<'a>(
    api_version: &str,
    manager: &str,
    subresource: Option<&str>,
    time: Moment,
    members: impl IntoIterator<Item = (&'a str, &'a Value)>,
) -> Value {
    let set = members.into_iter().map(|(name, value)| (["f:", name].concat(), fields(value, name)));
    // Built by hand: `json!` would copy the fields once more.
    let mut entry = Map::new();
    entry.insert("apiVersion".to_owned(), api_version.into());
    entry.insert("fieldsType".to_owned(), "FieldsV1".into());
    entry.insert("fieldsV1".to_owned(), Value::Object(set.collect()));
    entry.insert("manager".to_owned(), manager.into());
    entry.insert("operation".to_owned(), "Update".into());
    entry.insert("time".to_owned(), time.to_string().into());
    entry.extend(subresource.map(|subresource| ("subresource".to_owned(), subresource.into())));
    Value::Object(entry)
}

/// The set of fields of a value, `f:` for members and `k:` for the items of lists that have keys.
fn fields(value: &Value, name: &str) -> Value {
    let mut set = Map::new();
    match value {
        Value::Object(members) if !is_atomic(name) => {
            for (member, value) in members {
                set.insert(["f:", member].concat(), fields(value, member));
            }
            if name == "labels" || name == "annotations" || (is_map(name) && !members.is_empty()) {
                set.insert(".".to_owned(), json!({}));
            }
        }
        Value::Array(items) => {
            let Some(keys) = keys(name) else { return json!({}) };
            for item in items {
                let key: Map<String, Value> =
                    keys.iter().filter_map(|key| Some(((*key).to_owned(), item.get(*key)?.clone()))).collect();
                let mut set_of_item = fields(item, "");
                if let Some(members) = set_of_item.as_object_mut().filter(|_| name != "ownerReferences") {
                    members.insert(".".to_owned(), json!({}));
                } else {
                    set_of_item = json!({});
                }
                set.insert(format!("k:{}", Value::Object(key)), set_of_item);
            }
            if name != "conditions" && name != "containers" {
                set.insert(".".to_owned(), json!({}));
            }
        }
        _ => {}
    }
    Value::Object(set)
}

/// The keys that tell the items of a list apart; none for lists that are managed whole.
fn keys(list: &str) -> Option<&'static [&'static str]> {
    Some(match list {
        "containers" | "initContainers" | "env" | "volumes" | "imagePullSecrets" => &["name"],
        "ports" => &["containerPort", "port", "protocol"],
        "volumeMounts" => &["mountPath"],
        "conditions" => &["type"],
        "ownerReferences" => &["uid"],
        _ => return None,
    })
}

/// Maps whose members are set one by one, so that the map itself is a field too.
fn is_map(name: &str) -> bool {
    matches!(name, "limits" | "requests" | "capacity" | "allocatable" | "data" | "matchLabels" | "hard" | "used")
}

/// Structs that are managed whole.
fn is_atomic(name: &str) -> bool {
    matches!(name, "selector" | "nodeSelector" | "fieldRef" | "secretKeyRef" | "configMapKeyRef" | "affinityTerm")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_lists_with_keys_and_whole_lists_are_told_apart() {
        let part = json!({
            "metadata": {"labels": {"app": "web"}, "ownerReferences": [{"uid": "u", "kind": "ReplicaSet"}]},
            "spec": {
                "containers": [{"name": "web", "ports": [{"containerPort": 80, "protocol": "TCP"}], "args": ["a"]}],
                "tolerations": [{"key": "a"}],
            },
        });
        let expected = json!({
            "f:metadata": {"f:labels": {".": {}, "f:app": {}}, "f:ownerReferences": {".": {}, "k:{\"uid\":\"u\"}": {}}},
            "f:spec": {
                "f:containers": {"k:{\"name\":\"web\"}": {
                    ".": {}, "f:name": {}, "f:args": {},
                    "f:ports": {".": {}, "k:{\"containerPort\":80,\"protocol\":\"TCP\"}":
                        {".": {}, "f:containerPort": {}, "f:protocol": {}}},
                }},
                "f:tolerations": {},
            },
        });
        assert_eq!(fields(&part, ""), expected);
    }
}
