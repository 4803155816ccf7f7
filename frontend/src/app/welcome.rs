//! What is shown where no cluster can be: without a session, or when the start failed.

use leptos::prelude::*;
use model::failure::Failure;

use crate::web::page;

/// The page of a browser that has no session with pilothouse.
#[component]
pub fn NoSession() -> impl IntoView {
    view! {
        <main class="main welcome">
            <section class="card">
                <header><h2>"Open the link that pilothouse printed"</h2></header>
                <p>"This browser has no session with the pilothouse that runs here, so it shows nothing of the cluster."</p>
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
    if matches!(failure, Failure::NoSession { .. } | Failure::Unauthorized { .. }) {
        return view! { <NoSession /> }.into_any();
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
