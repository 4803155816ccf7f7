//! The node picture's contents: every node as a bar, in groups, the one under the most pressure first.

use std::collections::{HashMap, HashSet};

use super::grouping::{Grouping, Reader, Value};
use crate::chart::nodes::{BarState, NodeBar};
use crate::format::{self, bytes_of, cores_of, count};
use crate::k8s::node::NodeReadiness;
use crate::order::sorted;
use crate::store::Store;
use crate::store::names::Name;
use crate::store::nodes::NodeRow;
use crate::store::rows::RowNumber;
use crate::table::Key;

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
    /// The filter that leaves just them; none where no filter can say so.
    pub filter: Option<String>,
}

/// Nodes of one value, and what a filter says of them.
struct Members {
    name: String,
    terms: Option<Vec<String>>,
    nodes: Vec<(RowNumber, NodeBar)>,
}

impl Group {
    /// The filter that leaves just those that are not ready.
    pub fn not_ready_filter(&self) -> Option<String> {
        self.filter.as_ref().map(|filter| format!("{filter} status:not-ready").trim_start().to_owned())
    }
}

impl Picture {
    /// How many bars each group has.
    pub fn counts(&self) -> Vec<usize> {
        self.groups.iter().map(|group| group.count).collect()
    }

    /// The names of the groups.
    pub fn names(&self) -> Vec<&str> {
        self.groups.iter().map(|group| group.name.as_str()).collect()
    }

    /// The same as a table: name, group, state, used and requested. Of each group the first bars, of all of them about `most`, and then how
    /// many of it are left out.
    pub fn table(&self, store: &Store, most: usize) -> Vec<Vec<String>> {
        let share = most / self.groups.len().max(1);
        let mut bars = self.rows.iter().zip(&self.bars);
        let mut table = Vec::new();
        for group in &self.groups {
            // Each group takes its own from the bars, those that are left out too.
            for (number, bar) in bars.by_ref().take(group.count).collect::<Vec<_>>().into_iter().take(share) {
                let Some(row) = store.nodes.rows().get(*number) else { continue };
                let text = |name: Name| store.names.text(name).to_owned();
                // A condition is no share that anybody has measured.
                let used = short_of(row).map_or_else(|| format::share(bar.usage), |what| format!("short of {what}"));
                let requested = format::share(bar.requests);
                table.push(vec![text(row.name), group.name.clone(), text(row.status), used, requested]);
            }
            if group.count > share {
                let more = format!("{} more", count((group.count - share) as u64));
                table.push(vec![more, group.name.clone(), String::new(), String::new(), String::new()]);
            }
        }
        table
    }

    /// What stays the same of a bar's node, wherever its bar stands.
    pub fn key(&self, store: &Store, index: usize) -> Option<Key> {
        Some(store.nodes.rows().get(*self.rows.get(index)?)?.uid.into())
    }

    /// Where the bar of the node with a key stands.
    pub fn place(&self, store: &Store, key: Key) -> Option<usize> {
        let is = |number: &RowNumber| store.nodes.rows().get(*number).is_some_and(|row| Key::from(row.uid) == key);
        self.rows.iter().position(is)
    }
}

/// Draws up the picture.
pub fn picture(store: &Store, grouping: &Grouping) -> Picture {
    let reader = Reader::new(store, grouping);
    let mut by_value: HashMap<Option<Value>, Vec<(RowNumber, NodeBar)>> = HashMap::new();
    for (number, row) in store.nodes.rows().iter() {
        by_value.entry(reader.value(row)).or_default().push((number, bar(store, row)));
    }
    let members = |(value, nodes)| Members { name: reader.name(value), terms: reader.terms(value), nodes };
    let absent = by_value.remove(&None).map(|nodes| members((None, nodes)));
    let groups: Vec<Members> = by_value.into_iter().map(members).collect();
    let mut groups = sorted(groups, |a, b| a.name.cmp(&b.name).then_with(|| a.terms.cmp(&b.terms)));
    fold_smallest(&mut groups, absent.as_ref());
    groups.extend(absent);

    let mut picture = Picture::default();
    for Members { name, terms, nodes } in groups {
        // The numbers of rows break ties, so that bars of equal pressure do not swap places.
        let nodes =
            sorted(nodes, |(a_row, a), (b_row, b)| b.pressure().total_cmp(&a.pressure()).then(a_row.cmp(b_row)));
        let not_ready = nodes.iter().filter(|(_, bar)| bar.state == BarState::NotReady).count();
        let filter = terms.map(|terms| terms.join(" "));
        picture.groups.push(Group { name, count: nodes.len(), not_ready, filter });
        picture.rows.extend(nodes.iter().map(|(row, _)| *row));
        picture.bars.extend(nodes.into_iter().map(|(_, bar)| bar));
    }
    picture
}

/// A node as a bar: its worst share of CPU, memory, pods and disk.
///
/// Pods that run are both a use of a node's pods and a request of them. What the node itself calls pressure fills the bar,
/// whatever its numbers say; it is the only thing that is known of its disk. While not all pods are known, nobody knows what they request
/// of it.
pub fn bar(store: &Store, row: &NodeRow) -> NodeBar {
    let share = |amount: u64, of: u64| if of > 0 { amount as f64 / of as f64 } else { 0.0 };
    let has = row.allocatable;
    let pods = store.pods.known().all().then(|| store.pods.on_node(row.name));
    let by_pods = pods.map(|pods| share(u64::from(pods.active), row.allocatable_pods));
    let requests = pods.map(|pods| {
        share(pods.requests.cpu_millis, has.cpu_millis)
            .max(share(pods.requests.mem_bytes, has.mem_bytes))
            .max(share(pods.requests.disk_bytes, has.disk_bytes))
            .max(by_pods.unwrap_or(0.0))
    });
    let usage = store.usage.nodes.get(row.name).map(|used| {
        share(used.cpu_millis, has.cpu_millis).max(share(used.mem_bytes, has.mem_bytes)).max(by_pods.unwrap_or(0.0))
    });
    let pressed = row.pressure.memory || row.pressure.disk || row.pressure.pid;
    NodeBar {
        usage: if pressed { Some(1.0) } else { usage },
        requests,
        state: if row.readiness == NodeReadiness::Ready { BarState::Ready } else { BarState::NotReady },
    }
}

/// What a node says that it is short of.
fn short_of(row: &NodeRow) -> Option<String> {
    let short = [(row.pressure.memory, "memory"), (row.pressure.disk, "disk"), (row.pressure.pid, "process ids")];
    let short: Vec<&str> = short.into_iter().filter_map(|(is, what)| is.then_some(what)).collect();
    (!short.is_empty()).then(|| short.join(" and "))
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
    lines.extend(short_of(row).map(|what| format!("Short of {what} by its own condition, which fills the bar")));
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
    if has.disk_bytes > 0 {
        lines.push(format!("Disk: {} requested", known(bytes_of(pods.requests.disk_bytes, has.disk_bytes))));
    }
    let active = known(count(u64::from(pods.active)));
    lines.push(format!("Pods: {active} of {}", count(row.allocatable_pods)));
    lines.join("\n")
}

/// Joins the smallest groups into one, so that there are not too many with the one of what has no value.
fn fold_smallest(groups: &mut Vec<Members>, absent: Option<&Members>) {
    let most = MOST_GROUPS - usize::from(absent.is_some());
    if groups.len() <= most {
        return;
    }
    let by_size: Vec<(usize, usize)> = groups.iter().map(|group| group.nodes.len()).enumerate().collect();
    let by_size = sorted(by_size, |(_, a), (_, b)| b.cmp(a));
    let largest: HashSet<usize> = by_size.into_iter().take(most - 1).map(|(index, _)| index).collect();
    let (mut rest, mut count_rest) = (Vec::new(), 0);
    let mut index = 0;
    groups.retain_mut(|group| {
        index += 1;
        let stays = largest.contains(&(index - 1));
        if !stays {
            rest.append(&mut group.nodes);
            count_rest += 1;
        }
        stays
    });
    // What none of the others says.
    let terms = groups.iter().chain(absent).map(|group| match group.terms.as_deref()? {
        [term] => Some(term.strip_prefix('-').map_or_else(|| format!("-{term}"), str::to_owned)),
        _ => None,
    });
    let terms = terms.collect();
    groups.push(Members { name: format!("{} others", count(count_rest)), terms, nodes: rest });
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{node, pod, store};
    use super::*;
    use crate::filter::{Filter, Named};

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
    fn a_group_and_its_nodes_that_are_not_ready_lead_to_as_many_rows() {
        const POOLS: [&str; 2] = ["karpenter.sh/nodepool", "eks.amazonaws.com/nodegroup"];
        let nodes = (0..60).map(|at| {
            let node = node(&format!("n{at}")).ready(at % 7 > 0);
            let node = if at % 5 > 0 { node.label(ZONE, &format!("z{}", at % 13)) } else { node };
            // Some are of two pools, and some of none.
            let node = if at % 3 == 0 { node.label(POOLS[0], &format!("p{}", at % 2)) } else { node };
            let node = if at % 4 == 0 { node.label(POOLS[1], "p0") } else { node };
            node.label("empty", if at % 2 == 0 { "" } else { "x" }).json()
        });
        let store = store(nodes, []);
        for by in [Grouping::None, Grouping::Zone, Grouping::Pool, Grouping::Label("empty".into())] {
            for group in picture(&store, &by).groups {
                for (filter, expect) in
                    [(group.filter.clone(), group.count), (group.not_ready_filter(), group.not_ready)]
                {
                    let filter = Filter::parse(&filter.unwrap_or_else(|| panic!("{group:?} has no filter")));
                    let rows = store.nodes.rows().iter().map(|(_, row)| Named { row, store: &store });
                    let found = rows.filter(|row| filter.matches(row)).count();
                    assert_eq!(found, expect, "{by}: {group:?}, {filter:?}");
                }
            }
        }
    }

    #[test]
    fn the_table_of_thousands_has_nodes_of_every_group_and_says_how_many_are_left_out() {
        let nodes = (0..30).map(|at| node(&format!("n{at}")).label(ZONE, if at < 20 { "a" } else { "b" }).json());
        let store = store(nodes, []);
        let rows = picture(&store, &Grouping::Zone).table(&store, 10);
        let of = |zone: &str| rows.iter().filter(|row| row[1] == zone).map(|row| row[0].as_str()).collect::<Vec<_>>();
        assert_eq!(of("a"), ["n0", "n1", "n2", "n3", "n4", "15 more"]);
        assert_eq!(of("b"), ["n20", "n21", "n22", "n23", "n24", "5 more"]);
    }

    #[test]
    fn a_pointed_bar_is_that_of_its_node_after_bars_have_changed_places() {
        let mut store = store(["a", "b"].map(|name| node(name).allocatable("4", "8Gi", "10").json()), []);
        let before = picture(&store, &Grouping::None);
        assert_eq!(names(&store, &before), ["a", "b"]);
        let key = before.key(&store, 0).unwrap();
        store.usage.nodes.add(br#"{"metadata":{"name":"b"},"usage":{"cpu":"2","memory":"1Gi"}}"#, &mut store.names);
        let after = picture(&store, &Grouping::None);
        assert_eq!((names(&store, &after), after.place(&store, key)), (vec!["b".into(), "a".into()], Some(1)));
        assert_eq!(after.place(&store, key + 1), None);
    }

    #[test]
    fn who_may_not_list_all_pods_sees_unknown_requests_and_no_zero() {
        let mut store = store(
            [node("n").allocatable("4", "8Gi", "10").json()],
            [pod("p", "x").on("n").running().cpu("1", "1").json()],
        );
        store.pods.retain(&[store.names.find("x").unwrap()]);
        let picture = picture(&store, &Grouping::None);
        assert_eq!(picture.bars, [NodeBar { usage: None, requests: None, state: BarState::Ready }]);
        assert_eq!(picture.table(&store, 9), [["n", "all nodes", "Ready", "no data", "no data"]]);
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
        assert_eq!(bar(&store, &row), NodeBar { usage: None, requests: Some(0.25), state: BarState::Ready });
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
        assert_eq!(
            picture.groups,
            [Group { name: "all nodes".into(), count: 2, not_ready: 0, filter: Some(String::new()) }]
        );
    }
}
