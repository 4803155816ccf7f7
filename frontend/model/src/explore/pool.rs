//! What is explored: the objects of some kinds that namespaces and a filter leave.

use crate::filter::{Filter, Named};
use crate::store::Store;
use crate::store::names::Name;
use crate::store::rows::RowNumber;
use crate::table::pod::wanted;

/// A kind of objects that can be pooled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Pods.
    Pods,
    /// Nodes.
    Nodes,
}

/// Objects, by the numbers of their rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pool {
    /// Pods.
    pub pods: Vec<RowNumber>,
    /// Nodes.
    pub nodes: Vec<RowNumber>,
    /// Whether what nodes use and have is summed: not beside pods, whose usage is a part of theirs.
    pub measures_nodes: bool,
}

impl Kind {
    /// All kinds, the first one first.
    pub const ALL: [Self; 2] = [Self::Pods, Self::Nodes];

    /// Its word, in the plural.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pods => "pods",
            Self::Nodes => "nodes",
        }
    }

    /// How many of them there are in these namespaces, whatever the filter says.
    pub fn all(self, store: &Store, namespaces: &[String]) -> usize {
        match self {
            Self::Pods if namespaces.is_empty() => store.pods.len(),
            Self::Pods => {
                let scope = known(store, namespaces);
                // To the store no namespaces are all of them.
                if scope.is_empty() { 0 } else { store.pods.in_namespaces(&scope).total() as usize }
            }
            Self::Nodes => store.nodes.rows().len(),
        }
    }
}

impl Pool {
    /// What namespaces and a filter leave of some kinds. No namespaces are all; nodes are in none and stay.
    pub fn new(store: &Store, kinds: &[Kind], namespaces: &[String], filter: &Filter) -> Self {
        let mut pool = Self { measures_nodes: !kinds.contains(&Kind::Pods), ..Self::default() };
        if kinds.contains(&Kind::Pods) {
            let wanted = wanted(store, namespaces, filter);
            pool.pods = (0..).zip(wanted).filter(|(_, wanted)| *wanted).map(|(number, _)| number).collect();
        }
        if kinds.contains(&Kind::Nodes) {
            let nodes = store.nodes.rows().iter();
            let left = nodes.filter(|(_, row)| filter.is_empty() || filter.matches(&Named { row: *row, store }));
            pool.nodes = left.map(|(number, _)| number).collect();
        }
        pool
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.pods.len() + self.nodes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pods.is_empty() && self.nodes.is_empty()
    }
}

/// The namespaces that the store has heard of; the others have no pods.
fn known(store: &Store, namespaces: &[String]) -> Vec<Name> {
    namespaces.iter().filter_map(|name| store.names.find(name)).collect()
}
