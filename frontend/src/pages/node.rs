//! The page of one node.

use std::rc::Rc;

use leptos::prelude::*;
use model::detail::node::NodeDetail;
use model::format;
use model::route::Page;
use model::table::node::tone;

use super::cells::Age;
use super::events::Events;
use super::faces::face_of;
use super::facts::{Conditions, Labels};
use super::node_capacity::NodeCapacity;
use super::pods::PodsCard;
use crate::live::api::Resource;
use crate::live::object::{KeepSink, Kept};
use crate::live::watched::Watched;
use crate::live::{Cluster, Feed};
use crate::ui::card::{Card, Face, FaceView, StaleNotice};
use crate::ui::state_mark::StateMark;

/// The page of one node.
#[component]
pub fn NodePage(name: String) -> impl IntoView {
    let (node, feed, retry) = watch_node(&name);
    let face = Signal::derive({
        let name = name.clone();
        move || match face_of(&feed.get(), "node") {
            Face::Full if node.with(Option::is_none) => Face::Empty {
                why: format!("There is no node “{name}”."),
                next:
                    "It may have been removed from the cluster. Its name is in the events of the pods that ran on it."
                        .into(),
            },
            face => face,
        }
    });
    let full = Memo::new(move |_| face.with(Face::shows_contents));
    let node = Memo::new(move |last: Option<&Option<NodeDetail>>| node.get().or_else(|| last.cloned().flatten()));
    let title = name.clone();
    let name = StoredValue::new(name);
    let conditions =
        Signal::derive(move || node.with(|n| n.as_ref().map(|n| n.conditions.clone()).unwrap_or_default()));
    let labels = Signal::derive(move || node.with(|n| n.as_ref().map(|n| n.labels.clone()).unwrap_or_default()));
    view! {
        <div class="page-head">
            <span class="mute">"Node"</span>
            <h1 class="name">{title}</h1>
            {move || node.get().map(|n| {
                let created_s = n.created_s;
                view! {
                    <StateMark tone=tone(n.readiness, n.cordoned) word=n.status />
                    <span class="mute">"age "<Age since_s=created_s /></span>
                    <span class="mute">{n.roles}</span>
                }
            })}
        </div>
        <StaleNotice face retry=Some(retry) />
        <Show when=move || full.get() fallback=move || view! { <section class="card"><FaceView face retry=Some(retry) /></section> }>
            <div class="columns">
                <Card title="Capacity" face=Face::Full><NodeCapacity name=name.get_value() /></Card>
                <Card title="Conditions" face=Face::Full><Conditions conditions /></Card>
            </div>
            <PodsCard
                title="Pods on this node"
                query=format!("node:{}", name.get_value())
                why="No pods run on this node."
                next="The scheduler places them here when they fit and tolerate its taints."
            />
            <div class="columns">
                <Card title="Facts" face=Face::Full><Facts node /></Card>
                <Card title="Labels" face=Face::Full><Labels labels page=Page::Nodes /></Card>
            </div>
            <Events kind="Node" namespace=None name=name.get_value() />
        </Show>
    }
}

#[component]
fn Facts(node: Memo<Option<NodeDetail>>) -> impl IntoView {
    move || {
        node.get().map(|n| {
            let taints = if n.taints.is_empty() { "none".to_owned() } else { n.taints.join(", ") };
            let of = |r: model::k8s::resources::Resources| {
                format!(
                    "{} cores, {}, {} disk",
                    format::cores(r.cpu_millis),
                    format::bytes(r.mem_bytes),
                    format::bytes(r.disk_bytes)
                )
            };
            let own = n.addresses.into_iter().chain(n.info.into_iter().map(|(k, v)| (k.to_owned(), v)));
            view! {
                <dl class="facts">
                    <dt>"Taints"</dt><dd>{taints}</dd>
                    <dt>"Capacity"</dt><dd>{of(n.capacity)}</dd>
                    <dt>"Allocatable"</dt><dd>{of(n.allocatable)}</dd>
                    {own.map(|(key, value)| view! { <dt>{key}</dt><dd>{value}</dd> }).collect_view()}
                </dl>
            }
        })
    }
}

/// The node as it changes, through a reflector of its own that ends with the page.
fn watch_node(name: &str) -> (Signal<Option<NodeDetail>>, Signal<Feed>, Callback<()>) {
    let cluster: Cluster = expect_context();
    let kept: Kept<NodeDetail> = ArcRwSignal::new(Vec::new());
    let watched =
        Watched::start(&cluster, "node", Resource::nodes().named(name), KeepSink::new(&kept, NodeDetail::parse));
    let feed = watched.feed.clone();
    let watched: StoredValue<Rc<Watched>, LocalStorage> = StoredValue::new_local(watched);
    (
        Signal::derive(move || kept.with(|all| all.first().cloned())),
        Signal::derive(move || feed.get()),
        Callback::new(move |()| watched.with_value(Watched::restart)),
    )
}
