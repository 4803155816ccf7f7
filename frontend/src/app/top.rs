//! The top bar: cluster, namespaces, search, freshness, look, identity.

use leptos::prelude::*;
use model::age;
use model::link::Freshness;
use model::route::Page;

use super::place::use_place;
use super::scope::Scope;
use super::user::User;
use crate::live::Cluster;
use crate::live::cluster::Badge;
use crate::live::identity::Identity;
use crate::ui::look::LookButton;

/// Where `/` goes.
pub const SEARCH_ID: &str = "search";

/// The top bar.
#[component]
pub fn TopBar(identity: ArcRwSignal<Identity>, palette_open: RwSignal<bool>) -> impl IntoView {
    let place = use_place();
    let (version, user) = (identity.clone(), identity);
    view! {
        <header class="top">
            <a class="brand" href=place.link(|l| l.with_page(Page::Overview)) aria-label="Pilothouse, to the overview">
                <svg class="mark" viewBox="0 0 18 18" aria-hidden="true">
                    <circle cx="9" cy="9" r="6" /><path d="M9 1v4M9 13v4M1 9h4M13 9h4" />
                </svg>
                "Pilothouse"
            </a>
            <span class="chip" title="Cluster and version">
                <b>{move || place.with(|l| l.cluster.clone())}</b>" "{move || version.get().version}
            </span>
            <Scope />
            <Search />
            <button class="button plain palette-button" title="Go to anything" aria-label="Go to anything: Ctrl K" on:click=move |_| palette_open.set(true)>
                <kbd>"Ctrl"</kbd>" "<kbd>"K"</kbd>
            </button>
            <FreshnessBadge />
            <LookButton />
            <User identity=user />
        </header>
    }
}

/// One field: a filter on tables, and from elsewhere the way to the pods it matches.
#[component]
fn Search() -> impl IntoView {
    let place = use_place();
    let text = Memo::new(move |_| place.with(|l| l.view.query.clone()));
    let on_table = move || {
        place.now(|l| {
            matches!(
                l.page,
                Page::Pods
                    | Page::Nodes
                    | Page::Explore
                    | Page::Workloads
                    | Page::Services
                    | Page::Events
                    | Page::Namespaces
            )
        })
    };
    let typed = move |event| {
        if on_table() {
            place.typed(place.now(|l| l.clone().with_query(event_target_value(&event))));
        }
    };
    let entered = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" && !on_table() {
            let query = event_target_value(&event);
            place.go(&place.now(|l| l.with_page(Page::Pods).with_query(query)));
        }
    };
    view! {
        <div class="search" role="search">
            <input
                id=SEARCH_ID
                class="field"
                type="search"
                autocomplete="off"
                spellcheck="false"
                placeholder="Find pods, or filter: ns:team-1 label:app=web status:failing"
                aria-label="Search and filter"
                prop:value=move || text.get()
                on:input=typed
                on:keydown=entered
            />
            <kbd aria-hidden="true">"/"</kbd>
        </div>
    }
}

/// How old what is seen is, and whether it is being renewed.
#[component]
fn FreshnessBadge() -> impl IntoView {
    let cluster: Cluster = expect_context();
    let freshness = cluster.freshness();
    let class = {
        let freshness = freshness.clone();
        move || match freshness.get() {
            Badge::Connecting => "state unknown",
            Badge::Known(Freshness::Live { .. }) => "state ok",
            Badge::Known(_) => "state warn",
        }
    };
    let words = move || match freshness.get() {
        Badge::Connecting => "Connecting".to_owned(),
        Badge::Known(Freshness::Live { age_s }) => format!("Live, {}", age::brief(age_s.into())),
        Badge::Known(Freshness::Reconnecting { age_s }) => format!("{} old, reconnecting", age::brief(age_s.into())),
        Badge::Known(Freshness::Refused) => "Credentials refused".to_owned(),
        Badge::Known(Freshness::Behind { what, kinds: 1 }) => format!("Not live: {what}"),
        Badge::Known(Freshness::Behind { kinds, .. }) => format!("Not live: {kinds} lists"),
    };
    // Not announced each second: who wants to know reads it.
    view! {
        <span class="fresh" role="status" aria-live="off" aria-label="Freshness" title="The age of the last proof that the API server is there">
            <span class=class>{words}</span>
        </span>
    }
}
