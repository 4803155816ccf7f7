//! What can be done with a table: choose its columns, mark rows, take them along.

use leptos::prelude::*;
use model::format;
use model::table::choice::{moved, toggled, usual};
use model::table::column::Column;
use model::table::export::{Format, heads, row};
use model::table::marked::Marked;
use wasm_bindgen_futures::spawn_local;

use super::table::Rows;
use crate::web::clock::epoch_s;
use crate::web::timer::breathe;
use crate::web::{clipboard, download};

/// Rows that are written before the browser gets its turn.
const ROWS_A_TURN: usize = 1_000;

/// The tools, beside the head of a table.
#[component]
pub fn TableTools(
    /// What the rows are: `Pods`.
    title: &'static str,
    /// All columns.
    columns: &'static [Column],
    /// The places of those that are shown.
    #[prop(into)]
    shown: Signal<Vec<usize>>,
    /// Asks for other ones.
    #[prop(into)]
    on_shown: Callback<Vec<usize>>,
    /// The rows.
    rows: Rows,
    /// Those that are marked.
    marked: RwSignal<Marked>,
    /// How it went when rows were taken along.
    said: RwSignal<String>,
    /// Further ways to take them along.
    more: ViewFn,
) -> impl IntoView {
    let take = move |to: Format| {
        said.set("Writing…".to_owned());
        spawn_local(async move {
            let Some((text, count)) = written(rows, columns, shown.get_untracked(), marked, to).await else { return };
            let done = match to {
                Format::Text => clipboard::copy(&text).await,
                Format::Csv => download::save(&format!("{}.csv", title.to_lowercase()), "text/csv", &text),
            };
            let count = format::plural(count as u64, "row", "rows");
            let words = match (done, to) {
                (true, Format::Text) => format!("Copied {count}."),
                (true, Format::Csv) => format!("Saved {count}."),
                (false, _) => "The browser did not allow it.".to_owned(),
            };
            // The page may have been left in the meantime.
            let _ = said.try_set(words);
        });
    };
    let of = move || if marked.with(Marked::is_empty) { "all rows" } else { "the selected rows that are shown" };
    // All that are marked, and how many of them the filter hides.
    let counts = Memo::new(move |_| {
        marked.with(|marked| match marked.len() {
            0 => (0, 0),
            all => (all, all - marked.among(rows.order.run(()).into_iter().map(|(_, key)| key))),
        })
    });
    let selected = move || {
        let (all, hidden) = counts.get();
        let hidden = (hidden > 0).then(|| format!(", {} of them not shown", format::count(hidden as u64)));
        (all > 0).then(|| {
            let all = format::count(all as u64);
            view! {
                <span class="chip" role="status" aria-label="Selected">{all}" selected"{hidden}</span>
                <button class="button plain" on:click=move |_| marked.update(Marked::clear)>"Clear"</button>
            }
        })
    };
    view! {
        <div class="tools row" role="group" aria-label=format!("{title}: tools")>
            {selected}
            <span class="mute" role="status" aria-label="Taken along">{said}</span>
            <button class="button" title=move || format!("Copy {} as text", of()) on:click=move |_| take(Format::Text)>"Copy"</button>
            <button class="button" title=move || format!("Download {} as CSV", of()) on:click=move |_| take(Format::Csv)>"CSV"</button>
            {more.run()}
            <details class="menu to-the-left">
                <summary class="chip">"Columns ▾"</summary>
                <div class="menu-panel" role="group" aria-label="Columns">
                    <ul>{move || items(columns, &shown.get(), on_shown)}</ul>
                    <div class="row">
                        <button class="button" on:click=move |_| on_shown.run(usual(columns))>"Usual columns"</button>
                        <button class="button" on:click=move |_| on_shown.run((0..columns.len()).collect())>"All columns"</button>
                    </div>
                </div>
            </details>
        </div>
    }
}

/// First the columns that are shown, in their order, then the others.
fn items(columns: &'static [Column], shown: &[usize], on_shown: Callback<Vec<usize>>) -> impl IntoView + use<> {
    let hidden = (0..columns.len()).filter(|place| !shown.contains(place));
    let all: Vec<usize> = shown.iter().copied().chain(hidden).collect();
    let shown = StoredValue::new(shown.to_vec());
    let item = move |place: usize| {
        let title = columns.get(place)?.title;
        let is_shown = shown.with_value(|shown| shown.contains(&place));
        let change = move |to: fn(Vec<usize>, usize, bool) -> Vec<usize>, left: bool| {
            move |_| on_shown.run(to(shown.get_value(), place, left))
        };
        let arrows = (is_shown && place > 0).then(|| {
            view! {
                <button class="button plain" aria-label=format!("Move {title} to the left") on:click=change(moved, true)>"↑"</button>
                <button class="button plain" aria-label=format!("Move {title} to the right") on:click=change(moved, false)>"↓"</button>
            }
        });
        Some(view! {
            <li class="row">
                <label>
                    <input
                        type="checkbox"
                        prop:checked=is_shown
                        disabled=place == 0
                        on:change=move |_| on_shown.run(toggled(shown.get_value(), place))
                    />
                    {title}
                </label>
                {arrows}
            </li>
        })
    };
    all.into_iter().map(item).collect_view()
}

/// The marked rows, or all where none is, and how many they are; none when the table has gone meanwhile.
///
/// Which rows, and in which order, is of one moment. A row that goes while the others are written is left out.
async fn written(
    rows: Rows,
    columns: &'static [Column],
    shown: Vec<usize>,
    marked: RwSignal<Marked>,
    to: Format,
) -> Option<(String, usize)> {
    let marked = marked.try_get_untracked()?;
    let (now_s, mut text, mut taken) = (epoch_s(), heads(to, columns, &shown), 0);
    let mut order = untrack(|| rows.order.try_run(()))?;
    order.retain(|(_, key)| marked.is_empty() || marked.contains(*key));
    for turn in order.chunks(ROWS_A_TURN) {
        for (number, key) in turn {
            let line = untrack(|| rows.line.try_run(*number))?;
            // A number is given to another row when its own has gone.
            if let Some(line) = line.filter(|line| line.key == *key) {
                text.push_str(&row(to, &line, &shown, now_s));
                taken += 1;
            }
        }
        breathe().await;
    }
    Some((text, taken))
}
