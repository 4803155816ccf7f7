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
    let (version, pods, usage) = (cluster.namespaces_version(), cluster.pods_version(), cluster.usage_version());
    let track = move || {
        version.track();
        pods.track();
        usage.track();
    };
    let all = Memo::new({
        let (cluster, track) = (cluster.clone(), track.clone());
        move |_| {
            track();
            cluster.store(|s| s.namespaces.rows().len())
        }
    });
    let feed = Memo::new({
        let lists = lists.clone();
        move |_| lists.namespaces()
    });
    let face = Signal::derive(move || face_of(&feed.get(), "namespaces"));
    let used = Memo::new({
        let (cluster, track) = (cluster.clone(), track.clone());
        move |_| {
            track();
            cluster.store(UsageOf::new)
        }
    });
    let numbers = Memo::new({
        let (cluster, track) = (cluster.clone(), track.clone());
        move |_| {
            track();
            used.with(|used| cluster.store(|s| select(s, used, &namespaces.get(), &filter.get(), sort.get().as_ref())))
        }
    });
    let rows = kept_rows(numbers, move |number| {
        track();
        used.with(|used| cluster.store(|s| s.namespaces.rows().get(number).map(|row| line(s, used, row))))
    });
    view! {
        <Listing title="Namespaces" columns=&COLUMNS rows all face retry=Callback::new(move |()| lists.retry_namespaces()) />
    }
}
