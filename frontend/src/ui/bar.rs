//! A small bar with its number.

use leptos::prelude::*;
use model::chart::Level;
use model::format::percents;

/// How much of something is used, where 1 is all of it: a bar and `88 %`, or `no data`, which is not zero.
#[component]
pub fn UsageBar(
    /// The share.
    share: Option<f64>,
) -> AnyView {
    let Some(share) = share else {
        return view! { <span class="mute">"no data"</span> }.into_any();
    };
    let percent = percents(share);
    view! {
        <span class=format!("usage {}", Level::of(share).class())>
            <i>
                <i style:width=format!("{}%", percent.min(100))></i>
            </i>
            <span>{percent}" %"</span>
        </span>
    }
    .into_any()
}
