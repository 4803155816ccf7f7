//! Pods by state as a small bar with their number, which leads to them.

use leptos::prelude::*;
use model::format;
use model::overview::states::{ORDER, TONES};

use super::stack::{Piece, Stack};

/// The bar.
#[component]
pub fn PodsBar(
    /// How many pods are in each state, in the order of `states::ORDER`.
    counts: [u64; ORDER.len()],
    /// Where it leads.
    href: String,
) -> impl IntoView {
    let total: u64 = counts.iter().sum();
    if total == 0 {
        return view! { <span class="mute">"0"</span> }.into_any();
    }
    let there = ORDER.iter().zip(counts).filter(|(_, count)| *count > 0);
    let words: Vec<String> = there.map(|(state, count)| format!("{} {}", format::count(count), state.word())).collect();
    let words = words.join(", ");
    let failing = counts.last().copied().unwrap_or_default();
    // The name holds what is seen, so that who speaks to the machine can say it.
    let seen = if failing > 0 { format!(" ◆ {}", format::count(failing)) } else { String::new() };
    let name = format!("{}{seen} pods: {words}", format::count(total));
    // Each state has a part of its own, so that each glides by itself.
    let pieces = TONES.into_iter().zip(counts).map(|(tone, count)| Piece { tone, count, name: None });
    view! {
        <a class="pods-bar" href=href title=words.clone() aria-label=name tabindex="-1">
            <Stack pieces=pieces.collect() />
            {format::count(total)}
            {(failing > 0).then(|| view! { <span class="bad">{seen}</span> })}
        </a>
    }
    .into_any()
}
