//! What must be remembered of the pods that are not well: a sparse table beside the pods.
//!
//! Only facts are kept here, as the status tells them; what they mean is [`crate::failing`]'s to say.

use super::index::Index;
use super::names::{Name, Names};
use super::rows::RowNumber;
use crate::k8s::pod::{Container, ContainerStatus, Pod, Terminated};
use crate::k8s::pod_state::PodState;
use crate::k8s::resources::Resources;
use crate::timestamp;

/// A message is kept up to so many bytes: a few lines of a log.
const MOST_BYTES: usize = 600;

/// What a status tells of a pod that fails, waits, is not ready, is being ended, was put out, or has a container that ended badly before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symptom {
    /// The row of the pod.
    pub row: RowNumber,
    /// Its state.
    pub state: PodState,
    /// The pod's own word for why, for example `Evicted`; or its phase where that is Failed or Unknown.
    pub reason: Name,
    /// The container that tells the most, or empty.
    pub container: Name,
    /// Whether it runs before the others.
    pub init: bool,
    /// Whether it runs now.
    pub running: bool,
    /// Its image, as the spec names it.
    pub image: Name,
    /// The most memory it may use, or zero.
    pub mem_limit_bytes: u64,
    /// What it waits for, for example `ImagePullBackOff`; or empty.
    pub waiting: Name,
    /// How it ended, now or the last time.
    pub end: Option<End>,
    /// How often the pod's containers were started again.
    pub restarts: i64,
    /// The condition that is false and tells the most: `Unschedulable`, `SchedulingGated` or a readiness gate; or empty.
    pub condition: Name,
    /// What the server says of all this.
    pub message: Box<str>,
    /// Since when, in seconds since the epoch.
    pub since_s: Option<i64>,
}

/// How a container ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// For example `OOMKilled`.
    pub reason: Name,
    /// The exit status.
    pub exit_code: i64,
    /// The signal, or zero.
    pub signal: i64,
    /// What it left to say: its termination message, or the last lines of its log.
    pub message: Box<str>,
    /// How long it had run.
    pub ran_s: Option<i64>,
    /// When, in seconds since the epoch.
    pub finished_s: Option<i64>,
}

/// The pods that have a symptom.
#[derive(Debug, Default)]
pub struct Symptoms {
    /// Places in `rows`, by the row of the pod.
    places: Index,
    rows: Vec<Symptom>,
}

impl Symptom {
    /// Each name in it; a field that is added must say here whether it is one.
    pub(super) fn each_name(&self, mark: &mut dyn FnMut(Name)) {
        let Self {
            row: _,
            state: _,
            reason,
            container,
            init: _,
            running: _,
            image,
            mem_limit_bytes: _,
            waiting,
            end,
            restarts: _,
            condition,
            message: _,
            since_s: _,
        } = self;
        let end = end.as_ref().map(|end| &end.reason);
        [reason, container, image, waiting, condition].into_iter().chain(end).copied().for_each(mark);
    }
}

impl Symptoms {
    /// All of them, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Symptom> {
        self.rows.iter()
    }

    /// That of the pod in a row.
    pub fn get(&self, row: RowNumber) -> Option<&Symptom> {
        self.rows.get(self.place(row)? as usize)
    }

    /// What they hold of the memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let said = |symptom: &Symptom| symptom.message.len() + symptom.end.as_ref().map_or(0, |end| end.message.len());
        let said: usize = self.rows.iter().map(said).sum();
        self.places.bytes() + self.rows.capacity() * size_of::<Symptom>() + said
    }

    /// Takes in what a pod's status tells now.
    pub(super) fn note(&mut self, row: RowNumber, pod: &Pod<'_>, names: &mut Names) {
        let Some(symptom) = Symptom::of(row, pod, names) else {
            self.forget(row);
            return;
        };
        match self.place(row).and_then(|place| self.rows.get_mut(place as usize)) {
            Some(known) => *known = symptom,
            None => {
                self.places.insert(row, self.rows.len() as u32);
                self.rows.push(symptom);
            }
        }
    }

    /// The pod is gone, or well.
    pub(super) fn forget(&mut self, row: RowNumber) {
        let Some(place) = self.place(row) else { return };
        self.places.remove(row, place);
        self.rows.swap_remove(place as usize);
        // The last one has moved into its place.
        if let Some(moved) = self.rows.get(place as usize) {
            self.places.remove(moved.row, self.rows.len() as u32);
            self.places.insert(moved.row, place);
        }
    }

    // Rows are small numbers, each in use once: they are their own hashes.
    fn place(&self, row: RowNumber) -> Option<u32> {
        self.places.find(row, |place| self.rows.get(place as usize).is_some_and(|symptom| symptom.row == row))
    }
}

impl Symptom {
    fn of(row: RowNumber, pod: &Pod<'_>, names: &mut Names) -> Option<Self> {
        let (status, state) = (&pod.status, PodState::of(pod));
        let inits = status.init_container_statuses.iter().map(|c| (c, true));
        let all = inits.chain(status.container_statuses.iter().map(|c| (c, false)));
        // The first of those that tell the most.
        let (weight, worst) = all.clone().fold((0, None), |(most, worst), (c, init)| {
            let weight = weight(c, init, &pod.spec.init_containers);
            if weight > most { (weight, Some((c, init))) } else { (most, worst) }
        });
        let unwell = match state {
            PodState::Failing | PodState::Waiting | PodState::NotReady => true,
            PodState::Running => weight > 0,
            // What was put out and replaced has an end worth telling.
            PodState::Completed => &*status.phase == "Failed",
            PodState::Terminating => true,
        };
        if !unwell {
            return None;
        }
        let false_of = |kind: &str| status.condition(kind).filter(|c| &*c.status == "False");
        let gates = pod.spec.readiness_gates.iter().map(|gate| &*gate.condition_type);
        let gate = gates.clone().find(|kind| !status.is_true(kind));
        let unscheduled = false_of("PodScheduled");
        let ready = false_of("Ready");
        let waiting = worst.and_then(|(c, _)| c.state.waiting.as_ref());
        let spec = worst.and_then(|(c, _)| {
            let mut specs = pod.spec.containers.iter().chain(pod.spec.init_containers.iter());
            specs.find(|spec| spec.name == c.name)
        });
        let end = worst.and_then(|(c, _)| c.state.terminated.as_ref().or(c.last_state.terminated.as_ref()));
        let ended = !matches!(&*status.phase, "Pending" | "Running" | "Succeeded");
        let reason = if ended { status.reason.non_empty().unwrap_or(&status.phase) } else { &status.reason };
        let said = waiting.map(|w| &w.message).into_iter().chain(unscheduled.map(|c| &c.message));
        let said = said.chain([&status.message]).find_map(|text| text.non_empty());
        let since = unscheduled.or(ready).map(|c| &c.last_transition_time);
        let (mut restarts, mut last_s) = (0_i64, None);
        for (c, _) in all {
            restarts = restarts.saturating_add(c.restart_count);
            let end = c.state.terminated.as_ref().or(c.last_state.terminated.as_ref());
            last_s = last_s.max(end.and_then(|end| timestamp::seconds(&end.finished_at)));
        }
        let since_s = since.and_then(|text| timestamp::seconds(text)).or(last_s);
        // Of one that is being ended: since when it should have.
        let late_s = timestamp::seconds(&pod.metadata.deletion_timestamp).filter(|_| state == PodState::Terminating);
        Some(Self {
            row,
            state,
            reason: names.intern(reason),
            container: names.intern(worst.map_or("", |(c, _)| &c.name)),
            init: worst.is_some_and(|(_, init)| init),
            running: worst.is_some_and(|(c, _)| c.state.running.is_some()),
            image: names.intern(spec.map_or("", |spec| &spec.image)),
            mem_limit_bytes: spec.map_or(0, |spec| Resources::from_pairs(&spec.resources.limits).mem_bytes),
            waiting: names.intern(waiting.map_or("", |w| &w.reason)),
            end: end.map(|end| End::of(end, names)),
            restarts,
            condition: names.intern(unscheduled.map(|c| &*c.reason).or(gate).unwrap_or("")),
            message: bounded(said.unwrap_or("")),
            since_s: late_s.or(since_s).or_else(|| timestamp::seconds(&pod.metadata.creation_timestamp)),
        })
    }
}

impl End {
    fn of(end: &Terminated<'_>, names: &mut Names) -> Self {
        let finished_s = timestamp::seconds(&end.finished_at);
        let started_s = timestamp::seconds(&end.started_at);
        Self {
            reason: names.intern(&end.reason),
            exit_code: end.exit_code,
            signal: end.signal,
            message: last_bytes(&end.message),
            ran_s: finished_s.zip(started_s).map(|(finished, started)| finished.saturating_sub(started)),
            finished_s,
        }
    }
}

/// How much a container tells of why its pod is not well.
fn weight(c: &ContainerStatus<'_>, init: bool, inits: &[Container<'_>]) -> u8 {
    let bad = |end: &Option<Terminated<'_>>| end.as_ref().is_some_and(|t| t.exit_code != 0);
    let passing = |reason: &str| matches!(reason, "" | "ContainerCreating" | "PodInitializing");
    let sidecar = || inits.iter().any(|spec| spec.name == c.name && spec.is_sidecar());
    match &c.state.waiting {
        Some(waiting) if !passing(&waiting.reason) => 5,
        _ if bad(&c.state.terminated) => 4,
        _ if bad(&c.last_state.terminated) && !c.ready => 3,
        _ if c.state.running.is_some() && !c.ready && (!init || !sidecar() || !c.started) => 2,
        _ => u8::from(bad(&c.last_state.terminated)),
    }
}

/// The beginning of a text that may be of any length.
pub(super) fn bounded(text: &str) -> Box<str> {
    Box::from(text.get(..text.floor_char_boundary(MOST_BYTES)).unwrap_or(text))
}

/// The end of a text that may be of any length: what a log said last says the most.
fn last_bytes(text: &str) -> Box<str> {
    let from = text.ceil_char_boundary(text.len().saturating_sub(MOST_BYTES));
    Box::from(text.get(from..).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use crate::k8s::pod_state::PodState;
    use crate::store::Store;
    use crate::store::rows::Uid;
    use serde_json::{Value, json};

    fn store(pods: &[Value]) -> Store {
        let mut store = Store::default();
        for pod in pods {
            store.pods.upsert(pod.to_string().as_bytes(), &mut store.names);
        }
        store
    }

    fn pod(name: &str, ready: bool) -> Value {
        let state = if ready { json!({"running": {}}) } else { json!({"waiting": {"reason": "CrashLoopBackOff"}}) };
        json!({
            "metadata": {"uid": name, "name": name, "namespace": "x"},
            "status": {
                "phase": "Running",
                "conditions": [{"type": "Ready", "status": if ready { "True" } else { "False" }}],
                "containerStatuses": [{"name": "c", "ready": ready, "state": state, "restartCount": 2}],
            },
        })
    }

    #[test]
    fn only_pods_that_are_not_well_have_a_row() {
        let mut store = store(&[pod("a", true), pod("b", false), pod("c", false), pod("d", false)]);
        assert_eq!(store.pods.symptoms().iter().count(), 3);
        // One gets well, one goes; the rest is found where it was.
        store.pods.upsert(pod("b", true).to_string().as_bytes(), &mut store.names);
        store.pods.delete(pod("c", false).to_string().as_bytes());
        let row = |name: &str| store.pods.number(Uid::parse(name)).unwrap();
        let left: Vec<_> = store.pods.symptoms().iter().map(|s| s.row).collect();
        assert_eq!(left, [row("d")]);
        assert_eq!(store.pods.symptoms().get(row("d")).map(|s| s.state), Some(PodState::Failing));
        assert_eq!(store.pods.symptoms().get(row("a")), None);
    }

    #[test]
    fn a_list_that_does_not_name_a_pod_ends_its_symptom() {
        let mut store = store(&[pod("a", false), pod("b", false)]);
        let epoch = store.pods.begin();
        store.pods.upsert(pod("a", false).to_string().as_bytes(), &mut store.names);
        store.pods.end(epoch, None);
        assert_eq!(store.pods.symptoms().iter().count(), 1);
    }

    #[test]
    fn a_message_of_any_length_is_bounded() {
        let mut long = pod("a", false);
        long["status"]["containerStatuses"][0]["state"]["waiting"]["message"] = json!("ü".repeat(10_000));
        long["status"]["containerStatuses"][0]["lastState"] =
            json!({"terminated": {"exitCode": 1, "message": format!("{}end", "ü".repeat(10_000))}});
        let store = store(&[long]);
        let symptom = store.pods.symptoms().iter().next().unwrap();
        assert_eq!(symptom.message.len(), 600);
        let end = symptom.end.as_ref().unwrap();
        assert!(end.message.len() <= 600 && end.message.ends_with("end"));
    }
}
