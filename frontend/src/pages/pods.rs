//! The table of pods.

use std::ops::Range;

use leptos::prelude::*;
use model::filter::Filter;
use model::format;
use model::overview::states::tone;
use model::route::{Page, PodTab};
use model::store::rows::RowNumber;
use model::table::pod::{PodLine, line, select};

use super::cells::{Age, age_cell, link_cell, or_none, share_cell, text_cell};
use super::faces::face_of;
use super::listing::{Listing, RestrictedNotice, use_filter, use_sort};
use crate::app::use_place;
use crate::live::Cluster;
use crate::live::lists::Lists;
use crate::ui::card::{Card, Face};
use crate::ui::state_mark::StateMark;
use crate::ui::table::{Column, Rows, Table};

/// kubectl's columns first, then ours.
static COLUMNS: [Column<PodLine>; 10] = [
    column("name", "Name", 212, name),
    column("namespace", "Namespace", 100, |r| text_cell(r, |p| p.namespace.clone())),
    column("ready", "Ready", 60, |r| text_cell(r, |p| format!("{}/{}", p.ready.0, p.ready.1))),
    column("status", "Status", 192, status),
    Column { numeric: true, ..column("restarts", "Restarts", 124, restarts) },
    Column { numeric: true, ..column("age", "Age", 56, |r| age_cell(r, |p| p.created_s)) },
    column("node", "Node", 110, node),
    column("ip", "IP", 96, |r| text_cell(r, |p| or_none(&p.ip))),
    column("cpu", "CPU of request", 120, |r| share_cell(r, |p| p.cpu_of_request)),
    column("memory", "Memory of limit", 120, |r| share_cell(r, |p| p.mem_of_limit)),
];

/// The page of all pods.
#[component]
pub fn Pods() -> impl IntoView {
    let lists: Lists = expect_context();
    let cluster: Cluster = expect_context();
    let place = use_place();
    let namespaces = Memo::new(move |_| place.with(|l| l.view.namespaces.clone()));
    let (filter, sort) = (use_filter(), use_sort());
    let pods_version = cluster.pods_version();
    let all = Memo::new({
        let cluster = cluster.clone();
        move |_| {
            pods_version.track();
            cluster.store(|s| s.pods.rows().len())
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
    let select =
        move |cluster: &Cluster| cluster.store(|s| select(s, &namespaces.get(), &filter.get(), sort.get().as_ref()));
    let rows = pod_rows(&cluster, select);
    view! {
        <Listing title="Pods" columns=&COLUMNS rows all face retry=Callback::new(move |()| lists.retry_pods()) above=RestrictedNotice />
    }
}

/// The pods that are bound to a node.
#[component]
pub fn PodsOfNode(name: String) -> impl IntoView {
    let cluster: Cluster = expect_context();
    let lists: Lists = expect_context();
    let sort = RwSignal::new(None);
    let of_node = Filter::parse(&format!("node:{name}"));
    let rows = pod_rows(&cluster, move |cluster| cluster.store(|s| select(s, &[], &of_node, sort.get().as_ref())));
    let feed = Memo::new(move |_| lists.pods());
    let face = Signal::derive(move || match face_of(&feed.get(), "pods") {
        _ if rows.count.get() > 0 => Face::Full,
        Face::Full => Face::Empty {
            why: "No pods run on this node.".into(),
            next: "The scheduler places them here when they fit and tolerate its taints.".into(),
        },
        face => face,
    });
    let count = move || format::plural(rows.count.get() as u64, "pod", "pods");
    view! {
        <Card title="Pods on this node" face aside=count>
            <div class="table-part">
                <Table label="Pods on this node" columns=&COLUMNS rows sort on_sort=Callback::new(move |to| sort.set(Some(to))) />
            </div>
        </Card>
    }
}

/// The rows of a selection of pods, kept up to date.
fn pod_rows(cluster: &Cluster, select: impl Fn(&Cluster) -> Vec<RowNumber> + Send + Sync + 'static) -> Rows<PodLine> {
    let place = use_place();
    let (pods, usage) = (cluster.pods_version(), cluster.usage_version());
    let numbers = Memo::new({
        let (cluster, pods, usage) = (cluster.clone(), pods.clone(), usage.clone());
        move |_| {
            pods.track();
            usage.track();
            select(&cluster)
        }
    });
    let cluster = cluster.clone();
    let of = move |range: Range<usize>| {
        pods.track();
        usage.track();
        numbers.with(|numbers| {
            let some = numbers.get(range).unwrap_or_default();
            cluster.store(|s| some.iter().filter_map(|n| s.pods.rows().get(*n)).map(|row| line(s, row)).collect())
        })
    };
    Rows {
        count: Signal::derive(move || numbers.with(Vec::len)),
        of: Callback::new(of),
        key: |row| row.key,
        open: Callback::new(move |row: PodLine| place.go(&place.now(|l| l.with_page(page_of(&row))))),
    }
}

const fn column(
    id: &'static str,
    title: &'static str,
    width_px: u32,
    cell: fn(Memo<Option<PodLine>>) -> AnyView,
) -> Column<PodLine> {
    Column { id, title, width_px, numeric: false, sorts: true, cell }
}

fn page_of(row: &PodLine) -> Page {
    Page::Pod { namespace: row.namespace.clone(), name: row.name.clone(), tab: PodTab::Summary }
}

fn name(row: Memo<Option<PodLine>>) -> AnyView {
    link_cell(row, |p| p.name.clone(), page_of)
}

fn node(row: Memo<Option<PodLine>>) -> AnyView {
    let has_node = Memo::new(move |_| row.with(|r| r.as_ref().is_some_and(|p| !p.node.is_empty())));
    (move || {
        if has_node.get() {
            link_cell(row, |p| p.node.clone(), |p| Page::Node { name: p.node.clone() })
        } else {
            view! { <span class="mute">"<none>"</span> }.into_any()
        }
    })
    .into_any()
}

fn status(row: Memo<Option<PodLine>>) -> AnyView {
    let tone =
        Signal::derive(move || row.with(|r| r.as_ref().map_or(model::chart::stack::Tone::Unknown, |p| tone(p.state))));
    let word = Signal::derive(move || row.with(|r| r.as_ref().map(|p| p.status.clone()).unwrap_or_default()));
    view! { <StateMark tone word /> }.into_any()
}

fn restarts(row: Memo<Option<PodLine>>) -> AnyView {
    let last = Signal::derive(move || row.with(|r| r.as_ref().and_then(|p| p.last_restart_s)));
    let count = move || row.with(|r| r.as_ref().map_or(0, |p| p.restarts));
    let recent = Memo::new(move |_| count() > 0 && last.get().is_some());
    view! {
        {move || format::count(u64::try_from(count()).unwrap_or(0))}
        <Show when=move || recent.get()><span class="mute">" ("<Age since_s=last />" ago)"</span></Show>
    }
    .into_any()
}
