//! The node picture's contents: every node as a bar, in groups, the one under the most pressure first.

use std::collections::{HashMap, HashSet};

use super::grouping::Grouping;
use crate::chart::nodes::{BarState, NodeBar};
use crate::format::{bytes_of, cores_of, count};
use crate::k8s::node::NodeReadiness;
use crate::order::sorted;
use crate::store::Store;
use crate::store::names::Name;
use crate::store::nodes::NodeRow;
use crate::store::rows::RowNumber;

/// More groups than this are not told apart in a picture of one card's height.
const MOST_GROUPS: usize = 8;

/// All bars and the groups they are in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// The groups, by name; what has no value and what is too many come last.
    pub groups: Vec<Group>,
    /// The bars of the groups one after the other.
    pub bars: Vec<NodeBar>,
    /// The nodes of the bars.
    pub rows: Vec<RowNumber>,
}

/// Nodes that have something in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What they have in common.
    pub name: String,
    /// How many they are.
    pub count: usize,
    /// How many of them are not ready.
    pub not_ready: usize,
}

impl Picture {
    /// How many bars each group has.
    pub fn counts(&self) -> Vec<usize> {
        self.groups.iter().map(|group| group.count).collect()
    }

    /// The same as a table: name, group, state, used and requested of the first `most` bars.
    pub fn table(&self, store: &Store, most: usize) -> Vec<Vec<String>> {
        let groups = self.groups.iter().flat_map(|group| std::iter::repeat_n(&group.name, group.count));
        let percent = |share: f64| format!("{} %", (share * 100.0).round() as u64);
        let rows = self.rows.iter().zip(&self.bars).zip(groups).take(most);
        rows.filter_map(|((number, bar), group)| {
            let row = store.nodes.rows().get(*number)?;
            let used = bar.usage.map_or_else(|| "no data".to_owned(), percent);
            let text = |name: Name| store.names.text(name).to_owned();
            Some(vec![text(row.name), group.clone(), text(row.status), used, percent(bar.requests)])
        })
        .collect()
    }
}

/// Draws up the picture.
pub fn picture(store: &Store, grouping: &Grouping) -> Picture {
    let mut by_value: HashMap<Option<Name>, Vec<(RowNumber, NodeBar)>> = HashMap::new();
    for (number, row) in store.nodes.rows().iter() {
        by_value.entry(grouping.value(store, row)).or_default().push((number, bar(store, row)));
    }
    let mut groups: Vec<(String, Vec<(RowNumber, NodeBar)>)> = Vec::with_capacity(by_value.len());
    let absent = by_value.remove(&None);
    for (value, nodes) in by_value {
        groups.push((value.map_or("", |value| store.names.text(value)).to_owned(), nodes));
    }
    let mut groups = sorted(groups, |(a, _), (b, _)| a.cmp(b));
    fold_smallest(&mut groups, MOST_GROUPS - usize::from(absent.is_some()));
    groups.extend(absent.map(|nodes| (grouping.absent().to_owned(), nodes)));

    let mut picture = Picture::default();
    for (name, nodes) in groups {
        // The numbers of rows break ties, so that bars of equal pressure do not swap places.
        let nodes =
            sorted(nodes, |(a_row, a), (b_row, b)| b.pressure().total_cmp(&a.pressure()).then(a_row.cmp(b_row)));
        let not_ready = nodes.iter().filter(|(_, bar)| bar.state == BarState::NotReady).count();
        picture.groups.push(Group { name, count: nodes.len(), not_ready });
        picture.rows.extend(nodes.iter().map(|(row, _)| *row));
        picture.bars.extend(nodes.into_iter().map(|(_, bar)| bar));
    }
    picture
}

/// A node as a bar: its worst share of CPU, memory, pods and disk.
///
/// Pods that run are both a use of a node's pods and a request of them. What the node itself calls pressure fills the bar,
/// whatever its numbers say; it is the only thing that is known of its disk.
pub fn bar(store: &Store, row: &NodeRow) -> NodeBar {
    let pods = store.pods.on_node(row.name);
    let share = |amount: u64, of: u64| if of > 0 { amount as f64 / of as f64 } else { 0.0 };
    let has = row.allocatable;
    let by_pods = share(u64::from(pods.active), row.allocatable_pods);
    let requests = share(pods.requests.cpu_millis, has.cpu_millis)
        .max(share(pods.requests.mem_bytes, has.mem_bytes))
        .max(share(pods.requests.disk_bytes, has.disk_bytes))
        .max(by_pods);
    let usage = store
        .usage
        .nodes
        .get(row.name)
        .map(|used| share(used.cpu_millis, has.cpu_millis).max(share(used.mem_bytes, has.mem_bytes)).max(by_pods));
    let pressed = row.pressure.memory || row.pressure.disk || row.pressure.pid;
    NodeBar {
        usage: if pressed { Some(1.0) } else { usage },
        requests,
        state: if row.readiness == NodeReadiness::Ready { BarState::Ready } else { BarState::NotReady },
    }
}

/// A node in a few lines: its name and state, then each resource.
pub fn words(store: &Store, row: &NodeRow) -> String {
    let pods = store.pods.on_node(row.name);
    let usage = store.usage.nodes.get(row.name);
    let has = row.allocatable;
    let mut lines = vec![format!("{} · {}", store.names.text(row.name), store.names.text(row.status))];
    if row.readiness != NodeReadiness::Ready && !row.message.is_empty() {
        lines.push(row.message.to_string());
    }
    let short = [(row.pressure.memory, "memory"), (row.pressure.disk, "disk"), (row.pressure.pid, "process ids")];
    for (_, what) in short.into_iter().filter(|(short, _)| *short) {
        lines.push(format!("Short of {what}"));
    }
    let used = |words: Option<String>| words.unwrap_or_else(|| "no data".to_owned());
    // Of pods that are not listed nobody knows where they run.
    let known = |words: String| used(store.pods.known().all().then_some(words));
    lines.push(format!(
        "CPU: {} used, {} requested",
        used(usage.map(|usage| cores_of(usage.cpu_millis, has.cpu_millis))),
        known(cores_of(pods.requests.cpu_millis, has.cpu_millis))
    ));
    lines.push(format!(
        "Memory: {} used, {} requested",
        used(usage.map(|usage| bytes_of(usage.mem_bytes, has.mem_bytes))),
        known(bytes_of(pods.requests.mem_bytes, has.mem_bytes))
    ));
    let active = known(count(u64::from(pods.active)));
    lines.push(format!("Pods: {active} of {}", count(row.allocatable_pods)));
    lines.join("\n")
}

/// Joins the smallest groups into one, so that `most` remain.
fn fold_smallest(groups: &mut Vec<(String, Vec<(RowNumber, NodeBar)>)>, most: usize) {
    if groups.len() <= most {
        return;
    }
    let by_size: Vec<(usize, usize)> = groups.iter().map(|(_, nodes)| nodes.len()).enumerate().collect();
    let by_size = sorted(by_size, |(_, a), (_, b)| b.cmp(a));
    let largest: HashSet<usize> = by_size.into_iter().take(most - 1).map(|(index, _)| index).collect();
    let (mut rest, mut count_rest) = (Vec::new(), 0);
    let mut index = 0;
    groups.retain_mut(|(_, nodes)| {
        index += 1;
        let stays = largest.contains(&(index - 1));
        if !stays {
            rest.append(nodes);
            count_rest += 1;
        }
        stays
    });
    groups.push((format!("{} others", count(count_rest)), rest));
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{node, pod, store};
    use super::*;

    const ZONE: &str = "topology.kubernetes.io/zone";

    fn names(store: &Store, picture: &Picture) -> Vec<String> {
        let row = |number: &RowNumber| store.nodes.rows().get(*number);
        picture.rows.iter().filter_map(row).map(|row| store.names.text(row.name).to_owned()).collect()
    }

    #[test]
    fn nodes_stand_in_their_groups_the_worst_first() {
        let nodes = [
            node("idle").allocatable("4", "8Gi", "110").label(ZONE, "b").json(),
            node("busy").allocatable("4", "8Gi", "110").label(ZONE, "b").json(),
            node("gone").allocatable("4", "8Gi", "110").label(ZONE, "b").ready(false).json(),
            node("other").allocatable("4", "8Gi", "110").label(ZONE, "a").json(),
            node("nowhere").allocatable("4", "8Gi", "110").json(),
        ];
        let store = store(nodes, [pod("p", "x").on("busy").running().cpu("3", "3").json()]);
        let picture = picture(&store, &Grouping::Zone);
        let groups: Vec<_> =
            picture.groups.iter().map(|group| (group.name.as_str(), group.count, group.not_ready)).collect();
        assert_eq!(groups, [("a", 1, 0), ("b", 3, 1), ("no zone", 1, 0)]);
        assert_eq!(names(&store, &picture), ["other", "gone", "busy", "idle", "nowhere"]);
    }

    #[test]
    fn the_table_says_what_the_bars_show() {
        let store = store([node("a").json(), node("b").ready(false).json()], []);
        let rows = picture(&store, &Grouping::None).table(&store, 9);
        assert_eq!(
            rows,
            [["b", "all nodes", "NotReady", "no data", "0 %"], ["a", "all nodes", "Ready", "no data", "0 %"]]
        );
    }

    #[test]
    fn a_bar_is_the_worst_of_what_is_used_and_requested() {
        let mut store = store(
            [node("n").allocatable("4", "8Gi", "10").json()],
            [pod("p", "x").on("n").running().cpu("1", "1").json()],
        );
        let row = store.nodes.rows().iter().next().unwrap().1.clone();
        assert_eq!(bar(&store, &row), NodeBar { usage: None, requests: 0.25, state: BarState::Ready });
        store.usage.nodes.add(br#"{"metadata":{"name":"n"},"usage":{"cpu":"2","memory":"6Gi"}}"#, &mut store.names);
        assert_eq!(bar(&store, &row).usage, Some(0.75));
        assert_eq!(
            words(&store, &row),
            "n · Ready\nCPU: 2 / 4 cores used, 1 / 4 cores requested\nMemory: 6 / 8 GiB used, 0 / 8 GiB requested\nPods: 1 of 10"
        );
    }

    #[test]
    fn a_node_that_is_short_of_something_is_full() {
        let store = store([node("n").allocatable("4", "8Gi", "10").condition("DiskPressure").json()], []);
        let row = store.nodes.rows().iter().next().unwrap().1;
        assert_eq!(bar(&store, row).usage, Some(1.0));
        assert!(words(&store, row).contains("Short of disk"));
    }

    #[test]
    fn too_many_groups_are_joined_the_largest_stay() {
        let nodes = (0..100).map(|at| {
            let zone = if at < 50 { "large".to_owned() } else { format!("z{at}") };
            node(&format!("n{at}")).label(ZONE, &zone).json()
        });
        let picture = picture(&store(nodes, []), &Grouping::Zone);
        assert_eq!(picture.groups.len(), MOST_GROUPS);
        assert_eq!(picture.groups[0].name, "large");
        assert_eq!(picture.groups[7].name, "44 others");
        assert_eq!(picture.counts().iter().sum::<usize>(), 100);
    }

    #[test]
    fn one_group_holds_all_where_nothing_parts_them() {
        let picture = picture(&store([node("a").json(), node("b").json()], []), &Grouping::None);
        assert_eq!(picture.groups, [Group { name: "all nodes".into(), count: 2, not_ready: 0 }]);
    }
}
