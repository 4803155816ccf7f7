//! Cells and words that more than one page shows.

use leptos::prelude::*;
use model::format;
use model::k8s::workload::WorkloadKind;
use model::route::{Page, PodTab};
use model::table::cell::{Cell, or_none};
use model::{age, timestamp};

use crate::app::use_place;
use crate::live::Cluster;
use crate::ui::bar::UsageBar;
use crate::ui::middle::Middle;
use crate::ui::passing::passing;
use crate::ui::pods_bar::PodsBar;
use crate::ui::state_mark::StateMark;

/// An age that ticks by itself, with the exact time on hover.
#[component]
pub fn Age(since_s: Option<i64>) -> AnyView {
    let Some(since_s) = since_s else { return age_at(None, 0) };
    let cluster: Cluster = expect_context();
    let now_s = cluster.now_s();
    let words = passing(move |_| age::human(now_s.get().saturating_sub(since_s)));
    view! { <span title=timestamp::utc(since_s)>{words}</span> }.into_any()
}

/// The same of what happens again and again: when last is told on hover.
#[component]
pub fn AgeAndLast(since_s: Option<i64>, last_s: Option<i64>) -> AnyView {
    let Some((since_s, last_s)) = since_s.zip(last_s) else { return view! { <Age since_s /> }.into_any() };
    let cluster: Cluster = expect_context();
    let now_s = cluster.now_s();
    let ago = move |at_s: i64| age::human(now_s.get().saturating_sub(at_s));
    let words = passing({
        let ago = ago.clone();
        move |_| ago(since_s)
    });
    let title = passing(move |_| format!("{}; last {} ago", timestamp::utc(since_s), ago(last_s)));
    view! { <span title=title>{words}</span> }.into_any()
}

/// An age as it is at a time.
fn age_at(since_s: Option<i64>, now_s: i64) -> AnyView {
    let Some(since_s) = since_s else { return "–".into_any() };
    view! { <span title=timestamp::utc(since_s)>{age::human(now_s.saturating_sub(since_s))}</span> }.into_any()
}

/// What stands in a table's cell at a time.
pub fn cell(cell: &Cell, now_s: i64) -> AnyView {
    match cell {
        Cell::Text(text) if !text.is_empty() => text.clone().into_any(),
        Cell::Link { text, page } if !text.is_empty() => link(text.clone(), page),
        Cell::Text(_) | Cell::Link { .. } => view! { <span class="mute">{or_none("")}</span> }.into_any(),
        Cell::State { tone, word } => view! { <StateMark tone=*tone word=word.clone() /> }.into_any(),
        Cell::Share(share) => view! { <UsageBar share=*share /> }.into_any(),
        Cell::Age(since_s) => age_at(*since_s, now_s),
        Cell::Span(from_s, Some(to_s)) => age::human(to_s.saturating_sub(*from_s)).into_any(),
        Cell::Span(from_s, None) => age_at(Some(*from_s), now_s),
        Cell::Count(count) | Cell::CountSince(count, None) => format::count(*count).into_any(),
        Cell::CountOf(count, of) => format!("{} / {}", format::count(*count), format::count(*of)).into_any(),
        Cell::Cpu(None) | Cell::Bytes(None) => view! { <span class="mute">"no data"</span> }.into_any(),
        Cell::Cpu(Some(cpu_millis)) => format!("{} cores", format::cores(*cpu_millis)).into_any(),
        Cell::Bytes(Some(bytes)) => format::bytes(*bytes).into_any(),
        Cell::Pods { counts: None, .. } => view! { <span class="mute">{format::NONE}</span> }.into_any(),
        Cell::Pods { counts: Some(counts), query } => {
            let href = use_place().now(|l| l.with_page(Page::Pods).with_query(query.as_str()).to_string());
            view! { <PodsBar counts=*counts href /> }.into_any()
        }
        Cell::Nothing => ().into_any(),
        Cell::CountSince(count, since_s) => {
            view! { {format::count(*count)}<span class="mute">" ("{age_at(*since_s, now_s)}" ago)"</span> }.into_any()
        }
    }
}

/// The page of an owner, where its kind has one; without a kind it is a pod.
pub fn page_of(kind: &str, namespace: &str, name: &str) -> Option<Page> {
    let (namespace, name) = (namespace.to_owned(), name.to_owned());
    if let Some(kind) = WorkloadKind::ALL.into_iter().find(|known| known.name() == kind) {
        return Some(Page::Workload { kind, namespace, name });
    }
    match kind {
        "Node" => Some(Page::Node { name }),
        "Service" => Some(Page::Service { namespace, name }),
        "" if !name.is_empty() && !namespace.is_empty() => Some(Page::Pod { namespace, name, tab: PodTab::Summary }),
        _ => None,
    }
}

fn link(text: String, page: &Page) -> AnyView {
    let href = use_place().now(|location| location.with_page(page.clone()).to_string());
    view! { <a class="link" href=href tabindex="-1"><Middle text /></a> }.into_any()
}
