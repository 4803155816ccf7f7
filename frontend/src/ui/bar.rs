//! A small bar with its number.

use leptos::prelude::*;
use model::chart::Level;

/// How much of something is used: a bar and `88 %`, or `no data`, which is not zero.
#[component]
pub fn UsageBar(
    /// The share, where 1 is all of it.
    #[prop(into)]
    share: Signal<Option<f64>>,
) -> impl IntoView {
    let level = move || share.get().map_or("", |share| Level::of(share).class());
    let percent = move |share: f64| (share.max(0.0) * 100.0).round() as u64;
    move || match share.get() {
        None => view! { <span class="mute">"no data"</span> }.into_any(),
        Some(part) => view! {
            <span class=move || format!("usage {}", level())>
                <i>
                    <i style:width=format!("{}%", percent(part).min(100))></i>
                </i>
                <span>{percent(part)} " %"</span>
            </span>
        }
        .into_any(),
    }
}
