//! The command palette: type a few letters, go there.

use leptos::prelude::*;
use model::demand::Kind;
use model::found::{Found, found};
use model::route::{Location, Page};

use super::place::use_place;
use crate::live::Cluster;
use crate::live::kinds::Kinds;
use crate::web::dialog;

/// The most of each kind that are offered.
const OFFERED: usize = 12;

/// The dialog; it is shown while `open` holds.
#[component]
pub(super) fn Palette(open: RwSignal<bool>) -> impl IntoView {
    let place = use_place();
    let (cluster, kinds): (Cluster, Kinds) = (expect_context(), expect_context());
    let listed = [kinds.workloads_version(), kinds.services_version()];
    let element = NodeRef::<leptos::html::Dialog>::new();
    let text = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    Effect::new(move |_| {
        if let Some(element) = element.get() {
            text.set(String::new());
            at.set(0);
            dialog::set_open(&element, open.get());
        }
    });
    let targets = Memo::new(move |_| {
        listed.iter().for_each(Track::track);
        if open.get() { matching(&cluster, &text.get()) } else { Vec::new() }
    });
    let go = move |target: Found| {
        open.set(false);
        place.go(&place.now(|l: &Location| l.with_page(target.page)));
    };
    let press = move |event: leptos::ev::KeyboardEvent| {
        let last = targets.with_untracked(Vec::len).saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = (*at + 1).min(last)),
            "ArrowUp" => at.update(|at| *at = at.saturating_sub(1)),
            "Enter" => {
                if let Some(target) = targets.with_untracked(|f| f.get(at.get_untracked()).cloned()) {
                    go(target);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let item = move |(i, target): (usize, Found)| {
        let (kind, words) = (target.kind, target.words.clone());
        view! {
            <li role="option" aria-selected=move || (at.get() == i).to_string() on:click=move |_| go(target.clone())>
                <span class="mute">{kind}</span>" "{words}
            </li>
        }
    };
    view! {
        <dialog class="palette" node_ref=element aria-label="Go to" on:close=move |_| open.set(false)>
            <input
                class="field"
                type="text"
                autofocus
                placeholder="Go to a page, a workload, a pod, a node"
                aria-label="Go to"
                prop:value=move || text.get()
                on:input=move |event| { at.set(0); text.set(event_target_value(&event)); }
                on:keydown=press
            />
            <ul role="listbox" aria-label="Where to">
                {move || targets.get().into_iter().enumerate().map(item).collect_view()}
            </ul>
            <Show when=move || targets.with(Vec::is_empty)><p class="mute">"Nothing that is loaded has such a name."</p></Show>
            <Show when=move || open.get()><Sought /></Show>
        </dialog>
    }
}

/// What can be found is listed as long as somebody seeks.
#[component]
fn Sought() -> impl IntoView {
    static SOUGHT: [Kind; 6] =
        [Kind::Deployments, Kind::StatefulSets, Kind::DaemonSets, Kind::CronJobs, Kind::Jobs, Kind::Services];
    expect_context::<Kinds>().look_at(&SOUGHT);
}

fn matching(cluster: &Cluster, text: &str) -> Vec<Found> {
    let needle = text.trim().to_ascii_lowercase();
    let pages = [
        ("Overview", Page::Overview),
        ("Explore", Page::Explore),
        ("Workloads", Page::Workloads),
        ("Pods", Page::Pods),
        ("Nodes", Page::Nodes),
        ("Services", Page::Services),
        ("Events", Page::Events),
        ("Namespaces", Page::Namespaces),
        ("Diagnostics", Page::Diagnostics),
    ];
    let pages = pages.into_iter().filter(|(words, _)| words.to_ascii_lowercase().contains(&needle));
    let pages = pages.map(|(words, page)| Found { kind: "page", words: words.to_owned(), page });
    pages.chain(cluster.store(|store| found(store, text.trim(), OFFERED))).collect()
}
