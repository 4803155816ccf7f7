//! What changed in the last hour, on one axis with the warnings.

use leptos::prelude::*;
use model::chart::timeline::{Mark, draw, nearest, rect};
use model::demand::Kind;
use model::overview::change::{Change, LastHour, last_hour};
use model::route::Page;
use model::store::scope::Scope;
use model::{format, timestamp};

use super::counted;
use crate::app::use_place;
use crate::live::Cluster;
use crate::live::kinds::Kinds;
use crate::pages::cells::Age;
use crate::pages::faces::face_of;
use crate::ui::card::{Card, Face};
use crate::ui::chart::{MarkedChart, Marks, Twin};
use crate::ui::look::use_look;

/// So many changes are named under the axis.
const NAMED: usize = 6;
/// Time passes for the card in steps: a pixel is some four seconds.
const STEP_S: i64 = 10;

/// The card.
#[component]
pub(super) fn ChangeCard() -> impl IntoView {
    let (cluster, kinds): (Cluster, Kinds) = (expect_context(), expect_context());
    let place = use_place();
    let now_s = cluster.now_s();
    let step = Memo::new(move |_| now_s.get() / STEP_S);
    let (events, workloads) = (kinds.events_version(), kinds.workloads_version());
    let track = move |cluster: &Cluster| {
        cluster.nodes_version().track();
        events.track();
        workloads.track();
        step.track();
    };
    let clock = cluster.now_s();
    let hour = counted(track, move |store, scope| {
        let names = match scope {
            Scope::Namespaces(names) => names.as_slice(),
            // No event lies in none.
            Scope::Nothing => &[model::store::names::Name::EMPTY],
        };
        last_hour(store, names, clock.get_untracked())
    });
    let quiet = Memo::new(move |_| hour.with(|hour| hour.changes.is_empty() && hour.warned == 0));
    let feed = {
        let kinds = kinds.clone();
        Memo::new(move |_| kinds.feed(Kind::Events))
    };
    let face = Signal::derive(move || match face_of(&feed.get(), "events") {
        face @ Face::Stale { .. } => face,
        _ if !quiet.get() => Face::Full,
        Face::Full => Face::Empty {
            why: "Nothing changed in the last hour.".into(),
            next: "Rollouts, scaling, nodes and warnings appear here by themselves.".into(),
        },
        face => face,
    });
    let warnings = place.link(|l| l.with_page(Page::Events).with_query("type:warning"));
    let warned = move || match hour.with(|hour| hour.warned) {
        0 if !feed.with(|feed| feed.loaded) => "warnings: unknown".to_owned(),
        warned => format::plural(warned, "warning", "warnings"),
    };
    let aside = move || {
        view! {
            <div class="legend">
                <span><i class="line ok"></i>"rollout, node back"</span>
                <span><i class="line mute"></i>"scaling"</span>
                <span><i class="line bad"></i>"node not ready"</span>
                <span><i class="warn"></i><a class="link" href=warnings>{warned}</a></span>
                <span><i class="hatched"></i>"not known how many"</span>
            </div>
        }
    };
    view! {
        <Card title="Change in the last hour" face aside retry=Callback::new(move |()| kinds.retry(Kind::Events))>
            <Axis hour />
            <div class="foot">
                <ol class="changes">
                    <For each=move || named(hour) key=|change| (change.at_s, change.words.clone(), change.page.to_string()) let(change)>
                        <Named change />
                    </For>
                </ol>
                <Twin
                    caption="Change in the last hour"
                    columns=&["When", "What"]
                    rows=move || {
                        let line = |change: &Change| vec![timestamp::utc(change.at_s), change.words.clone()];
                        hour.with(|hour| hour.changes.iter().map(line).collect())
                    }
                />
            </div>
        </Card>
    }
}

fn named(hour: Memo<LastHour>) -> Vec<Change> {
    hour.with(|hour| hour.changes.iter().take(NAMED).cloned().collect())
}

/// The axis with its bars and lines.
#[component]
fn Axis(hour: Memo<LastHour>) -> impl IntoView {
    let (look, place) = (use_look(), use_place());
    let size = RwSignal::new((0, 0));
    let marks = Memo::new(move |_| hour.with(LastHour::marks));
    let mark = move |index: usize| marks.with(|marks: &Vec<Mark>| marks.get(index).copied());
    let change = move |index: usize| hour.with_untracked(|hour| hour.changes.get(index).cloned());
    let all = Marks {
        count: Box::new(move || marks.with_untracked(Vec::len)),
        at: Box::new(move |x, _| {
            marks.with_untracked(|marks| nearest(marks, x, size.get_untracked(), look.pixel_ratio()))
        }),
        rect: Box::new(move |index| rect(&mark(index)?, size.get(), look.pixel_ratio())),
        words: Box::new(move |index| {
            change(index).map(|c| format!("{}\n{}", c.words, timestamp::utc(c.at_s))).unwrap_or_default()
        }),
        open: Box::new(move |index| {
            if let Some(change) = change(index) {
                place.go(&place.now(|l| l.with_page(change.page.clone())));
            }
        }),
    };
    let label = Signal::derive(move || format!("{}. Arrow keys walk along, Enter opens.", hour.with(LastHour::words)));
    view! {
        <div class="axis">
            <MarkedChart
                label
                size
                draw=move |area, theme| {
                    // The canvas' error type has no values.
                    let _ = hour.with(|hour| marks.with(|marks| draw(area, &hour.warnings.pieces, marks, theme)));
                }
                marks=all
            />
            <p class="mute" aria-hidden="true"><span>"60 min ago"</span><span>"45"</span><span>"30"</span><span>"15"</span><span>"now"</span></p>
        </div>
    }
}

/// One change: what, where it leads, and how long ago.
#[component]
fn Named(change: Change) -> impl IntoView {
    let place = use_place();
    let href = place.with(|l| l.with_page(change.page.clone()).to_string());
    view! { <li><a class="link" href=href>{change.words}</a><span class="mute">" "<Age since_s=Some(change.at_s) /></span></li> }
}
