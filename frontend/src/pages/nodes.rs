//! The table of nodes.

use std::ops::Range;

use leptos::prelude::*;
use model::chart::stack::Tone;
use model::format;
use model::route::Page;
use model::table::node::{NodeLine, line, select};

use super::cells::{age_cell, link_cell, node_tone, or_none, share_cell, text_cell};
use super::faces::face_of;
use super::listing::{Listing, use_filter, use_sort};
use crate::app::use_place;
use crate::live::Cluster;
use crate::live::lists::Lists;
use crate::ui::card::Face;
use crate::ui::state_mark::StateMark;
use crate::ui::table::{Column, Rows};

/// kubectl's columns first, then ours.
static COLUMNS: [Column<NodeLine>; 14] = [
    column("name", "Name", 220, name),
    column("status", "Status", 190, status),
    column("roles", "Roles", 110, |r| text_cell(r, |n| or_none(&n.roles))),
    Column { numeric: true, ..column("age", "Age", 64, |r| age_cell(r, |n| n.created_s)) },
    column("version", "Version", 80, |r| text_cell(r, |n| n.version.clone())),
    Column { numeric: true, ..column("pods", "Pods", 90, |r| text_cell(r, pods)) },
    column("cpu", "CPU used", 140, |r| share_cell(r, |n| n.cpu_used)),
    column("cpu-requested", "CPU requested", 140, |r| share_cell(r, |n| n.cpu_requested)),
    column("memory", "Memory used", 140, |r| share_cell(r, |n| n.mem_used)),
    column("memory-requested", "Memory requested", 140, |r| share_cell(r, |n| n.mem_requested)),
    column("ip", "Internal IP", 110, |r| text_cell(r, |n| or_none(&n.internal_ip))),
    column("os", "OS image", 180, |r| text_cell(r, |n| n.os_image.clone())),
    column("kernel", "Kernel", 160, |r| text_cell(r, |n| n.kernel.clone())),
    column("runtime", "Container runtime", 160, |r| text_cell(r, |n| n.runtime.clone())),
];

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
    let of = move |range: Range<usize>| {
        track();
        numbers.with(|numbers| {
            let some = numbers.get(range).unwrap_or_default();
            cluster.store(|s| some.iter().filter_map(|n| s.nodes.rows().get(*n)).map(|row| line(s, row)).collect())
        })
    };
    let place = use_place();
    let rows = Rows {
        count: Signal::derive(move || numbers.with(Vec::len)),
        of: Callback::new(of),
        key: |row| row.key,
        open: Callback::new(move |row: NodeLine| place.go(&place.now(|l| l.with_page(page_of(&row))))),
    };
    view! { <Listing title="Nodes" columns=&COLUMNS rows all face retry=Callback::new(move |()| lists.retry_nodes()) /> }
}

const fn column(
    id: &'static str,
    title: &'static str,
    width_px: u32,
    cell: fn(Memo<Option<NodeLine>>) -> AnyView,
) -> Column<NodeLine> {
    Column { id, title, width_px, numeric: false, sorts: true, cell }
}

fn page_of(row: &NodeLine) -> Page {
    Page::Node { name: row.name.clone() }
}

fn pods(row: &NodeLine) -> String {
    format!("{} / {}", format::count(row.pods.0), format::count(row.pods.1))
}

fn name(row: Memo<Option<NodeLine>>) -> AnyView {
    link_cell(row, |n| n.name.clone(), page_of)
}

fn status(row: Memo<Option<NodeLine>>) -> AnyView {
    let tone =
        Signal::derive(move || row.with(|r| r.as_ref().map_or(Tone::Unknown, |n| node_tone(n.readiness, n.cordoned))));
    let word = Signal::derive(move || row.with(|r| r.as_ref().map(|n| n.status.clone()).unwrap_or_default()));
    view! { <StateMark tone word /> }.into_any()
}
