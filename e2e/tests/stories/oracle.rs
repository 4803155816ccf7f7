//! What kubectl says, counted.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use pilothouse_e2e::kubectl::Kubectl;

/// Nodes and pods by state, as kubectl's columns tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All nodes.
    pub nodes: usize,
    /// Nodes whose STATUS is not Ready.
    pub nodes_not_ready: usize,
    /// Pods that run and are ready.
    pub running: usize,
    /// Pods that run and are not ready.
    pub not_ready: usize,
    /// Pods that wait for a node, an image or a volume.
    pub waiting: usize,
    /// Pods that ended well, or were evicted and replaced by their set.
    pub completed: usize,
    /// Pods that were deleted and still end.
    pub terminating: usize,
    /// Pods in any other state.
    pub failing: usize,
}

/// A resource of all nodes, in cores or bytes, as `kubectl describe nodes` tells.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Capacity {
    /// What pods can have.
    pub allocatable: f64,
    /// What pods on nodes ask for.
    pub requests: f64,
    /// What they are limited to.
    pub limits: f64,
}

/// A node as `kubectl describe nodes` tells of it, by resource, in billionths of its unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// Its name.
    pub name: String,
    /// What pods can have of it.
    pub allocatable: BTreeMap<String, u128>,
    /// What its pods ask for.
    pub requests: BTreeMap<String, u128>,
    /// What they are limited to.
    pub limits: BTreeMap<String, u128>,
    /// How many pods it has that have not ended.
    pub pods: u128,
}

/// Billionths of a whole.
pub const NANOS: u128 = 1_000_000_000;

/// Reads what `kubectl describe nodes` has printed.
pub fn described(text: &str) -> Result<Vec<Described>> {
    let (mut nodes, mut section) = (Vec::<Described>::new(), "");
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("Name:") {
            nodes.push(Described { name: name.trim().to_owned(), ..Described::default() });
        }
        if !line.starts_with(' ') {
            section = line;
        }
        let Some(node) = nodes.last_mut() else { continue };
        if let Some(count) = line.strip_prefix("Non-terminated Pods:") {
            let count = count.trim_start().trim_start_matches('(').split(' ').next();
            node.pods = count.context("a node without pods")?.parse()?;
        }
        let mut words = line.split_whitespace();
        let resource = words.next().unwrap_or_default().trim_end_matches(':').to_owned();
        if !["cpu", "memory", "ephemeral-storage", "pods"].contains(&resource.as_str()) {
            continue;
        }
        let mut amount = |after: usize| quantity(words.nth(after).context("a line without an amount")?);
        match section {
            "Allocatable:" => drop(node.allocatable.insert(resource, amount(0)?)),
            // Each amount is followed by its share: `3650m (46%)`.
            "Allocated resources:" => {
                node.requests.insert(resource.clone(), amount(0)?);
                node.limits.insert(resource, amount(1)?);
            }
            _ => {}
        }
    }
    Ok(nodes)
}

/// Sums up a resource, `cpu` or `memory`, in what `kubectl describe nodes` has printed.
pub fn capacity(text: &str, resource: &str) -> Result<Capacity> {
    let nodes = described(text)?;
    let sum = |of: fn(&Described) -> &BTreeMap<String, u128>| {
        nodes.iter().filter_map(|node| of(node).get(resource)).sum::<u128>() as f64 / NANOS as f64
    };
    let capacity = Capacity {
        allocatable: sum(|node| &node.allocatable),
        requests: sum(|node| &node.requests),
        limits: sum(|node| &node.limits),
    };
    anyhow::ensure!(capacity.allocatable > 0.0, "kubectl tells no {resource} of nodes");
    Ok(capacity)
}

/// How many pods the nodes take, and how many they have, which are the requests.
pub fn pods(text: &str) -> Result<Capacity> {
    let pods = described(text)?.iter().map(|node| node.pods).sum::<u128>();
    Ok(Capacity { requests: pods as f64, ..capacity(text, "pods")? })
}

/// A quantity as Kubernetes writes it, in billionths: `250m`, `4`, `0.5Gi`, `2e8`.
pub fn quantity(text: &str) -> Result<u128> {
    let digits = text.trim_end_matches(char::is_alphabetic);
    let (digits, suffix) = match digits.split_once('e') {
        Some((digits, power)) => return Ok(quantity(digits)? * 10_u128.pow(power.parse()?)),
        None => text.split_at(digits.len()),
    };
    let factor = match suffix {
        "n" => 1,
        "u" => 1_000,
        "m" => 1_000_000,
        "" => NANOS,
        "k" => 1_000 * NANOS,
        "M" => 1_000_000 * NANOS,
        "G" => NANOS * NANOS,
        "Ki" => NANOS << 10,
        "Mi" => NANOS << 20,
        "Gi" => NANOS << 30,
        "Ti" => NANOS << 40,
        _ => anyhow::bail!("the quantity {text}"),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let part = format!("{whole}{fraction}").parse::<u128>()? * factor;
    Ok(part / 10_u128.pow(u32::try_from(fraction.len())?))
}

/// Asks kubectl about all namespaces.
pub fn counts(kubectl: &Kubectl) -> Result<Counts> {
    let mut counts = Counts::default();
    for line in kubectl.run("get nodes --no-headers")?.lines() {
        let status = line.split_whitespace().nth(1).context("a node without STATUS")?;
        counts.nodes += 1;
        counts.nodes_not_ready += usize::from(status.split(',').all(|word| word != "Ready"));
    }
    for line in kubectl.run("get pods --all-namespaces --no-headers")?.lines() {
        // After its namespace and its name.
        let mut columns = line.split_whitespace().skip(2);
        let ready = columns.next().context("a pod without READY")?;
        let status = columns.next().context("a pod without STATUS")?;
        *counts.of(ready, status) += 1;
    }
    // Of what a set has replaced only the remains are there.
    let why = "-o custom-columns=WHY:.status.reason,BY:.metadata.ownerReferences[0].kind --no-headers";
    let told = kubectl.run(&format!("get pods --all-namespaces {why}"))?;
    let replaced = told.lines().filter(|line| line.split_whitespace().eq(["Evicted", "ReplicaSet"])).count();
    // They may have come between the two questions: then it is asked again.
    counts.failing = counts.failing.saturating_sub(replaced);
    counts.completed += replaced;
    Ok(counts)
}

impl Counts {
    fn of(&mut self, ready: &str, status: &str) -> &mut usize {
        let all_ready = ready.split_once('/').is_some_and(|(ready, all)| ready == all);
        match status {
            "Running" if all_ready => &mut self.running,
            "Running" => &mut self.not_ready,
            "Completed" => &mut self.completed,
            "Terminating" => &mut self.terminating,
            "Pending" | "ContainerCreating" | "PodInitializing" => &mut self.waiting,
            _ => &mut self.failing,
        }
    }
}
