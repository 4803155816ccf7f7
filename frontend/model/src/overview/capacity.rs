//! What the cluster has, and how much of it is spoken for.

use crate::chart::capacity::Capacity;
use crate::format::{NONE, bytes, cores, count, plural};
use crate::k8s::resources::Resources;
use crate::store::Store;
use crate::store::nodes::NodeRow;
use crate::store::tally::Tally;

/// One resource: its numbers for the bar, and in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it is.
    pub title: &'static str,
    /// The column of the table of nodes that has what each node adds; empty if none has.
    pub column: &'static str,
    /// The bar.
    pub capacity: Capacity,
    /// What is used, or requested where usage is not known: `98.4k`.
    pub amount: String,
    /// All that there is: `of 160k cores`.
    pub of: String,
    /// Used, requested and limited as shares of all, in the order of the legend; usage that is not known says so.
    pub shares: String,
    /// All of it in one sentence, for those who do not see the bar.
    pub sentence: String,
}

/// How many nodes say what they use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reporting {
    /// Nodes with usage.
    pub known: usize,
    /// All nodes.
    pub nodes: usize,
}

impl Reporting {
    /// Of which nodes the usage is not known, where usage was read.
    pub fn words(self) -> Option<String> {
        let Self { known, nodes } = self;
        if known >= nodes {
            None
        } else if known == 0 {
            // As when metrics-server has just started, or reaches no kubelet.
            Some("No usage: metrics.k8s.io knows none of the nodes. See the log of metrics-server.".into())
        } else {
            Some(format!("Usage of {} of {} nodes; no data of the others.", count(known as u64), count(nodes as u64)))
        }
    }

    /// What is said below the bars: why usage is `missing`, if it is, and what is known of disks. Two lines have room.
    pub fn note(self, missing: Option<String>, short_of_disk: usize) -> String {
        let short = plural(short_of_disk as u64, "node", "nodes");
        match missing {
            Some(why) if self.known == 0 => format!("{why} {short} short of disk"),
            Some(why) => format!("{why} No disk usage known; {short} short of disk"),
            None => format!("No disk usage known; {short} short of disk"),
        }
    }
}

/// CPU, memory, pods and disk of all nodes.
///
/// Requests and limits are those of pods that are bound to one of them: what is not scheduled takes nothing yet, and what was bound to a
/// node that is gone takes nothing any more.
/// metrics.k8s.io knows nothing of disks, so their usage is never known. While not all pods are known, requests are not either.
pub fn lines(store: &Store) -> [Line; 4] {
    let (mut has, mut has_pods, mut used, mut measure) = (Resources::default(), 0_u64, Resources::default(), None);
    let (mut reporting, mut nodes, mut pods) = (0_usize, 0_usize, Tally::default());
    for (_, row) in store.nodes.rows().iter() {
        has = has.plus(row.allocatable);
        has_pods = has_pods.saturating_add(row.allocatable_pods);
        nodes += 1;
        pods = pods.plus(&store.pods.on_node(row.name));
        if let Some(usage) = store.usage.nodes.get(row.name) {
            used = used.plus(usage);
            measure = Some(measure.map_or(row.allocatable, |measure: Resources| measure.plus(row.allocatable)));
            reporting += 1;
        }
    }
    let parts = Parts {
        has,
        has_pods,
        used: measure.map(|_| used),
        // Nodes that do not report use something too: usage is a share of what the others have.
        measure: measure.filter(|_| reporting < nodes),
        requests: pods.requests,
        limits: pods.limits,
        pods: pods.active.into(),
    };
    parts.lines(store)
}

/// CPU, memory, pods and disk of one node.
pub fn of_node(store: &Store, row: &NodeRow) -> [Line; 4] {
    let pods = store.pods.on_node(row.name);
    let parts = Parts {
        has: row.allocatable,
        has_pods: row.allocatable_pods,
        used: store.usage.nodes.get(row.name),
        measure: None,
        requests: pods.requests,
        limits: pods.limits,
        pods: pods.active.into(),
    };
    parts.lines(store)
}

/// What the lines are made of.
struct Parts {
    has: Resources,
    has_pods: u64,
    used: Option<Resources>,
    /// What those have that report their usage, where these are not all.
    measure: Option<Resources>,
    requests: Resources,
    limits: Resources,
    /// Pods that hold resources.
    pods: u64,
}

impl Parts {
    fn lines(&self, store: &Store) -> [Line; 4] {
        let known = store.pods.known().all();
        let of =
            |(title, column), used: Option<Resources>, read: fn(Resources) -> u64, text: fn(u64) -> String, unit| {
                let amounts = Amounts {
                    all: read(self.has),
                    used: used.map(read),
                    measure: self.measure.filter(|_| used.is_some()).map(read),
                    requested: known.then_some(read(self.requests)),
                    limited: known.then_some(read(self.limits)),
                };
                amounts.line((title, column), text, unit)
            };
        let pods = Amounts {
            all: self.has_pods,
            used: known.then_some(self.pods),
            measure: None,
            requested: None,
            limited: None,
        };
        [
            of(("CPU", "cpu"), self.used, |r| r.cpu_millis, cores, " cores"),
            of(("Memory", "memory"), self.used, |r| r.mem_bytes, bytes, ""),
            pods.line(("Pods", "pods"), count, ""),
            of(("Disk", ""), None, |r| r.disk_bytes, bytes, ""),
        ]
    }
}

/// How many nodes say what they use.
pub fn reporting(store: &Store) -> Reporting {
    let rows = store.nodes.rows();
    let known = rows.iter().filter(|(_, row)| store.usage.nodes.get(row.name).is_some()).count();
    Reporting { known, nodes: rows.len() }
}

/// How many nodes say that they are short of disk, which is all that a cluster tells of the use of its filesystems.
pub fn short_of_disk(store: &Store) -> usize {
    store.nodes.rows().iter().filter(|(_, row)| row.pressure.disk).count()
}

/// What a line says.
struct Amounts {
    all: u64,
    used: Option<u64>,
    measure: Option<u64>,
    requested: Option<u64>,
    limited: Option<u64>,
}

impl Amounts {
    fn line(&self, (title, column): (&'static str, &'static str), text: fn(u64) -> String, unit: &str) -> Line {
        let Self { all, used, measure, requested, .. } = *self;
        // Bars are pixels: the 53 bits of a float are more than enough.
        let float = |amount: u64| amount as f64;
        let limited = self.limited.filter(|limits| *limits > 0);
        let capacity = Capacity {
            allocatable: float(all),
            usage: used.map(float),
            measure: measure.map(float),
            requests: requested.map_or(0.0, float),
            limits: limited.map(float),
        };
        let share = |amount: u64| crate::format::percent(amount, all);
        let used_share = used.map(|used| crate::format::percent(used, measure.unwrap_or(all)));
        let named = [
            (Some(used_share.unwrap_or_else(|| "no data".to_owned())), "used"),
            (requested.map(share), "requested"),
            (limited.map(share), "limits"),
        ];
        let partly = measure.map_or("", |_| " by the nodes that report");
        let said: Vec<String> = named
            .iter()
            .filter_map(|(share, word)| {
                let partly = if *word == "used" { partly } else { "" };
                Some(format!("{} {word}{partly}", share.as_ref()?))
            })
            .collect();
        let shares: Vec<String> = named.into_iter().filter_map(|(share, _)| share).collect();
        let amount_of = |all: u64| format!("{}{unit}", text(all));
        let of = match (used, measure) {
            (None, _) if requested.is_some() => format!("requested of {}", amount_of(all)),
            (_, Some(measure)) => format!("of {} that report", amount_of(measure)),
            _ => format!("of {}", amount_of(all)),
        };
        Line {
            title,
            column,
            capacity,
            amount: used.or(requested).map_or_else(|| NONE.to_owned(), text),
            of,
            shares: shares.join(" · "),
            sentence: format!("{title}: {} of {}", said.join(", "), amount_of(all)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{node, pod, store};
    use super::*;

    fn cluster() -> Store {
        let nodes = ["n1", "n2"].map(|name| node(name).allocatable("4", "16Gi", "110").json());
        let pods = [
            pod("a", "x").on("n1").running().cpu("2", "8").json(),
            pod("b", "x").on("n2").running().cpu("1", "2").json(),
            // Not scheduled: it takes nothing of any node.
            pod("c", "x").phase("Pending").cpu("100", "100").json(),
        ];
        store(nodes, pods)
    }

    #[test]
    fn a_cluster_without_metrics_shows_requests_and_no_usage() {
        let [cpu, _, pods, _] = lines(&cluster());
        assert_eq!(
            cpu.capacity,
            Capacity { allocatable: 8000.0, requests: 3000.0, limits: Some(10_000.0), ..Capacity::default() }
        );
        assert_eq!((cpu.amount.as_str(), cpu.of.as_str()), ("3", "requested of 8 cores"));
        assert_eq!(cpu.shares, "no data · 38 % · 125 %");
        assert_eq!((pods.amount.as_str(), pods.shares.as_str()), ("2", "1 %"));
    }

    #[test]
    fn pods_on_a_node_that_is_gone_ask_nothing_of_those_that_are_there() {
        let pods = [
            pod("a", "x").on("n1").running().cpu("2", "4").json(),
            // It stays until it is collected.
            pod("b", "x").on("gone").running().cpu("100", "100").json(),
        ];
        let [cpu, _, pods, _] = lines(&store([node("n1").allocatable("4", "16Gi", "110").json()], pods));
        assert_eq!((cpu.shares.as_str(), pods.amount.as_str()), ("no data · 50 % · 100 %", "1"));
    }

    #[test]
    fn usage_is_a_share_of_the_nodes_that_report_and_not_of_all() {
        let mut store = cluster();
        let usage = br#"{"metadata":{"name":"n1"},"usage":{"cpu":"2","memory":"4Gi"}}"#;
        store.usage.nodes.add(usage, &mut store.names);
        let [cpu, memory, _, disk] = lines(&store);
        // The metrics API tells nothing of it.
        assert_eq!((disk.capacity.used(), disk.shares.as_str()), (None, "no data · –"));
        let sentence = "CPU: 50 % used by the nodes that report, 38 % requested, 125 % limits of 8 cores";
        assert_eq!((cpu.sentence.as_str(), cpu.of.as_str()), (sentence, "of 4 cores that report"));
        assert_eq!((cpu.shares.as_str(), cpu.capacity.used()), ("50 % · 38 % · 125 %", Some(0.5)));
        assert_eq!(memory.capacity.usage, Some(f64::from(1 << 30) * 4.0));
        assert_eq!(reporting(&store), Reporting { known: 1, nodes: 2 });
        let usage = br#"{"metadata":{"name":"n2"},"usage":{"cpu":"0","memory":"0"}}"#;
        store.usage.nodes.add(usage, &mut store.names);
        let [cpu, ..] = lines(&store);
        assert_eq!(cpu.sentence, "CPU: 25 % used, 38 % requested, 125 % limits of 8 cores");
    }

    #[test]
    fn metrics_that_know_no_node_are_told_from_metrics_that_are_on_their_way() {
        let check = |known, nodes, expect: Option<&str>| {
            assert_eq!(Reporting { known, nodes }.words().as_deref(), expect, "{known} of {nodes}");
        };
        check(0, 0, None);
        check(12, 12, None);
        check(0, 12, Some("No usage: metrics.k8s.io knows none of the nodes. See the log of metrics-server."));
        check(4_990, 5_000, Some("Usage of 4,990 of 5,000 nodes; no data of the others."));
        let note = |known| Reporting { known, nodes: 2 }.note(Some("Why.".to_owned()), 1);
        assert_eq!(note(0), "Why. 1 node short of disk");
        assert_eq!(note(1), "Why. No disk usage known; 1 node short of disk");
    }

    #[test]
    fn what_pods_ask_for_is_unknown_to_who_may_not_list_all() {
        let mut store = cluster();
        store.pods.retain(&[store.names.find("x").unwrap()]);
        let [cpu, _, pods, disk] = lines(&store);
        let said = |line: &Line| format!("{} {}: {}", line.amount, line.of, line.shares);
        assert_eq!([&cpu, &pods, &disk].map(said), ["– of 8 cores: no data", "– of 220: no data", "– of 0 B: no data"]);
        assert_eq!((cpu.capacity.requests, cpu.capacity.limits), (0.0, None));
    }

    #[test]
    fn nodes_that_are_short_of_disk_are_counted_whatever_else_they_are_short_of() {
        let short = |name: &str| node(name).condition("DiskPressure");
        let nodes = [short("a").json(), short("b").ready(false).condition("MemoryPressure").json(), node("c").json()];
        assert_eq!(short_of_disk(&store(nodes, [])), 2);
    }

    #[test]
    fn a_cluster_without_nodes_has_no_shares() {
        let [cpu, ..] = lines(&store([], []));
        assert_eq!(cpu.shares, "no data · –");
        assert_eq!(cpu.capacity.share(1.0), None);
    }
}
