//! What kubectl says, counted.

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
    /// Pods that ended well.
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

/// Sums up a resource, `cpu` or `memory`, in what `kubectl describe nodes` has printed.
pub fn capacity(described: &str, resource: &str) -> Result<Capacity> {
    let (mut capacity, mut section) = (Capacity::default(), "");
    for line in described.lines() {
        if !line.starts_with(' ') {
            section = line;
        }
        let mut words = line.split_whitespace();
        let is_its = words.next().is_some_and(|word| word.trim_end_matches(':') == resource);
        let mut amount = |after: usize| quantity(words.nth(after).context("a line without an amount")?);
        match section {
            "Allocatable:" if is_its => capacity.allocatable += amount(0)?,
            // Each amount is followed by its share: `3650m (46%)`.
            "Allocated resources:" if is_its => {
                capacity.requests += amount(0)?;
                capacity.limits += amount(1)?;
            }
            _ => {}
        }
    }
    anyhow::ensure!(capacity.allocatable > 0.0, "kubectl tells no {resource} of nodes");
    Ok(capacity)
}

/// How many pods the nodes take, and how many they have, which are the requests.
pub fn pods(described: &str) -> Result<Capacity> {
    let mut pods = Capacity { limits: 0.0, requests: 0.0, ..capacity(described, "pods")? };
    for line in described.lines().filter_map(|line| line.strip_prefix("Non-terminated Pods:")) {
        let count = line.trim_start().trim_start_matches('(').split(' ').next().context("a node without pods")?;
        pods.requests += count.parse::<f64>()?;
    }
    Ok(pods)
}

/// A quantity as kubectl writes it: `250m`, `4`, `31568Mi`.
fn quantity(text: &str) -> Result<f64> {
    let digits = text.trim_end_matches(char::is_alphabetic);
    let factor = match text.get(digits.len()..) {
        Some("m") => 0.001,
        Some("Ki") => f64::from(1 << 10),
        Some("Mi") => f64::from(1 << 20),
        Some("Gi") => f64::from(1 << 30),
        Some("") => 1.0,
        _ => anyhow::bail!("the quantity {text}"),
    };
    Ok(digits.parse::<f64>()? * factor)
}

/// Asks kubectl about all namespaces.
pub fn counts(kubectl: &Kubectl) -> Result<Counts> {
    count(kubectl, "--all-namespaces", 2)
}

/// Asks kubectl about one namespace, and all nodes.
pub fn counts_in(kubectl: &Kubectl, namespace: &str) -> Result<Counts> {
    count(kubectl, &format!("--namespace={namespace}"), 1)
}

/// Counts what comes after `names` columns of names.
fn count(kubectl: &Kubectl, whose: &str, names: usize) -> Result<Counts> {
    let mut counts = Counts::default();
    for line in kubectl.run("get nodes --no-headers")?.lines() {
        let status = line.split_whitespace().nth(1).context("a node without STATUS")?;
        counts.nodes += 1;
        counts.nodes_not_ready += usize::from(status.split(',').all(|word| word != "Ready"));
    }
    for line in kubectl.run(&format!("get pods {whose} --no-headers"))?.lines() {
        let mut columns = line.split_whitespace().skip(names);
        let ready = columns.next().context("a pod without READY")?;
        let status = columns.next().context("a pod without STATUS")?;
        *counts.of(ready, status) += 1;
    }
    Ok(counts)
}

impl Counts {
    /// All pods.
    pub fn pods(&self) -> usize {
        self.running + self.not_ready + self.waiting + self.completed + self.terminating + self.failing
    }

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
