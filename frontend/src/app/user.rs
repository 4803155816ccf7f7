//! As whom the page acts. Before a demo cluster it says so, and one can be somebody else.

use leptos::prelude::*;
use model::config::Mode;
use wasm_bindgen_futures::spawn_local;

use crate::live::Cluster;
use crate::live::identity::Identity;
use crate::live::session;
use crate::web::page;

/// The user's name, or the choice of one.
#[component]
pub(super) fn User(identity: ArcRwSignal<Identity>) -> impl IntoView {
    let cluster: Cluster = expect_context();
    if cluster.config().mode == Mode::Demo {
        view! { <DemoUser identity users=cluster.config().users.clone() /> }.into_any()
    } else {
        view! { <span class="chip user" title="Who the API server takes you for"><b>{move || identity.get().user}</b></span> }
            .into_any()
    }
}

#[component]
fn DemoUser(identity: ArcRwSignal<Identity>, users: Vec<(String, String)>) -> impl IntoView {
    let failed = RwSignal::new(false);
    let choose = move |event| {
        let name = event_target_value(&event);
        failed.set(false);
        spawn_local(async move {
            match session::act_as(&name).await {
                // Everything that was loaded was loaded as somebody else.
                Ok(()) => page::reload(),
                Err(_) => failed.set(true),
            }
        });
    };
    let shown = identity.clone();
    let acting = move || format!("That did not work: the page still acts as {}.", shown.get().user);
    let options = users.into_iter().map(|(name, words)| {
        let (identity, value) = (identity.clone(), name.clone());
        view! { <option value=value selected=move || identity.get().user == name>{words}</option> }
    });
    view! {
        <span class="chip demo" title="A sample cluster inside this program: what is changed in it is gone with the program">"Demo"</span>
        <select class="field demo-user" aria-label="Act as" title="As whom the page acts" on:change=choose>{options.collect_view()}</select>
        <Show when=move || failed.get()><span class="bad" role="alert">{acting.clone()}</span></Show>
    }
}
