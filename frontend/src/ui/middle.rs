//! A long name that loses its middle where there is no room, and is copied whole.

use leptos::prelude::*;

/// How many characters of the end always stay: the random part of a pod's name and a little more.
const TAIL: usize = 8;

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
    let head = move || text.with(|text| split(text).0.to_owned());
    let tail = move || text.with(|text| split(text).1.to_owned());
    view! {
        <span class="middle" title=text data-head=head data-tail=tail>
            <span>{text}</span>
        </span>
    }
}

fn split(text: &str) -> (&str, &str) {
    let at = text.char_indices().rev().nth(TAIL - 1).map_or(0, |(at, _)| at);
    text.split_at(at)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn the_end_of_a_name_is_kept_by_characters() {
        assert_eq!(split("checkout-7d9c8b6f5-x2kvp"), ("checkout-7d9c8b6", "f5-x2kvp"));
        assert_eq!(split("web"), ("", "web"));
        assert_eq!(split("ääääääääää"), ("ää", "ääääääää"));
        assert_eq!(split(""), ("", ""));
    }
}
