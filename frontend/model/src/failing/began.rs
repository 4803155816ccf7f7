//! Since when pods fail, as far as is known: neither the last of many restarts nor the newest of many pods is when it began.

use std::borrow::Cow;
use std::collections::HashMap;

use super::cause::Cause;
use crate::k8s::pod_state::PodState;
use crate::k8s::scaling::Scaling;
use crate::k8s::workload::WorkloadKind;
use crate::store::Store;
use crate::store::names::Name;
use crate::store::pods::PodView;
use crate::store::pods::template::Template;
use crate::store::symptoms::Symptom;

/// The longest wait between two runs of a container, and how soon what never runs well ends first.
const BACK_OFF_S: i64 = 300;

/// After such a run the kubelet takes a container for one that runs again.
const RUNS_AGAIN_S: i64 = 600;

/// When each deployment's replica set began to have pods, by namespace and name: when its deployment was heard to scale it up from
/// nothing, else when it was made.
pub(super) struct Sets<'s>(HashMap<(Name, &'s str), i64>);

impl<'s> Sets<'s> {
    /// Of what is in the store: replica sets may not be.
    pub(super) fn of(store: &'s Store) -> Self {
        let rows = store.workloads.rows().iter().map(|(_, row)| row);
        let sets = rows.filter(|row| row.kind == WorkloadKind::ReplicaSet && !row.owner.is_empty());
        let mut began: HashMap<(Name, &str), i64> =
            sets.filter_map(|row| Some(((row.namespace, store.names.text(row.name)), row.created_s?))).collect();
        let mut heard = HashMap::new();
        if let Some(reason) = store.names.find("ScalingReplicaSet") {
            for (_, event) in store.events.rows().iter().filter(|(_, event)| event.reason == reason) {
                let new = Scaling::read(&event.message).filter(Scaling::is_new);
                if let Some((scaling, at_s)) = new.zip(event.last_s) {
                    let newest = heard.entry((event.namespace, scaling.set)).or_insert(at_s);
                    *newest = at_s.max(*newest);
                }
            }
        }
        began.extend(heard);
        Self(began)
    }

    /// When the set began that makes pods of this template; none for those that no set makes, and where nobody knows.
    pub(super) fn began_s(&self, store: &Store, of: &Template) -> Option<i64> {
        let hash = store.names.text(of.label(store.names.find("pod-template-hash")?)?);
        let name = format!("{}-{hash}", store.names.text(of.owner));
        self.0.get(&(of.namespace, &*name)).copied()
    }
}

/// Since when a pod fails, by its own status, and no longer than it is there. The conditions of a container that ends again and again change with each run: it does so
/// since it was made where its runs are as long as the life that it had.
pub(super) fn of_pod(cause: Cause, pod: PodView<'_>, symptom: &Symptom) -> Option<i64> {
    let end = symptom.end.as_ref().filter(|_| matches!(cause, Cause::Crash | Cause::OutOfMemory | Cause::Start));
    let ever_since = || {
        let (made_s, end) = (pod.created_s()?, end?);
        let life_s = end.finished_s?.saturating_sub(made_s);
        let runs_s = end.ran_s?.saturating_add(BACK_OFF_S).saturating_mul(symptom.restarts);
        let again = symptom.restarts > 1 && runs_s >= life_s / 2;
        (again || life_s <= BACK_OFF_S).then_some(made_s)
    };
    let since_s = symptom.since_s.into_iter().chain(ever_since()).min();
    // Who copies a status from elsewhere copies older times with it.
    since_s.map(|since_s| pod.created_s().map_or(since_s, |made_s| since_s.max(made_s)))
}

/// Whether a pod has failed in this way for all its life.
pub(super) fn was_never_well(cause: Cause, pod: PodView<'_>, symptom: &Symptom) -> bool {
    let is_of_its_making = matches!(
        cause,
        Cause::Crash
            | Cause::OutOfMemory
            | Cause::ImagePull
            | Cause::Config
            | Cause::Start
            | Cause::Unschedulable
            | Cause::Creating
            | Cause::Initializing
            | Cause::Unready
    );
    let since_made = of_pod(cause, pod, symptom).zip(pod.created_s());
    is_of_its_making && since_made.is_some_and(|(since_s, made_s)| since_s.saturating_sub(made_s) <= BACK_OFF_S)
}

/// What is to be told of a pod that crashes: where nothing keeps it from being ready during each of its short runs, it is no better for that.
pub(super) fn between_runs(cause: Cause, symptom: Cow<'_, Symptom>, now_s: i64) -> Cow<'_, Symptom> {
    let ended_s = symptom.end.as_ref().and_then(|end| end.finished_s);
    let has_just_ended = ended_s.is_some_and(|at_s| now_s.saturating_sub(at_s) < RUNS_AGAIN_S);
    if cause == Cause::Crash && symptom.state == PodState::Running && symptom.restarts > 2 && has_just_ended {
        Cow::Owned(Symptom { state: PodState::NotReady, ..symptom.into_owned() })
    } else {
        symptom
    }
}
