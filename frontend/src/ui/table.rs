//! A table of any length: only the rows in sight are in the page, each of one height, each with a signal of its own.

mod column;

use std::ops::Range;

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;

use crate::web::screen::SizeWatch;
use crate::web::timer::next_frame;
pub(crate) use column::Head;
use model::route::{Page, Sort};
use model::table::Key;
use model::table::cell::{Cell, Line};
use model::table::column::Column;
use model::table::window::{ROW_PX, ROWS_A_FRAME, Window, in_sight, moved, scrolled_to};

/// What a table shows and what it does with it.
#[derive(Clone, Copy)]
pub struct Rows {
    /// How many rows there are.
    pub count: Signal<usize>,
    /// The rows of a range, in the order of the table; it may read signals.
    pub of: Callback<Range<usize>, Vec<Line>>,
    /// The view of a cell; it may read signals.
    pub cell: fn(&Cell) -> AnyView,
    /// Goes to a page.
    pub open: Callback<Page>,
}

/// The row that the keyboard is on: itself, and its place when it became active.
#[derive(Clone, Copy, PartialEq)]
struct Active {
    at: usize,
    key: Key,
}

/// A table that fills its place and scrolls inside.
#[component]
pub fn Table(
    /// What the rows are: the accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The columns, from left to right; the first stays in sight.
    columns: &'static [Column],
    /// The rows.
    rows: Rows,
    /// By which column they are sorted.
    #[prop(into)]
    sort: Signal<Option<Sort>>,
    /// Asks for another order.
    #[prop(into)]
    on_sort: Callback<Sort>,
) -> impl IntoView {
    let Rows { count, of, cell, open } = rows;
    let scroller = NodeRef::<html::Div>::new();
    let (scroll_px, height_px) = (RwSignal::new(0.0), RwSignal::new(0.0));
    let active = RwSignal::new(None::<Active>);
    follow_height(scroller, height_px);

    let wanted = Memo::new(move |_| in_sight(scroll_px.get(), height_px.get(), count.get()));
    let room = RwSignal::new(ROWS_A_FRAME);
    Effect::new(move || {
        if room.get() < wanted.with(ExactSizeIterator::len) {
            next_frame(move || room.update(|room| *room += ROWS_A_FRAME));
        }
    });
    let range = Memo::new(move |_| {
        let Range { start, end } = wanted.get();
        start..end.min(start + room.get())
    });
    let window = Memo::new(move |_| {
        let range = range.get();
        Window { first: range.start, rows: of.run(range) }
    });
    let in_page = move |active: Active| window.with(|window| window.find(active.key).map(|(at, _)| at));
    let row_at = move |at: usize| of.run(at..at + 1).into_iter().next();
    let press = move |event: KeyboardEvent| {
        // Where the row is now: what was active stays it when rows come and go above.
        let from = active.get_untracked().map(|active| (untrack(|| in_page(active)).unwrap_or(active.at), active.key));
        if event.key() == "Enter" {
            let row = from.and_then(|(at, active)| row_at(at).filter(|row| row.key == active));
            if let Some(page) = row.and_then(|row| row.page) {
                open.run(page);
            }
        } else if let Some(next) =
            moved(&event.key(), from.map(|(at, _)| at), count.get_untracked(), height_px.get_untracked())
        {
            event.prevent_default();
            active.set(next.and_then(|at| Some(Active { at, key: row_at(at)?.key })));
            let to = next.and_then(|at| scrolled_to(at, scroll_px.get_untracked(), height_px.get_untracked()));
            if let (Some(to), Some(scroller)) = (to, scroller.get_untracked()) {
                scroller.set_scroll_top(to);
            }
        }
    };
    let width_px: u32 = columns.iter().map(|column| column.width_px).sum();
    let keys = move || window.with(|window| window.rows.iter().map(|row| row.key).collect::<Vec<_>>());
    view! {
        <div
            class="table-scroll"
            node_ref=scroller
            tabindex="0"
            role="grid"
            aria-label=label
            aria-rowcount=move || (count.get() + 1).to_string()
            aria-activedescendant=move || active.get().and_then(in_page).map(row_id)
            on:scroll=move |_| {
                if let Some(scroller) = scroller.get_untracked() {
                    scroll_px.set(f64::from(scroller.scroll_top()));
                }
            }
            on:keydown=press
        >
            <table role="presentation" style:min-width=format!("{width_px}px")>
                <Head columns sort on_sort />
                <tbody role="rowgroup">
                    <Space columns=columns.len() rows=Signal::derive(move || range.get().start) />
                    <For each=keys key=|key| *key let(row)>
                        <Row columns window key=row cell active />
                    </For>
                    <Space columns=columns.len() rows=Signal::derive(move || count.get().saturating_sub(range.get().end)) />
                </tbody>
            </table>
        </div>
    }
}

/// One row: its cells are made anew, in place, when what they show has changed.
#[component]
fn Row(
    columns: &'static [Column],
    window: Memo<Window>,
    key: Key,
    cell: fn(&Cell) -> AnyView,
    active: RwSignal<Option<Active>>,
) -> impl IntoView {
    // A row that has just gone keeps its last look until its element goes too.
    let place = Memo::new(move |old: Option<&usize>| {
        window.with(|window| window.find(key).map(|(at, _)| at)).or(old.copied()).unwrap_or_default()
    });
    let row = Memo::new(move |old: Option<&Option<Line>>| {
        window.with(|window| window.find(key).map(|(_, row)| row.clone())).or_else(|| old.cloned().flatten())
    });
    let cells = move || {
        let cells = row.with(|row| row.as_ref().map(|row| row.cells.clone())).unwrap_or_default();
        let cells = columns.iter().zip(&cells);
        cells.map(|(column, of)| view! { <td role="gridcell" class:num=column.numeric>{cell(of)}</td> }).collect_view()
    };
    view! {
        <tr
            role="row"
            id=move || row_id(place.get())
            aria-rowindex=move || (place.get() + 2).to_string()
            class:active=move || active.with(|active| active.is_some_and(|active| active.key == key))
            on:click=move |_| active.set(Some(Active { at: place.get_untracked(), key }))
        >
            {cells}
        </tr>
    }
}

/// The room of rows that are not in the page.
#[component]
pub(crate) fn Space(columns: usize, rows: Signal<usize>) -> impl IntoView {
    view! {
        <tr class="space" aria-hidden="true">
            <td colspan=columns.to_string() style:height=move || format!("{}px", rows.get() * ROW_PX)></td>
        </tr>
    }
}

fn row_id(at: usize) -> String {
    format!("row-{at}")
}

/// Tells the height of what is seen, now and whenever it changes.
pub(crate) fn follow_height(scroller: NodeRef<html::Div>, height_px: RwSignal<f64>) {
    let watch = StoredValue::new_local(None);
    Effect::new(move |_| {
        let Some(element) = scroller.get() else {
            return;
        };
        let measured = element.clone();
        watch.set_value(SizeWatch::new(&element, move || height_px.set(f64::from(measured.client_height()))));
    });
}
