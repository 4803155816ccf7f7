//! What a CustomResourceDefinition has to be like.

use serde_json::Value;

use super::text;
use crate::error::Cause;

const LABEL: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic \
                     character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for \
                     validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const APPROVED: &str = "api-approved.kubernetes.io";

/// What is wrong with a definition.
pub fn check(definition: &Value) -> Vec<Cause> {
    let of = |path: &str| text(definition, path);
    let (group, plural, kind) = (of("/spec/group"), of("/spec/names/plural"), of("/spec/names/kind"));
    let mut causes = Causes::default();
    if of("/metadata/name") != format!("{plural}.{group}") {
        causes.invalid("metadata.name", of("/metadata/name"), "must be spec.names.plural+\".\"+spec.group");
    }
    match group {
        "" => causes.required("spec.group", ""),
        _ if group.len() > 253 || !group.split('.').all(is_label) => causes.invalid("spec.group", group, LABEL),
        _ if !group.contains('.') => causes.invalid("spec.group", group, "should be a domain with at least one dot"),
        _ => {}
    }
    let is_protected = ["k8s.io", "kubernetes.io"]
        .iter()
        .any(|domain| group.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.')));
    let annotations = definition.pointer("/metadata/annotations");
    if is_protected && annotations.and_then(|annotations| annotations.get(APPROVED)).is_none() {
        let why = format!("protected groups must have approval annotation \"{APPROVED}\"");
        causes.required(&format!("metadata.annotations[{APPROVED}]"), &why);
    }
    match of("/spec/scope") {
        "" => causes.required("spec.scope", ""),
        "Cluster" | "Namespaced" => {}
        other => {
            let message = format!("Unsupported value: \"{other}\": supported values: \"Cluster\", \"Namespaced\"");
            causes.0.push(Cause { reason: "FieldValueNotSupported", message, field: "spec.scope".into() });
        }
    }
    causes.label("spec.names.plural", plural);
    causes.label("spec.names.kind", &kind.to_ascii_lowercase());
    causes.optional_label("spec.names.singular", of("/spec/names/singular"));
    causes.optional_label("spec.names.listKind", &of("/spec/names/listKind").to_ascii_lowercase());
    for member in ["shortNames", "categories"] {
        let names = definition.pointer(&format!("/spec/names/{member}")).and_then(Value::as_array);
        for (number, name) in names.into_iter().flatten().enumerate() {
            causes.label(&format!("spec.names.{member}[{number}]"), name.as_str().unwrap_or_default());
        }
    }
    if !kind.is_empty() && of("/spec/names/listKind") == kind {
        causes.invalid("spec.names.listKind", kind, "kind and listKind may not be the same");
    }
    versions(definition, &mut causes);
    causes.0
}

/// What of a definition may not be changed.
pub fn check_change(old: &Value, new: &Value) -> Vec<Cause> {
    let mut causes = Causes::default();
    for (path, field) in [("/spec/scope", "spec.scope"), ("/spec/names/kind", "spec.names.kind")] {
        if text(old, path) != text(new, path) {
            causes.invalid(field, text(new, path), "field is immutable");
        }
    }
    causes.0
}

fn versions(definition: &Value, causes: &mut Causes) {
    let versions = definition.pointer("/spec/versions").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for (number, version) in versions.iter().enumerate() {
        causes.label(&format!("spec.versions[{number}].name"), text(version, "/name"));
        if !version.pointer("/schema/openAPIV3Schema").is_some_and(Value::is_object) {
            causes.required(&format!("spec.versions[{number}].schema.openAPIV3Schema"), "schemas are required");
        }
    }
    let stores = versions.iter().filter(|version| version.get("storage").and_then(Value::as_bool) == Some(true));
    if stores.count() != 1 {
        let message = "Invalid value: must have exactly one version marked as storage version".to_owned();
        causes.0.push(Cause { reason: "FieldValueInvalid", message, field: "spec.versions".into() });
    }
}

#[derive(Debug, Default)]
struct Causes(Vec<Cause>);

impl Causes {
    fn required(&mut self, field: &str, why: &str) {
        let message = if why.is_empty() { "Required value".to_owned() } else { format!("Required value: {why}") };
        self.0.push(Cause { reason: "FieldValueRequired", message, field: field.to_owned() });
    }

    fn invalid(&mut self, field: &str, value: &str, why: &str) {
        let message = format!("Invalid value: \"{value}\": {why}");
        self.0.push(Cause { reason: "FieldValueInvalid", message, field: field.to_owned() });
    }

    fn label(&mut self, field: &str, value: &str) {
        match value {
            "" => self.required(field, ""),
            value if !is_label(value) || value.starts_with(|first: char| first.is_ascii_digit()) => {
                self.invalid(field, value, LABEL);
            }
            _ => {}
        }
    }

    fn optional_label(&mut self, field: &str, value: &str) {
        if !value.is_empty() {
            self.label(field, value);
        }
    }
}

fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tree;

    fn things() -> Value {
        json!({
            "metadata": { "name": "things.example.com" },
            "spec": {
                "group": "example.com", "scope": "Namespaced", "names": { "plural": "things", "kind": "Thing" },
                "versions": [{
                    "name": "v1", "served": true, "storage": true, "schema": { "openAPIV3Schema": { "type": "object" } },
                }],
            },
        })
    }

    #[test]
    fn a_definition_has_rules_of_its_own() {
        assert_eq!(check(&things()).len(), 0);
        let check = |path: &[&str], value: Value, field: &str| {
            let mut definition = things();
            tree::put(&mut definition, path, value);
            let causes = check(&definition);
            assert!(causes.iter().any(|cause| cause.field == field), "{field} in {causes:?}");
        };
        check(&["metadata", "name"], "thing.example.com".into(), "metadata.name");
        check(&["spec", "group"], "example".into(), "spec.group");
        check(&["spec", "group"], "".into(), "spec.group");
        check(&["spec", "group"], "Example.com".into(), "spec.group");
        check(&["spec", "group"], "policy.k8s.io".into(), "metadata.annotations[api-approved.kubernetes.io]");
        check(&["spec", "scope"], "Namespace".into(), "spec.scope");
        check(&["spec", "names", "plural"], "Things".into(), "spec.names.plural");
        check(&["spec", "names", "kind"], "a thing".into(), "spec.names.kind");
        check(&["spec", "names", "listKind"], "Thing".into(), "spec.names.listKind");
        check(&["spec", "names", "shortNames"], json!(["1"]), "spec.names.shortNames[0]");
        check(&["spec", "versions"], json!([]), "spec.versions");
        check(&["spec", "versions"], json!([{ "storage": true }]), "spec.versions[0].name");
        check(&["spec"], Value::Null, "spec.group");
    }

    #[test]
    fn a_definition_keeps_its_scope_and_its_kind() {
        let mut changed = things();
        changed["spec"]["scope"] = "Cluster".into();
        changed["spec"]["names"]["kind"] = "Other".into();
        let fields: Vec<_> = check_change(&things(), &changed).into_iter().map(|cause| cause.field).collect();
        assert_eq!(fields, ["spec.scope", "spec.names.kind"]);
    }
}
