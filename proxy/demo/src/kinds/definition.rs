//! Kinds that CustomResourceDefinitions make.

use serde_json::{Value, json};

use super::{Kind, Kinds, Subresource, builtin};
use crate::tree;

pub mod rules;

/// A kind that a definition asks for.
#[derive(Debug)]
struct Wanted<'a> {
    group: &'a str,
    version: &'a str,
    plural: &'a str,
    singular: &'a str,
    name: &'a str,
    short: Vec<&'a str>,
    categories: Vec<&'a str>,
    namespaced: bool,
    has_scale: bool,
    has_status: bool,
}

/// Why a definition serves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the demo cluster has no room for another kind")]
pub struct Full;

/// The kind that a definition asks for; none where it serves no version, or its names are taken.
pub fn kind(kinds: &Kinds, definition: &Value) -> Result<Option<&'static Kind>, Full> {
    let mut versions = definition.pointer("/spec/versions").and_then(Value::as_array).into_iter().flatten();
    // Objects are stored once; further versions would need conversion.
    let served = versions.find(|version| version.get("served").and_then(Value::as_bool) == Some(true));
    let Some(version) = served.filter(|_| conflict(kinds, definition).is_none()) else { return Ok(None) };
    let wanted = Wanted::of(definition, version);
    kinds.made(|kind| wanted.is(kind), wanted.text_bytes(), || wanted.leak()).map(Some).ok_or(Full)
}

/// Serves the kind of a definition, and no other of it.
pub fn serve(kinds: &Kinds, definition: &Value) {
    match kind(kinds, definition) {
        Ok(Some(kind)) => kinds.serve(kind),
        Ok(None) | Err(Full) => withdraw(kinds, definition),
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

/// Fills in the names that follow from others.
pub fn default(definition: &mut Value) {
    let kind = text(definition, "/spec/names/kind").to_owned();
    for (name, usual) in [("singular", kind.to_lowercase()), ("listKind", format!("{kind}List"))] {
        if text(definition, &format!("/spec/names/{name}")).is_empty() {
            tree::put(definition, &["spec", "names", name], usual.into());
        }
    }
    if definition.pointer("/spec/conversion").is_none() {
        tree::put(definition, &["spec", "conversion"], json!({ "strategy": "None" }));
    }
}

/// Gives a new definition its status.
pub fn establish(kinds: &Kinds, definition: &mut Value, now: &str) {
    let condition = |name: &str, is_so: bool, reason: &str, message: &str| {
        let status = if is_so { "True" } else { "False" };
        json!({ "type": name, "status": status, "reason": reason, "message": message, "lastTransitionTime": now })
    };
    let conditions = match conflict(kinds, definition) {
        None => [
            condition("NamesAccepted", true, "NoConflicts", "no conflicts found"),
            condition("Established", true, "InitialNamesAccepted", "the initial names have been accepted"),
        ],
        Some((reason, name)) => [
            condition("NamesAccepted", false, reason, &format!("\"{name}\" is already in use")),
            condition("Established", false, "NotAccepted", "not all names are accepted"),
        ],
    };
    tree::put(definition, &["status"], json!({ "conditions": conditions, "storedVersions": [] }));
    accept(definition);
}

/// Notes in the status of a definition that it was changed.
pub fn accept(definition: &mut Value) {
    let names = definition.pointer("/spec/names").cloned().unwrap_or_default();
    tree::put(definition, &["status", "acceptedNames"], names);
    let versions = definition.pointer("/spec/versions").and_then(Value::as_array).into_iter().flatten();
    let mut stores = versions.filter(|version| version.get("storage").and_then(Value::as_bool) == Some(true));
    let Some(stored) = stores.find_map(|version| version.get("name")).cloned() else { return };
    match definition.pointer_mut("/status/storedVersions").and_then(Value::as_array_mut) {
        Some(known) if known.contains(&stored) => {}
        Some(known) => known.push(stored),
        None => tree::put(definition, &["status", "storedVersions"], json!([stored])),
    }
}

/// Which of a definition's names another kind has: the reason as conditions have it, and the name.
fn conflict<'a>(kinds: &Kinds, definition: &'a Value) -> Option<(&'static str, &'a str)> {
    let name = |path| text(definition, path);
    let (group, plural, kind) = (name("/spec/group"), name("/spec/names/plural"), name("/spec/names/kind"));
    let of_group = kinds.all().into_iter().filter(|known| known.group == group);
    // Its own kind has its names, of course.
    let mut others = of_group.filter(|known| !(known.is_custom && known.plural == plural));
    others.find_map(|known| match known {
        known if known.plural == plural => Some(("PluralConflict", plural)),
        known if known.name == kind => Some(("KindConflict", kind)),
        _ => None,
    })
}

impl<'a> Wanted<'a> {
    fn of(definition: &'a Value, version: &'a Value) -> Self {
        let texts = |path: &str| {
            let texts = definition.pointer(path).and_then(Value::as_array).into_iter().flatten();
            texts.filter_map(Value::as_str).collect()
        };
        let has = |path: &str| version.pointer(path).is_some_and(Value::is_object);
        Self {
            group: text(definition, "/spec/group"),
            version: text(version, "/name"),
            plural: text(definition, "/spec/names/plural"),
            singular: text(definition, "/spec/names/singular"),
            name: text(definition, "/spec/names/kind"),
            short: texts("/spec/names/shortNames"),
            categories: texts("/spec/names/categories"),
            namespaced: text(definition, "/spec/scope") == "Namespaced",
            has_scale: has("/subresources/scale"),
            has_status: has("/subresources/status"),
        }
    }

    fn is(&self, kind: &Kind) -> bool {
        (kind.group, kind.version, kind.plural) == (self.group, self.version, self.plural)
            && (kind.singular, kind.name, kind.namespaced) == (self.singular, self.name, self.namespaced)
            && kind.short == self.short
            && kind.categories == self.categories
            && kind.subresource("scale").is_some() == self.has_scale
            && kind.subresource("status").is_some() == self.has_status
    }

    fn text_bytes(&self) -> usize {
        let names = [self.group, self.version, self.plural, self.singular, self.name];
        let texts = names.iter().chain(&self.short).chain(&self.categories);
        texts.map(|text| text.len() + size_of::<&str>()).sum()
    }

    /// The kind itself, which lives as long as the process: [`Kinds`] bounds how many there are.
    fn leak(&self) -> Kind {
        let (group, version, name) = (leak(self.group), leak(self.version), leak(self.name));
        let of_scale = Subresource {
            name: "scale",
            kind: "Scale",
            group: "autoscaling",
            version: "v1",
            verbs: &["get", "patch", "update"],
        };
        let of_status = Subresource { name: "status", kind: name, group, version, verbs: &["get", "patch", "update"] };
        let subresources = [(self.has_scale, of_scale), (self.has_status, of_status)];
        let subresources = subresources.into_iter().filter(|(is_there, _)| *is_there).map(|(_, sub)| sub).collect();
        Kind {
            group,
            version,
            plural: leak(self.plural),
            singular: leak(self.singular),
            name,
            short: leak_all(&self.short),
            categories: leak_all(&self.categories),
            namespaced: self.namespaced,
            verbs: builtin::ALL_VERBS,
            subresources: Vec::leak(subresources),
            selectable: &[],
            has_generation: true,
            is_custom: true,
        }
    }
}

fn text<'a>(object: &'a Value, path: &str) -> &'a str {
    object.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

fn leak(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

fn leak_all(texts: &[&str]) -> &'static [&'static str] {
    Vec::leak(texts.iter().map(|text| leak(text)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn things() -> Value {
        json!({ "spec": {
            "group": "example.com", "scope": "Namespaced",
            "names": { "plural": "things", "kind": "Thing", "shortNames": ["th"] },
            "versions": [{ "name": "v1", "served": true, "subresources": { "status": {} } }],
        } })
    }

    #[test]
    fn a_definition_serves_its_kind_until_it_is_withdrawn() {
        let kinds = Kinds::default();
        let definition = things();
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

    #[test]
    fn a_definition_replaced_a_kind_that_is_built_in() {
        let kinds = Kinds::default();
        let mut definition = things();
        definition["spec"]["group"] = "networking.k8s.io".into();
        for (plural, kind) in [("ingresses", "Thing"), ("things", "Ingress")] {
            definition["spec"]["names"] = json!({ "plural": plural, "kind": kind });
            serve(&kinds, &definition);
            assert!(!kinds.find("networking.k8s.io", "v1", "ingresses").unwrap().is_custom);
            assert!(kinds.find("networking.k8s.io", "v1", "things").is_none());
            establish(&kinds, &mut definition, "");
            assert_eq!(definition["status"]["conditions"][1]["status"], "False");
        }
    }

    #[test]
    fn the_same_definition_over_and_over_took_all_places() {
        let kinds = Kinds::default();
        for _ in 0..5000 {
            serve(&kinds, &things());
            withdraw(&kinds, &things());
        }
        serve(&kinds, &things());
        assert!(kinds.find("example.com", "v1", "things").is_some());
    }

    #[test]
    fn what_definitions_leave_behind_has_a_bound() {
        let kinds = Kinds::default();
        let mut definition = things();
        definition["spec"]["names"]["shortNames"] = vec!["x".repeat(60); 1000].into();
        let numbers = (0..100).take_while(|number| {
            definition["spec"]["versions"][0]["name"] = format!("v{number}").into();
            kind(&kinds, &definition).is_ok()
        });
        assert_eq!(numbers.count(), 13, "of 76 KB each");
    }
}
