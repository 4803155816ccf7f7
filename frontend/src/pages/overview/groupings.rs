//! By what the nodes of the picture are grouped.

use leptos::prelude::*;
use model::overview::grouping::{Grouping, label_keys};

use super::counted;
use crate::app::use_place;
use crate::live::Cluster;

/// The choice: what most clusters have as buttons, any other label from a list.
#[component]
pub(in crate::pages) fn Groupings(grouping: Memo<Grouping>) -> impl IntoView {
    let place = use_place();
    let keys = counted(|cluster: &Cluster| cluster.nodes_version().track(), |store, _| label_keys(store));
    let pools = counted(|cluster: &Cluster| cluster.nodes_version().track(), |store, _| Grouping::has_pools(store));
    let choose = move |by: String| place.replace(place.now(|location| location.clone().with_by(Some(by))));
    let button = move |word: &'static str, this: Grouping| {
        let (by, pressed) = (this.to_string(), move || (grouping.get() == this).to_string());
        view! { <button aria-pressed=pressed on:click=move |_| choose(by.clone())>{word}</button> }
    };
    // As properties: attributes would say only what was selected at first.
    let options = move || {
        let option = |key: String| {
            let by = Grouping::Label(key.clone());
            let value = by.to_string();
            view! { <option value=value prop:selected=move || grouping.with(|grouping| *grouping == by)>{key}</option> }
        };
        keys.get().into_iter().map(option).collect_view()
    };
    view! {
        <span>"by"</span>
        <div class="segments" role="group" aria-label="Group nodes by">
            {button("none", Grouping::None)}
            {button("zone", Grouping::Zone)}
            {button("instance type", Grouping::InstanceType)}
            {move || pools.get().then(|| button("pool", Grouping::Pool))}
            <select aria-label="Group nodes by a label" on:change=move |event| choose(event_target_value(&event))>
                <option value="none">"any label…"</option>
                {options}
            </select>
        </div>
    }
}
