//! The page of one pod.

mod containers;
mod summary;

use std::rc::Rc;

use leptos::prelude::*;
use model::detail::pod::PodDetail;
use model::overview::states::tone;
use model::route::{Location, Page, PodTab};

use super::cells::{Age, page_of};
use super::events::Events;
use super::faces::face_of;
use super::logs::Logs;
use super::yaml::Yaml;
use crate::app::use_place;
use crate::live::api::{self, Resource};
use crate::live::object::{KeepSink, Kept};
use crate::live::watched::Watched;
use crate::live::{Cluster, Feed};
use crate::ui::card::{Face, FaceView, StaleNotice};
use crate::ui::state_mark::StateMark;
use crate::ui::tabs::{Tab, Tabs};

/// The page of one pod.
#[component]
pub fn PodPage(namespace: String, name: String) -> impl IntoView {
    let place = use_place();
    let tab = Memo::new(move |_| {
        place.with(|l| match l.page {
            Page::Pod { tab, .. } => tab,
            _ => PodTab::Summary,
        })
    });
    let (pod, feed, retry) = watch_pod(&namespace, &name);
    let face = Signal::derive({
        let name = name.clone();
        move || match face_of(&feed.get(), "pod") {
            Face::Full if pod.with(Option::is_none) => Face::Empty {
                why: format!("There is no pod “{name}” in this namespace."),
                next: "It may have been deleted, or replaced by one of another name. Look at all pods of its owner."
                    .into(),
            },
            face => face,
        }
    });
    let full = Memo::new(move |_| face.with(Face::shows_contents));
    let pod = Memo::new(move |last: Option<&Option<PodDetail>>| pod.get().or_else(|| last.cloned().flatten()));
    let place_of = (namespace.clone(), name.clone());
    let body = move || {
        let (namespace, name) = place_of.clone();
        match tab.get() {
            PodTab::Summary => view! { <summary::Summary pod /> }.into_any(),
            PodTab::Yaml => view! { <Yaml path=api::pod(&namespace, &name) changed=pod /> }.into_any(),
            PodTab::Events => view! { <Events kind="Pod" namespace=Some(namespace) name /> }.into_any(),
            PodTab::Logs => view! { <Logs pod namespace name /> }.into_any(),
        }
    };
    view! {
        <Head name=name.clone() namespace=namespace.clone() pod />
        <Tabs label="About this pod" tabs=tabs(&namespace, &name, tab) />
        <StaleNotice face retry=Some(retry) />
        <Show when=move || full.get() fallback=move || view! { <section class="card"><FaceView face retry=Some(retry) /></section> }>
            {body.clone()}
        </Show>
    }
}

/// What kind it is, its name, and how it is.
#[component]
fn Head(name: String, namespace: String, pod: Memo<Option<PodDetail>>) -> impl IntoView {
    let place = use_place();
    let chip = namespace.clone();
    let of = namespace.clone();
    let state = move || {
        pod.get().map(|p| {
            let created_s = p.created_s;
            let owner = p.owner.map(|(kind, name)| {
                let to = page_of(&kind, &of, &name).map(|page| place.with(|l| l.with_page(page).to_string()));
                let name = match to {
                    Some(href) => view! { <a class="link" href=href>{name}</a> }.into_any(),
                    None => name.into_any(),
                };
                view! { <span class="mute">"of "{kind}" "{name}</span> }
            });
            view! {
                <StateMark tone=tone(p.state) word=p.columns.status />
                <span class="mute">"age "<Age since_s=created_s /></span>
                {owner}
            }
        })
    };
    view! {
        <div class="page-head">
            <span class="mute">"Pod"</span>
            <h1 class="name">{name}</h1>
            <a class="chip" title="All pods of this namespace" href=place.link(move |l| l.with_page(Page::Pods).with_namespaces(vec![namespace.clone()]))>
                {chip}
            </a>
            {state}
        </div>
    }
}

fn tabs(namespace: &str, name: &str, current: Memo<PodTab>) -> Vec<Tab> {
    let place = use_place();
    let all =
        [("Summary", PodTab::Summary), ("YAML", PodTab::Yaml), ("Events", PodTab::Events), ("Logs", PodTab::Logs)];
    let to_tab = |(word, tab): (&'static str, PodTab)| {
        let (namespace, name) = (namespace.to_owned(), name.to_owned());
        let to = move |l: &Location| l.with_page(Page::Pod { namespace: namespace.clone(), name: name.clone(), tab });
        Tab { word, href: place.link(to), current: Signal::derive(move || current.get() == tab) }
    };
    all.into_iter().map(to_tab).collect()
}

/// The pod as it changes, through a reflector of its own that ends with the page.
fn watch_pod(namespace: &str, name: &str) -> (Signal<Option<PodDetail>>, Signal<Feed>, Callback<()>) {
    let cluster: Cluster = expect_context();
    let kept: Kept<PodDetail> = ArcRwSignal::new(Vec::new());
    let resource = Resource::pods(Some(namespace)).named(name);
    let watched = Watched::start(&cluster, "pod", resource, KeepSink::new(&kept, PodDetail::parse));
    let feed = watched.feed.clone();
    let watched: StoredValue<Rc<Watched>, LocalStorage> = StoredValue::new_local(watched);
    (
        Signal::derive(move || kept.with(|all| all.first().cloned())),
        Signal::derive(move || feed.get()),
        Callback::new(move |()| watched.with_value(Watched::restart)),
    )
}
