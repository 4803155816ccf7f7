//! The value that an object has under a key, as a number, and the text it stands for.

use std::borrow::Cow;
use std::collections::HashMap;

use super::key::Key;
use super::mix::MixMap;
use super::pool::Other;
use crate::filter::{NONE, quoted};
use crate::k8s::image;
use crate::k8s::node::NodeReadiness;
use crate::k8s::pod_state::PodState;
use crate::k8s::workload_state::WorkloadState;
use crate::overview::states;
use crate::store::Store;
use crate::store::names::Name;
use crate::store::nodes::NodeRow;
use crate::store::pods::PodView;
use crate::store::pods::template::Template;
use crate::store::rows::Uid;
use crate::store::workloads::WorkloadRow;

/// The word for nodes that are ready; that for the others is one that pods have too.
const READY: &str = "ready";

/// A value of a key. Equal values of one [`Reader`] are one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value {
    /// The object has none.
    Absent,
    /// Nobody knows yet: a list that brings it is on its way.
    Unread,
    /// A text of the store.
    Text(Name),
    /// The repository of an image; that of the store's first image from there.
    Image(Name),
    /// The version of an image; that of the store's first image with it.
    Version(Name),
    /// A pod's state, or that of a node.
    State(PodState),
    /// A node is ready.
    Ready,
    /// A workload's state.
    Workload(WorkloadState),
    /// What runs the object.
    Owner {
        /// Its namespace: two of one name are not one.
        namespace: Name,
        /// Its kind.
        kind: Name,
        /// Its name.
        owner: Name,
    },
}

/// Reads the values of one key.
pub struct Reader<'s> {
    store: &'s Store,
    key: &'s Key,
    of: Of,
    annotation: Annotation<'s>,
}

/// Where the values of a key are, found once.
enum Of {
    Namespace,
    Node,
    /// The zone of each node, by the place of its name.
    Zone(Vec<Name>),
    Owner,
    State,
    /// For each image the first one from the same repository.
    Image(MixMap<Name, Name>),
    /// For each image, and for each version that a node tells, the first image of the same version.
    Version {
        images: MixMap<Name, Name>,
        nodes: MixMap<Name, Name>,
    },
    Qos,
    Priority,
    /// A label, where any object has it.
    Label(Option<Name>),
    /// See [`Reader::annotated`].
    Annotation,
}

/// The annotation of each object that has it, where somebody asks for it.
type Annotation<'s> = Option<&'s HashMap<Uid, Option<Name>>>;

impl Value {
    /// The place of its group among others where groups stand in an order: states as in a bar, what has no value last.
    pub fn rank(self) -> usize {
        match self {
            Self::State(state) => 1 + states::ORDER.iter().position(|other| *other == state).unwrap_or(0),
            Self::Absent | Self::Unread => usize::MAX,
            Self::Workload(_) => usize::MAX - 1,
            Self::Ready | Self::Text(_) | Self::Image(_) | Self::Version(_) | Self::Owner { .. } => 0,
        }
    }
}

impl<'s> Reader<'s> {
    /// Finds where the values of `key` are.
    pub fn new(store: &'s Store, key: &'s Key) -> Self {
        let of = match key {
            Key::Namespace => Of::Namespace,
            Key::Node => Of::Node,
            Key::Zone => Of::Zone(zones(store)),
            Key::Owner => Of::Owner,
            Key::State => Of::State,
            Key::Image => Of::Image(alike(store, image::repository)),
            Key::Version => {
                let images = alike(store, image::version);
                let nodes = versions_of_nodes(store, &images);
                Of::Version { images, nodes }
            }
            Key::Qos => Of::Qos,
            Key::Priority => Of::Priority,
            Key::Label(key) => Of::Label(store.names.find(key)),
            Key::Annotation(_) => Of::Annotation,
        };
        let annotation = if let Key::Annotation(key) = key { store.annotations.of(key) } else { None };
        Self { store, key, of, annotation }
    }

    /// The value that a pod has.
    pub fn pod(&self, pod: PodView<'_>) -> Value {
        match &self.of {
            Of::Node => text(pod.node()),
            Of::Zone(zones) => zones.get(pod.node().place()).copied().map_or(Value::Absent, text),
            Of::State => Value::State(pod.state()),
            Of::Annotation => self.annotated(pod.uid()),
            _ => self.template(pod.template()),
        }
    }

    /// The value that all pods of a template have, for a key that they share.
    pub fn template(&self, template: &Template) -> Value {
        let first = |alike: &MixMap<Name, Name>| alike.get(template.images.first()?).copied();
        match &self.of {
            Of::Namespace => text(template.namespace),
            Of::Owner if template.owner.is_empty() => Value::Absent,
            Of::Owner => {
                let (kind, owner) = (template.owner_kind, template.owner);
                Value::Owner { namespace: template.namespace, kind, owner }
            }
            Of::Image(alike) => first(alike).map_or(Value::Absent, Value::Image),
            Of::Version { images, .. } => first(images).map_or(Value::Absent, Value::Version),
            Of::Qos => text(template.qos),
            Of::Priority => text(template.priority_class),
            Of::Label(key) => label(*key, &template.labels),
            Of::Node | Of::Zone(_) | Of::State | Of::Annotation => Value::Absent,
        }
    }

    /// The value that an object of another kind has.
    pub(super) fn other(&self, other: Other<'_>) -> Value {
        match other {
            _ if matches!(self.of, Of::Annotation) => self.annotated(other.uid()),
            Other::Workload(row) => self.workload(row),
            Other::Service(row) => match &self.of {
                Of::Namespace => text(row.namespace),
                Of::Label(key) => label(*key, &row.labels),
                _ => Value::Absent,
            },
            Other::Node(row) => self.node(row),
        }
    }

    fn workload(&self, row: &WorkloadRow) -> Value {
        let first = |alike: &MixMap<Name, Name>| alike.get(row.images.first()?).copied();
        match &self.of {
            Of::Namespace => text(row.namespace),
            Of::Owner if !row.owner.is_empty() => {
                Value::Owner { namespace: row.namespace, kind: row.owner_kind, owner: row.owner }
            }
            Of::State => Value::Workload(self.store.workload_state(row)),
            Of::Image(alike) => first(alike).map_or(Value::Absent, Value::Image),
            Of::Version { images, .. } => first(images).map_or(Value::Absent, Value::Version),
            Of::Label(key) => label(*key, &row.labels),
            _ => Value::Absent,
        }
    }

    fn node(&self, row: &NodeRow) -> Value {
        match &self.of {
            Of::Node => text(row.name),
            Of::Zone(_) => text(row.zone),
            Of::State if row.readiness == NodeReadiness::Ready => Value::Ready,
            Of::State => Value::State(PodState::NotReady),
            Of::Version { nodes, .. } => {
                nodes.get(&row.version).map_or_else(|| text(row.version), |first| Value::Version(*first))
            }
            Of::Label(key) => label(*key, &row.labels),
            _ => Value::Absent,
        }
    }

    fn annotated(&self, uid: Uid) -> Value {
        match self.annotation.and_then(|values| values.get(&uid)) {
            None => Value::Unread,
            Some(value) => value.map_or(Value::Absent, Value::Text),
        }
    }

    /// The text of a value, as addresses and filters have it; kubectl's word where there is none.
    pub fn text(&self, value: Value) -> Cow<'s, str> {
        let name = |name: Name| self.store.names.text(name);
        match value {
            Value::Absent => Cow::Borrowed(NONE),
            Value::Unread => Cow::Borrowed("not read yet"),
            Value::Text(text) => Cow::Borrowed(name(text)),
            Value::Image(first) => Cow::Borrowed(image::repository(name(first))),
            Value::Version(first) => Cow::Borrowed(image::version(name(first))),
            Value::State(state) => Cow::Borrowed(state.word()),
            Value::Ready => Cow::Borrowed(READY),
            Value::Workload(state) => Cow::Borrowed(state.word()),
            Value::Owner { namespace, kind, owner } => {
                Cow::Owned(format!("{}/{}/{}", name(namespace), name(kind), name(owner)))
            }
        }
    }

    /// What a group of a value is called, and what is said beside it: the kind and the namespace of an owner.
    pub fn name(&self, value: Value) -> (String, String) {
        let name = |name: Name| self.store.names.text(name);
        match value {
            Value::Absent => (self.key.absent(), String::new()),
            Value::Owner { namespace, kind, owner } => {
                (name(owner).to_owned(), format!("{} in {}", name(kind), name(namespace)))
            }
            _ => match &*self.text(value) {
                "" => ("empty".to_owned(), String::new()),
                text => (text.to_owned(), String::new()),
            },
        }
    }

    /// The terms of a filter that leave just the objects with a value; none where no filter can say so.
    pub fn terms(&self, value: Value) -> Option<String> {
        let text = self.text(value);
        let absent = value == Value::Absent;
        let terms = match (self.key, value) {
            (_, Value::Unread) => return None,
            (Key::Annotation(key), _) if absent => return Some(format!("-annotation:{key}")),
            // It is free text: what a filter's text cannot hold has no term.
            (Key::Annotation(key), _) => {
                let odd = text.starts_with('=') || text.contains(|c: char| c == '"' || c.is_control());
                return (!odd).then(|| format!("annotation:{}", quoted(&format!("{key}={text}"))));
            }
            (Key::Label(key), _) if absent => format!("-label:{key}"),
            (Key::Label(key), _) => format!("label:{key}={text}"),
            (Key::Owner, Value::Owner { namespace, kind, owner }) => {
                let name = |name: Name| self.store.names.text(name);
                format!("ns:{} owner:{}/{}", name(namespace), name(kind), name(owner))
            }
            (Key::State, _) => format!("status:{}", text.replace(' ', "-")),
            (Key::Namespace, _) => format!("ns:{text}"),
            (key, _) => format!("{key}:{text}"),
        };
        // Spaces part terms and commas part values: what holds one of them is no name that Kubernetes allows.
        let spaces = if matches!(value, Value::Owner { .. }) { 1 } else { 0 };
        let whole = terms.split(char::is_whitespace).count() == spaces + 1 && !terms.contains(',');
        whole.then_some(terms)
    }
}

/// The zone of each node at the place of its name; what is beyond the last one, or no node, is in none.
fn zones(store: &Store) -> Vec<Name> {
    let mut zones = Vec::new();
    for (_, row) in store.nodes.rows().iter() {
        let place = row.name.place();
        if zones.len() <= place {
            zones.resize(place + 1, Name::EMPTY);
        }
        if let Some(zone) = zones.get_mut(place) {
            *zone = row.zone;
        }
    }
    zones
}

fn text(name: Name) -> Value {
    if name.is_empty() { Value::Absent } else { Value::Text(name) }
}

/// For each image of the first containers the first one that `part` reads alike of; images without it are left out.
fn alike(store: &Store, part: fn(&str) -> &str) -> MixMap<Name, Name> {
    let mut firsts: HashMap<&str, Name> = HashMap::new();
    let of_pods = store.pods.templates().iter().filter_map(|(_, template, _)| template.images.first());
    let images = of_pods.chain(store.workloads.rows().iter().filter_map(|(_, row)| row.images.first()));
    let parts = images.map(|image| (*image, part(store.names.text(*image)))).filter(|(_, part)| !part.is_empty());
    parts.map(|(image, part)| (image, *firsts.entry(part).or_insert(image))).collect()
}

/// For each version that nodes tell the first image of it, if there is one: a kubelet and an image of one version are one
/// group.
fn versions_of_nodes(store: &Store, images: &MixMap<Name, Name>) -> MixMap<Name, Name> {
    let of = |first: &Name| (image::version(store.names.text(*first)), *first);
    let firsts: HashMap<&str, Name> = images.values().map(of).collect();
    let versions = store.nodes.rows().iter().map(|(_, row)| row.version);
    versions.filter_map(|version| Some((version, *firsts.get(store.names.text(version))?))).collect()
}

/// A label may be there and empty, which is a value.
fn label(key: Option<Name>, labels: &[(Name, Name)]) -> Value {
    let found = labels.iter().find(|(name, _)| Some(*name) == key);
    found.map_or(Value::Absent, |(_, value)| Value::Text(*value))
}
