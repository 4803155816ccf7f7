//! What all that lives in a cluster has at hand: the store, the time, the work to be done.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::queue::{Queue, Work};
use super::recorder::Recorder;
use crate::company::event::{Event, Subject};
use crate::company::identity;
use crate::company::moment::Moment;
use crate::company::placement::Rooms;
use crate::company::trouble::Trouble;
use crate::random::Random;
use crate::store::object::Object;
use crate::store::{Key, Store};

/// The cluster as controllers, scheduler and kubelets see it.
#[derive(Debug)]
pub struct Cluster {
    /// All objects.
    pub store: Arc<Store>,
    /// The moment that is being lived.
    pub now: Moment,
    /// What is to be done.
    pub queue: Queue,
    /// The nodes with what is used of them.
    pub rooms: Rooms,
    /// Pods that are not ready, by uid: few, where most are.
    pub unready: HashSet<Arc<str>>,
    /// Pods that were asked to go, by uid.
    pub leaving: HashSet<Arc<str>>,
    /// Controllers of pods, by uid.
    pub controllers: HashMap<Arc<str>, Key>,
    /// What selects pods, by namespace: services and budgets.
    pub selecting: HashMap<Arc<str>, Vec<Selecting>>,
    /// Pods that wait for room.
    pub homeless: HashSet<Key>,
    /// What is wrong with which app, by namespace and name.
    pub troubles: HashMap<(String, String), Trouble>,
    /// Nodes whose kubelet has stopped talking, since when.
    pub silent: HashMap<Arc<str>, Moment>,
    /// The nodes that come and go.
    pub flapping: Vec<String>,
    /// When it began to live.
    pub began: Moment,
    recorder: Recorder,
    random: Random,
    addresses: u32,
}

/// How long freed room is gathered before pods are placed in it.
pub const FREED_S: i64 = 10;

/// Something that selects pods, and the labels by which it does.
pub type Selecting = (Key, Vec<(String, String)>);

/// What is told of an object.
#[derive(Clone, Copy, Debug)]
pub struct Tale<'a> {
    /// Who tells it.
    pub component: &'a str,
    /// Whether it is something to worry about.
    pub warning: bool,
    /// A word.
    pub reason: &'a str,
    /// A sentence.
    pub message: &'a str,
}

impl<'a> Tale<'a> {
    /// Something ordinary.
    pub const fn normal(component: &'a str, reason: &'a str, message: &'a str) -> Self {
        Self { component, warning: false, reason, message }
    }

    /// Something to worry about.
    pub const fn warning(component: &'a str, reason: &'a str, message: &'a str) -> Self {
        Self { component, warning: true, reason, message }
    }
}

impl Cluster {
    /// A cluster in which nothing has happened.
    pub fn new(store: Arc<Store>, seed: u64, now: Moment, rooms: Rooms) -> Self {
        Self {
            store,
            now,
            queue: Queue::default(),
            rooms,
            unready: HashSet::new(),
            leaving: HashSet::new(),
            controllers: HashMap::new(),
            selecting: HashMap::new(),
            homeless: HashSet::new(),
            troubles: HashMap::new(),
            silent: HashMap::new(),
            flapping: Vec::new(),
            began: now,
            recorder: Recorder::default(),
            random: Random::named(seed, "life"),
            addresses: 0,
        }
    }

    /// Does work at once.
    pub fn soon(&mut self, work: Work) {
        self.queue.add(self.now, work);
    }

    /// Does work after so many seconds.
    pub fn later(&mut self, seconds: i64, work: Work) {
        self.queue.add(self.now + seconds, work);
    }

    /// Tries before long to place the pods for which there was no room: once for all room that is freed meanwhile.
    pub fn retry_soon(&mut self) {
        if !self.homeless.is_empty() {
            self.queue.add(Moment((self.now.0 / FREED_S + 1) * FREED_S), Work::Retry);
        }
    }

    /// A number from `from` to `to`, by chance.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = u64::try_from(to - from + 1).unwrap_or(1);
        from + i64::try_from(self.random.below(span)).unwrap_or(0)
    }

    /// A new uid.
    pub fn uid(&mut self) -> String {
        identity::uid(&mut self.random)
    }

    /// The ending of a generated name.
    pub fn suffix(&mut self) -> String {
        self.random.suffix(5)
    }

    /// An address for one more pod on a node, and the node's own.
    pub fn addresses(&mut self, node: &str, on_host: bool) -> (String, String) {
        self.addresses = self.addresses.wrapping_add(1);
        let number = self.addresses;
        let Some(room) = self.rooms.get(node) else { return Default::default() };
        let own = if on_host { room.address.clone() } else { room.pod_address(number) };
        (room.address.clone(), own)
    }

    /// Tells an event about an object.
    pub fn tell(&mut self, object: &Object, tale: Tale<'_>) {
        self.tell_of_container(object, "", "", tale);
    }

    /// Tells an event about a pod's container, from its node.
    pub fn tell_of_container(&mut self, object: &Object, container: &str, host: &str, tale: Tale<'_>) {
        let about = subject(object, container);
        let Tale { component, warning, reason, message } = tale;
        let event = Event { about, component, host, warning, reason, message, told: (self.now, self.now, 1) };
        self.recorder.tell(&self.store, &mut self.queue, self.now, event);
    }

    /// Forgets an event that is old.
    pub fn forget(&mut self, key: &Key) {
        self.recorder.forget(&self.store, key, self.now);
    }

    /// Tells an event that happened first, last and so often before now.
    pub fn tell_late(
        &mut self,
        object: &Object,
        container: &str,
        host: &str,
        tale: Tale<'_>,
        told: (Moment, Moment, u32),
    ) {
        let about = subject(object, container);
        let Tale { component, warning, reason, message } = tale;
        let event = Event { about, component, host, warning, reason, message, told };
        self.recorder.tell_late(&self.store, &mut self.queue, self.now, &event);
    }

    /// Changes an object that may be gone by now, which then needs no change.
    pub fn change(&self, key: &Key, change: impl FnMut(&mut Value)) -> Option<Arc<Object>> {
        self.store.update(key, change).ok()
    }

    /// Asks a pod to go, as a deletion through the API does.
    pub fn dismiss(&mut self, pod: &Object) {
        let key = Key::of(pod);
        let on_node = pod.field("spec.nodeName").is_some_and(|node| !node.is_empty());
        if !on_node || matches!(pod.field("status.phase"), Some("Succeeded" | "Failed")) {
            self.let_go(&key);
            return;
        }
        let now = self.now;
        self.change(&key, |pod| {
            let grace_s = pod.pointer("/spec/terminationGracePeriodSeconds").and_then(Value::as_i64).unwrap_or(30);
            if let Some(metadata) = pod.get_mut("metadata").and_then(Value::as_object_mut) {
                let end = now + grace_s.clamp(0, 86_400);
                metadata.entry("deletionTimestamp").or_insert_with(|| end.to_string().into());
                metadata.entry("deletionGracePeriodSeconds").or_insert_with(|| grace_s.into());
            }
        });
        self.leaving.insert(Arc::clone(&pod.uid));
    }

    /// The pods that count for their controller: neither done nor asked to go.
    pub fn active_pods(&self, owner: &str) -> Vec<Arc<Object>> {
        let pods = self.store.owned_by(crate::kinds::builtin("", "pods"), owner);
        let active = |pod: &Arc<Object>| {
            !self.leaving.contains(&pod.uid) && !matches!(pod.field("status.phase"), Some("Succeeded" | "Failed"))
        };
        pods.into_iter().filter(active).collect()
    }

    /// Whether a pod is ready.
    pub fn is_ready(&self, pod: &Object) -> bool {
        !self.unready.contains(&pod.uid) && pod.field("status.phase") == Some("Running")
    }
}

fn subject<'a>(object: &'a Object, container: &'a str) -> Subject<'a> {
    Subject { kind: object.kind, namespace: &object.namespace, name: &object.name, uid: &object.uid, container }
}
