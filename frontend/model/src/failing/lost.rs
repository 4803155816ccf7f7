//! Pods whose node is lost: that they are not ready is the node's trouble, which counts them.

use std::borrow::Cow;

use super::cause::Cause;
use crate::k8s::node::NodeReadiness;
use crate::k8s::pod_state::PodState;
use crate::store::Store;
use crate::store::pods::PodView;
use crate::store::symptoms::Symptom;

/// A pod that became unready no longer before its node did is so because of that: a node's runtime fails before its kubelet says so.
const BEFORE_S: i64 = 300;

/// Why a pod is not well, by its status and its node's.
pub(super) fn cause(store: &Store, row: PodView<'_>, symptom: &Symptom) -> Cause {
    match Cause::of_pod(symptom, &store.names) {
        Cause::Unready if went_with_its_node(store, row, symptom) => Cause::NodeLost,
        Cause::Terminating
            if store.nodes.by_name(row.node()).is_some_and(|node| node.readiness != NodeReadiness::Ready) =>
        {
            Cause::NodeLost
        }
        cause => cause,
    }
}

/// What is to be told of a pod: of one that ran when its node was lost, what was to be told before. That a container of it was killed
/// an hour ago is no fresher for that.
pub(super) fn before<'s>(store: &Store, row: PodView<'_>, symptom: &'s Symptom) -> Cow<'s, Symptom> {
    match symptom.end.as_ref().filter(|_| went_with_its_node(store, row, symptom)) {
        Some(end) => {
            let since_s = end.finished_s.or(symptom.since_s);
            Cow::Owned(Symptom { state: PodState::Running, since_s, ..symptom.clone() })
        }
        None => Cow::Borrowed(symptom),
    }
}

/// Whether a pod ran well until its node was lost.
fn went_with_its_node(store: &Store, row: PodView<'_>, symptom: &Symptom) -> bool {
    let node = store.nodes.by_name(row.node()).filter(|node| node.readiness != NodeReadiness::Ready);
    let with = |(pod_s, node_s): (i64, i64)| pod_s.saturating_add(BEFORE_S) >= node_s;
    symptom.state == PodState::NotReady
        && symptom.running
        && node.is_some_and(|node| symptom.since_s.zip(node.since_s).is_none_or(with))
}
