//! What somebody may do in a namespace, as rules: they are read off the same decision that their requests meet.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::who::{Attempt, Who};
use crate::error::ApiError;
use crate::kinds::{Kind, Kinds};

const ALL: &[&str] = &["*"];

/// Answers a review of rules.
pub fn answer(kinds: &Kinds, who: Who, review: &Value) -> Result<Value, ApiError> {
    let namespace = review.pointer("/spec/namespace").and_then(Value::as_str).unwrap_or_default();
    if namespace.is_empty() {
        return Err(ApiError::BadRequest("no namespace on request".into()));
    }
    let (resources, urls) = if who == Who::Admin {
        (
            json!([{ "verbs": ALL, "apiGroups": ALL, "resources": ALL }]),
            json!([{ "verbs": ALL, "nonResourceURLs": ALL }]),
        )
    } else {
        (resource_rules(&kinds.all(), who, namespace), json!([{ "verbs": ["get"], "nonResourceURLs": ALL }]))
    };
    Ok(json!({ "resourceRules": resources, "nonResourceRules": urls, "incomplete": false }))
}

/// A rule for each group of the API and each set of verbs.
fn resource_rules(kinds: &[&'static Kind], who: Who, namespace: &str) -> Value {
    let mut rules: BTreeMap<(&str, Vec<&str>), Vec<String>> = BTreeMap::new();
    for kind in kinds {
        let own = ("", kind.verbs);
        for (sub, verbs) in std::iter::once(own).chain(kind.subresources.iter().map(|sub| (sub.name, sub.verbs))) {
            let may = |verb: &&&str| {
                let (group, resource) = (kind.group, kind.plural);
                who.may(&Attempt { verb, group, resource, sub, namespace, name: "" })
            };
            let verbs: Vec<&str> = verbs.iter().filter(may).copied().collect();
            let resource = if sub.is_empty() { kind.plural.to_owned() } else { format!("{}/{sub}", kind.plural) };
            if !verbs.is_empty() {
                rules.entry((kind.group, verbs)).or_default().push(resource);
            }
        }
    }
    let rules = rules.into_iter();
    rules
        .map(|((group, verbs), resources)| json!({ "verbs": verbs, "apiGroups": [group], "resources": resources }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_contradicted_what_is_decided() {
        let kinds = Kinds::default();
        let rules = |who: Who, namespace: &str| {
            answer(&kinds, who, &json!({ "spec": { "namespace": namespace } })).unwrap()["resourceRules"].clone()
        };
        let has = |rule: &Value, member: &str, name: &str| {
            rule[member].as_array().unwrap().iter().any(|known| known == "*" || known == name)
        };
        for (who, namespace) in Who::ALL.into_iter().flat_map(|who| [(who, "shop"), (who, "data")]) {
            let rules = rules(who, namespace);
            for kind in kinds.all() {
                for verb in ["create", "delete", "get", "list", "patch", "watch"]
                    .iter()
                    .filter(|verb| kind.verbs.contains(verb))
                {
                    let (group, resource) = (kind.group, kind.plural);
                    let told = rules.as_array().unwrap().iter().any(|rule| {
                        has(rule, "verbs", verb) && has(rule, "apiGroups", group) && has(rule, "resources", resource)
                    });
                    let attempt = Attempt { verb, group, resource, sub: "", namespace, name: "" };
                    assert_eq!(told, who.may(&attempt), "{who:?} {verb} {resource} {namespace}");
                }
            }
        }
        let viewer = rules(Who::Viewer, "shop");
        assert!(!viewer.to_string().contains("secrets") && viewer.to_string().contains("pods/log"));
    }
}
