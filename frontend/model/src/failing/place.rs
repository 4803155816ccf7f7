//! Where the pods of a trouble are: in words where all are in one place, and by zone and node.

use std::collections::{BTreeMap, HashMap};

use super::named::in_short;
use crate::format::plural;
use crate::store::Store;
use crate::store::names::Name;
use crate::store::pods::PodView;

/// So many zones are named.
const NAMED: usize = 6;

/// How many pods are on each node that has some.
pub(super) fn of_pods<'s>(pods: impl Iterator<Item = PodView<'s>>) -> Vec<(Name, u64)> {
    let mut on: HashMap<Name, u64> = HashMap::new();
    for pod in pods.filter(|pod| !pod.node().is_empty()) {
        *on.entry(pod.node()).or_default() += 1;
    }
    on.into_iter().collect()
}

/// Where `count` pods are: `all in eu-1c` or `all on general-b-02`, where that tells them from others; and each zone with its nodes.
pub(super) fn told(store: &Store, on: &[(Name, u64)], count: u64) -> (String, Vec<String>) {
    let text = |name: Name| store.names.text(name);
    let zone_of = |node: Name| store.nodes.by_name(node).map_or(Name::EMPTY, |row| row.zone);
    let mut zones: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    for (node, pods) in on {
        *zones.entry(text(zone_of(*node))).or_default().entry(text(*node)).or_default() += pods;
    }
    let bound: u64 = on.iter().map(|(_, pods)| pods).sum();
    let is_elsewhere = |zone: &str| store.nodes.rows().iter().any(|(_, row)| text(row.zone) != zone);
    let words = match (zones.first_key_value(), zones.len()) {
        _ if count < 2 || bound < count => String::new(),
        (Some((_, nodes)), 1) if nodes.len() == 1 && store.nodes.rows().len() > 1 => {
            format!("all on {}", nodes.keys().next().copied().unwrap_or_default())
        }
        (Some((zone, _)), 1) if !zone.is_empty() && is_elsewhere(zone) => format!("all in {zone}"),
        _ => String::new(),
    };
    let line = |(zone, nodes): (&&str, &BTreeMap<&str, u64>)| {
        let pods = plural(nodes.values().sum(), "pod", "pods");
        let zone = if zone.is_empty() { String::new() } else { format!("{zone}: ") };
        let of_many = if nodes.len() > 3 { format!("{} nodes: ", nodes.len()) } else { String::new() };
        let (names, more) = in_short(nodes.keys().copied());
        let more = if more > 0 { format!(" and {more} more, which the link to its pods has") } else { String::new() };
        format!("{zone}{pods} on {of_many}{names}{more}")
    };
    let more = zones.len().saturating_sub(NAMED) as u64;
    let more = (more > 0).then(|| format!("and {}", plural(more, "more zone", "more zones")));
    (words, zones.iter().take(NAMED).map(line).chain(more).collect())
}
