//! The table of namespaces.

use leptos::prelude::*;
use model::table::namespace::{COLUMNS, UsageOf, line, select};

use super::faces::face_of;
use super::listing::{Listing, kept_rows, use_filter, use_namespaces, use_sort};
use crate::live::Cluster;
use crate::live::lists::Lists;

/// The page of all namespaces.
#[component]
pub fn Namespaces() -> impl IntoView {
    let cluster: Cluster = expect_context();
    let lists: Lists = expect_context();
    let (namespaces, filter, sort) = (use_namespaces(), use_filter(), use_sort());
    let versions = [cluster.namespaces_version(), cluster.pods_version(), cluster.usage_version()];
    let all = cluster.reading(versions.clone(), |s| s.namespaces.rows().len());
    let feed = Memo::new({
        let lists = lists.clone();
        move |_| lists.namespaces()
    });
    let face = Signal::derive(move || face_of(&feed.get(), "namespaces"));
    let used = cluster.reading(versions.clone(), UsageOf::new);
    let numbers = cluster.reading(versions.clone(), move |s| {
        used.with(|used| select(s, used, &namespaces.get(), &filter.get(), sort.get().as_ref()))
    });
    let rows = kept_rows(
        numbers,
        |s, number| Some(s.namespaces.rows().get(number)?.uid),
        move |number| {
            versions.iter().for_each(Track::track);
            used.with(|used| cluster.store(|s| s.namespaces.rows().get(number).map(|row| line(s, used, row))))
        },
    );
    view! {
        <Listing title="Namespaces" columns=&COLUMNS rows all face retry=Callback::new(move |()| lists.retry_namespaces()) />
    }
}
