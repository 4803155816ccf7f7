//! By what nodes are grouped.

use std::collections::{HashMap, HashSet};

use crate::order::sorted;
use crate::store::Store;
use crate::store::names::Name;
use crate::store::nodes::NodeRow;

/// The labels that name an instance type, the present one first.
const INSTANCE_TYPE: [&str; 2] = ["node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"];
/// A label with more values than this groups nothing.
const MOST_VALUES: usize = 64;

/// By what nodes are grouped. In addresses `zone`, `instance-type`, `none` or `label:KEY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// All in one group.
    None,
    /// By zone.
    Zone,
    /// By instance type.
    InstanceType,
    /// By the value of a label.
    Label(String),
}

impl Grouping {
    /// Reads what stands in an address.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "none" => Some(Self::None),
            "zone" => Some(Self::Zone),
            "instance-type" => Some(Self::InstanceType),
            _ => text.strip_prefix("label:").filter(|key| !key.is_empty()).map(|key| Self::Label(key.to_owned())),
        }
    }

    /// The grouping that says most of these nodes, where none was chosen.
    pub fn usual(store: &Store) -> Self {
        if values(store, &Self::Zone) > 1 { Self::Zone } else { Self::None }
    }

    /// What a group is called whose nodes do not have it.
    pub fn absent(&self) -> &'static str {
        match self {
            Self::None => "all nodes",
            Self::Zone => "no zone",
            Self::InstanceType => "no type",
            Self::Label(_) => "no label",
        }
    }

    /// The value that `row` is grouped by; none if it has none.
    pub fn value(&self, store: &Store, row: &NodeRow) -> Option<Name> {
        let label = |key: &str| store.names.find(key).and_then(|key| row.label(key)).filter(|value| !value.is_empty());
        match self {
            Self::None => None,
            Self::Zone => Some(row.zone).filter(|zone| !zone.is_empty()),
            Self::InstanceType => INSTANCE_TYPE.into_iter().find_map(label),
            Self::Label(key) => label(key),
        }
    }
}

impl std::fmt::Display for Grouping {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => out.write_str("none"),
            Self::Zone => out.write_str("zone"),
            Self::InstanceType => out.write_str("instance-type"),
            Self::Label(key) => write!(out, "label:{key}"),
        }
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
    let values: HashSet<Name> = store.nodes.rows().iter().filter_map(|(_, row)| grouping.value(store, row)).collect();
    values.len()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{node, store};
    use super::*;
    use crate::store::nodes::ZONE;

    #[test]
    fn a_grouping_is_what_the_address_says() {
        for text in ["none", "zone", "instance-type", "label:a/b:c"] {
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
    fn labels_that_part_nothing_are_not_offered() {
        let nodes = (0..100).map(|at| {
            let name = format!("n{at}");
            node(&name).label("os", "linux").label("host", &name).label("pool", if at < 5 { "a" } else { "b" }).json()
        });
        assert_eq!(label_keys(&store(nodes, [])), ["pool"]);
    }
}
