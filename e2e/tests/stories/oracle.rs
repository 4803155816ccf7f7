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
