//! What the overview should show of a cluster, by what the server and kubectl tell of it.

use std::collections::{BTreeMap, BTreeSet};

use super::capacity::capacity;
use super::drawn::Metrics;
use super::page::Lines;
use super::rights::Rights;
use super::told::{Node, Pod, Told, Warning};

/// The states in the order of bars and lists.
const STATES: [&str; 6] = ["running", "completed", "terminating", "not ready", "waiting", "failing"];
/// So many namespaces have a bar.
const NAMESPACES: usize = 9;

/// Everything that `shown` reads, for somebody with these rights who looks at these namespaces (at all, if there are none).
pub fn expected(told: &Told, rights: Rights, scope: &[String]) -> Lines {
    let is_seen = |namespace: &str| {
        rights.sees_pods_of(namespace) && (scope.is_empty() || scope.iter().any(|name| name == namespace))
    };
    let pods: Vec<&Pod> = told.pods.iter().filter(|pod| is_seen(&pod.namespace)).collect();
    let nodes: &[Node] = if rights.sees_nodes() { &told.nodes } else { &[] };
    let mut lines = Lines::new();
    let sentence = match rights {
        Rights::Nothing => "No pods to show: You may not see this.".to_owned(),
        _ => format!("{}{}", of_nodes(nodes), of_pods(&pods)),
    };
    lines.insert("sentence".to_owned(), sentence);
    if rights.sees_nodes() {
        node_cards(told, rights, &mut lines);
    } else {
        for card in ["Capacity", "Nodes by pressure"] {
            lines.insert(format!("face of {card}"), refused(rights, "nodes", "at the cluster scope"));
        }
    }
    if rights == Rights::Nothing {
        for card in ["Pods by state", "Pods by namespace", "What fails"] {
            lines.insert(format!("face of {card}"), refused(rights, "pods", "in the namespace \"default\""));
        }
        lines.insert("warnings".to_owned(), "warnings: unknown".to_owned());
        return lines;
    }
    pod_cards(&pods, &mut lines);
    let warnings: Vec<&Warning> = told.warnings.iter().filter(|warning| is_seen(&warning.namespace)).collect();
    let noun = if warnings.len() == 1 { "warning" } else { "warnings" };
    lines.insert("warnings".to_owned(), format!("{} {noun}", warnings.len()));
    let stuck = told.stuck.iter().filter(|namespace| is_seen(namespace)).count();
    failing(nodes, &pods, &warnings, stuck, &mut lines);
    if !lines.keys().any(|name| name.starts_with("fails: ")) {
        let why = match rights.sees_nodes() {
            true => "Nothing fails.".to_owned(),
            false => {
                format!("No pod fails. Of nodes nothing is known: {}", refused(rights, "nodes", "at the cluster scope"))
            }
        };
        lines.insert("face of What fails".to_owned(), why);
    }
    lines
}

/// The words of the API server.
fn refused(rights: Rights, what: &str, place: &str) -> String {
    let user = rights.user().name();
    format!("{what} is forbidden: User \"{user}\" cannot list resource \"{what}\" in API group \"\" {place}")
}

fn of_nodes(nodes: &[Node]) -> String {
    let ill = nodes.iter().filter(|node| !node.is_ready()).count();
    let short = |what: usize| nodes.iter().filter(move |node| node.is_ready() && node.short[what]).count();
    let all_short = nodes.iter().filter(|node| node.is_ready() && node.short.contains(&true)).count();
    let mut sentence = match (nodes.len(), ill) {
        (0, _) => return String::new(),
        (1, 0) => "All 1 node ready".to_owned(),
        (all, 0) => format!("All {all} nodes ready"),
        (all, ill) => format!("{ill} of {all} nodes not ready"),
    };
    if all_short > 0 {
        let whats = ["memory", "disk", "process ids"].iter().enumerate().filter(|(what, _)| short(*what) > 0);
        let whats: Vec<&str> = whats.map(|(_, word)| *word).collect();
        sentence += &format!(", {all_short} short of {}", whats.join(" or "));
    }
    sentence + ". "
}

fn of_pods(pods: &[&Pod]) -> String {
    if pods.is_empty() {
        return "There are no pods.".to_owned();
    }
    let verbs = [
        ("running", "runs", "run"),
        ("failing", "fails", "fail"),
        ("waiting", "waits", "wait"),
        ("not ready", "not ready", "not ready"),
        ("terminating", "ending", "ending"),
        ("completed", "completed", "completed"),
    ];
    let mut parts = Vec::new();
    for (state, one, many) in verbs {
        let count = pods.iter().filter(|pod| pod.state == state).count();
        let noun = match (state, count) {
            ("running", 1) => "pod ",
            ("running", _) => "pods ",
            _ => "",
        };
        if count > 0 || state == "running" {
            let whose = if state == "failing" { of_failing(pods) } else { String::new() };
            parts.push(format!("{count} {noun}{}{whose}", if count == 1 { one } else { many }));
        }
    }
    parts.join(", ") + "."
}

/// In how many workloads pods fail, and how many do that nothing runs.
fn of_failing(pods: &[&Pod]) -> String {
    let failing = || pods.iter().filter(|pod| pod.state == "failing");
    let owners: BTreeSet<_> = failing().filter_map(|pod| Some((&pod.namespace, pod.owner.as_ref()?))).collect();
    let alone = failing().filter(|pod| pod.owner.is_none()).count();
    let noun = if owners.len() == 1 { "workload" } else { "workloads" };
    match (owners.len(), alone) {
        (0, _) => String::new(),
        (owners, 0) => format!(" in {owners} {noun}"),
        (owners, alone) => format!(" in {owners} {noun} and {alone} alone"),
    }
}

fn node_cards(told: &Told, rights: Rights, lines: &mut Lines) {
    if told.nodes.is_empty() {
        lines.insert("face of Capacity".to_owned(), "The cluster has no nodes, so it has no capacity.".to_owned());
        lines.insert("face of Nodes by pressure".to_owned(), "The cluster has no nodes.".to_owned());
        return;
    }
    capacity(&told.nodes, rights.sees_all_pods(), lines);
    let (all, known) = (told.nodes.len(), told.nodes.iter().filter(|node| node.used.is_some()).count());
    let usage = match told.metrics {
        Metrics::Absent => {
            "No usage: the cluster serves no metrics.k8s.io. Install metrics-server to see it. ".to_owned()
        }
        Metrics::Failing => "No usage: metrics.k8s.io failed. The API server answered with 503. ".to_owned(),
        _ if known == 0 => {
            "No usage: metrics.k8s.io knows none of the nodes. See the log of metrics-server. ".to_owned()
        }
        _ if known < all => format!("Usage of {known} of {all} nodes; no data of the others. "),
        _ => String::new(),
    };
    let short = told.nodes.iter().filter(|node| node.short[1]).count();
    let noun = if short == 1 { "node" } else { "nodes" };
    let disk = if known == 0 {
        format!("{short} {noun} short of disk")
    } else {
        format!("No disk usage known; {short} {noun} short of disk")
    };
    lines.insert("capacity: note".to_owned(), format!("{usage}{disk}"));

    let ill = told.nodes.iter().filter(|node| !node.is_ready()).count();
    lines.insert("nodes".to_owned(), format!("{all} nodes by pressure, {ill} of them not ready"));
    let zones: BTreeSet<&str> = told.nodes.iter().filter_map(|node| node.zone.as_deref()).collect();
    let group = |node: &Node| match (zones.len(), &node.zone) {
        (..2, _) => "all nodes".to_owned(),
        (_, None) => "no zone".to_owned(),
        (_, Some(zone)) => zone.clone(),
    };
    let mut groups = BTreeMap::<String, [usize; 2]>::new();
    for node in &told.nodes {
        let counts = groups.entry(group(node)).or_default();
        counts[0] += 1;
        counts[1] += usize::from(!node.is_ready());
        let [used, requested] = super::capacity::shares(node, rights.sees_all_pods());
        let line = format!("{} | {} | {used} | {requested}", group(node), node.status);
        lines.insert(format!("node {}", node.described.name), line);
    }
    for (group, [count, ill]) in groups {
        lines.insert(format!("group {group}"), format!("{count} nodes, {ill} not ready"));
    }
}

fn pod_cards(pods: &[&Pod], lines: &mut Lines) {
    const NONE: &str = "There are no pods here.";
    if pods.is_empty() {
        lines.insert("face of Pods by state".to_owned(), NONE.to_owned());
        lines.insert("face of Pods by namespace".to_owned(), NONE.to_owned());
        return;
    }
    let noun = if pods.len() == 1 { "pod" } else { "pods" };
    lines.insert("states".to_owned(), format!("{} {noun}", pods.len()));
    let count = |of: &[&Pod], state: &str| of.iter().filter(|pod| pod.state == state).count();
    let words = |of: &[&Pod]| STATES.map(|state| format!("{} {state}", count(of, state))).join(", ");
    lines.insert("states: picture".to_owned(), format!("Pods by state: {}", words(pods)));
    for state in STATES {
        lines.insert(format!("state {state}"), count(pods, state).to_string());
    }
    let mut namespaces = BTreeMap::<&str, Vec<&Pod>>::new();
    for pod in pods {
        namespaces.entry(&pod.namespace).or_default().push(pod);
    }
    if namespaces.len() > NAMESPACES {
        lines.insert("namespaces".to_owned(), format!("{NAMESPACES} of {}", namespaces.len()));
    }
    let mut namespaces: Vec<_> = namespaces.into_iter().collect();
    // The largest come first; equal ones stay by name.
    namespaces.sort_by_key(|(_, pods)| std::cmp::Reverse(pods.len()));
    for (name, pods) in namespaces.into_iter().take(NAMESPACES) {
        let bad = match count(&pods, "failing") {
            0 => String::new(),
            failing => format!("◆ {failing}"),
        };
        let picture = format!("Pods of {name} by state: {}", words(&pods));
        lines.insert(format!("namespace {name}"), format!("{} | {bad} | {picture}", pods.len()));
    }
}

/// How many pods, nodes, events and workloads are behind each cause, and how often containers were restarted.
fn failing(nodes: &[Node], pods: &[&Pod], warnings: &[&Warning], stuck: usize, lines: &mut Lines) {
    let mut causes = BTreeMap::<&str, [usize; 2]>::new();
    let mut add = |cause, count, restarts| {
        let sums = causes.entry(cause).or_default();
        *sums = [sums[0] + count, sums[1] + restarts];
    };
    // Of pods that are not ready since their node is not, the node's line tells.
    let is_lost = |pod: &Pod| nodes.iter().any(|node| node.described.name == pod.node && !node.is_ready());
    for pod in pods {
        let goes_with_its_node = |cause: &str| ["unready", "terminating"].contains(&cause);
        // What was put out and replaced is told for an hour, and all of these are months old.
        let is_told = |cause: &&str| pod.state != "completed" && !(goes_with_its_node(cause) && is_lost(pod));
        if let Some(cause) = pod.cause().filter(is_told) {
            // How often it was started before is told of none that is to end.
            add(cause, 1, if cause == "terminating" { 0 } else { pod.restarts });
        }
    }
    // Of pods and nodes their own statuses tell.
    for warning in warnings.iter().filter(|warning| !["Pod", "Node"].contains(&warning.kind.as_str())) {
        add(&warning.reason, 1, 0);
    }
    for node in nodes {
        let cause = match node.short {
            _ if !node.is_ready() => "node-not-ready",
            [true, ..] => "memory-pressure",
            [_, true, _] => "disk-pressure",
            [.., true] => "pid-pressure",
            _ => continue,
        };
        add(cause, 1, 0);
    }
    if stuck > 0 {
        add("ProgressDeadlineExceeded", stuck, 0);
    }
    let line = |(cause, [count, restarts]): (&str, [usize; 2])| {
        (format!("fails: {cause}"), format!("{count}, {restarts} restarts"))
    };
    lines.extend(causes.into_iter().map(line));
}
