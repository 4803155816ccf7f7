//! The root of the app: starts it, follows the address, and holds the frame around the pages.

mod dialogs;
mod palette;
mod place;
mod rail;
mod scope;
mod top;
mod user;
mod welcome;

use std::rc::Rc;

use leptos::mount::mount_to_body;
use leptos::prelude::*;
use model::config::Config;
use model::demand::goes_first;
use model::failure::Failure;
use model::route::Location;
use wasm_bindgen_futures::spawn_local;

use crate::live::{Cluster, config, identity, kinds::Kinds, lists::Lists, metrics::Metrics, scoped::Named, session};
use crate::pages::PageView;
use crate::ui::chart::Standstill;
use crate::ui::look::{provide_look, use_look};
use crate::ui::notice::{Notice, Weight};
use crate::web::{marks, page, panic_card, timer::breathe};

pub use place::{Place, use_here, use_place};
pub use top::SEARCH_ID;

/// How far the start has come.
#[derive(Clone, PartialEq)]
enum Boot {
    Starting,
    Failed(Failure),
    Ready(Config),
}

/// Starts the app in the page's body.
pub fn start() {
    marks::once("pilothouse:started");
    panic_card::install();
    mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    provide_look();
    let boot = RwSignal::new(Boot::Starting);
    spawn_local(async move {
        let started = match session::exchange().await {
            Ok(()) => config::load().await,
            Err(failure) => Err(failure),
        };
        // The answer may come in one task with the start itself: two shorter ones let the browser in between.
        breathe().await;
        boot.set(started.map_or_else(Boot::Failed, Boot::Ready));
    });
    move || match boot.get() {
        Boot::Starting => ().into_any(),
        Boot::Failed(failure) => view! { <welcome::CannotStart failure /> }.into_any(),
        Boot::Ready(config) => view! { <Workspace config /> }.into_any(),
    }
}

/// One cluster at work.
#[component]
fn Workspace(config: Config) -> impl IntoView {
    let warns = config.is_open(&page::path_of(&config.api_base));
    let place = Place::follow(Location::overview(config.cluster.clone()));
    provide_context(place);
    let cluster = Cluster::new(config);
    let named: Named = Rc::new(move || place.with(|location| location.view.namespaces.clone()));
    let lists = Lists::start(&cluster, Rc::clone(&named), &place.now(|location| location.page.clone()));
    let waiting = lists.clone();
    Effect::new(move || {
        if !place.with(|location| goes_first(&location.page)) {
            waiting.begin_pods();
        }
    });
    provide_context(Kinds::new(&cluster, &lists, named));
    provide_context(Metrics::start(&cluster, &lists));
    provide_context(lists);
    provide_context(cluster.clone());
    provide_context(cluster.now_s());
    let loads = cluster.clone();
    provide_context(Standstill::new(move || loads.is_loading()));
    // First the lists are asked for; then the frame is drawn and then the page, each in a task of its own.
    let (framed, paged) = (RwSignal::new(false), RwSignal::new(false));
    let look = use_look();
    spawn_local(async move {
        // What the style sheet says of colours is asked before the charts need it.
        untrack(|| look.chart_theme());
        for drawn in [framed, paged] {
            breathe().await;
            drawn.set(true);
        }
    });
    let no_session = cluster.no_session();
    view! {
        <Show when=move || !no_session.get() fallback=|| view! { <welcome::NoSession /> }>
            <Show when=move || framed.get()><Frame warns paged /></Show>
        </Show>
    }
}

/// What stands around the pages.
#[component]
fn Frame(warns: bool, paged: RwSignal<bool>) -> impl IntoView {
    let identity = identity::ask(&expect_context());
    let open = dialogs::Open { keys: RwSignal::new(false), palette: RwSignal::new(false) };
    let listener = page::on_key(move |key| match (key.key.as_str(), key.control, key.typing) {
        ("/", false, false) => {
            page::focus(SEARCH_ID);
            true
        }
        ("?", false, false) => {
            open.keys.set(true);
            true
        }
        ("k", true, _) => {
            open.palette.set(true);
            true
        }
        _ => false,
    });
    StoredValue::new_local(listener);
    let warned = RwSignal::new(warns);
    view! {
        <div class="shell">
            <a class="skip" href="#main" on:click=|event| { event.prevent_default(); page::focus("main"); }>"Skip to the page"</a>
            <top::TopBar identity palette_open=open.palette />
            <rail::Rail />
            <main class="main" id="main" tabindex="0">
                <Show when=move || warned.get()>
                    <Notice weight=Weight::Warn dismiss=Callback::new(move |()| warned.set(false))>
                        "Any web page that you visit can read and change this cluster through an open kubectl proxy. Safer: "
                        <code>"kubectl proxy --port=0 --api-prefix=/RANDOM/ --www=dist --www-prefix=/RANDOM/static/"</code>
                        " with a long random text of your own for RANDOM; or pilothouse itself."
                    </Notice>
                </Show>
                <Show when=move || paged.get()><PageView /></Show>
            </main>
        </div>
        <dialogs::Dialogs open />
    }
}
