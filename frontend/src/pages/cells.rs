//! Cells and words that more than one page shows.

use leptos::prelude::*;
use model::chart::stack::Tone;
use model::k8s::node::NodeReadiness;
use model::route::Page;
use model::{age, timestamp};

use crate::app::use_place;
use crate::live::Cluster;
use crate::ui::bar::UsageBar;
use crate::ui::middle::Middle;

/// An age that ticks by itself, with the exact time on hover.
#[component]
pub fn Age(#[prop(into)] since_s: Signal<Option<i64>>) -> impl IntoView {
    let cluster: Cluster = expect_context();
    let now_s = cluster.now_s();
    let exact = move || since_s.get().map(timestamp::utc);
    let words = Memo::new(move |_| match since_s.get() {
        Some(since_s) => age::human(now_s.get().saturating_sub(since_s)),
        None => "–".to_owned(),
    });
    view! { <span title=exact>{words}</span> }
}

/// Usage as a share, or why it is not there.
pub fn share_cell<R: Clone + Send + Sync + 'static>(row: Memo<Option<R>>, of: fn(&R) -> Option<f64>) -> AnyView {
    view! { <UsageBar share=Signal::derive(move || row.with(|r| r.as_ref().and_then(of))) /> }.into_any()
}

/// A cell of plain text.
pub fn text_cell<R: Clone + Send + Sync + 'static>(row: Memo<Option<R>>, of: fn(&R) -> String) -> AnyView {
    (move || row.with(|r| r.as_ref().map(of))).into_any()
}

/// How a node's readiness looks.
pub fn node_tone(readiness: NodeReadiness, cordoned: bool) -> Tone {
    match readiness {
        NodeReadiness::NotReady | NodeReadiness::Unknown => Tone::Bad,
        NodeReadiness::Ready if cordoned => Tone::Warn,
        NodeReadiness::Ready => Tone::Ok,
    }
}

/// A cell that links to another page.
pub fn link_cell<R: Clone + Send + Sync + 'static>(
    row: Memo<Option<R>>,
    text: fn(&R) -> String,
    page: fn(&R) -> Page,
) -> AnyView {
    let place = use_place();
    let href =
        move || row.with(|r| r.as_ref().map(|r| place.with(|l| l.with_page(page(r)).to_string()))).unwrap_or_default();
    let text = Signal::derive(move || row.with(|r| r.as_ref().map(text)).unwrap_or_default());
    view! { <a class="link" href=href tabindex="-1"><Middle text /></a> }.into_any()
}

/// A cell with an age.
pub fn age_cell<R: Clone + Send + Sync + 'static>(row: Memo<Option<R>>, of: fn(&R) -> Option<i64>) -> AnyView {
    view! { <Age since_s=Signal::derive(move || row.with(|r| r.as_ref().and_then(of))) /> }.into_any()
}

/// kubectl's word for what is not there.
pub fn or_none(text: &str) -> String {
    if text.is_empty() { "<none>".to_owned() } else { text.to_owned() }
}
