//! A state as shape, colour and word together.

use leptos::prelude::*;
use model::chart::stack::Tone;

/// The word of a state after the shape of its tone.
#[component]
pub fn StateMark(
    /// Well, on its way, failing.
    tone: Tone,
    /// The word.
    #[prop(into)]
    word: String,
) -> impl IntoView {
    let classes = match tone {
        Tone::Ok => "state ok",
        Tone::Done => "state done",
        Tone::Warn => "state warn",
        Tone::Bad => "state bad",
        Tone::Unknown => "state unknown",
    };
    view! { <span class=classes>{word}</span> }
}
