//! A state as shape, colour and word together.

use leptos::prelude::*;
use model::chart::stack::Tone;

/// The word of a state after the shape of its tone.
#[component]
pub fn StateMark(
    /// Well, on its way, failing.
    #[prop(into)]
    tone: Signal<Tone>,
    /// The word.
    #[prop(into)]
    word: Signal<String>,
) -> impl IntoView {
    view! { <span class=move || format!("state {}", class(tone.get()))>{word}</span> }
}

/// The class that style sheets know a tone by.
pub fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Ok => "ok",
        Tone::Done => "done",
        Tone::Warn => "warn",
        Tone::Bad => "bad",
        Tone::Unknown => "unknown",
    }
}
