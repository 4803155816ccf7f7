//! What is shown where no cluster can be: without a session, or when the start failed.

use leptos::prelude::*;
use model::failure::Failure;

use crate::web::page;

/// The page of a browser that has no session with pilothouse; `stale` is what is wrong with the link that it was opened with, or empty.
#[component]
pub fn NoSession(#[prop(into, optional)] stale: String) -> impl IntoView {
    let (title, why) = if stale.is_empty() {
        let why = "This browser has no session with the pilothouse that runs here, so it shows nothing of the cluster.";
        ("Open the link that pilothouse printed", why.to_owned())
    } else {
        ("This link does not work any more", stale)
    };
    view! {
        <main class="main welcome">
            <section class="card">
                <header><h2>{title}</h2></header>
                <p>{why}</p>
                <p>"Look in the terminal where pilothouse was started: it printed a link that ends in "<code>"#session=…"</code>
                    ". Open that link in this browser. Each link works once; after it was used, a new one is printed."</p>
                <p class="mute">"If the terminal is closed, start pilothouse again."</p>
                <button class="button" on:click=|_| page::reload()>"Try again"</button>
            </section>
        </main>
    }
}

/// The page of an app that could not start.
#[component]
pub fn CannotStart(failure: Failure) -> impl IntoView {
    match failure {
        Failure::StaleLink { message } => return view! { <NoSession stale=message /> }.into_any(),
        Failure::NoSession { .. } | Failure::Unauthorized { .. } => return view! { <NoSession /> }.into_any(),
        _ => {}
    }
    let words = failure.server_words().map(ToOwned::to_owned);
    view! {
        <main class="main welcome">
            <section class="card" role="alert">
                <header><h2>"Pilothouse could not start"</h2></header>
                <p>{failure.sentence()}</p>
                {words.map(|words| view! { <blockquote>{words}</blockquote> })}
                <p class="mute">"It reads "<code>"config.json"</code>" beside this page to learn where the API server is. "{failure.advice()}</p>
                <button class="button primary" on:click=|_| page::reload()>"Try again"</button>
            </section>
        </main>
    }
    .into_any()
}
