//! Counts side by side in one bar, as elements: they are laid out with the row that they stand in, and glide by themselves.

use leptos::prelude::*;
use model::chart::stack::Tone;

/// A part of the bar.
pub struct Piece {
    /// What it means.
    pub tone: Tone,
    /// How many; none are not seen.
    pub count: u64,
    /// What names it to who hears of a press, in `data-part`.
    pub name: Option<&'static str>,
}

/// The bar.
#[component]
pub fn Stack(
    /// The parts, from left to right. One that is there is seen: it grows from two pixels.
    pieces: Vec<Piece>,
    /// What the full width stands for; nothing where the parts fill it.
    #[prop(optional)]
    whole: u64,
    /// What is seen, in words and with the numbers: the accessible name; nothing where what stands around it says so.
    #[prop(optional, into)]
    words: Option<String>,
) -> impl IntoView {
    let rest = whole.saturating_sub(pieces.iter().map(|piece| piece.count).sum());
    let pieces = pieces.into_iter().map(|Piece { tone, count, name }| {
        view! { <i class=class(tone) data-part=name hidden=count == 0 style:flex-grow=count.to_string()></i> }
    });
    let (role, hidden) = if words.is_some() { (Some("img"), None) } else { (None, Some("true")) };
    view! {
        <span class="parts" role=role aria-hidden=hidden aria-label=words.clone() title=words>
            {pieces.collect_view()}
            <i class="rest" hidden=rest == 0 style:flex-grow=rest.to_string()></i>
        </span>
    }
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Ok => "ok",
        Tone::Done => "done",
        Tone::Warn => "warn",
        Tone::Bad => "bad",
        Tone::Unknown => "unknown",
    }
}
