//! By what nodes are grouped.

use std::collections::{HashMap, HashSet};

use crate::filter::NONE;
use crate::order::sorted;
use crate::store::Store;
use crate::store::names::Name;
use crate::store::nodes::NodeRow;

/// The labels that name an instance type, the present one first.
const INSTANCE_TYPE: [&str; 2] = ["node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"];
/// The labels by which providers and provisioners name the pool that a node is of. A node that is of two is of the first.
const POOL: [&str; 12] = [
    "karpenter.sh/nodepool",
    "cloud.google.com/gke-nodepool",
    "eks.amazonaws.com/nodegroup",
    "alpha.eksctl.io/nodegroup-name",
    "kubernetes.azure.com/agentpool",
    "agentpool",
    "doks.digitalocean.com/node-pool",
    "k8s.scaleway.com/pool-name",
    "lke.linode.com/pool-id",
    "ibm-cloud.kubernetes.io/worker-pool-name",
    "kops.k8s.io/instancegroup",
    "karpenter.sh/provisioner-name",
];
/// A label with more values than this groups nothing.
const MOST_VALUES: usize = 64;

/// By what nodes are grouped. In addresses `zone`, `instance-type`, `pool`, `none` or `label:KEY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// All in one group.
    None,
    /// By zone.
    Zone,
    /// By instance type.
    InstanceType,
    /// By the pool that they are of.
    Pool,
    /// By the value of a label.
    Label(String),
}

/// What the nodes of a group have in common: the place of a label among those of the grouping, and its value.
pub(super) type Value = (usize, Name);

/// Reads the values of one grouping.
pub(super) struct Reader<'s> {
    store: &'s Store,
    grouping: &'s Grouping,
    /// Of the labels whose values part the nodes, those that any object has.
    labels: Vec<(Name, &'s str)>,
}

impl Grouping {
    /// Reads what stands in an address.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "none" => Some(Self::None),
            "zone" => Some(Self::Zone),
            "instance-type" => Some(Self::InstanceType),
            "pool" => Some(Self::Pool),
            _ => text.strip_prefix("label:").filter(|key| !key.is_empty()).map(|key| Self::Label(key.to_owned())),
        }
    }

    /// The grouping that says most of these nodes, where none was chosen.
    pub fn usual(store: &Store) -> Self {
        if values(store, &Self::Zone) > 1 { Self::Zone } else { Self::None }
    }

    /// Whether any node is of a pool.
    pub fn has_pools(store: &Store) -> bool {
        values(store, &Self::Pool) > 0
    }

    /// What a group is called whose nodes do not have it.
    pub fn absent(&self) -> &'static str {
        match self {
            Self::None => "all nodes",
            Self::Zone => "no zone",
            Self::InstanceType => "no type",
            Self::Pool => "no pool",
            Self::Label(_) => "no label",
        }
    }

    /// The labels whose values part the nodes, the first that a node has.
    fn labels(&self) -> Vec<&str> {
        match self {
            Self::None | Self::Zone => Vec::new(),
            Self::InstanceType => INSTANCE_TYPE.to_vec(),
            Self::Pool => POOL.to_vec(),
            Self::Label(key) => vec![key.as_str()],
        }
    }
}

impl std::fmt::Display for Grouping {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => out.write_str("none"),
            Self::Zone => out.write_str("zone"),
            Self::InstanceType => out.write_str("instance-type"),
            Self::Pool => out.write_str("pool"),
            Self::Label(key) => write!(out, "label:{key}"),
        }
    }
}

impl<'s> Reader<'s> {
    /// Finds where the values are.
    pub(super) fn new(store: &'s Store, grouping: &'s Grouping) -> Self {
        let labels = grouping.labels().into_iter().filter_map(|key| Some((store.names.find(key)?, key))).collect();
        Self { store, grouping, labels }
    }

    /// What `row` is grouped by; none if it has nothing of it.
    pub(super) fn value(&self, row: &NodeRow) -> Option<Value> {
        if *self.grouping == Grouping::Zone {
            return Some((0, row.zone)).filter(|(_, zone)| !zone.is_empty());
        }
        self.labels.iter().enumerate().find_map(|(place, (key, _))| Some((place, row.label(*key)?)))
    }

    /// What a group is called.
    pub(super) fn name(&self, value: Option<Value>) -> String {
        let word = match value {
            None => self.grouping.absent(),
            Some((_, value)) if value.is_empty() => "empty",
            Some((_, value)) => self.store.names.text(value),
        };
        word.to_owned()
    }

    /// The terms of a filter that leave just the nodes of a group; none where no filter can say so.
    pub(super) fn terms(&self, value: Option<Value>) -> Option<Vec<String>> {
        let of_labels = |before: usize| self.labels.iter().take(before).map(|(_, key)| format!("-label:{key}"));
        let terms: Vec<String> = match (self.grouping, value) {
            (Grouping::None, _) => Vec::new(),
            (Grouping::Zone, None) => vec![format!("zone:{NONE}")],
            (Grouping::Zone, Some((_, zone))) => vec![format!("zone:{}", self.store.names.text(zone))],
            (_, None) => of_labels(self.labels.len()).collect(),
            (_, Some((place, value))) => {
                let (_, key) = self.labels.get(place)?;
                let own = format!("label:{key}={}", self.store.names.text(value));
                // What also has a label that comes first is of another group.
                std::iter::once(own).chain(of_labels(place)).collect()
            }
        };
        // What parts terms or values is in no name that Kubernetes allows.
        let odd = |term: &String| term.contains(|c: char| c.is_whitespace() || c == ',' || c == '"');
        (!terms.iter().any(odd)).then_some(terms)
    }
}

/// The keys of labels that part the nodes into groups, sorted.
pub fn label_keys(store: &Store) -> Vec<String> {
    let mut values: HashMap<Name, HashSet<Name>> = HashMap::new();
    for (_, row) in store.nodes.rows().iter() {
        for (key, value) in &row.labels {
            let seen = values.entry(*key).or_default();
            if seen.len() <= MOST_VALUES {
                seen.insert(*value);
            }
        }
    }
    let keys: Vec<String> = values
        .into_iter()
        .filter(|(_, seen)| (2..=MOST_VALUES).contains(&seen.len()))
        .map(|(key, _)| store.names.text(key).to_owned())
        .collect();
    sorted(keys, Ord::cmp)
}

fn values(store: &Store, grouping: &Grouping) -> usize {
    let reader = Reader::new(store, grouping);
    let values: HashSet<Value> = store.nodes.rows().iter().filter_map(|(_, row)| reader.value(row)).collect();
    values.len()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{node, store};
    use super::*;
    use crate::store::nodes::ZONE;

    #[test]
    fn a_grouping_is_what_the_address_says() {
        for text in ["none", "zone", "instance-type", "pool", "label:a/b:c"] {
            assert_eq!(Grouping::parse(text).map(|grouping| grouping.to_string()).as_deref(), Some(text));
        }
        assert_eq!((Grouping::parse(""), Grouping::parse("label:"), Grouping::parse("moon")), (None, None, None));
    }

    #[test]
    fn zones_are_the_usual_grouping_where_there_are_several() {
        let in_zones = |zones: &[&str]| {
            let nodes = zones.iter().enumerate().map(|(at, zone)| node(&format!("n{at}")).label(ZONE[0], zone).json());
            Grouping::usual(&store(nodes, []))
        };
        assert_eq!(in_zones(&["a", "b"]), Grouping::Zone);
        assert_eq!(in_zones(&["a", "a"]), Grouping::None);
        assert_eq!(in_zones(&[]), Grouping::None);
    }

    #[test]
    fn pools_are_offered_where_a_node_is_of_one() {
        let has = |key: &str| Grouping::has_pools(&store([node("a").label(key, "x").json()], []));
        assert_eq!(
            (has("cloud.google.com/gke-nodepool"), has("karpenter.sh/nodepool"), has("pool")),
            (true, true, false)
        );
    }

    #[test]
    fn labels_that_part_nothing_are_not_offered() {
        let nodes = (0..100).map(|at| {
            let name = format!("n{at}");
            node(&name).label("os", "linux").label("host", &name).label("pool", if at < 5 { "a" } else { "b" }).json()
        });
        assert_eq!(label_keys(&store(nodes, [])), ["pool"]);
    }
}
