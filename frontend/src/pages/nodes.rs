//! The table of nodes.

use std::ops::Range;

use leptos::prelude::*;
use model::store::Store;
use model::store::rows::RowNumber;
use model::table::node::{COLUMNS, line, select};
use model::table::window::present;

use super::cells::cell;
use super::faces::face_of;
use super::listing::{Listing, use_filter, use_sort};
use crate::app::use_place;
use crate::live::Cluster;
use crate::live::lists::Lists;
use crate::ui::card::Face;
use crate::ui::table::Rows;

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
    let (ordered, single) = (cluster.clone(), cluster.clone());
    let order = move |()| {
        let keyed = |store: &Store| {
            let key = |number: &RowNumber| Some((*number, store.nodes.rows().get(*number)?.uid.into()));
            numbers.with(|numbers| numbers.iter().filter_map(key).collect::<Vec<_>>())
        };
        ordered.store(keyed)
    };
    let of = move |range: Range<usize>| {
        track();
        numbers.with(|numbers| {
            let some = numbers.get(present(range, numbers.len())).unwrap_or_default();
            cluster.store(|s| some.iter().filter_map(|n| s.nodes.rows().get(*n)).map(|row| line(s, row)).collect())
        })
    };
    let place = use_place();
    let rows = Rows {
        count: Signal::derive(move || numbers.with(Vec::len)),
        of: Callback::new(of),
        order: Callback::new(order),
        line: Callback::new(move |number| single.store(|s| s.nodes.rows().get(number).map(|row| line(s, row)))),
        cell,
        open: Callback::new(move |page| place.go(&place.now(|l| l.with_page(page)))),
    };
    view! { <Listing title="Nodes" columns=&COLUMNS rows all face retry=Callback::new(move |()| lists.retry_nodes()) /> }
}
