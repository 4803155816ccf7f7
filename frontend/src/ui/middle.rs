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
    text: String,
) -> impl IntoView {
    let (head, tail) = head_and_tail(&text);
    let (head, tail, title) = (head.to_owned(), tail.to_owned(), text.clone());
    view! {
        <span class="middle" title=title data-head=head data-tail=tail>
            <span>{text}</span>
        </span>
    }
}
