//! Which kinds there are, in the forms in which clients ask for them.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

use crate::kinds::{Kind, Kinds, Subresource};
use crate::tree;

/// `/api`.
pub fn core_versions() -> Value {
    let here = json!({ "clientCIDR": "0.0.0.0/0", "serverAddress": "127.0.0.1:443" });
    json!({ "kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [here] })
}

/// `/apis`.
pub fn groups(kinds: &Kinds) -> Value {
    let groups: Vec<_> = versions(kinds).into_iter().filter(|(group, _)| !group.is_empty()).map(group_of).collect();
    json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": groups })
}

/// `/apis/GROUP`.
pub fn group(kinds: &Kinds, name: &str) -> Option<Value> {
    let mut group = versions(kinds).into_iter().find(|(group, _)| group == name).map(group_of)?;
    tree::put(&mut group, &["kind"], "APIGroup".into());
    tree::put(&mut group, &["apiVersion"], "v1".into());
    Some(group)
}

/// `/api/v1`, `/apis/GROUP/VERSION`.
pub fn resources(kinds: &Kinds, group: &str, version: &str) -> Value {
    let mut resources = Vec::new();
    for kind in of_version(kinds, group, version) {
        resources.push(resource(kind));
        resources.extend(kind.subresources.iter().map(|sub| subresource(kind, sub)));
    }
    let api_version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
    let mut list = json!({ "kind": "APIResourceList", "groupVersion": api_version, "resources": resources });
    if !group.is_empty() {
        tree::put(&mut list, &["apiVersion"], "v1".into());
    }
    list
}

/// `/api` or `/apis` in one document.
pub fn aggregated(kinds: &Kinds, core: bool) -> Value {
    let groups = versions(kinds).into_iter().filter(|(group, _)| group.is_empty() == core);
    let items: Vec<_> = groups
        .map(|(group, versions)| {
            let versions: Vec<_> = versions
                .iter()
                .map(|version| {
                    let of_version = of_version(kinds, &group, version);
                    let resources: Vec<_> = of_version.into_iter().map(aggregated_resource).collect();
                    json!({ "version": version, "resources": resources, "freshness": "Current" })
                })
                .collect();
            let metadata = if group.is_empty() { json!({}) } else { json!({ "name": group }) };
            json!({ "metadata": metadata, "versions": versions })
        })
        .collect();
    json!({ "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items })
}

/// Groups with their versions, in the order of the table.
pub fn versions(kinds: &Kinds) -> Vec<(String, Vec<&'static str>)> {
    let mut groups: Vec<(String, Vec<&'static str>)> = Vec::new();
    for kind in kinds.all() {
        match groups.iter_mut().find(|(group, _)| group == kind.group) {
            Some((_, versions)) if versions.contains(&kind.version) => {}
            Some((_, versions)) => versions.push(kind.version),
            None => groups.push((kind.group.to_owned(), vec![kind.version])),
        }
    }
    groups
}

fn of_version(kinds: &Kinds, group: &str, version: &str) -> Vec<&'static Kind> {
    let mut kinds = kinds.all();
    kinds.retain(|kind| (kind.group, kind.version) == (group, version));
    kinds.sort_unstable_by_key(|kind| kind.plural);
    kinds
}

fn group_of((name, versions): (String, Vec<&'static str>)) -> Value {
    let version = |version: &&str| json!({ "groupVersion": format!("{name}/{version}"), "version": version });
    let versions: Vec<_> = versions.iter().map(version).collect();
    let preferred = versions.first().cloned();
    json!({ "name": name, "versions": versions, "preferredVersion": preferred })
}

fn resource(kind: &Kind) -> Value {
    let mut resource = Map::new();
    resource.insert("name".into(), kind.plural.into());
    resource.insert("singularName".into(), singular(kind).into());
    resource.insert("namespaced".into(), kind.namespaced.into());
    resource.insert("kind".into(), kind.name.into());
    resource.insert("verbs".into(), kind.verbs.into());
    if !kind.short.is_empty() {
        resource.insert("shortNames".into(), kind.short.into());
    }
    if !kind.categories.is_empty() {
        resource.insert("categories".into(), kind.categories.into());
    }
    if kind.verbs.contains(&"watch") {
        // Any text that changes when what is stored does.
        let digest = sha1_smol::Sha1::from(format!("{}/{}", kind.api_version(), kind.name)).digest().bytes();
        let text = BASE64_STANDARD.encode(digest.first_chunk::<8>().unwrap_or(&[0; 8]));
        resource.insert("storageVersionHash".into(), text.into());
    }
    Value::Object(resource)
}

fn subresource(kind: &Kind, sub: &Subresource) -> Value {
    let mut resource = json!({
        "name": format!("{}/{}", kind.plural, sub.name),
        "singularName": "",
        "namespaced": kind.namespaced,
        "kind": sub.kind,
        "verbs": sub.verbs,
    });
    if (sub.group, sub.version) != (kind.group, kind.version) {
        tree::put(&mut resource, &["group"], sub.group.into());
        tree::put(&mut resource, &["version"], sub.version.into());
    }
    resource
}

fn aggregated_resource(kind: &Kind) -> Value {
    let mut resource = json!({
        "resource": kind.plural,
        "responseKind": { "group": kind.group, "version": kind.version, "kind": kind.name },
        "scope": if kind.namespaced { "Namespaced" } else { "Cluster" },
        "singularResource": singular(kind),
        "verbs": kind.verbs,
    });
    if !kind.short.is_empty() {
        tree::put(&mut resource, &["shortNames"], kind.short.into());
    }
    if !kind.categories.is_empty() {
        tree::put(&mut resource, &["categories"], kind.categories.into());
    }
    if !kind.subresources.is_empty() {
        let sub = |sub: &Subresource| {
            json!({
                "subresource": sub.name,
                "responseKind": { "group": sub.group, "version": sub.version, "kind": sub.kind },
                "verbs": sub.verbs,
            })
        };
        tree::put(&mut resource, &["subresources"], kind.subresources.iter().map(sub).collect());
    }
    resource
}

/// As people say a resource.
fn singular(kind: &Kind) -> String {
    match (kind.group, kind.singular) {
        ("metrics.k8s.io", _) => String::new(),
        (_, "") => kind.name.to_lowercase(),
        (_, singular) => singular.to_owned(),
    }
}
