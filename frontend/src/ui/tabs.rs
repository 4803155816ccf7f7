//! Tabs: links, one of which is the page that is shown.

use leptos::prelude::*;

/// One tab.
#[derive(Clone, Debug)]
pub struct Tab {
    /// Its word.
    pub word: &'static str,
    /// Where it leads.
    pub href: Signal<String>,
    /// Whether it is shown.
    pub current: Signal<bool>,
}

/// A row of tabs.
#[component]
pub fn Tabs(
    /// What they divide.
    label: &'static str,
    /// The tabs, from left to right.
    tabs: Vec<Tab>,
) -> impl IntoView {
    let links = tabs.into_iter().map(|Tab { word, href, current }| {
        view! { <a href=href aria-current=move || current.get().then_some("page")>{word}</a> }
    });
    view! { <nav class="tabs" aria-label=label>{links.collect_view()}</nav> }
}
