//! One group as a row.

use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use leptos::tachys::view::{Mountable, Render};
use model::explore::Question;
use model::explore::sum::Resource;
use model::explore::tree::Line;
use model::route::Location;
use model::table::Key;

use super::tree::{Act, Acts};
use super::{cells, health};
use crate::ui::middle::Middle;
use crate::ui::table::rows::replace;
use crate::web::row::RowElement;

/// The CSS pixels by which a group inside another one is shifted.
const INDENT_PX: usize = 18;

/// What is kept of the row of a group.
pub(super) struct Row {
    at: usize,
    line: Line,
    here: Location,
    is_active: bool,
    cells: Vec<AnyViewState>,
}

/// Brings a row up to date.
pub(super) fn fill(
    element: &RowElement,
    row: Option<Row>,
    (at, line): &(usize, Line),
    here: &Location,
    active: Option<Key>,
    acts: Acts,
) -> Row {
    let is_active = active == Some(line.key);
    if row.as_ref().is_none_or(|row| row.is_active != is_active) {
        element.set_class(if is_active { "active" } else { "" });
    }
    let row = match row {
        Some(row) if row.at == *at && row.line == *line && row.here == *here => row,
        old => {
            tell(element, line);
            let is_another = old.as_ref().is_some_and(|row| row.line.key != line.key);
            let mut cells = old.map(|row| row.cells).unwrap_or_default();
            let now = cells_of(*at, line, here, acts);
            for mut gone in cells.drain(now.len().min(cells.len())..) {
                gone.unmount();
            }
            for (place, (glides, view)) in now.into_iter().enumerate() {
                match cells.get_mut(place) {
                    Some(shown) if is_another && glides => replace(shown, view),
                    Some(shown) => view.rebuild(shown),
                    None => {
                        let mut shown = view.build();
                        element.push(&mut shown);
                        cells.push(shown);
                    }
                }
            }
            Row { at: *at, line: line.clone(), here: here.clone(), is_active, cells }
        }
    };
    Row { is_active, ..row }
}

fn tell(element: &RowElement, line: &Line) {
    element.set("aria-level", &(line.depth + 1).to_string());
    element.set("aria-posinset", &line.place.0.to_string());
    element.set("aria-setsize", &line.place.1.to_string());
    match line.open {
        Some(open) => element.set("aria-expanded", if open { "true" } else { "false" }),
        None => element.unset("aria-expanded"),
    }
}

/// The cells, and whether each has a bar that glides to new values.
fn cells_of(at: usize, line: &Line, here: &Location, acts: Acts) -> Vec<(bool, AnyView)> {
    let terms = acts.terms(at);
    let terms = terms.as_deref();
    let kinds = Question::read(&here.view).kinds;
    let words = |view: AnyView| (false, view! { <td role="gridcell">{view}</td> }.into_any());
    let bar = |view: AnyView| (true, view! { <td role="gridcell">{view}</td> }.into_any());
    let number = |view: AnyView| (false, view! { <td role="gridcell" class="num">{view}</td> }.into_any());
    let mut cells = vec![words(name(line, acts)), bar(health::bar(&kinds, line))];
    cells.extend(kinds.iter().map(|kind| number(cells::count(*kind, line.sum.of(*kind), terms, here))));
    cells.push(number(cells::failing(&kinds, line, terms, here)));
    cells.push(bar(cells::demand(line, Resource::Cpu)));
    cells.push(bar(cells::demand(line, Resource::Memory)));
    let versions = cells::versions(line, terms, here);
    cells.push((false, view! { <td role="gridcell" class="mute">{versions}</td> }.into_any()));
    cells
}

/// The sign that opens and closes, and the name, which filters.
fn name(line: &Line, acts: Acts) -> AnyView {
    let key = line.key;
    let sign = line.open.map(|open| {
        let (sign, act) = if open { ("▾", Act::Close) } else { ("▸", Act::Open) };
        let press = move |_| acts.press(key, act.clone());
        view! { <button class="sign" tabindex="-1" aria-hidden="true" on:click=press>{sign}</button> }
    });
    let (text, aside) = (line.name.clone(), line.aside.clone());
    let class = if line.faint { "mute" } else { "" };
    let text = if line.terms.as_ref().is_some_and(|terms| !terms.is_empty()) {
        let press = move |_| acts.press(key, Act::Only(None));
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
