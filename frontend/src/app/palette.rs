//! The command palette: type a few letters, go there.

use leptos::prelude::*;
use model::filter::Filter;
use model::route::{Location, Page, PodTab};
use model::table;

use super::place::use_place;
use crate::live::Cluster;
use crate::web::dialog;

/// The most of each kind that are offered.
const OFFERED: usize = 12;

/// Somewhere to go.
#[derive(Clone, PartialEq)]
struct Target {
    kind: &'static str,
    words: String,
    page: Page,
}

/// The dialog; it is shown while `open` holds.
#[component]
pub(super) fn Palette(open: RwSignal<bool>) -> impl IntoView {
    let place = use_place();
    let cluster: Cluster = expect_context();
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
    let found = Memo::new(move |_| if open.get() { targets(&cluster, &text.get()) } else { Vec::new() });
    let go = move |target: Target| {
        open.set(false);
        place.go(&place.now(|l: &Location| l.with_page(target.page)));
    };
    let press = move |event: leptos::ev::KeyboardEvent| {
        let last = found.with_untracked(Vec::len).saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = (*at + 1).min(last)),
            "ArrowUp" => at.update(|at| *at = at.saturating_sub(1)),
            "Enter" => {
                if let Some(target) = found.with_untracked(|f| f.get(at.get_untracked()).cloned()) {
                    go(target);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let item = move |(i, target): (usize, Target)| {
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
                placeholder="Go to a page, a pod, a node"
                aria-label="Go to"
                prop:value=move || text.get()
                on:input=move |event| { at.set(0); text.set(event_target_value(&event)); }
                on:keydown=press
            />
            <ul role="listbox" aria-label="Where to">
                {move || found.get().into_iter().enumerate().map(item).collect_view()}
            </ul>
            <Show when=move || found.with(Vec::is_empty)><p class="mute">"Nothing that is loaded has such a name."</p></Show>
        </dialog>
    }
}

fn targets(cluster: &Cluster, text: &str) -> Vec<Target> {
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
    let mut found: Vec<_> = pages.map(|(words, page)| Target { kind: "page", words: words.to_owned(), page }).collect();
    if needle.is_empty() {
        return found;
    }
    let filter = Filter::parse(&needle);
    cluster.store(|store| {
        let nodes = table::node::select(store, &filter, None).into_iter().take(OFFERED);
        found.extend(nodes.filter_map(|n| store.nodes.rows().get(n)).map(|row| {
            let name = store.names.text(row.name).to_owned();
            Target { kind: "node", words: name.clone(), page: Page::Node { name } }
        }));
        let pods = table::pod::first(store, &filter, OFFERED).into_iter();
        found.extend(pods.filter_map(|n| store.pods.get(n)).map(|pod| {
            let namespace = store.names.text(pod.namespace()).to_owned();
            let words = format!("{namespace}/{}", pod.name());
            Target {
                kind: "pod",
                words,
                page: Page::Pod { namespace, name: pod.name().to_owned(), tab: PodTab::Summary },
            }
        }));
    });
    found
}
