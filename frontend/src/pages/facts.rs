//! Facts that pages of objects share: conditions and labels.

use leptos::prelude::*;
use model::chart::stack::Tone;
use model::detail::ConditionRow;
use model::route::Page;

use super::cells::Age;
use crate::app::use_place;
use crate::ui::state_mark::StateMark;

/// Conditions with their reasons, as they change.
#[component]
pub fn Conditions(conditions: Signal<Vec<ConditionRow>>) -> impl IntoView {
    let row = |c: ConditionRow| {
        let tone = match c.well {
            Some(true) => Tone::Ok,
            Some(false) => Tone::Bad,
            None => Tone::Unknown,
        };
        let since_s = c.since_s;
        view! {
            <tr>
                <td>{c.kind}</td>
                <td><StateMark tone word=c.status /></td>
                <td class="mute number"><Age since_s=since_s /></td>
                <td class="wrap">{c.reason}" "<span class="mute">{c.message}</span></td>
            </tr>
        }
    };
    view! {
        <div class="scroll-x" role="region" aria-label="Conditions, which scrolls" tabindex="0">
            <table class="plain">
                <thead><tr><th>"Type"</th><th>"Status"</th><th class="number">"Since"</th><th>"Why"</th></tr></thead>
                <tbody>{move || conditions.get().into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
        <Show when=move || conditions.with(Vec::is_empty)><p class="mute">"The server reports no conditions."</p></Show>
    }
}

/// Labels; each leads to all objects that have it too.
#[component]
pub fn Labels(labels: Signal<Vec<(String, String)>>, page: Page) -> impl IntoView {
    let place = use_place();
    let term = move |(key, value): (String, String)| {
        let query = format!("label:{key}={value}");
        let href = place.with(|l| l.with_page(page.clone()).with_query(query).to_string());
        view! { <a class="term" href=href title="Show all with this label">{key}"="{value}</a> }
    };
    view! {
        <div class="terms">{move || labels.get().into_iter().map(&term).collect_view()}</div>
        <Show when=move || labels.with(Vec::is_empty)><p class="mute">"No labels."</p></Show>
    }
}
