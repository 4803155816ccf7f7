//! The namespaces in scope: chosen from those that are known, or named where they may not be listed.

use leptos::prelude::*;

use super::place::use_place;
use crate::live::lists::Lists;

/// The most that are offered at once; typing narrows them.
const OFFERED: usize = 200;

/// The chip that opens the choice.
#[component]
pub fn Scope() -> impl IntoView {
    let place = use_place();
    let lists: Lists = expect_context();
    let known = Memo::new(move |_| lists.namespace_names());
    let lists: Lists = expect_context();
    let restricted = Memo::new(move |_| lists.restricted());
    let chosen = Memo::new(move |_| place.with(|l| l.view.namespaces.clone()));
    let narrow = RwSignal::new(String::new());
    let words = move || {
        let listed = restricted.get().map(|r| r.namespaces).unwrap_or_default();
        match (chosen.get().as_slice(), listed.as_slice()) {
            ([], []) if known.get().is_empty() => "all".to_owned(),
            ([], []) => format!("all {}", known.get().len()),
            ([one], _) | ([], [one]) => one.clone(),
            ([], some) | (some, _) => format!("{} of them", some.len()),
        }
    };
    let choose = move |namespaces: Vec<String>| place.replace(place.now(|l| l.clone().with_namespaces(namespaces)));
    let toggle = move |name: String| {
        let mut now = chosen.get_untracked();
        match now.iter().position(|n| *n == name) {
            Some(at) => drop(now.remove(at)),
            None => now.push(name),
        }
        now.sort_unstable();
        choose(now);
    };
    // Those that are chosen stay in the list, known or not.
    let offered = Memo::new(move |_| {
        let needle = narrow.get();
        let mut names = known.get();
        names.extend(chosen.get());
        names.extend(restricted.get().map(|r| r.namespaces).unwrap_or_default());
        names.sort_unstable();
        names.dedup();
        names.retain(|name| name.contains(needle.trim()));
        names.truncate(OFFERED);
        names
    });
    let add = move |event: leptos::ev::KeyboardEvent| {
        let name = narrow.get_untracked().trim().to_owned();
        if event.key() == "Enter" && !name.is_empty() {
            toggle(name);
            narrow.set(String::new());
        }
    };
    view! {
        <details class="menu">
            <summary class="chip" aria-label=move || format!("Namespaces: {}", words())>"Namespaces: "<b>{words}</b>" ▾"</summary>
            <div class="menu-panel" role="group" aria-label="Namespaces in scope">
                <input
                    class="field"
                    type="text"
                    placeholder="Find or name a namespace, Enter adds it"
                    aria-label="Namespace"
                    prop:value=move || narrow.get()
                    on:input=move |event| narrow.set(event_target_value(&event))
                    on:keydown=add
                />
                <Show when=move || known.get().is_empty()>
                    <p class="mute">"You may not list namespaces, so name those that you work in."</p>
                </Show>
                <button class="button" disabled=move || chosen.get().is_empty() on:click=move |_| choose(Vec::new())>
                    {move || if restricted.get().is_some() { "Back to the start" } else { "All namespaces" }}
                </button>
                <ul>
                    <For each=move || offered.get() key=Clone::clone let(name)>
                        <ScopeItem name chosen on_toggle=Callback::new(toggle) />
                    </For>
                </ul>
            </div>
        </details>
    }
}

#[component]
fn ScopeItem(name: String, chosen: Memo<Vec<String>>, on_toggle: Callback<String>) -> impl IntoView {
    let (label, this) = (name.clone(), name.clone());
    let checked = move || chosen.get().contains(&this);
    view! {
        <li><label>
            <input type="checkbox" prop:checked=checked on:change=move |_| on_toggle.run(name.clone()) />
            {label}
        </label></li>
    }
}
