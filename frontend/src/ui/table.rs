//! A table of any length: only the rows in sight are in the page, each of one height.

mod body;
mod column;
pub(crate) mod rows;

use std::ops::Range;

use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::html;
use leptos::prelude::*;

use super::again::Again;
use crate::web::row::{row_id, row_of};
use crate::web::screen::SizeWatch;
use body::{Body, Look};
pub(crate) use column::Head;
use model::route::{Page, Sort};
use model::store::rows::RowNumber;
use model::table::Key;
use model::table::cell::{Cell, Line};
use model::table::choice::usual;
use model::table::column::Column;
use model::table::marked::Marked;
use model::table::window::{ROW_PX, Window, above, in_sight, moved, scrolled_to};

/// What a table shows and what it does with it.
#[derive(Clone, Copy)]
pub struct Rows {
    /// How many rows there are.
    pub count: Signal<usize>,
    /// The rows of a range, in the order of the table; it may read signals.
    pub of: Callback<Range<usize>, Vec<Line>>,
    /// All rows in the order of the table as it is at this moment; it may read signals.
    pub order: Callback<(), Vec<(RowNumber, Key)>>,
    /// One row as it is at this moment, wherever it stands.
    pub line: Callback<RowNumber, Option<Line>>,
    /// The view of a cell as it is at a time, in seconds since the epoch; it reads no signals.
    pub cell: fn(&Cell, i64) -> AnyView,
    /// The time, once a second: ages tick by it.
    pub now_s: Signal<i64>,
    /// The namespaces that links keep.
    pub scope: Memo<Vec<String>>,
    /// Goes to a page.
    pub open: Callback<Page>,
}

/// The row that the keyboard is on: itself, and its place when it became active.
#[derive(Clone, Copy, PartialEq)]
struct Active {
    at: usize,
    key: Key,
}

/// How a row is marked.
#[derive(Clone, Copy, PartialEq)]
enum Gesture {
    /// It alone.
    One,
    /// It too, or not any more.
    OneMore,
    /// All from where the last one was marked to it.
    Range,
}

impl Gesture {
    fn of(event: &MouseEvent) -> Self {
        match (event.shift_key(), event.ctrl_key() || event.meta_key()) {
            (true, _) => Self::Range,
            (false, true) => Self::OneMore,
            (false, false) => Self::One,
        }
    }
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
    /// The places of the columns that are shown; without it the usual ones are.
    #[prop(optional, into)]
    shown: Option<Signal<Vec<usize>>>,
    /// The rows that are marked; without it none can be.
    #[prop(optional)]
    marked: Option<RwSignal<Marked>>,
) -> impl IntoView {
    let shown = shown.unwrap_or_else(|| Signal::stored(usual(columns)));
    let Rows { count, of, order, cell, now_s, scope, open, .. } = rows;
    let scroller = NodeRef::<html::Div>::new();
    let (scroll_px, height_px) = (RwSignal::new(0.0), RwSignal::new(0.0));
    let active = RwSignal::new(None::<Active>);
    follow_height(scroller, height_px);

    let range = Memo::new(move |_| in_sight(scroll_px.get(), height_px.get(), count.get()));
    let window = Memo::new(move |_| {
        let range = range.get();
        Window { first: range.start, rows: of.run(range) }
    });
    let in_page = move |active: Active| window.with(|window| window.find(active.key).map(|(at, _)| at));
    let row_at = move |at: usize| of.run(at..at + 1).into_iter().next();
    let keys_in_order = move || untrack(|| order.run(())).into_iter().map(|(_, key)| key).collect::<Vec<_>>();
    // A range goes `from` a row where no other was marked before.
    let mark = move |from: Key, key: Key, gesture: Gesture| {
        let Some(marked) = marked else { return };
        marked.update(|marked| match gesture {
            Gesture::One => marked.mark_only(key),
            Gesture::OneMore => marked.toggle(key),
            Gesture::Range => marked.mark_range(from, key, &keys_in_order()),
        });
    };
    let press = move |event: KeyboardEvent| {
        // Where the row is now: what was active stays it when rows come and go above.
        let from = active.get_untracked().map(|active| (untrack(|| in_page(active)).unwrap_or(active.at), active.key));
        let of_all = event.ctrl_key() || event.meta_key();
        if let Some(marked) = marked.filter(|_| of_all && event.key() == "a") {
            event.prevent_default();
            marked.update(|marked| marked.mark_all(keys_in_order()));
        } else if let Some(marked) = marked.filter(|m| event.key() == "Escape" && !m.with_untracked(Marked::is_empty)) {
            marked.update(Marked::clear);
        } else if let (" ", Some((_, key))) = (event.key().as_str(), from) {
            event.prevent_default();
            mark(key, key, Gesture::OneMore);
        } else if event.key() == "Enter" {
            let row = from.and_then(|(at, active)| row_at(at).filter(|row| row.key == active));
            if let Some(page) = row.and_then(|row| row.page) {
                open.run(page);
            }
        } else if let Some(next) =
            moved(&event.key(), from.map(|(at, _)| at), count.get_untracked(), height_px.get_untracked())
        {
            event.prevent_default();
            let to = next.and_then(|at| Some(Active { at, key: row_at(at)?.key }));
            active.set(to);
            if let Some(to) = to.filter(|_| event.shift_key()) {
                mark(from.map_or(to.key, |(_, key)| key), to.key, Gesture::Range);
            }
            let to = next.and_then(|at| scrolled_to(at, scroll_px.get_untracked(), height_px.get_untracked()));
            if let (Some(to), Some(scroller)) = (to, scroller.get_untracked()) {
                scroller.set_scroll_top(to);
            }
        }
    };
    let width = move || {
        let px: u32 = shown.with(|shown| shown.iter().filter_map(|at| columns.get(*at)).map(|c| c.width_px).sum());
        format!("{px}px")
    };
    let columns_shown = Signal::derive(move || shown.with(Vec::len));
    let place = NodeRef::<html::Tbody>::new();
    let mut body = Body::new(cell);
    let again = Again::default();
    Effect::new(move |_| {
        again.track();
        let Some(place) = place.get() else { return };
        let columns = shown.with(|shown| shown.iter().filter_map(|at| Some((*at, *columns.get(*at)?))).collect());
        let (active, now_s, scope) = (active.get().map(|active| active.key), now_s.get(), scope.get());
        window.with(|window| {
            let above = above(window.first, scroll_px.get_untracked());
            let show = |marked: Option<&Marked>| {
                body.show(&place, Look { window, columns, active, marked, now_s, above, scope })
            };
            again.follows(match marked {
                Some(marked) => marked.with(|marked| show(Some(marked))),
                None => show(None),
            });
        });
    });
    let click = move |event: MouseEvent| {
        let at = row_of(&event);
        let key = at.and_then(|at| window.with_untracked(|w| Some(w.rows.get(at.checked_sub(w.first)?)?.key)));
        if let (Some(at), Some(key)) = (at, key) {
            active.set(Some(Active { at, key }));
            mark(key, key, Gesture::of(&event));
        }
    };
    view! {
        <div
            class="table-scroll"
            node_ref=scroller
            tabindex="0"
            role="grid"
            aria-label=label
            aria-multiselectable=marked.map(|_| "true")
            aria-rowcount=move || (count.get() + 1).to_string()
            aria-activedescendant=move || active.get().and_then(in_page).map(row_id)
            on:scroll=move |_| {
                if let Some(scroller) = scroller.get_untracked() {
                    scroll_px.set(f64::from(scroller.scroll_top()));
                }
            }
            on:keydown=press
        >
            <table role="presentation" style:min-width=width>
                {move || view! { <Head columns=shown.with(|shown| shown.iter().filter_map(|at| columns.get(*at)).copied().collect::<Vec<_>>()) sort on_sort /> }}
                <tbody role="rowgroup" node_ref=place on:click=click>
                    <Space columns=columns_shown rows=Signal::derive(move || range.get().start) />
                    <Space columns=columns_shown rows=Signal::derive(move || count.get().saturating_sub(range.get().end)) />
                </tbody>
            </table>
        </div>
    }
}

/// The room of rows that are not in the page.
#[component]
pub(crate) fn Space(#[prop(into)] columns: Signal<usize>, rows: Signal<usize>) -> impl IntoView {
    view! {
        <tr class="space" aria-hidden="true">
            <td colspan=move || columns.get().to_string() style:height=move || format!("{}px", rows.get() * ROW_PX)></td>
        </tr>
    }
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
