//! What is known of some objects together: how many are well, what they request and use.

use super::pool::{Kind, Other};
use crate::chart::stack::Tone;
use crate::format::{bytes, cores, count};
use crate::k8s::node::NodeReadiness;
use crate::k8s::pod_state::PodState;
use crate::k8s::resources::Resources;
use crate::k8s::workload_state::WorkloadState;
use crate::store::Store;
use crate::store::pods::PodView;
use crate::store::pods::template::Template;
use crate::store::tally::Share;

/// Objects counted and summed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sum {
    /// How many objects each of [`PARTS`] has.
    parts: [u32; PARTS.len()],
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

/// Pods of one template in one group, whose requests are added together.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Crew {
    /// All of them.
    pub pods: u32,
    active: u32,
    reporting: u32,
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

/// A part of a bar of health: whose state, its word and its tone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// Whose.
    pub kind: Kind,
    /// The state, also as the filter `status:` has it; services have none.
    pub word: &'static str,
    /// What it means.
    pub tone: Tone,
}

/// The parts of a bar of health, from left to right: what is well first, so that what fails stands at the end, where bars differ.
pub const PARTS: [Part; 14] = [
    part(Kind::Pods, "running", Tone::Ok),
    part(Kind::Workloads, "healthy", Tone::Ok),
    part(Kind::Services, "services", Tone::Ok),
    part(Kind::Nodes, "ready", Tone::Ok),
    part(Kind::Pods, "completed", Tone::Done),
    part(Kind::Workloads, "complete", Tone::Done),
    part(Kind::Pods, "terminating", Tone::Unknown),
    part(Kind::Workloads, "suspended", Tone::Unknown),
    part(Kind::Pods, "not ready", Tone::Warn),
    part(Kind::Pods, "waiting", Tone::Warn),
    part(Kind::Workloads, "progressing", Tone::Warn),
    part(Kind::Pods, "failing", Tone::Bad),
    part(Kind::Workloads, "degraded", Tone::Bad),
    part(Kind::Nodes, "not ready", Tone::Bad),
];

/// The place in [`PARTS`] of a pod's state.
pub(super) fn part_of_pod(state: PodState) -> usize {
    match state {
        PodState::Running => 0,
        PodState::Completed => 4,
        PodState::Terminating => 6,
        PodState::NotReady => 8,
        PodState::Waiting => 9,
        PodState::Failing => 11,
    }
}

/// The place in [`PARTS`] of the state of an object of another kind.
pub(super) fn part_of_other(store: &Store, other: Other<'_>) -> usize {
    match other {
        Other::Workload(row) => match store.workload_state(row) {
            WorkloadState::Healthy => 1,
            WorkloadState::Complete => 5,
            WorkloadState::Suspended => 7,
            WorkloadState::Progressing => 10,
            WorkloadState::Degraded => 12,
        },
        Other::Service(_) => 2,
        Other::Node(row) if row.readiness == NodeReadiness::Ready => 3,
        Other::Node(_) => 13,
    }
}

impl Sum {
    /// Counts a pod in, with what it uses if that is known.
    pub fn add_pod(&mut self, share: &Share, used: Option<Resources>) {
        self.count(part_of_pod(share.state));
        if share.active {
            self.load.add(share.requests, share.limits.max(share.requests), share.requests, used);
        }
    }

    /// Counts a pod in, but for what it requests: see [`Self::add_requests`].
    pub(super) fn add_one_of(&mut self, crew: &mut Crew, pod: PodView<'_>) {
        self.count(part_of_pod(pod.state()));
        crew.pods += 1;
        if pod.is_active() {
            crew.active += 1;
            if let Some(used) = pod.usage() {
                crew.reporting += 1;
                self.load.used = self.load.used.plus(used);
            }
        }
    }

    /// Adds what the pods of a crew request.
    pub(super) fn add_requests(&mut self, crew: &Crew, template: &Template) {
        let (requests, load) = (template.requests, &mut self.load);
        load.requested = load.requested.plus(requests.times(crew.active));
        load.most = load.most.plus(template.limits.max(requests).times(crew.active));
        load.measure = load.measure.plus(requests.times(crew.reporting));
        load.expected = load.expected.saturating_add(crew.active);
        load.reporting = load.reporting.saturating_add(crew.reporting);
    }

    /// Counts an object of another kind in; the load of nodes only where it is asked for.
    pub(super) fn add_other(&mut self, store: &Store, other: Other<'_>, with_load: bool) {
        self.count(part_of_other(store, other));
        if let (Other::Node(row), true) = (other, with_load) {
            let requested = store.pods.on_node(row.name).requests;
            self.load.add(requested, row.allocatable, row.allocatable, store.usage.nodes.get(row.name));
        }
    }

    /// The sum of two.
    pub fn plus(&self, other: &Self) -> Self {
        let mut sum = Self { load: self.load.plus(&other.load), ..*self };
        sum.parts.iter_mut().zip(other.parts).for_each(|(count, more)| *count = count.saturating_add(more));
        sum
    }

    /// All objects of a kind.
    pub fn of(&self, kind: Kind) -> u64 {
        self.where_part(|part| part.kind == kind)
    }

    /// All objects.
    pub fn total(&self) -> u64 {
        self.where_part(|_| true)
    }

    /// Those that fail.
    pub fn failing(&self) -> u64 {
        self.where_part(|part| part.tone == Tone::Bad)
    }

    /// Those of a kind that fail, and the term of a filter that leaves just them.
    pub fn failing_of(&self, kind: Kind) -> (u64, String) {
        let fails = |part: &Part| part.kind == kind && part.tone == Tone::Bad;
        let word = PARTS.iter().find(|part| fails(part)).map_or("", |part| part.word);
        (self.where_part(fails), format!("status:{}", word.replace(' ', "-")))
    }

    /// How many objects each of [`PARTS`] has.
    pub fn parts(&self) -> [u64; PARTS.len()] {
        self.parts.map(u64::from)
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

    fn count(&mut self, part: usize) {
        if let Some(count) = self.parts.get_mut(part) {
            *count = count.saturating_add(1);
        }
    }

    fn where_part(&self, wanted: impl Fn(&Part) -> bool) -> u64 {
        let parts = PARTS.iter().zip(self.parts).filter(|(part, _)| wanted(part));
        parts.map(|(_, count)| u64::from(count)).sum()
    }
}

/// Counts of [`PARTS`] in words: `1,838 running, 31 failing`.
pub fn words(parts: &[u64; PARTS.len()]) -> String {
    let counts = parts.iter().zip(PARTS).filter(|(count, _)| **count > 0);
    let words: Vec<String> = counts.map(|(number, part)| format!("{} {}", count(*number), part.word)).collect();
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

    /// What is used of what it is measured by; none where one of them is not known, or only of a few: theirs is not the share of all.
    pub fn share(&self) -> Option<f64> {
        let most_report = u64::from(self.reporting) * 10 >= u64::from(self.expected) * 9;
        (most_report && self.measure > 0).then_some(self.used? as f64 / self.measure as f64)
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

const fn part(kind: Kind, word: &'static str, tone: Tone) -> Part {
    Part { kind, word, tone }
}
