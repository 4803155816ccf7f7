//! A long name that loses its middle where there is no room, and is copied whole.

use leptos::prelude::*;
use model::format::head_and_tail;

/// `text`, cut in the middle when it is too long for its place.
///
/// What is seen are two generated pieces, of which the first one shrinks; what is selected, found and read aloud is the
/// transparent whole above them.
#[component]
pub fn Middle(
    /// The whole name.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    let head = move || text.with(|text| head_and_tail(text).0.to_owned());
    let tail = move || text.with(|text| head_and_tail(text).1.to_owned());
    view! {
        <span class="middle" title=text data-head=head data-tail=tail>
            <span>{text}</span>
        </span>
    }
}
