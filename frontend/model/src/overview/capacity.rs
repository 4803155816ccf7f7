//! What the cluster has, and how much of it is spoken for.

use crate::chart::capacity::Capacity;
use crate::format::{NONE, bytes, cores, count};
use crate::store::Store;
use crate::store::names::Name;
use crate::store::nodes::NodeRow;

/// One resource: its numbers for the bar, and in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it is.
    pub title: &'static str,
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

/// CPU, memory, pods and disk of all nodes.
///
/// Requests and limits are those of pods that are bound to a node: what is not scheduled takes nothing yet.
/// metrics.k8s.io knows nothing of disks, so their usage is never known. While not all pods are known, requests are not either.
pub fn lines(store: &Store) -> [Line; 4] {
    let all = store.nodes.rows().iter().map(|(_, row)| row);
    let (mut has, mut has_pods, mut used, mut known) = (Default::default(), 0_u64, Default::default(), false);
    for row in all {
        has = row.allocatable.plus(has);
        has_pods = has_pods.saturating_add(row.allocatable_pods);
        if let Some(usage) = store.usage.nodes.get(row.name) {
            (used, known) = (usage.plus(used), true);
        }
    }
    let (pods, unbound) = (store.pods.total(), store.pods.on_node(Name::EMPTY));
    let requests = pods.requests.minus(unbound.requests);
    let limits = pods.limits.minus(unbound.limits);
    let bound = u64::from(pods.active.saturating_sub(unbound.active));
    let usage = |amount: u64| known.then_some(amount);
    let (cpu, mem) = (usage(used.cpu_millis), usage(used.mem_bytes));
    let some = |amount: u64| store.pods.known().all().then_some(amount);
    [
        line("CPU", has.cpu_millis, cpu, some(requests.cpu_millis), some(limits.cpu_millis), cores, " cores"),
        line("Memory", has.mem_bytes, mem, some(requests.mem_bytes), some(limits.mem_bytes), bytes, ""),
        line("Pods", has_pods, some(bound), None, None, count, ""),
        line("Disk", has.disk_bytes, None, some(requests.disk_bytes), some(limits.disk_bytes), bytes, ""),
    ]
}

/// CPU, memory, pods and disk of one node.
pub fn of_node(store: &Store, row: &NodeRow) -> [Line; 4] {
    let (has, pods) = (row.allocatable, store.pods.on_node(row.name));
    let usage = store.usage.nodes.get(row.name);
    let (requests, limits) = (pods.requests, pods.limits);
    let (cpu, mem) = (usage.map(|u| u.cpu_millis), usage.map(|u| u.mem_bytes));
    let some = |amount: u64| store.pods.known().all().then_some(amount);
    [
        line("CPU", has.cpu_millis, cpu, some(requests.cpu_millis), some(limits.cpu_millis), cores, " cores"),
        line("Memory", has.mem_bytes, mem, some(requests.mem_bytes), some(limits.mem_bytes), bytes, ""),
        line("Pods", row.allocatable_pods, some(pods.active.into()), None, None, count, ""),
        line("Disk", has.disk_bytes, None, some(requests.disk_bytes), some(limits.disk_bytes), bytes, ""),
    ]
}

/// How many nodes say what they use.
pub fn reporting(store: &Store) -> Reporting {
    let rows = store.nodes.rows();
    let known = rows.iter().filter(|(_, row)| store.usage.nodes.get(row.name).is_some()).count();
    Reporting { known, nodes: rows.len() }
}

fn line(
    title: &'static str,
    all: u64,
    used: Option<u64>,
    requested: Option<u64>,
    limited: Option<u64>,
    text: impl Fn(u64) -> String,
    unit: &str,
) -> Line {
    // Bars are pixels: the 53 bits of a float are more than enough.
    let float = |amount: u64| amount as f64;
    let limited = limited.filter(|limits| *limits > 0);
    let capacity = Capacity {
        allocatable: float(all),
        usage: used.map(float),
        requests: requested.map_or(0.0, float),
        limits: limited.map(float),
    };
    let share = |amount: u64| crate::format::percent(amount, all);
    let unknown = used.is_none().then(|| "no data".to_owned());
    let used_share = used.map(share).or(unknown);
    let named = [(used_share, "used"), (requested.map(share), "requested"), (limited.map(share), "limits")];
    let said: Vec<String> =
        named.iter().filter_map(|(share, word)| Some(format!("{} {word}", share.as_ref()?))).collect();
    let shares: Vec<String> = named.into_iter().filter_map(|(share, _)| share).collect();
    let whole = format!("{}{unit}", text(all));
    Line {
        title,
        capacity,
        amount: used.or(requested).map_or_else(|| NONE.to_owned(), &text),
        of: if used.is_none() && requested.is_some() { format!("requested of {whole}") } else { format!("of {whole}") },
        shares: shares.join(" · "),
        sentence: format!("{title}: {} of {}", said.join(", "), whole),
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
            Capacity { allocatable: 8000.0, usage: None, requests: 3000.0, limits: Some(10_000.0) }
        );
        assert_eq!((cpu.amount.as_str(), cpu.of.as_str()), ("3", "requested of 8 cores"));
        assert_eq!(cpu.shares, "no data · 38 % · 125 %");
        assert_eq!((pods.amount.as_str(), pods.shares.as_str()), ("2", "1 %"));
    }

    #[test]
    fn usage_is_the_sum_of_the_nodes_that_report() {
        let mut store = cluster();
        let usage = br#"{"metadata":{"name":"n1"},"usage":{"cpu":"2","memory":"4Gi"}}"#;
        store.usage.nodes.add(usage, &mut store.names);
        let [cpu, memory, ..] = lines(&store);
        assert_eq!(cpu.sentence, "CPU: 25 % used, 38 % requested, 125 % limits of 8 cores");
        assert_eq!(memory.capacity.usage, Some(f64::from(1 << 30) * 4.0));
        assert_eq!(reporting(&store), Reporting { known: 1, nodes: 2 });
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
    fn a_cluster_without_nodes_has_no_shares() {
        let [cpu, ..] = lines(&store([], []));
        assert_eq!(cpu.shares, "no data · –");
        assert_eq!(cpu.capacity.share(1.0), None);
    }
}
