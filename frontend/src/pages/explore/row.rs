//! One group as a row.

use leptos::attr::custom::custom_attribute;
use leptos::prelude::*;
use model::explore::sum::Resource;
use model::explore::tree::Line;
use model::explore::{Question, Sum};
use model::route::Location;
use model::table::Key;

use super::cells;
use super::health::Health;
use super::tree::{Act, Acts};
use crate::app::use_here;
use crate::ui::middle::Middle;
use crate::ui::passing::passing;

/// The CSS pixels by which a group inside another one is shifted.
const INDENT_PX: usize = 18;

/// The row of the group with a key. Its bar is drawn anew in place; its words are made anew when they change.
#[component]
pub(super) fn Row(
    key: Key,
    /// The lines in the page, each with its place.
    window: Memo<Vec<(usize, Line)>>,
    active: RwSignal<Option<Key>>,
    acts: Acts,
) -> impl IntoView {
    // A row that has just gone keeps its last look until its element goes too.
    let row = passing(move |old: Option<&Option<(usize, Line)>>| {
        window
            .with(|window| window.iter().find(|(_, line)| line.key == key).cloned())
            .or_else(|| old.cloned().flatten())
    });
    let line = move |read: fn(&Line) -> String| row.with(|row| row.as_ref().map(|(_, line)| read(line)));
    let at = move || row.with(|row| row.as_ref().map_or(0, |(at, _)| *at));
    let shown =
        passing(move |_| row.with(|row| row.as_ref().map_or((Sum::default(), 0), |(_, line)| (line.sum, line.whole))));
    let is_active = passing(move |_| active.get() == Some(key));
    let here = use_here();
    let on_part = Callback::new(move |status: String| acts.run((untrack(at), Act::Only(Some(status)))));
    let expanded = move || row.with(|row| row.as_ref().and_then(|(_, line)| line.open).map(|open| open.to_string()));
    let rest = move || {
        row.with(|row| row.as_ref().map(|(at, line)| (at.to_owned(), line.clone())))
            .map(|(at, line)| here.with(|here| rest(at, &line, here, acts)))
    };
    view! {
        <tr
            role="row"
            id=move || row_id(at())
            aria-rowindex=move || (at() + 2).to_string()
            aria-posinset=move || line(|line| line.place.0.to_string())
            aria-setsize=move || line(|line| line.place.1.to_string())
            aria-expanded=expanded
            class:active=is_active
            on:click=move |_| active.set(Some(key))
        >
            <td role="gridcell">{move || row.with(|row| row.as_ref().map(|(at, line)| name(*at, line, acts)))}</td>
            <td role="gridcell"><Health shown on_part /></td>
            {rest}
        </tr>
    }
    // The view macro does not know this one.
    .add_any_attr(custom_attribute("aria-level", move || line(|line| (line.depth + 1).to_string())))
}

/// The id of the row at a place.
pub(super) fn row_id(at: usize) -> String {
    format!("row-{at}")
}

/// The sign that opens and closes, and the name, which filters.
fn name(at: usize, line: &Line, acts: Acts) -> AnyView {
    let sign = line.open.map(|open| {
        let (sign, act) = if open { ("▾", Act::Close) } else { ("▸", Act::Open) };
        let press = move |_| acts.run((at, act.clone()));
        view! { <button class="sign" tabindex="-1" aria-hidden="true" on:click=press>{sign}</button> }
    });
    let (text, aside) = (line.name.clone(), line.aside.clone());
    let class = if line.faint { "mute" } else { "" };
    let text = if line.terms.as_ref().is_some_and(|terms| !terms.is_empty()) {
        let press = move |_| acts.run((at, Act::Only(None)));
        view! { <button class="sort" tabindex="-1" on:click=press><Middle text /></button> }.into_any()
    } else {
        view! { <span>{text}</span> }.into_any()
    };
    view! {
        <span class=format!("group {class}") style:padding-left=format!("{}px", line.depth * INDENT_PX)>
            <span class="sign">{sign}</span>
            {text}
            <span class="faint">{aside}</span>
        </span>
    }
    .into_any()
}

/// What follows the bar.
fn rest(at: usize, line: &Line, here: &Location, acts: Acts) -> AnyView {
    let terms = acts.terms(at);
    let kinds = Question::read(&here.view).kinds;
    let counts = kinds.iter().map(|kind| {
        view! { <td role="gridcell" class="num">{cells::count(*kind, line.sum.of(*kind), terms.as_deref(), here)}</td> }
    });
    view! {
        {counts.collect_view()}
        <td role="gridcell" class="num">{cells::failing(&kinds, line, terms.as_deref(), here)}</td>
        <td role="gridcell">{cells::demand(line, Resource::Cpu)}</td>
        <td role="gridcell">{cells::demand(line, Resource::Memory)}</td>
        <td role="gridcell" class="mute">{cells::versions(line, terms.as_deref(), here)}</td>
    }
    .into_any()
}
