//! What changed in the last hour, on one axis with the warnings.

use leptos::prelude::*;
use model::chart::stack::Tone;
use model::chart::timeline::{Label, Mark, draw, nearest, rect};
use model::demand::Kind;
use model::overview::change::{Change, LastHour, last_hour};
use model::route::{Location, Page};
use model::store::scope::Scope;
use model::{format, timestamp};

use super::{counted, told};
use crate::app::use_place;
use crate::live::Cluster;
use crate::live::kinds::Kinds;
use crate::pages::faces::face_of;
use crate::ui::card::{Card, Face};
use crate::ui::chart::{Draw, MarkedChart, Marks, Twin};
use crate::ui::look::use_look;
use crate::ui::passing::passing;

/// The height of a name on the axis, in CSS pixels.
const NAME_PX: u32 = 16;
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
        told(move || kinds.feed(Kind::Events))
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
    let warned_filter = Memo::new(move |_| hour.with(|hour| hour.warned_filter.clone()));
    let warnings = place.link(move |l| l.with_page(Page::Events).with_query(warned_filter.get()));
    let warned = move || match hour.with(|hour| hour.warned) {
        0 if !feed.with(|feed| feed.loaded) => "warnings: unknown".to_owned(),
        warned => format::plural(warned, "warning", "warnings"),
    };
    let aside = move || {
        view! {
            <div class="legend">
                <span><i class="line ok"></i>"rollout, node back"</span>
                <span><i class="line mute"></i>"scaling"</span>
                <span><i class="line warn"></i>"node short"</span>
                <span><i class="line bad"></i>"not ready, stuck"</span>
                <span><i class="warn"></i><a class="link" href=warnings>{warned}</a></span>
                <span><i class="hatched"></i>"unknown"</span>
            </div>
        }
    };
    view! {
        <Card title="Change in the last hour" face aside retry=Callback::new(move |()| kinds.retry(Kind::Events))>
            <Axis hour />
            <div class="foot">
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
        key: Box::new(move |index| Some(change(index)?.key())),
        place: Box::new(move |key| hour.with(|hour| hour.changes.iter().position(|change| change.key() == key))),
        words: Box::new(move |index| {
            change(index).map(|c| format!("{}\n{}", c.words, timestamp::utc(c.at_s))).unwrap_or_default()
        }),
        open: Box::new(move |index| {
            if let Some(change) = change(index) {
                place.go(&place.now(|location| behind(location, &change)));
            }
        }),
    };
    let label = Signal::derive(move || format!("{}. Arrow keys walk along, Enter opens.", hour.with(LastHour::words)));
    view! {
        <div class="axis">
            <MarkedChart
                label
                size
                draw=Draw::still(move |area, theme| {
                    // The canvas' error type has no values.
                    let _ = hour.with(|hour| marks.with(|marks| draw(area, &hour.warnings.pieces, marks, theme)));
                })
                marks=all
            />
            <Names hour size />
            <p class="mute" aria-hidden="true"><span>"60 min ago"</span><span>"45"</span><span>"30"</span><span>"15"</span><span>"now"</span></p>
        </div>
    }
}

/// The names of the most important changes, each beside its line.
#[component]
fn Names(hour: Memo<LastHour>, size: RwSignal<(u32, u32)>) -> impl IntoView {
    let look = use_look();
    let width = move || (f64::from(size.get().0) / look.pixel_ratio()) as u32;
    let labels = Memo::new(move |_| {
        hour.with(|hour| {
            let labels = hour.labels(width()).into_iter();
            labels.filter_map(|label| Some((label, hour.changes.get(label.mark)?.clone()))).collect::<Vec<_>>()
        })
    });
    let changes = move || labels.get().into_iter().map(|(_, change)| change).collect::<Vec<_>>();
    view! {
        <ul class="named">
            <For each=changes key=Change::key let(change)>
                <Name labels change />
            </For>
        </ul>
    }
}

/// One name, which moves with its line.
#[component]
fn Name(labels: Memo<Vec<(Label, Change)>>, change: Change) -> impl IntoView {
    let place = use_place();
    let key = change.key();
    let label = passing(move |old: Option<&Option<Label>>| {
        let now = labels.with(|labels| labels.iter().find(|(_, change)| change.key() == key).map(|(label, _)| *label));
        now.or_else(|| old.copied().flatten())
    });
    let px = move |of: fn(Label) -> u32| label.get().map(|label| format!("{}px", of(label))).unwrap_or_default();
    let title = format!("{}\n{}", change.words, timestamp::utc(change.at_s));
    let class = match change.tone {
        Tone::Bad => "bad",
        Tone::Warn => "warn",
        Tone::Ok | Tone::Done => "link",
        Tone::Unknown => "mute",
    };
    let words = change.words.clone();
    let href = place.link(move |location| behind(location, &change));
    view! {
        <li
            class:before=move || label.get().is_some_and(|label| label.before)
            style:left=move || px(|label| label.x)
            style:width=move || px(|label| label.width)
            style:top=move || px(|label| label.row * NAME_PX)
        >
            <a class=class href=href title=title>{words}</a>
        </li>
    }
}

/// The page that has just what changed.
fn behind(location: &Location, change: &Change) -> Location {
    location.with_page(change.page.clone()).with_query(change.query.clone())
}
