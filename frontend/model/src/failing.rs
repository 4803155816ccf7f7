//! What fails: pods, nodes and what events tell of the rest, grouped by cause and owner, explained and ranked.
//!
//! `docs/failing.md` has the rules. A trouble of pods is decided by their statuses alone, and its filter finds exactly
//! the pods that it counts; events only say it better, and tell when.

mod began;
mod brought;
pub mod cause;
mod container;
pub mod history;
mod lost;
mod named;
mod nodes;
mod place;
mod pods;
mod report;
mod reports;
mod roll_up;
mod scheduling;
mod text;
mod words;
mod workloads;

use std::collections::{HashMap, HashSet};

use crate::chart::stack::Tone;
use crate::order::sorted;
use crate::store::Store;
use crate::store::names::Name;
use crate::store::nodes::NodeRow;
use crate::store::pods::PodView;
use began::Sets;
pub use brought::Brought;
pub use cause::Cause;
use history::History;
pub(crate) use nodes::leading_to;
pub use workloads::{newest_pod_s, pods_made_s};

/// So many steps of its rank at most a line stands back for those of the same cause before it.
const MOST_BACK: u32 = 4;

/// One line: a cause, whom it befalls, and how much.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    /// The same for the same cause and owner; no two are alike.
    pub key: String,
    /// Why.
    pub cause: Cause,
    /// How grave it is.
    pub tone: Tone,
    /// The field's word for it: `CrashLoopBackOff`.
    pub title: String,
    /// Why, in words.
    pub words: String,
    /// Kind and name of whom it befalls; the kind is empty for a pod of its own, and for many nodes, whose names these are in short.
    pub owner: (String, String),
    /// Its namespace, or empty.
    pub namespace: String,
    /// The namespaces, where the same befalls one name and version in many of them.
    pub namespaces: Vec<String>,
    /// The version that its pods run: the tag of the image; or empty.
    pub version: String,
    /// The whole name of the image that cannot be had, or empty.
    pub image: String,
    /// Since when that version is there and which was before, as far as is known.
    pub brought: Option<Brought>,
    /// Where all of its pods are, if that tells them from others: `all in eu-1c`; or empty.
    pub place: String,
    /// How many of its pods are in which zone and on which nodes, a line each; of nodes their zone.
    pub places: Vec<String>,
    /// How many are behind it.
    pub count: u64,
    /// What they are.
    pub rows: Rows,
    /// The filter that leaves just them.
    pub filter: String,
    /// Restarts of their containers; none where none can be.
    pub restarts: Option<i64>,
    /// Since when, in seconds since the epoch.
    pub since_s: Option<i64>,
    /// When last, where it happens again and again.
    pub last_s: Option<i64>,
    /// The log that says the most.
    pub log: Option<Log>,
    /// When it was seen to happen.
    pub history: History,
    /// Whether it is a trouble by itself, and does not pass.
    lasts: bool,
    /// How many of its pods are on which node.
    on: Vec<(Name, u64)>,
    /// The larger, the earlier it is told.
    rank: u32,
}

/// What the rows behind a trouble are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rows {
    /// Pods.
    Pods,
    /// Nodes.
    Nodes,
    /// Events.
    Events,
    /// Workloads.
    Workloads,
}

/// A container's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// The pod's namespace.
    pub namespace: String,
    /// The pod's name.
    pub pod: String,
    /// The container's name.
    pub container: String,
    /// Whether the run before the present one is meant.
    pub previous: bool,
}

/// All troubles in these namespaces (in all, if none is named), the first to look at first.
pub fn troubles(store: &Store, scope: &[Name], now_s: i64) -> Vec<Trouble> {
    let in_scope = |namespace: Name| scope.is_empty() || scope.contains(&namespace);
    let sets = Sets::of(store);
    let found = pods::pods(store, &sets, &in_scope, now_s);
    let mut found = workloads::with_their_pods(found, workloads::workloads(store, &in_scope, now_s));
    let reports = reports::unknown(&mut found, reports::reports(store, &in_scope, now_s));
    found.extend(reports);
    // Nodes belong to no namespace: they matter to all.
    found.extend(nodes::nodes(store, now_s));
    brought::tell(store, &sets, &mut found);
    let found = roll_up::in_many_namespaces(store, &in_scope, found, now_s);
    let mut found = in_order(found);
    // Whoever writes events may write two whose names and reasons read alike; the page fails where two keys are.
    let mut taken = HashSet::new();
    for trouble in &mut found {
        while !taken.insert(trouble.key.clone()) {
            trouble.key.push('+');
        }
        let on = std::mem::take(&mut trouble.on);
        if !on.is_empty() {
            (trouble.place, trouble.places) = place::told(store, &on, trouble.count);
        }
    }
    found
}

/// Whether a pod is behind the trouble `id`: what the filter `cause:` asks.
pub fn pod_has(store: &Store, pod: PodView<'_>, id: &str) -> bool {
    store.pods.symptoms().get(pod.number()).is_some_and(|symptom| lost::cause(store, pod, symptom).id() == id)
}

/// Whether a node is behind the trouble `id`.
pub fn node_has(node: &NodeRow, id: &str) -> bool {
    Cause::of_node(node).is_some_and(|cause| cause.id() == id)
}

/// What fails before what waits, the highest rank first. The further ones of one cause stand back, since the first lines are to tell what
/// there is.
fn in_order(found: Vec<Trouble>) -> Vec<Trouble> {
    let found = sorted(found, |a, b| {
        (b.tone == Tone::Bad, b.rank).cmp(&(a.tone == Tone::Bad, a.rank)).then_with(|| a.key.cmp(&b.key))
    });
    let mut seen: HashMap<(Cause, bool), u32> = HashMap::new();
    let placed = found.into_iter().map(|trouble| {
        let is_bad = trouble.tone == Tone::Bad;
        let before = seen.entry((trouble.cause, is_bad)).or_default();
        let place = (is_bad, trouble.rank.saturating_sub(*before));
        *before = MOST_BACK.min(*before + 1);
        (place, trouble)
    });
    let placed = sorted(placed.collect::<Vec<_>>(), |(a, x), (b, y)| b.cmp(a).then_with(|| x.key.cmp(&y.key)));
    placed.into_iter().map(|(_, trouble)| trouble).collect()
}

impl Trouble {
    /// Whether both befall one thing.
    fn is_of_the_owner_of(&self, other: &Self) -> bool {
        (&self.namespace, &self.owner) == (&other.namespace, &other.owner)
    }
}

/// Larger for what began lately, happens often, and befalls many; in coarse steps, so that lines do not change places
/// with every restart.
fn rank(now_s: i64, since_s: Option<i64>, times: i64, count: u64) -> u32 {
    let recent = match since_s.map(|since_s| now_s.saturating_sub(since_s)) {
        Some(..900) => 6,
        Some(900..3_600) => 5,
        Some(3_600..21_600) => 3,
        Some(21_600..86_400) => 2,
        _ => 0,
    };
    // Every fourfold counts as much as a step of recency.
    let step = |number: u64| (u64::BITS - number.leading_zeros()) / 2;
    let often = step(u64::try_from(times).unwrap_or(0)).min(5);
    let many = step(count).min(8);
    recent + often + many
}

#[cfg(test)]
mod tests;
