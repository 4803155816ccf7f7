//! The landing page: how the cluster is, in one screen.

mod capacity;
mod change;
pub(super) mod failing;
mod groupings;
mod headline;
mod history;
mod namespaces;
mod node_names;
mod node_picture;
mod states;

use leptos::prelude::*;
use model::store::Store;
use model::store::scope::Scope;

pub(super) use capacity::CapacityTwin;
pub(super) use groupings::Groupings;
pub(super) use history::History;
pub(super) use node_picture::NodesTwin;

use super::later::Later;
use super::listing::RestrictedNotice;
use crate::app::use_place;
use crate::live::Cluster;

/// The landing page. `below` are the cards whose code comes later.
#[component]
pub fn Overview(#[prop(into)] below: ViewFn) -> impl IntoView {
    view! {
        <headline::Headline />
        <RestrictedNotice />
        <div class="grid overview-top overview">
            <capacity::CapacityCard />
            <node_picture::NodesCard />
        </div>
        <div class="grid overview overview-rest">{move || below.run()}</div>
    }
}

/// The cards whose code comes later.
#[component]
pub(super) fn Below() -> impl IntoView {
    let later: Later = expect_context();
    view! {
        <div class="grid what-fails">
            {later.in_turn(0, || view! { <failing::FailingCard /> }.into_any())}
            {later.in_turn(1, || view! { <change::ChangeCard /> }.into_any())}
        </div>
        <div class="grid beside">
            {later.in_turn(2, || view! { <states::StatesCard /> }.into_any())}
            {later.in_turn(3, || view! { <namespaces::NamespacesCard /> }.into_any())}
        </div>
    }
}

/// What is counted from the store: again when its turn comes after a change that `track` follows, and at once in other namespaces.
fn counted<T: PartialEq + Send + Sync + 'static>(
    track: impl Fn(&Cluster) + 'static,
    count: impl Fn(&Store, &Scope) -> T + Send + Sync + 'static,
) -> Memo<T> {
    let place = use_place();
    expect_context::<Cluster>().counted(track, move |store| {
        let namespaces = place.with(|location| location.view.namespaces.clone());
        count(store, &Scope::of(store, &namespaces))
    })
}

/// Where lists stand, told in turn with what is counted of it: a number is never shown as whole before it is.
fn told<T: PartialEq + Send + Sync + 'static>(read: impl Fn() -> T + Clone + Send + Sync + 'static) -> Memo<T> {
    let follow = read.clone();
    let turn = expect_context::<Cluster>().in_turn(move || drop(follow()));
    Memo::new(move |_| {
        turn.track();
        untrack(&read)
    })
}

/// Follows pods.
fn pods(cluster: &Cluster) {
    cluster.pods_version().track();
}

/// Follows nodes, pods and usage.
fn everything(cluster: &Cluster) {
    cluster.nodes_version().track();
    cluster.pods_version().track();
    cluster.usage_version().track();
}
