//! The table of nodes.

use leptos::prelude::*;
use model::table::node::{COLUMNS, line, select};

use super::faces::face_of;
use super::listing::{Listing, kept_rows, use_filter, use_sort};
use crate::live::Cluster;
use crate::live::lists::Lists;
use crate::ui::card::Face;

/// The page of all nodes.
#[component]
pub fn Nodes() -> impl IntoView {
    let lists: Lists = expect_context();
    let cluster: Cluster = expect_context();
    let (nodes, pods, usage) = (cluster.nodes_version(), cluster.pods_version(), cluster.usage_version());
    let all = Memo::new({
        let (cluster, nodes) = (cluster.clone(), nodes.clone());
        move |_| {
            nodes.track();
            cluster.store(|s| s.nodes.rows().len())
        }
    });
    let feed = Memo::new({
        let lists = lists.clone();
        move |_| lists.nodes()
    });
    let face = Signal::derive(move || match face_of(&feed.get(), "nodes") {
        Face::Full if all.get() == 0 => Face::Empty {
            why: "The cluster has no nodes.".into(),
            next: "They appear the moment they register. Until then no pod can be scheduled.".into(),
        },
        face => face,
    });
    let (filter, sort) = (use_filter(), use_sort());
    let track = move || {
        nodes.track();
        pods.track();
        usage.track();
    };
    let numbers = Memo::new({
        let (cluster, track) = (cluster.clone(), track.clone());
        move |_| {
            track();
            cluster.store(|s| select(s, &filter.get(), sort.get().as_ref()))
        }
    });
    let rows = kept_rows(
        numbers,
        |s, number| Some(s.nodes.rows().get(number)?.uid),
        move |number| {
            track();
            cluster.store(|s| s.nodes.rows().get(number).map(|row| line(s, row)))
        },
    );
    view! { <Listing title="Nodes" columns=&COLUMNS rows all face retry=Callback::new(move |()| lists.retry_nodes()) /> }
}
