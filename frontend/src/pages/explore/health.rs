//! A group's bar of health.

use leptos::ev::MouseEvent;
use leptos::html;
use leptos::prelude::*;
use model::chart::stack::{StackLayout, bars};
use model::explore::Kind;
use model::explore::sum::{PARTS, Sum};

use crate::ui::chart::{Chart, Draw};
use crate::ui::passing::passing;

/// The bar: as long as the group is a part of `whole`, parted by state. A part that is pressed is told by its state's filter.
#[component]
pub(super) fn Health(
    /// What is shown, and what the full width stands for.
    shown: Memo<(Sum, u64)>,
    /// Hears of a press on a part.
    on_part: Callback<String>,
) -> impl IntoView {
    let element = NodeRef::<html::Div>::new();
    let words = passing(move |_| shown.with(|(sum, _)| sum.words()));
    let press = move |event: MouseEvent| {
        let width = element.get_untracked().map_or(0, |element| element.client_width());
        let (width, x) = (u32::try_from(width).unwrap_or(0), u32::try_from(event.offset_x()).unwrap_or(0));
        let part = shown.with_untracked(|(sum, whole)| StackLayout::new(&sum.parts(), *whole, (width, 1)).at(x, 0));
        if let Some(part) = part.and_then(|part| PARTS.get(part)).filter(|part| part.kind != Kind::Services) {
            on_part.run(format!("status:{}", part.word.replace(' ', "-")));
        }
    };
    view! {
        <div class="health" node_ref=element title=words on:click=press>
            <Chart
                label=words
                draw=Draw::bars(move |size, theme| {
                    let layout = shown.with(|(sum, whole)| StackLayout::new(&sum.parts(), *whole, size));
                    bars(&layout, &PARTS.map(|part| part.tone), theme)
                })
            />
        </div>
    }
}
