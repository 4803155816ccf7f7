//! What is explored: the objects of some kinds that namespaces and a filter leave.

use crate::filter::{Filter, Named, Subject};
use crate::store::Store;
use crate::store::names::Name;
use crate::store::nodes::NodeRow;
use crate::store::rows::{RowNumber, Uid};
use crate::store::services::ServiceRow;
use crate::store::workloads::WorkloadRow;
use crate::table::pod::wanted;

/// A kind of objects that can be pooled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Pods.
    Pods,
    /// Workloads: deployments and their like, but no replica sets of deployments.
    Workloads,
    /// Services.
    Services,
    /// Nodes.
    Nodes,
}

/// Objects, by the numbers of their rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pool {
    /// Pods.
    pub pods: Vec<RowNumber>,
    /// Objects of other kinds.
    pub others: Vec<(Kind, RowNumber)>,
    /// Whether what nodes use and have is summed: not beside pods, whose usage is a part of theirs.
    pub measures_nodes: bool,
}

/// An object of a kind of which there are not very many.
#[derive(Clone, Copy, Debug)]
pub(super) enum Other<'s> {
    Workload(&'s WorkloadRow),
    Service(&'s ServiceRow),
    Node(&'s NodeRow),
}

impl Kind {
    /// All kinds, the first one first.
    pub const ALL: [Self; 4] = [Self::Pods, Self::Workloads, Self::Services, Self::Nodes];

    /// Its word, in the plural.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pods => "pods",
            Self::Workloads => "workloads",
            Self::Services => "services",
            Self::Nodes => "nodes",
        }
    }

    /// How many of them there are in these namespaces, whatever the filter says.
    pub fn all(self, store: &Store, namespaces: &[String]) -> usize {
        let scope = known(store, namespaces);
        match self {
            Self::Pods if namespaces.is_empty() => store.pods.len(),
            // To the store no namespaces are all of them.
            Self::Pods if scope.is_empty() => 0,
            Self::Pods => store.pods.in_namespaces(&scope).total() as usize,
            _ => others(store, self).filter(|(_, other)| other.is_in(namespaces, &scope)).count(),
        }
    }
}

impl Pool {
    /// What namespaces and a filter leave of some kinds. No namespaces are all; nodes are in none and stay.
    pub fn new(store: &Store, kinds: &[Kind], namespaces: &[String], filter: &Filter) -> Self {
        let scope = known(store, namespaces);
        let mut pool = Self { measures_nodes: !kinds.contains(&Kind::Pods), ..Self::default() };
        for kind in kinds {
            if *kind == Kind::Pods {
                let wanted = wanted(store, namespaces, filter);
                pool.pods = (0..).zip(wanted).filter(|(_, wanted)| *wanted).map(|(number, _)| number).collect();
            } else {
                let left = others(store, *kind)
                    .filter(|(_, other)| other.is_in(namespaces, &scope) && other.matches(store, filter));
                pool.others.extend(left.map(|(number, _)| (*kind, number)));
            }
        }
        pool
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.pods.len() + self.others.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pods.is_empty() && self.others.is_empty()
    }

    /// How many objects of a kind there are.
    pub fn count(&self, kind: Kind) -> usize {
        match kind {
            Kind::Pods => self.pods.len(),
            _ => self.others.iter().filter(|(other, _)| *other == kind).count(),
        }
    }
}

impl<'s> Other<'s> {
    /// An object by its kind and the number of its row.
    pub(super) fn get(store: &'s Store, (kind, number): (Kind, RowNumber)) -> Option<Self> {
        match kind {
            Kind::Pods => None,
            Kind::Workloads => store.workloads.rows().get(number).map(Self::Workload),
            Kind::Services => store.services.rows().get(number).map(Self::Service),
            Kind::Nodes => store.nodes.rows().get(number).map(Self::Node),
        }
    }

    pub(super) fn uid(self) -> Uid {
        match self {
            Self::Workload(row) => row.uid,
            Self::Service(row) => row.uid,
            Self::Node(row) => row.uid,
        }
    }

    fn is_in(self, namespaces: &[String], scope: &[Name]) -> bool {
        let namespace = match self {
            Self::Workload(row) => row.namespace,
            Self::Service(row) => row.namespace,
            Self::Node(_) => return true,
        };
        namespaces.is_empty() || scope.contains(&namespace)
    }

    fn matches(self, store: &Store, filter: &Filter) -> bool {
        fn ask(filter: &Filter, subject: &impl Subject) -> bool {
            filter.is_empty() || filter.matches(subject)
        }
        match self {
            Self::Workload(row) => ask(filter, &Named { row, store }),
            Self::Service(row) => ask(filter, &Named { row, store }),
            Self::Node(row) => ask(filter, &Named { row, store }),
        }
    }
}

/// All objects of a kind but pods.
fn others(store: &Store, kind: Kind) -> impl Iterator<Item = (RowNumber, Other<'_>)> {
    let of = move |wanted| kind == wanted;
    let workloads = store.workloads.rows().iter().filter(move |(_, row)| of(Kind::Workloads) && row.stands_alone());
    let services = store.services.rows().iter().filter(move |_| of(Kind::Services));
    let nodes = store.nodes.rows().iter().filter(move |_| of(Kind::Nodes));
    let workloads = workloads.map(|(number, row)| (number, Other::Workload(row)));
    let services = services.map(|(number, row)| (number, Other::Service(row)));
    workloads.chain(services).chain(nodes.map(|(number, row)| (number, Other::Node(row))))
}

/// The namespaces that the store has heard of; the others hold nothing.
fn known(store: &Store, namespaces: &[String]) -> Vec<Name> {
    namespaces.iter().filter_map(|name| store.names.find(name)).collect()
}
