//! What changed in the last hour: rollouts, scaling and nodes, and the warnings beside them.
//!
//! Nothing is remembered for this: events say when a deployment made a replica set or an autoscaler changed its number, and nodes say since
//! when their conditions are what they are.

use std::collections::HashMap;

mod nodes;
mod together;

use super::rollouts;
use crate::chart::stack::Tone;
use crate::chart::timeline::{Label, Mark, labels};
use crate::failing::history::{History, OVER_S};
use crate::filter::{Filter, Named, since};
use crate::format::{count, plural};
use crate::k8s::image;
use crate::k8s::scaling::Scaling;
use crate::k8s::workload::WorkloadKind;
use crate::order::sorted;
use crate::route::Page;
use crate::store::Store;
use crate::store::events::EventRow;
use crate::store::names::Name;
use crate::store::rows::Uid;
use crate::store::workloads::WorkloadRow;
use crate::table::Key;

/// How wide the name of a change gets on the axis, in CSS pixels, and how wide a character of it is.
const WIDEST: u32 = 300;
const CHARACTER: f64 = 6.6;
/// The weight of what somebody rolled out.
const OF_ROLLOUTS: u8 = 2;
/// So soon after its first pod a rollout is stuck from its beginning.
const AT_ONCE_S: u64 = 60;
/// So soon after a deployment was made its first set grows.
const NEW_S: i64 = 60;

/// Something that changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// When, in seconds since the epoch.
    pub at_s: i64,
    /// A rollout is well, scaling is to be known, a node that goes is bad.
    pub tone: Tone,
    /// What, in words: `checkout 6.1.0 rolled out`.
    pub words: String,
    /// Where it leads.
    pub page: Page,
    /// The filter that leaves just what changed there; empty where the page is of one thing.
    pub query: String,
}

/// The last hour.
#[derive(Clone, Debug, PartialEq)]
pub struct LastHour {
    /// Changes, the newest first.
    pub changes: Vec<Change>,
    /// Warnings over time.
    pub warnings: History,
    /// How many warnings there are.
    pub warned: u64,
    /// The filter that leaves just these events.
    pub warned_filter: String,
    /// Until when, in seconds since the epoch.
    pub now_s: i64,
}

/// A deployment's replica set got another number of pods, and when.
struct Scaled<'e> {
    told: Scaling<'e>,
    last_s: Option<i64>,
}

/// The deployments by namespace and name.
type Deployments<'s> = HashMap<(Name, &'s str), &'s WorkloadRow>;

fn deployments(store: &Store) -> Deployments<'_> {
    let rows = store.workloads.rows().iter().map(|(_, row)| row).filter(|row| row.kind == WorkloadKind::Deployment);
    rows.map(|row| ((row.namespace, store.names.text(row.name)), row)).collect()
}

/// What changed in these namespaces (in all, if none is named); nodes belong to all.
pub fn last_hour(store: &Store, scope: &[Name], now_s: i64) -> LastHour {
    let in_scope = |event: &&EventRow| scope.is_empty() || scope.contains(&event.namespace);
    let recent = |event: &&EventRow| event.last_s.is_some_and(|at_s| now_s - at_s < OVER_S);
    let events = || store.events.rows().iter().map(|(_, event)| event).filter(in_scope).filter(recent);
    let warnings: Vec<&EventRow> = events().filter(|event| event.warning).collect();
    let deployments = deployments(store);
    let mut changes = rollouts(store, &deployments, events());
    changes.extend(events().filter_map(|event| rescaled(store, &deployments, event)));
    let is_recent = |at_s: i64| (0..OVER_S).contains(&now_s.saturating_sub(at_s));
    let in_scope = |namespace: Name| scope.is_empty() || scope.contains(&namespace);
    changes.extend(rollouts::steps(store, in_scope, is_recent));
    changes.retain(|change| is_recent(change.at_s));
    let workloads = |query: &str| {
        let filter = Filter::parse(query);
        let rows = store.workloads.rows().iter().map(|(_, row)| row).filter(|row| row.stands_alone());
        let rows = rows.filter(|row| scope.is_empty() || scope.contains(&row.namespace));
        rows.filter(|row| filter.matches(&Named { row: *row, store })).count()
    };
    let mut changes = together::in_many_namespaces(changes, workloads);
    changes.extend(nodes::nodes(store, is_recent));
    let place = |change: &Change| format!("{} {}", change.page, change.query);
    let mut changes = sorted(changes, |a, b| {
        b.at_s.cmp(&a.at_s).then_with(|| a.words.cmp(&b.words)).then_with(|| place(a).cmp(&place(b)))
    });
    // Two events may tell of one change.
    changes.dedup_by(|a, b| (a.at_s, &a.words, &a.page, &a.query) == (b.at_s, &b.words, &b.page, &b.query));
    // Events are kept for longer in some clusters: only those of the hour are counted, and none that is older is as new as these.
    let oldest_s = warnings.iter().filter_map(|event| event.last_s).min();
    let warned_filter = format!("type:warning {}", oldest_s.map(since).unwrap_or_default());
    let warned = warnings.len() as u64;
    LastHour { changes, warnings: History::of_events(&warnings, now_s), warned, warned_filter, now_s }
}

impl Change {
    /// What tells it from others.
    pub fn key(&self) -> Key {
        Uid::parse(&format!("{} {} {} {}", self.at_s, self.words, self.page, self.query)).into()
    }

    /// The larger, the sooner it finds room for its name: what is bad, then what somebody did.
    fn weight(&self) -> u8 {
        match (self.tone, &self.page) {
            (Tone::Bad, _) => 4,
            (Tone::Warn, _) => 3,
            (Tone::Ok | Tone::Done, Page::Workload { .. } | Page::Workloads) => OF_ROLLOUTS,
            (Tone::Ok | Tone::Done, _) => 1,
            (Tone::Unknown, _) => 0,
        }
    }
}

impl LastHour {
    /// The changes on the axis.
    pub fn marks(&self) -> Vec<Mark> {
        let at = |change: &Change| 1.0 - self.now_s.saturating_sub(change.at_s) as f64 / OVER_S as f64;
        self.changes.iter().map(|change| Mark { at: at(change), tone: change.tone }).collect()
    }

    /// The names of the changes on an axis of `width` CSS pixels: the most important ones, as many as find room.
    pub fn labels(&self, width: u32) -> Vec<Label> {
        let wide = |change: &Change| ((change.words.chars().count() as f64 * CHARACTER) as u32 + 2).min(WIDEST);
        let mut all: Vec<(usize, u8, u32)> =
            self.changes.iter().enumerate().map(|(at, change)| (at, change.weight(), wide(change))).collect();
        // The newest rollout is what somebody did last: it is asked for first.
        if let Some((_, weight, _)) = all.iter_mut().find(|(_, weight, _)| *weight == OF_ROLLOUTS) {
            *weight = u8::MAX;
        }
        // The newest first among equals, as they come.
        let wanted = sorted(all, |(_, a, _), (_, b, _)| b.cmp(a));
        let wanted: Vec<(usize, u32)> = wanted.into_iter().map(|(at, _, wide)| (at, wide)).collect();
        labels(&self.marks(), &wanted, width)
    }

    /// In words, for those who do not see the chart.
    pub fn words(&self) -> String {
        let changes = plural(self.changes.len() as u64, "change", "changes");
        format!("{changes} and {} in the last hour", plural(self.warned, "warning", "warnings"))
    }
}

/// Words of so many things whose link leads to `found`.
fn leading_to(words: String, found: usize, told: usize) -> String {
    if found == told { words } else { format!("{words}; the link leads to all {}", count(found as u64)) }
}

/// What the deployment controller says.
fn rollouts<'e>(
    store: &Store,
    deployments: &Deployments<'_>,
    events: impl Iterator<Item = &'e EventRow>,
) -> Vec<Change> {
    let names = &store.names;
    let on_their_way = rollouts::on_their_way(store);
    let mut by_deployment: HashMap<(Name, &str), Vec<Scaled<'e>>> = HashMap::new();
    for event in events.filter(|event| names.text(event.reason) == "ScalingReplicaSet") {
        if let Some(told) = Scaling::read(&event.message) {
            let scaled = Scaled { told, last_s: event.last_s };
            by_deployment.entry((event.namespace, &event.name)).or_default().push(scaled);
        }
    }
    let change = |((namespace, name), told): ((Name, &str), Vec<Scaled<'e>>)| {
        // A new set grows from nothing; with it the old ones shrink, which is the same change.
        let grown = told.iter().filter(|scaled| scaled.told.is_new()).max_by_key(|scaled| scaled.last_s);
        let on_its_way = names.find(name).and_then(|name| on_their_way.get(&(namespace, name)));
        let unfinished = on_its_way.is_some();
        let new =
            grown.filter(|new| unfinished || is_rollout(deployments.get(&(namespace, name)).copied(), new, &told));
        let newest = told.iter().max_by_key(|scaled| scaled.last_s)?;
        let (at_s, tone, words) = match new {
            // It got stuck at once, which is told by itself.
            Some(new)
                if on_its_way.copied().flatten().zip(new.last_s).is_some_and(|(a, b)| a.abs_diff(b) < AT_ONCE_S) =>
            {
                return None;
            }
            Some(new) => {
                let version = version_of(store, namespace, name, new.told.set);
                let what = format!("{name} {version}");
                let verb = if unfinished { "is being rolled out" } else { "rolled out" };
                (new.last_s, Tone::Ok, format!("{} {verb}", what.trim_end()))
            }
            None => {
                let from = newest.told.from.map(|from| format!("from {from} ")).unwrap_or_default();
                (newest.last_s, Tone::Unknown, format!("{name} scaled {from}to {}", newest.told.to))
            }
        };
        let (kind, namespace) = (WorkloadKind::Deployment, names.text(namespace).to_owned());
        let page = Page::Workload { kind, namespace, name: name.to_owned() };
        Some(Change { at_s: at_s?, tone, words, page, query: String::new() })
    };
    by_deployment.into_iter().filter_map(change).collect()
}

/// Whether a set that grew from nothing did so by a rollout, and not since somebody scaled its deployment up from 0.
///
/// In a rollout another set shrinks, or the deployment is new. What happened last to a set that had pods decides: after a
/// rollout the same set may be scaled to 0 and back, and a rollout may go back to a set that another rollout emptied.
fn is_rollout(deployment: Option<&WorkloadRow>, new: &Scaled<'_>, told: &[Scaled<'_>]) -> bool {
    let shrunk = |own: bool| {
        let shrunk = told.iter().filter(move |other| other.told.shrank && (other.told.set == new.told.set) == own);
        shrunk.filter_map(|other| other.last_s)
    };
    let emptied_s = shrunk(true).filter(|at_s| Some(*at_s) <= new.last_s).max();
    match (shrunk(false).max(), emptied_s) {
        (Some(other_s), Some(own_s)) => other_s >= own_s,
        (Some(_), None) => true,
        (None, Some(_)) => false,
        (None, None) => {
            // Of what is not listed nothing more is known.
            deployment.and_then(|row| Some(new.last_s? - row.created_s?)).is_none_or(|age_s| age_s < NEW_S)
        }
    }
}

/// The version that the pods of a replica set run.
fn version_of(store: &Store, namespace: Name, deployment: &str, set: &str) -> String {
    let names = &store.names;
    let hash = set.strip_prefix(deployment).and_then(|rest| rest.strip_prefix('-'));
    let (Some(key), Some(hash)) = (names.find("pod-template-hash"), hash.and_then(|hash| names.find(hash))) else {
        return String::new();
    };
    let of_set = store
        .pods
        .templates()
        .iter()
        .map(|(_, template, _)| template)
        .find(|template| template.namespace == namespace && template.label(key) == Some(hash));
    let image = of_set.and_then(|template| template.images.first());
    image.map_or_else(String::new, |image| image::version(names.text(*image)).to_owned())
}

/// What an autoscaler says: `New size: 6; reason: cpu resource utilization (percentage of request) above target`.
fn rescaled(store: &Store, deployments: &Deployments<'_>, event: &EventRow) -> Option<Change> {
    if store.names.text(event.reason) != "SuccessfulRescale" {
        return None;
    }
    let size = event.message.strip_prefix("New size: ")?.split(';').next()?;
    let (namespace, name) = (store.names.text(event.namespace).to_owned(), event.name.to_string());
    let words = format!("{name} scaled to {size} by its autoscaler");
    // The event is about the autoscaler. Many are called like what they scale; of others only the events are known.
    let (page, query) = if deployments.contains_key(&(event.namespace, name.as_str())) {
        (Page::Workload { kind: WorkloadKind::Deployment, namespace, name }, String::new())
    } else {
        (Page::Events, format!("object:horizontalpodautoscaler/{name} ns:{namespace}"))
    };
    Some(Change { at_s: event.last_s?, tone: Tone::Unknown, words, page, query })
}

#[cfg(test)]
mod tests;
