//! What stands above contents that are there and are not kept up to date any more.

use leptos::prelude::*;
use model::age;

use super::Face;
use crate::ui::notice::{Notice, Weight};

/// Says so while that is the face.
#[component]
pub fn StaleNotice(
    /// The face.
    face: Signal<Face>,
    /// Tries again.
    retry: Option<Callback<()>>,
) -> impl IntoView {
    // Seconds since the epoch, which tick.
    let now_s: ArcRwSignal<i64> = expect_context();
    move || {
        let Face::Stale { tried, said, next, as_of_s } = face.get() else { return None };
        let now_s = now_s.clone();
        let age = move || age::brief(now_s.get().saturating_sub(as_of_s));
        let button = retry.map(|retry| {
            view! { <button class="button" on:click=move |_| retry.run(())>"Try again"</button> }
        });
        Some(view! { <Notice weight=Weight::Bad>{tried}" As of "{age}" ago. "{said}" "{next}" "{button}</Notice> })
    }
}
