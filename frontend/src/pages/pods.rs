//! The table of pods.

use leptos::prelude::*;
use model::filter::Filter;
use model::format;
use model::store::Store;
use model::store::rows::RowNumber;
use model::table::pod::{COLUMNS, Selection, line};

use super::faces::face_of;
use super::listing::{Listing, RestrictedNotice, kept_rows, use_filter, use_namespaces, use_sort};
use crate::live::Cluster;
use crate::live::lists::Lists;
use crate::ui::card::{Card, Face};
use crate::ui::table::{Rows, Table};

/// The page of all pods.
#[component]
pub fn Pods() -> impl IntoView {
    let lists: Lists = expect_context();
    let cluster: Cluster = expect_context();
    let (namespaces, filter, sort) = (use_namespaces(), use_filter(), use_sort());
    let pods_version = cluster.pods_version();
    let all = Memo::new({
        let cluster = cluster.clone();
        move |_| {
            pods_version.track();
            cluster.store(|s| s.pods.len())
        }
    });
    let feed = Memo::new({
        let lists = lists.clone();
        move |_| lists.pods()
    });
    let face = Signal::derive(move || match face_of(&feed.get(), "pods") {
        Face::Full if all.get() == 0 => Face::Empty {
            why: "There are no pods here.".into(),
            next:
                "They appear the moment they are created, for example by: kubectl create deployment web --image=nginx"
                    .into(),
        },
        face => face,
    });
    let rows = pod_rows(&cluster, move |selection, store| {
        selection.select(store, &namespaces.get(), &filter.get(), sort.get().as_ref())
    });
    view! {
        <Listing title="Pods" columns=&COLUMNS rows all face retry=Callback::new(move |()| lists.retry_pods()) above=RestrictedNotice />
    }
}

/// The pods that a filter leaves, as a part of the page of what they belong to.
#[component]
pub fn PodsCard(
    /// The title.
    title: &'static str,
    /// The filter's text.
    #[prop(into)]
    query: Signal<String>,
    /// Why there may be none.
    why: &'static str,
    /// What to do about it.
    next: &'static str,
) -> impl IntoView {
    let cluster: Cluster = expect_context();
    let lists: Lists = expect_context();
    let sort = RwSignal::new(None);
    let filter = Memo::new(move |_| Filter::parse(&query.get()));
    let rows =
        pod_rows(&cluster, move |selection, store| selection.select(store, &[], &filter.get(), sort.get().as_ref()));
    let feed = Memo::new(move |_| lists.pods());
    let face = Signal::derive(move || match face_of(&feed.get(), "pods") {
        face @ Face::Stale { .. } => face,
        _ if rows.count.get() > 0 => Face::Full,
        Face::Full => Face::Empty { why: why.into(), next: next.into() },
        face => face,
    });
    let count = move || {
        let known = face.with(|face| face.shows_contents() || matches!(face, Face::Empty { .. }));
        known.then(|| format::plural(rows.count.get() as u64, "pod", "pods"))
    };
    view! {
        <Card title face aside=count>
            <div class="table-part">
                <Table label=title columns=&COLUMNS rows sort on_sort=Callback::new(move |to| sort.set(Some(to))) />
            </div>
        </Card>
    }
}

/// The rows of a selection of pods, kept up to date.
fn pod_rows(
    cluster: &Cluster,
    select: impl Fn(&mut Selection, &Store) -> Vec<RowNumber> + Send + Sync + 'static,
) -> Rows {
    let selection = StoredValue::new_local(Selection::default());
    let (pods, usage) = (cluster.pods_version(), cluster.usage_version());
    let numbers = Memo::new({
        let (cluster, pods, usage) = (cluster.clone(), pods.clone(), usage.clone());
        move |_| {
            pods.track();
            usage.track();
            cluster.store(|store| selection.try_update_value(|s| select(s, store)).unwrap_or_default())
        }
    });
    let cluster = cluster.clone();
    kept_rows(
        numbers,
        |s, number| Some(s.pods.get(number)?.uid()),
        move |number| {
            pods.track();
            usage.track();
            cluster.store(|s| s.pods.get(number).map(|pod| line(s, pod)))
        },
    )
}
