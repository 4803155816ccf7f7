//! What is known of some objects together: how many are well, what they request and use.

use crate::chart::stack::Tone;
use crate::format::{bytes, cores, count};
use crate::k8s::node::NodeReadiness;
use crate::k8s::pod_state::PodState;
use crate::k8s::resources::Resources;
use crate::overview::states;
use crate::store::Store;
use crate::store::nodes::NodeRow;
use crate::store::tally::{Share, Tally};

/// Objects counted and summed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sum {
    /// The pods by state, with requests and limits.
    pub pods: Tally,
    /// Nodes that are ready.
    pub nodes_ready: u32,
    /// Nodes that are not.
    pub nodes_not_ready: u32,
    /// What is requested, used, and could be used.
    load: Load,
}

/// What objects request and use. A pod is measured by its request, a node by what it has for pods.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Load {
    requested: Resources,
    /// What they may use at most: their limits or, without one, their requests; of nodes what is allocatable.
    most: Resources,
    /// What those use that report it.
    used: Resources,
    /// What the same ones are measured by.
    measure: Resources,
    /// How many report.
    reporting: u32,
    /// How many should.
    expected: u32,
}

/// One of the resources that usage is known of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// Thousandths of a core.
    Cpu,
    /// Bytes.
    Memory,
}

/// What is requested and used of a resource.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand {
    /// What is used; none is not known, which is not zero.
    pub used: Option<u64>,
    /// What those that report their usage request, or as nodes have.
    pub measure: u64,
    /// What all of them request.
    pub requested: u64,
    /// What all of them may use at most, or use.
    pub most: u64,
    /// How many report their usage.
    pub reporting: u32,
    /// How many should.
    pub expected: u32,
}

/// The parts of a bar of health, from left to right: what is well first, so that what fails stands at the end, where bars differ.
pub const PARTS: [(&str, Tone); 8] = [
    ("running", Tone::Ok),
    ("ready", Tone::Ok),
    ("completed", Tone::Done),
    ("terminating", Tone::Unknown),
    ("not ready", Tone::Warn),
    ("waiting", Tone::Warn),
    ("failing", Tone::Bad),
    ("not ready", Tone::Bad),
];

/// The tones of [`PARTS`].
pub const TONES: [Tone; 8] =
    [PARTS[0].1, PARTS[1].1, PARTS[2].1, PARTS[3].1, PARTS[4].1, PARTS[5].1, PARTS[6].1, PARTS[7].1];

/// The place in [`PARTS`] of a pod's state.
pub fn part_of_pod(state: PodState) -> usize {
    match state {
        PodState::Running => 0,
        PodState::Completed => 2,
        PodState::Terminating => 3,
        PodState::NotReady => 4,
        PodState::Waiting => 5,
        PodState::Failing => 6,
    }
}

/// The place in [`PARTS`] of a node's readiness.
pub fn part_of_node(readiness: NodeReadiness) -> usize {
    if readiness == NodeReadiness::Ready { 1 } else { 7 }
}

impl Sum {
    /// Counts a pod in, with what it uses if that is known.
    pub fn add_pod(&mut self, share: &Share, used: Option<Resources>) {
        self.pods.add(share);
        if share.active {
            self.load.add(share.requests, share.limits.max(share.requests), share.requests, used);
        }
    }

    /// Counts a node in; its load only where no pods are pooled, which would be counted twice.
    pub fn add_node(&mut self, store: &Store, row: &NodeRow, with_load: bool) {
        match row.readiness {
            NodeReadiness::Ready => self.nodes_ready += 1,
            NodeReadiness::NotReady | NodeReadiness::Unknown => self.nodes_not_ready += 1,
        }
        if with_load {
            let requested = store.pods.on_node(row.name).requests;
            self.load.add(requested, row.allocatable, row.allocatable, store.usage.nodes.get(row.name));
        }
    }

    /// The sum of two.
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            pods: self.pods.plus(&other.pods),
            nodes_ready: self.nodes_ready.saturating_add(other.nodes_ready),
            nodes_not_ready: self.nodes_not_ready.saturating_add(other.nodes_not_ready),
            load: self.load.plus(&other.load),
        }
    }

    /// All nodes.
    pub fn nodes(&self) -> u32 {
        self.nodes_ready.saturating_add(self.nodes_not_ready)
    }

    /// All objects.
    pub fn total(&self) -> u64 {
        u64::from(self.pods.total()) + u64::from(self.nodes())
    }

    /// Pods that fail and nodes that are not ready.
    pub fn failing(&self) -> u64 {
        u64::from(self.pods.count(PodState::Failing)) + u64::from(self.nodes_not_ready)
    }

    /// How many objects each of [`PARTS`] has.
    pub fn parts(&self) -> [u64; 8] {
        let [running, completed, terminating, not_ready, waiting, failing] = states::counts(&self.pods);
        let (ready, down) = (u64::from(self.nodes_ready), u64::from(self.nodes_not_ready));
        [running, ready, completed, terminating, not_ready, waiting, failing, down]
    }

    /// How many are in each state, in words: `1,838 running, 31 failing`.
    pub fn words(&self) -> String {
        words(&self.parts())
    }

    /// What is requested and used of a resource.
    pub fn demand(&self, resource: Resource) -> Demand {
        let of = |amounts: Resources| match resource {
            Resource::Cpu => amounts.cpu_millis,
            Resource::Memory => amounts.mem_bytes,
        };
        let load = &self.load;
        let used = (load.reporting > 0).then(|| of(load.used));
        Demand {
            used,
            measure: of(load.measure),
            requested: of(load.requested),
            most: of(load.most).max(of(load.requested)).max(used.unwrap_or(0)),
            reporting: load.reporting,
            expected: load.expected,
        }
    }
}

/// Counts of [`PARTS`] in words: `1,838 running, 31 failing`.
pub fn words(parts: &[u64; PARTS.len()]) -> String {
    let counts = parts.iter().zip(PARTS).filter(|(count, _)| **count > 0);
    let words: Vec<String> = counts.map(|(number, (word, _))| format!("{} {word}", count(*number))).collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

impl Demand {
    /// All of it in a sentence: `3.2 cores used, 8.1 cores requested`.
    pub fn sentence(&self, resource: Resource) -> String {
        let requested = resource.words(self.requested);
        let (reporting, expected) = (count(self.reporting.into()), count(self.expected.into()));
        match self.used {
            None if self.expected == 0 => "nothing runs".to_owned(),
            None => format!("{requested} requested; usage is not known"),
            Some(used) if self.reporting < self.expected => {
                format!(
                    "{} used, {requested} requested; {reporting} of {expected} report their usage",
                    resource.words(used)
                )
            }
            Some(used) => format!("{} used, {requested} requested", resource.words(used)),
        }
    }

    /// What is used of what it is measured by; none where one of them is not known.
    pub fn share(&self) -> Option<f64> {
        (self.measure > 0).then_some(self.used? as f64 / self.measure as f64)
    }
}

impl Resource {
    /// An amount in words: `3.2 cores`, `41 GiB`.
    pub fn words(self, amount: u64) -> String {
        match self {
            Self::Cpu if amount == 1_000 => "1 core".to_owned(),
            Self::Cpu => format!("{} cores", cores(amount)),
            Self::Memory => bytes(amount),
        }
    }
}

impl Load {
    fn add(&mut self, requested: Resources, most: Resources, measure: Resources, used: Option<Resources>) {
        let reporting = used.is_some();
        *self = self.plus(&Self {
            requested,
            most,
            used: used.unwrap_or_default(),
            measure: if reporting { measure } else { Resources::default() },
            reporting: reporting.into(),
            expected: 1,
        });
    }

    fn plus(&self, other: &Self) -> Self {
        Self {
            requested: self.requested.plus(other.requested),
            most: self.most.plus(other.most),
            used: self.used.plus(other.used),
            measure: self.measure.plus(other.measure),
            reporting: self.reporting.saturating_add(other.reporting),
            expected: self.expected.saturating_add(other.expected),
        }
    }
}
