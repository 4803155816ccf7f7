//! Puts a company into a store.

use std::collections::HashMap;
use std::iter::zip;

use serde_json::{Value, json};

use super::access;
use super::custom;
use super::draft::Draft;
use super::hiring::{Hired, Opening, Places, Troubled};
use super::network::{self, Endpoint};
use super::node::{Node, PulledImages};
use super::origin::Origin;
use super::placement::{Room, Rooms};
use super::policy;
use super::roster::Roster;
use super::settings;
use super::storage;
use super::trouble::{NodeTrouble, Trouble};
use super::workload::Workload;
use crate::error::ApiError;
use crate::kinds::{Kinds, builtin, definition};
use crate::parallel;
use crate::store::{Store, object};

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

/// A node that is ready to be put into the store.
struct Machine {
    node: object::Draft,
    lease: object::Draft,
    /// Its room when its pods came.
    room: Room,
    /// Its room now, where something is wrong with it: that keeps new pods away, and those that are there came before.
    room_now: Option<Room>,
}

/// What is worked out of a workload before its pods have places.
struct Plan<'a> {
    workload: &'a Workload,
    objects: Vec<object::Draft>,
    openings: Vec<Opening<'a>>,
}

/// What is worked out of it when they have.
struct Done {
    crews: Vec<Hired>,
    network: Vec<object::Draft>,
}

/// How many workloads are made at once: enough for all threads, and not too many for the memory.
const AT_ONCE: usize = 64;

/// Fills an empty store with a company of so many nodes and pods.
///
/// # Errors
/// When the store refuses an object, which two of the same name would be.
pub fn settle(origin: &Origin, nodes: u32, pods: u32, kinds: &Kinds, store: &Store) -> Result<Settled, ApiError> {
    let roster = Roster::new(origin, nodes, pods);
    let draft = |object: Value| draft(kinds, store, object);
    let admit = |draft: object::Draft| store.admit(&draft).map(drop);
    let pulled = PulledImages::default();
    let (mut rooms, mut rooms_now) = (Rooms::default(), Vec::new());
    for machine in parallel::map(&roster.nodes, |node| Machine::new(origin, node, &pulled, draft)) {
        rooms.put(machine.room);
        rooms_now.extend(machine.room_now);
        [machine.node, machine.lease].into_iter().try_for_each(admit)?;
    }
    for made in custom::definitions(origin) {
        definition::serve(kinds, &made);
        admit(draft(made))?;
    }
    let whole = [storage::classes(origin), policy::priority_classes(origin), access::cluster_roles(origin)];
    whole.into_iter().flatten().map(draft).try_for_each(admit)?;
    for (namespace, team) in &roster.namespaces {
        in_namespace(origin, &roster, namespace, team).into_iter().map(draft).try_for_each(admit)?;
    }
    let mut places = Places::new(rooms);
    let mut troubled = Vec::new();
    for workloads in roster.workloads.chunks(AT_ONCE) {
        let mut plans = parallel::map(workloads, |workload| Plan::new(origin, store, workload, draft));
        // The only step in which one depends on those before it.
        for opening in plans.iter_mut().flat_map(|plan| &mut plan.openings) {
            opening.take_places(&mut places, store);
        }
        let mut done = parallel::map(&plans, |plan| plan.carry_out(origin, store, &places, draft));
        let stamped = done.iter_mut().flat_map(|done| &mut done.crews).flat_map(|crew| crew.stamped.drain(..));
        store.settle(builtin("", "pods"), stamped);
        for (plan, done) in zip(plans, done) {
            plan.objects.into_iter().chain(done.network).try_for_each(admit)?;
            for newcomer in done.crews.into_iter().flat_map(|crew| crew.troubled) {
                troubled.push(newcomer.admit(store)?);
            }
        }
    }
    let mut rooms = places.rooms;
    rooms_now.into_iter().for_each(|room| rooms.put(room));
    let flapping = roster.nodes.iter().filter(|node| node.trouble == Some(NodeTrouble::Flapping));
    let troubles = roster
        .workloads
        .iter()
        .filter_map(|workload| Some(((workload.namespace.clone(), workload.app.name.to_owned()), workload.trouble?)));
    Ok(Settled {
        troubles: troubles.collect(),
        flapping: flapping.map(|node| node.name.clone()).collect(),
        rooms,
        troubled,
    })
}

impl Machine {
    fn new(origin: &Origin, node: &Node, pulled: &PulledImages, draft: impl Fn(Value) -> object::Draft) -> Self {
        let object = node.object(origin, pulled);
        let room = Room::of(&object);
        let lease = draft(node.lease(origin, origin.now - i64::from(node.number % 10)));
        let node_draft = draft(object);
        let Some(_) = node.trouble else { return Self { node: node_draft, lease, room, room_now: None } };
        let well = Node { trouble: None, ..node.clone() }.object(origin, pulled);
        Self { node: node_draft, lease, room: Room::of(&well), room_now: Some(room) }
    }
}

impl<'a> Plan<'a> {
    fn new(origin: &Origin, store: &Store, workload: &'a Workload, draft: impl Fn(Value) -> object::Draft) -> Self {
        let deployed = workload.deployed(origin);
        let account = vec![workload.account(origin)];
        let others = [workload.settings(origin), workload.storage(origin), workload.policies(origin), account];
        let objects = others.into_iter().flatten().chain(workload.custom(origin)).chain(deployed.objects);
        let openings = deployed.crews.into_iter().map(|crew| Opening::new(origin, store, workload, crew));
        Self { workload, objects: objects.map(draft).collect(), openings: openings.collect() }
    }

    fn carry_out(
        &self,
        origin: &Origin,
        store: &Store,
        places: &Places,
        draft: impl Fn(Value) -> object::Draft,
    ) -> Done {
        let mut crews: Vec<Hired> = self.openings.iter().map(|opening| opening.fill(origin, store, places)).collect();
        let endpoints: Vec<Endpoint> = crews.iter_mut().flat_map(|crew| std::mem::take(&mut crew.endpoints)).collect();
        let mut network = Vec::new();
        for object in self.workload.network(origin) {
            let is_service = object.get("kind").is_some_and(|kind| kind == "Service");
            let slices = if is_service { network::slices(origin, &object, &endpoints) } else { Vec::new() };
            network.extend([object].into_iter().chain(slices).map(&draft));
        }
        Done { crews, network }
    }
}

/// An object for the store, of the kind that it says it is.
fn draft(kinds: &Kinds, store: &Store, object: Value) -> object::Draft {
    let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
    let (api_version, name) = (text("apiVersion"), text("kind"));
    let kind = kinds.all().into_iter().find(|kind| kind.name == name && kind.api_version() == api_version);
    store.draft(kind.expect("the company has only objects of kinds that are served"), object)
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
