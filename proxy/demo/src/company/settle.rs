//! Puts a company into a store.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::access;
use super::custom;
use super::draft::Draft;
use super::hiring::{Hiring, Troubled};
use super::network::{self, Endpoint};
use super::node::{Node, PulledImages};
use super::origin::Origin;
use super::placement::{Room, Rooms};
use super::policy;
use super::roster::Roster;
use super::settings;
use super::storage;
use super::trouble::{NodeTrouble, Trouble};
use super::workload::{Crew, Workload};
use crate::error::ApiError;
use crate::kinds::{Kind, Kinds, builtin};
use crate::store::Store;

/// What those who go on with the company have to know.
#[derive(Debug)]
pub struct Settled {
    /// The nodes with what is used of them.
    pub rooms: Rooms,
    /// The pods that do not simply run.
    pub troubled: Vec<Troubled>,
    /// What is wrong with which app, by namespace and name.
    pub troubles: HashMap<(String, String), Trouble>,
    /// The nodes that come and go.
    pub flapping: Vec<String>,
}

/// Fills an empty store with a company of so many nodes and pods.
///
/// # Errors
/// When the store refuses an object, which two of the same name would be.
pub fn settle(origin: &Origin, nodes: u32, pods: u32, kinds: &Kinds, store: &Store) -> Result<Settled, ApiError> {
    let roster = Roster::new(origin, nodes, pods);
    let create = |object: Value| create(kinds, store, object);
    let pulled = PulledImages::default();
    let fleet: Vec<Value> = roster.nodes.iter().map(|node| node.object(origin, &pulled)).collect();
    fleet.iter().cloned().try_for_each(create)?;
    for definition in custom::definitions(origin) {
        serve(kinds, &definition);
        create(definition)?;
    }
    let whole = [storage::classes(origin), policy::priority_classes(origin), access::cluster_roles(origin)];
    whole.into_iter().flatten().try_for_each(create)?;
    for (namespace, team) in &roster.namespaces {
        in_namespace(origin, &roster, namespace, team).into_iter().try_for_each(create)?;
    }
    for node in &roster.nodes {
        create(node.lease(origin, origin.now - i64::from(node.number % 10)))?;
    }
    // What is wrong with a node keeps new pods away; those that are there came before.
    let well = roster.nodes.iter().map(|node| Node { trouble: None, ..node.clone() }.object(origin, &pulled));
    let mut hiring = Hiring::new(origin, store, &well.collect::<Vec<Value>>());
    for workload in &roster.workloads {
        let deployed = workload.deployed(origin);
        let others = [workload.settings(origin), workload.storage(origin), workload.policies(origin)];
        others.into_iter().flatten().chain([workload.account(origin)]).try_for_each(create)?;
        workload.custom(origin).into_iter().chain(deployed.objects).try_for_each(create)?;
        for crew in &deployed.crews {
            hiring.hire(workload, crew)?;
        }
        let endpoints = endpoints(store, &hiring, &deployed.crews);
        for object in workload.network(origin) {
            let slices = if object.get("kind") == Some(&json!("Service")) {
                network::slices(origin, &object, &endpoints)
            } else {
                Vec::new()
            };
            create(object)?;
            slices.into_iter().try_for_each(create)?;
        }
    }
    fleet.iter().for_each(|node| hiring.rooms.put(Room::of(node)));
    let flapping = roster.nodes.iter().filter(|node| node.trouble == Some(NodeTrouble::Flapping));
    let troubles = roster
        .workloads
        .iter()
        .filter_map(|workload| Some(((workload.namespace.clone(), workload.app.name.to_owned()), workload.trouble?)));
    Ok(Settled {
        troubles: troubles.collect(),
        flapping: flapping.map(|node| node.name.clone()).collect(),
        rooms: hiring.rooms,
        troubled: hiring.troubled,
    })
}

/// Puts an object into the store, under the kind that it says it is.
fn create(kinds: &Kinds, store: &Store, object: Value) -> Result<(), ApiError> {
    let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
    let (api_version, name) = (text("apiVersion"), text("kind"));
    let kind = kinds.all().into_iter().find(|kind| kind.name == name && kind.api_version() == api_version);
    debug_assert!(kind.is_some(), "{api_version} {name} is served");
    kind.map_or(Ok(()), |kind| store.create(kind, object).map(drop))
}

/// What every namespace has, apart from the apps in it.
fn in_namespace(origin: &Origin, roster: &Roster, namespace: &str, team: &str) -> Vec<Value> {
    let created = origin.ago(&format!("namespace/{namespace}"), 86_400 * 60, 86_400 * 90);
    let labels = json!({
        "example.com/may-read-data": if namespace.starts_with("monitoring") { "false" } else { "true" },
        "kubernetes.io/metadata.name": namespace,
        "team": team,
    });
    let object = Draft::new(origin, "v1", "Namespace", "", namespace, created)
        .labels(labels)
        .with("spec", json!({"finalizers": ["kubernetes"]}))
        .with("status", json!({"phase": "Active"}))
        .by("deployer", &["metadata"])
        .done();
    let account = access::service_account(origin, namespace, "default").done();
    let mut objects = vec![object, account, settings::root_certificates(origin, namespace)];
    let pods: u32 = roster.workloads.iter().filter(|it| it.namespace == namespace).map(Workload::pods).sum();
    if pods > 0 && namespace != "kube-system" {
        objects.push(settings::registry_secret(origin, namespace));
        objects.extend(policy::bounds(origin, namespace, pods));
        objects.extend(access::namespace_roles(origin, namespace, team));
    }
    objects
}

/// The pods of these crews as a service sees them.
fn endpoints(store: &Store, hiring: &Hiring<'_>, crews: &[Crew]) -> Vec<Endpoint> {
    let owners = crews.iter().filter_map(|crew| crew.owners.pointer("/0/uid")?.as_str());
    let pods = owners.flat_map(|uid| store.owned_by(builtin("", "pods"), uid));
    pods.filter_map(|pod| {
        let address = pod.field("status.podIP").filter(|address| !address.is_empty())?;
        let node = pod.field("spec.nodeName").unwrap_or_default();
        Some(Endpoint {
            name: pod.name.to_string(),
            uid: pod.uid.to_string(),
            address: address.to_owned(),
            node: node.to_owned(),
            zone: hiring.zone(node).to_owned(),
            ready: !hiring.unready.contains(&*pod.uid),
        })
    })
    .collect()
}

/// Serves the kind that a definition defines.
fn serve(kinds: &Kinds, definition: &Value) {
    let text = |pointer: &str| -> &'static str {
        let text = definition.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        Box::leak(text.to_owned().into_boxed_str())
    };
    let short: &'static [&'static str] = Box::leak(Box::new([text("/spec/names/shortNames/0")]));
    kinds.add(Kind {
        group: text("/spec/group"),
        version: "v1",
        plural: text("/spec/names/plural"),
        singular: text("/spec/names/singular"),
        name: text("/spec/names/kind"),
        short,
        categories: &["company"],
        namespaced: true,
        verbs: builtin::ALL_VERBS,
        subresources: &[],
        selectable: &[],
        has_generation: true,
        is_custom: true,
    });
}
