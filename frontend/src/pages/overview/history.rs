//! What was in use since the tab was opened.

use leptos::prelude::*;
use model::chart::sparkline;
use model::overview::readings::Readings;

use crate::ui::chart::{Chart, Draw};

/// CPU and memory over time: what was seen here, since nobody else remembers it.
#[component]
pub(in crate::pages) fn History(seen: Memo<Readings>) -> impl IntoView {
    let now = move |place: usize| seen.with(|seen| seen.now().into_iter().nth(place).unwrap_or_default());
    view! {
        <div class="history" hidden=move || seen.with(Readings::is_empty)>
            <p>
                <span>
                    <i></i>"CPU "{move || now(0)}<i class="dashed"></i>"memory "{move || now(1)}
                    " since you opened this page"
                </span>
                <span>{move || seen.with(Readings::span)}</span>
            </p>
            <Chart
                label=Signal::derive(move || {
                    format!("Used over time: CPU {}, memory {} now", now(0), now(1))
                })
                draw=Draw::still(move |area, theme| {
                    // The canvas' error type has no values.
                    let _ = seen.with(|seen| sparkline::draw(area, &seen.series(), 1.0, theme));
                })
            />
        </div>
    }
}
