//! What fails of one workload: the lines that the landing page has of it.

use leptos::prelude::*;
use model::demand::Kind;
use model::failing::troubles;
use model::k8s::workload::WorkloadKind;

use super::overview::failing::{Lines, STEP_S};
use crate::live::Cluster;
use crate::live::kinds::Kinds;
use crate::ui::card::{Card, Face};

/// The card; it is not there while nothing fails.
#[component]
pub(super) fn OwnTroubles(kind: WorkloadKind, namespace: String, name: String) -> impl IntoView {
    let (cluster, kinds): (Cluster, Kinds) = (expect_context(), expect_context());
    // Its own kind is listed for its page.
    kinds.look_at(&[Kind::Events]);
    let now_s = cluster.now_s();
    let step = Memo::new({
        let now_s = now_s.clone();
        move |_| now_s.get() / STEP_S
    });
    let versions = [cluster.pods_version(), cluster.nodes_version(), kinds.events_version(), kinds.workloads_version()];
    let found = cluster.reading(versions, move |store| {
        step.track();
        let Some(scope) = store.names.find(&namespace) else { return Vec::new() };
        let mut found = troubles(store, &[scope], now_s.get_untracked());
        found.retain(|trouble| trouble.owner == (kind.name().to_owned(), name.clone()));
        found
    });
    let keys = Signal::derive(move || found.with(|found| found.iter().map(|trouble| trouble.key.clone()).collect()));
    let any = Memo::new(move |_| found.with(|found| !found.is_empty()));
    view! {
        <Show when=move || any.get()>
            <Card title="What fails" face=Face::Full><Lines found keys /></Card>
        </Show>
    }
}
