//! Kinds that CustomResourceDefinitions make.

use serde_json::{Value, json};

use super::{Kind, Kinds, Subresource, builtin};

/// Serves the kinds of a definition, one for each version that it serves.
pub fn serve(kinds: &Kinds, definition: &Value) {
    for version in definition.pointer("/spec/versions").and_then(Value::as_array).into_iter().flatten() {
        if version.get("served").and_then(Value::as_bool) == Some(true) {
            if !kinds.take_place() {
                return;
            }
            kinds.add(kind(definition, version));
            // Objects are stored once; further versions would need conversion.
            return;
        }
    }
}

/// The kind that a definition makes, while it is served.
pub fn kind_of(kinds: &Kinds, definition: &Value) -> Option<&'static Kind> {
    let (group, plural) = (text(definition, "/spec/group"), text(definition, "/spec/names/plural"));
    kinds.all().into_iter().find(|kind| kind.is_custom && (kind.group, kind.plural) == (group, plural))
}

/// Serves the kinds of a definition no longer.
pub fn withdraw(kinds: &Kinds, definition: &Value) {
    kinds.remove(text(definition, "/spec/group"), text(definition, "/spec/names/plural"));
}

/// Gives a new definition the status of one whose names are free.
pub fn establish(definition: &mut Value, now: &str) {
    let names = definition.pointer("/spec/names").cloned().unwrap_or_default();
    let stored = definition.pointer("/spec/versions/0/name").cloned().unwrap_or_default();
    let condition = |name: &str, reason: &str, message: &str| json!({ "type": name, "status": "True", "reason": reason, "message": message, "lastTransitionTime": now });
    let status = json!({
        "acceptedNames": names,
        "storedVersions": [stored],
        "conditions": [
            condition("NamesAccepted", "NoConflicts", "no conflicts found"),
            condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
        ],
    });
    if let Some(members) = definition.as_object_mut() {
        members.insert("status".into(), status);
    }
}

fn kind(definition: &Value, version: &Value) -> Kind {
    let group = leak(text(definition, "/spec/group"));
    let version_name = leak(text(version, "/name"));
    let name = leak(text(definition, "/spec/names/kind"));
    let texts = |path: &str| -> &'static [&'static str] {
        let texts = definition.pointer(path).and_then(Value::as_array).into_iter().flatten();
        Box::leak(texts.filter_map(Value::as_str).map(leak).collect())
    };
    let of_scale = Subresource {
        name: "scale",
        kind: "Scale",
        group: "autoscaling",
        version: "v1",
        verbs: &["get", "patch", "update"],
    };
    let of_status =
        Subresource { name: "status", kind: name, group, version: version_name, verbs: &["get", "patch", "update"] };
    let has = |path: &str| version.pointer(path).is_some();
    let subresources = [(has("/subresources/scale"), of_scale), (has("/subresources/status"), of_status)];
    let subresources = subresources.into_iter().filter(|(is_there, _)| *is_there).map(|(_, sub)| sub).collect();
    Kind {
        group,
        version: version_name,
        plural: leak(text(definition, "/spec/names/plural")),
        singular: leak(text(definition, "/spec/names/singular")),
        name,
        short: texts("/spec/names/shortNames"),
        categories: texts("/spec/names/categories"),
        namespaced: text(definition, "/spec/scope") == "Namespaced",
        verbs: builtin::ALL_VERBS,
        subresources: Box::leak(subresources),
        selectable: &[],
        has_generation: true,
        is_custom: true,
    }
}

fn text<'a>(object: &'a Value, path: &str) -> &'a str {
    object.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

/// Kinds live as long as the process; [`Kinds`] bounds how many there are.
fn leak(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_serves_its_kind_until_it_is_withdrawn() {
        let kinds = Kinds::default();
        let definition = json!({ "spec": {
            "group": "example.com", "scope": "Namespaced",
            "names": { "plural": "things", "kind": "Thing", "shortNames": ["th"] },
            "versions": [{ "name": "v1", "served": true, "subresources": { "status": {} } }],
        } });
        serve(&kinds, &definition);
        let kind = kinds.find("example.com", "v1", "things").unwrap();
        assert_eq!((kind.name, kind.short, kind.namespaced), ("Thing", &["th"][..], true));
        assert!(kind.subresource("status").is_some() && kind.subresource("scale").is_none());
        withdraw(&kinds, &definition);
        assert!(kinds.find("example.com", "v1", "things").is_none());
        withdraw(&kinds, &json!({ "spec": { "group": "", "names": { "plural": "pods" } } }));
        assert!(kinds.find("", "v1", "pods").is_some());
        serve(&kinds, &Value::Null);
    }
}
