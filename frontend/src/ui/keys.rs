//! The list of keys, which `?` opens.

use leptos::prelude::*;

use crate::web::dialog;

/// The keys and what they do.
const KEYS: [(&str, &str); 12] = [
    ("/", "Go to the search field"),
    ("Ctrl K", "Go to anything by its name"),
    ("?", "List the keys"),
    ("Esc", "Close what is open, leave the field"),
    ("↑ ↓", "Move by a row in a table, by ten marks in a chart"),
    ("← →", "Move by a mark in a chart, open and close a group"),
    ("PgUp PgDn", "Move by a screen of a table"),
    ("Home End", "Go to the first, to the last"),
    ("Enter", "Open the row or the mark"),
    ("f", "Leave only the group that the keyboard is on"),
    ("Space", "Select the row too, or no more; with Shift and the arrows a range"),
    ("Ctrl A", "Select all rows of the table"),
];

/// The dialog; it is shown while `open` holds and says so when it was closed.
#[component]
pub fn KeysDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let element = NodeRef::<leptos::html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(element) = element.get() {
            dialog::set_open(&element, open.get());
        }
    });
    let rows = KEYS.map(|(key, words)| view! { <dt><kbd>{key}</kbd></dt><dd>{words}</dd> });
    view! {
        <dialog node_ref=element aria-label="Keys" on:close=move |_| open.set(false)>
            <h2>"Keys"</h2>
            <dl class="facts">{rows.collect_view()}</dl>
            <p class="row">
                <button class="button grow" on:click=move |_| open.set(false)>"Close"</button>
            </p>
        </dialog>
    }
}
