//! What fails: pods, nodes and what events tell of the rest, grouped by cause and owner, explained and ranked.
//!
//! `docs/failing.md` has the rules. A trouble of pods is decided by their statuses alone, and its filter finds exactly
//! the pods that it counts; events only say it better, and tell when.

pub mod cause;
mod container;
pub mod history;
mod report;
mod roll_up;
mod scheduling;
mod text;
mod words;
mod workloads;

use std::collections::{HashMap, HashSet};

use crate::chart::stack::Tone;
use crate::filter::{quoted, since};
use crate::k8s::image;
use crate::k8s::pod_state::PodState;
use crate::order::sorted;
use crate::store::Store;
use crate::store::events::EventRow;
use crate::store::names::Name;
use crate::store::nodes::NodeRow;
use crate::store::pods::PodView;
use crate::store::symptoms::Symptom;
pub use cause::Cause;
use history::{History, OVER_S};
pub use workloads::{newest_pod_s, pods_made_s};

/// What is ordinary for a while is a trouble when it lasts for so long.
const LASTS_S: i64 = 120;

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
    /// Kind and name of whom it befalls; the kind is empty for a pod of its own.
    pub owner: (String, String),
    /// Its namespace, or empty.
    pub namespace: String,
    /// The namespaces, where the same befalls one name and version in many of them.
    pub namespaces: Vec<String>,
    /// The version that its pods run: the tag of the image; or empty.
    pub version: String,
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
    /// The log that says the most.
    pub log: Option<Log>,
    /// When it was seen to happen.
    pub history: History,
    /// The larger, the earlier it is told.
    rank: u32,
}

/// What the rows behind a trouble are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// Some pods with one cause and owner.
struct Group<'s> {
    cause: Cause,
    /// The pods, and the events that speak of them.
    pods: Vec<(PodView<'s>, &'s Symptom)>,
    events: Vec<&'s EventRow>,
}

/// All troubles in these namespaces (in all, if none is named), the first to look at first.
pub fn troubles(store: &Store, scope: &[Name], now_s: i64) -> Vec<Trouble> {
    let in_scope = |namespace: Name| scope.is_empty() || scope.contains(&namespace);
    let mut found = pods(store, &in_scope, now_s);
    // Nodes belong to no namespace: they matter to all.
    found.extend(nodes(store, now_s));
    let mut reports = reports(store, &in_scope, now_s);
    for mut trouble in workloads::workloads(store, &in_scope, now_s, &found) {
        let same = |report: &Trouble| {
            report.cause == trouble.cause && report.owner == trouble.owner && report.namespace == trouble.namespace
        };
        // The status tells what goes on, the event how often it was tried.
        if let Some(at) = reports.iter().position(same) {
            trouble.history = reports.swap_remove(at).history;
        }
        found.push(trouble);
    }
    found.extend(reports);
    let found = roll_up::in_many_namespaces(store, &in_scope, found, now_s);
    let mut found = sorted(found, |a, b| b.rank.cmp(&a.rank).then_with(|| a.key.cmp(&b.key)));
    // Whoever writes events may write two whose names and reasons read alike; the page fails where two keys are.
    let mut taken = HashSet::new();
    for trouble in &mut found {
        while !taken.insert(trouble.key.clone()) {
            trouble.key.push('+');
        }
    }
    found
}

/// Whether a pod is behind the trouble `id`: what the filter `cause:` asks.
pub fn pod_has(store: &Store, pod: PodView<'_>, id: &str) -> bool {
    store.pods.symptoms().get(pod.number()).is_some_and(|symptom| Cause::of_pod(symptom, &store.names).id() == id)
}

/// Whether a node is behind the trouble `id`.
pub fn node_has(node: &NodeRow, id: &str) -> bool {
    Cause::of_node(node).is_some_and(|cause| cause.id() == id)
}

fn pods(store: &Store, in_scope: &dyn Fn(Name) -> bool, now_s: i64) -> Vec<Trouble> {
    let mut groups: HashMap<(Cause, Name, Name, &str), Group<'_>> = HashMap::new();
    let mut group_of = HashMap::new();
    for symptom in store.pods.symptoms().iter() {
        let Some(row) = store.pods.get(symptom.row).filter(|row| in_scope(row.namespace())) else { continue };
        let cause = Cause::of_pod(symptom, &store.names);
        let owner = if row.owner().is_empty() { row.name() } else { store.names.text(row.owner()) };
        let key = (cause, row.namespace(), row.owner_kind(), owner);
        let group = groups.entry(key).or_insert_with(|| Group { cause, pods: Vec::new(), events: Vec::new() });
        group.pods.push((row, symptom));
        group_of.insert(row.uid(), key);
    }
    for (_, event) in store.events.rows().iter().filter(|(_, event)| event.warning) {
        if let Some(group) = group_of.get(&event.about).and_then(|key| groups.get_mut(key)) {
            group.events.push(event);
        }
    }
    groups.into_values().filter_map(|group| group.trouble(store, now_s)).collect()
}

impl Group<'_> {
    fn trouble(&self, store: &Store, now_s: i64) -> Option<Trouble> {
        let names = &store.names;
        let text = |name: Name| names.text(name).to_owned();
        // The one that changed last tells for all; equal ones by name, so that it stays the same one.
        let newest =
            self.pods.iter().max_by(|(a, x), (b, y)| x.last_s().cmp(&y.last_s()).then_with(|| b.name().cmp(a.name())));
        let (row, symptom) = newest.copied()?;
        let since_s = self.pods.iter().filter_map(|(_, symptom)| symptom.since_s).min();
        let lasts = since_s.is_none_or(|since_s| now_s - since_s >= LASTS_S);
        let well = |symptom: &Symptom| symptom.state == PodState::Running;
        let last_s = self.pods.iter().filter_map(|(_, symptom)| symptom.last_s()).max();
        // What runs well again is told for an hour.
        let over = self.pods.iter().all(|(_, symptom)| well(symptom)) && last_s.is_none_or(|at| now_s - at > OVER_S);
        // The pods of a node that is lost are counted with it.
        if over || (self.cause.passes() && !lasts) || self.cause == Cause::NodeLost && symptom.reason.is_empty() {
            return None;
        }
        let told = words::of_pods(self.cause, row, symptom, &self.events, names);
        // The first event of what still goes on is older than the newest status.
        let telling = |event: &&&EventRow| {
            told.reasons.contains(&names.text(event.reason))
                && !event.message.starts_with("Error: ErrImagePull")
                && !event.message.starts_with("Error: ImagePullBackOff")
        };
        let events: Vec<&EventRow> = self.events.iter().filter(telling).copied().collect();
        let first_s = events.iter().filter_map(|event| event.first_s).min();
        let since_s = since_s.into_iter().chain(first_s).min();
        let restarts = self.pods.iter().fold(0_i64, |sum, (_, s)| sum.saturating_add(s.restarts));
        let restartable = !matches!(self.cause, Cause::Unschedulable | Cause::Gated | Cause::Evicted | Cause::Refused);
        let history = if events.is_empty() {
            History::of_statuses(self.pods.iter().map(|(row, symptom)| (*symptom, row.created_s())), now_s)
        } else {
            History::of_events(&events, now_s)
        };
        let owner = if row.owner().is_empty() { row.name().to_owned() } else { text(row.owner()) };
        let namespace = text(row.namespace());
        let whose = if row.owner().is_empty() {
            format!("object:pod/{owner}")
        } else {
            format!("owner:{}/{owner}", text(row.owner_kind()))
        };
        let tone = if self.pods.iter().all(|(_, s)| well(s)) { Tone::Warn } else { self.cause.tone() };
        let count = self.pods.len() as u64;
        Some(Trouble {
            key: format!("{namespace}/{}/{owner}/{}", text(row.owner_kind()), self.cause.id()),
            cause: self.cause,
            tone,
            title: told.title,
            words: told.words,
            version: image::version(names.text(symptom.image)).to_owned(),
            filter: format!("cause:{} ns:{namespace} {whose}", self.cause.id()),
            owner: (text(row.owner_kind()), owner),
            namespace: namespace.clone(),
            namespaces: Vec::new(),
            count,
            rows: Rows::Pods,
            restarts: restartable.then_some(restarts),
            since_s,
            log: log(self.cause, row, symptom, names),
            rank: rank(tone, now_s, since_s, restarts, count),
            history,
        })
    }
}

fn nodes(store: &Store, now_s: i64) -> Vec<Trouble> {
    let mut by_cause: HashMap<Cause, Vec<&NodeRow>> = HashMap::new();
    for (_, row) in store.nodes.rows().iter() {
        if let Some(cause) = Cause::of_node(row) {
            by_cause.entry(cause).or_default().push(row);
        }
    }
    let trouble = |(cause, nodes): (Cause, Vec<&NodeRow>)| {
        let since_s = nodes.iter().filter_map(|node| words::node_since_s(cause, node)).min();
        let told = words::of_nodes(cause, &nodes, store);
        let name = match nodes.as_slice() {
            [node] => store.names.text(node.name).to_owned(),
            _ => String::new(),
        };
        let named: HashSet<Name> = nodes.iter().map(|node| node.name).collect();
        let about = |event: &&EventRow| {
            store.names.text(event.kind) == "Node"
                && store.names.find(&event.name).is_some_and(|name| named.contains(&name))
        };
        let events: Vec<&EventRow> =
            store.events.rows().iter().map(|(_, event)| event).filter(|e| e.warning).filter(about).collect();
        let count = nodes.len() as u64;
        Trouble {
            key: format!("//{}", cause.id()),
            cause,
            tone: cause.tone(),
            title: told.title,
            words: told.words,
            owner: (if name.is_empty() { String::new() } else { "Node".to_owned() }, name),
            namespace: String::new(),
            namespaces: Vec::new(),
            version: String::new(),
            count,
            rows: Rows::Nodes,
            filter: format!("cause:{}", cause.id()),
            restarts: None,
            since_s,
            log: None,
            history: History::of_events(&events, now_s),
            rank: rank(cause.tone(), now_s, since_s, 0, count.saturating_mul(4)),
        }
    };
    by_cause.into_iter().map(trouble).collect()
}

/// What warnings of the last hour tell of things whose status is not watched here.
fn reports(store: &Store, in_scope: &dyn Fn(Name) -> bool, now_s: i64) -> Vec<Trouble> {
    let names = &store.names;
    let mut groups: HashMap<(Name, Name, &str, Name), Vec<&EventRow>> = HashMap::new();
    let recent = |event: &EventRow| event.last_s.is_some_and(|at| now_s - at <= OVER_S);
    for (_, event) in store.events.rows().iter() {
        if event.warning && in_scope(event.namespace) && recent(event) {
            groups.entry((event.namespace, event.kind, &*event.name, event.reason)).or_default().push(event);
        }
    }
    let trouble = |((namespace, kind, name, reason), events): (_, Vec<&EventRow>)| {
        let (kind, reason) = (names.text(kind), names.text(reason));
        let cause = report::cause(kind, reason)?;
        let newest = events.iter().max_by_key(|event| (event.last_s, event.uid))?;
        let since_s = events.iter().filter_map(|event| event.first_s).min();
        let times = events.iter().fold(0_i64, |sum, event| sum.saturating_add(event.count));
        // Some clusters keep events for longer: what is older than these was not counted.
        let last_s = events.iter().filter_map(|event| event.last_s).min();
        let namespace = names.text(namespace).to_owned();
        Some(Trouble {
            key: format!("{namespace}/{kind}/{name}/{reason}"),
            cause,
            tone: cause.tone(),
            title: reason.to_owned(),
            words: report::words(reason, &newest.message),
            owner: words::workload(kind, name),
            filter: {
                // A reason is free text: what writes events may put spaces in it.
                let (reason, kind) = (quoted(reason), kind.to_ascii_lowercase());
                let since = last_s.map(since).unwrap_or_default();
                format!("type:warning reason:{reason} ns:{namespace} object:{kind}/{name} {since}")
            },
            namespace,
            namespaces: Vec::new(),
            version: String::new(),
            count: events.len() as u64,
            rows: Rows::Events,
            restarts: None,
            since_s,
            log: None,
            history: History::of_events(&events, now_s),
            rank: rank(cause.tone(), now_s, since_s, times, 1),
        })
    };
    groups.into_iter().filter_map(trouble).collect()
}

impl Symptom {
    /// When it was seen to happen last.
    fn last_s(&self) -> Option<i64> {
        self.end.as_ref().and_then(|end| end.finished_s).max(self.since_s)
    }
}

/// Larger for what began lately, happens often, and befalls many; in coarse steps, so that lines do not change places
/// with every restart.
fn rank(tone: Tone, now_s: i64, since_s: Option<i64>, times: i64, count: u64) -> u32 {
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
    recent + often + many + if tone == Tone::Bad { 3 } else { 0 }
}

fn log(cause: Cause, row: PodView<'_>, symptom: &Symptom, names: &crate::store::names::Names) -> Option<Log> {
    let has_run = matches!(cause, Cause::Crash | Cause::OutOfMemory | Cause::Unready | Cause::Initializing);
    has_run.then(|| Log {
        namespace: names.text(row.namespace()).to_owned(),
        pod: row.name().to_owned(),
        container: names.text(symptom.container).to_owned(),
        // Of what is being started again, the run that ended says why.
        previous: symptom.end.is_some() && symptom.restarts > 0,
    })
}

#[cfg(test)]
mod tests;
