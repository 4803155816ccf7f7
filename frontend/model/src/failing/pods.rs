//! Troubles of pods, by their statuses: grouped by cause and owner, and told better by events.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::began::{self, Sets};
use super::cause::Cause;
use super::history::{History, OVER_S};
use super::{Log, Rows, Trouble, lost, place, rank, words};
use crate::chart::stack::Tone;
use crate::k8s::image;
use crate::k8s::pod_state::PodState;
use crate::store::Store;
use crate::store::events::EventRow;
use crate::store::names::{Name, Names};
use crate::store::pods::PodView;
use crate::store::symptoms::Symptom;
use crate::store::workloads::Course;

/// What is ordinary for a while is a trouble when it lasts for so long.
const LASTS_S: i64 = 120;

/// Some pods with one cause and owner.
struct Group<'s> {
    cause: Cause,
    /// The pods, and the events that speak of them.
    pods: Vec<(PodView<'s>, Cow<'s, Symptom>)>,
    events: Vec<&'s EventRow>,
    /// Those that speak of pods of the same sets that are gone.
    earlier: Vec<&'s EventRow>,
}

/// The troubles of pods; what is ordinary for a while may not last.
pub(super) fn pods(store: &Store, sets: &Sets<'_>, in_scope: &dyn Fn(Name) -> bool, now_s: i64) -> Vec<Trouble> {
    let mut groups: HashMap<(Cause, Name, Name, &str), Group<'_>> = HashMap::new();
    let mut group_of = HashMap::new();
    let mut groups_of_set: HashMap<_, HashSet<_>> = HashMap::new();
    for symptom in store.pods.symptoms().iter() {
        let Some(row) = store.pods.get(symptom.row).filter(|row| in_scope(row.namespace())) else { continue };
        let cause = lost::cause(store, row, symptom);
        let owner = if row.owner().is_empty() { row.name() } else { store.names.text(row.owner()) };
        let key = (cause, row.namespace(), row.owner_kind(), owner);
        let group = groups.entry(key).or_insert_with(|| Group::new(cause));
        let symptom = lost::before(store, row, symptom);
        group.pods.push((row, began::between_runs(cause, symptom, now_s)));
        group_of.insert(row.uid(), key);
        if let Some(set) = set_of(row.name()) {
            groups_of_set.entry((row.namespace(), set)).or_default().insert(key);
        }
    }
    for (_, event) in store.events.rows().iter().filter(|(_, event)| event.warning) {
        if let Some(group) = group_of.get(&event.about).and_then(|key| groups.get_mut(key)) {
            group.events.push(event);
        } else if let Some(set) = set_of(&event.name).filter(|_| store.pods.number(event.about).is_none()) {
            for key in groups_of_set.get(&(event.namespace, set)).into_iter().flatten() {
                groups.entry(*key).and_modify(|group| group.earlier.push(event));
            }
        }
    }
    groups.into_values().filter_map(|group| group.trouble(store, sets, now_s)).collect()
}

/// What made a pod, by the pod's name; none for the numbered pods of stateful sets, whose names are those of pods of other versions.
fn set_of(pod: &str) -> Option<&str> {
    let (set, own) = pod.rsplit_once('-')?;
    own.bytes().any(|byte| byte.is_ascii_alphabetic()).then_some(set)
}

impl<'s> Group<'s> {
    fn new(cause: Cause) -> Self {
        Self { cause, pods: Vec::new(), events: Vec::new(), earlier: Vec::new() }
    }

    /// When the sets began whose pods are all in this group; of others some pods were well.
    fn sets_began_s(&self, store: &Store, sets: &Sets<'_>) -> Option<i64> {
        let mut templates: HashMap<_, (PodView<'_>, usize)> = HashMap::new();
        for (row, _) in &self.pods {
            templates.entry(row.template_number()).or_insert((*row, 0)).1 += 1;
        }
        let all = templates.into_iter().filter(|(number, (_, pods))| store.pods.of_template(*number).count() == *pods);
        all.filter_map(|(_, (row, _))| sets.began_s(store, row.template())).min()
    }

    fn trouble(&self, store: &Store, sets: &Sets<'_>, now_s: i64) -> Option<Trouble> {
        let names = &store.names;
        let text = |name: Name| names.text(name).to_owned();
        // The one that changed last tells for all; equal ones by name, so that it stays the same one.
        let newest =
            self.pods.iter().max_by(|(a, x), (b, y)| x.last_s().cmp(&y.last_s()).then_with(|| b.name().cmp(a.name())));
        let (row, symptom) = newest.map(|(row, symptom)| (*row, &**symptom))?;
        let since_s = self.pods.iter().filter_map(|(_, symptom)| symptom.since_s).min();
        let lasts = !self.cause.passes() || since_s.is_none_or(|since_s| now_s - since_s >= LASTS_S);
        // What was put out and replaced is as well as what runs again.
        let well = |symptom: &Symptom| matches!(symptom.state, PodState::Running | PodState::Completed);
        let put_out_s =
            self.events.iter().filter(|event| names.text(event.reason) == "Evicted").map(|event| event.last_s);
        let last_s = self.pods.iter().map(|(_, symptom)| symptom.last_s()).chain(put_out_s).max().flatten();
        // What runs well again is told for an hour.
        let over = self.pods.iter().all(|(_, symptom)| well(symptom)) && last_s.is_none_or(|at| now_s - at > OVER_S);
        // The pods of a node that is lost are counted with it.
        if over
            || self.cause == Cause::NodeLost && (symptom.reason.is_empty() || symptom.state == PodState::Terminating)
        {
            return None;
        }
        let mut told = words::of_pods(self.cause, row, symptom, &self.events, names);
        let is_replaced = symptom.state == PodState::Completed;
        if is_replaced {
            told.words = words::replaced(&told.words, has_all_its_pods(store, row));
        }
        // The first event of what still goes on is older than the newest status.
        let telling = |event: &&&EventRow| {
            told.reasons.contains(&names.text(event.reason))
                && !event.message.starts_with("Error: ErrImagePull")
                && !event.message.starts_with("Error: ImagePullBackOff")
        };
        // Pods that came in the place of others that were no better did not begin it.
        let never_well = self.pods.iter().all(|(row, symptom)| began::was_never_well(self.cause, *row, symptom));
        let earlier: &[&EventRow] = if never_well { &self.earlier } else { &[] };
        let events: Vec<&EventRow> = self.events.iter().chain(earlier).filter(telling).copied().collect();
        let first_s = |of: &[&EventRow]| of.iter().filter(telling).filter_map(|event| event.first_s).min();
        // What tells of a pod that is there is no older than that.
        let made_s = self.pods.iter().filter_map(|(row, _)| row.created_s()).min();
        let own_s = first_s(&self.events).map(|first_s| made_s.map_or(first_s, |made_s| made_s.max(first_s)));
        let sets_s = if never_well { self.sets_began_s(store, sets) } else { None };
        let by_status_s = self.pods.iter().filter_map(|(row, symptom)| began::of_pod(self.cause, *row, symptom)).min();
        let since_s = by_status_s.into_iter().chain(own_s).chain(first_s(earlier)).chain(sets_s).min();
        let restarts = self.pods.iter().fold(0_i64, |sum, (_, s)| sum.saturating_add(s.restarts));
        let restartable = !matches!(
            self.cause,
            Cause::Unschedulable | Cause::Gated | Cause::Evicted | Cause::Refused | Cause::Terminating
        );
        let history = if events.is_empty() {
            History::of_statuses(self.pods.iter().map(|(row, symptom)| (&**symptom, row.created_s())), now_s)
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
            image: if self.cause == Cause::ImagePull { text(symptom.image) } else { String::new() },
            version: image::version(names.text(symptom.image)).to_owned(),
            filter: format!("cause:{} ns:{namespace} {whose}", self.cause.id()),
            owner: (text(row.owner_kind()), owner),
            namespace: namespace.clone(),
            namespaces: Vec::new(),
            count,
            rows: Rows::Pods,
            restarts: restartable.then_some(restarts),
            since_s,
            // A status that was copied from elsewhere may tell of an end before the pod was there.
            last_s: last_s
                .filter(|last_s| since_s.is_none_or(|since_s| since_s <= *last_s))
                .filter(|_| matches!(self.cause, Cause::Crash | Cause::OutOfMemory | Cause::Start)),
            log: log(self.cause, row, symptom, names),
            // Nothing is amiss any more where another pod is in its place.
            rank: rank(now_s, since_s.filter(|_| !is_replaced), restarts, count),
            history,
            lasts,
            on: place::of_pods(self.pods.iter().map(|(row, _)| *row)),
            brought: None,
            place: String::new(),
            places: Vec::new(),
        })
    }
}

/// Whether what runs a pod misses none.
fn has_all_its_pods(store: &Store, row: PodView<'_>) -> bool {
    let kind = store.names.text(row.owner_kind());
    let mut owners = store.workloads.rows().iter().map(|(_, owner)| owner);
    let owner = owners
        .find(|owner| (owner.namespace, owner.name) == (row.namespace(), row.owner()) && owner.kind.name() == kind);
    owner.is_some_and(|owner| matches!(owner.course, Course::Replicas(of) if of.available >= of.wanted))
}

impl Symptom {
    /// When it was seen to happen last.
    fn last_s(&self) -> Option<i64> {
        self.end.as_ref().and_then(|end| end.finished_s).max(self.since_s)
    }
}

fn log(cause: Cause, row: PodView<'_>, symptom: &Symptom, names: &Names) -> Option<Log> {
    let has_run = matches!(cause, Cause::Crash | Cause::OutOfMemory | Cause::Unready | Cause::Initializing);
    has_run.then(|| Log {
        namespace: names.text(row.namespace()).to_owned(),
        pod: row.name().to_owned(),
        container: names.text(symptom.container).to_owned(),
        // Of what is being started again, the run that ended says why.
        previous: symptom.end.is_some() && symptom.restarts > 0,
    })
}
