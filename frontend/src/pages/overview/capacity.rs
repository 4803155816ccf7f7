//! What the cluster has, and how much of it is spoken for.

use leptos::prelude::*;
use model::age;
use model::chart::capacity;
use model::chart::sparkline::{self, Sample};
use model::overview::capacity::{Line, Reporting, lines, reporting};

use super::{counted, everything};
use crate::live::Cluster;
use crate::live::lists::Lists;
use crate::live::metrics::Metrics;
use crate::pages::faces::face_of;
use crate::ui::card::{Card, Face};
use crate::ui::chart::{Chart, Twin};

/// An hour of readings.
const MOST_SAMPLES: usize = 240;

/// One bar each for CPU, memory, pods and disk.
#[component]
pub(super) fn CapacityCard() -> impl IntoView {
    let lists: Lists = expect_context();
    let bars = counted(everything, |store, _| lines(store));
    let any = counted(|cluster: &Cluster| cluster.nodes_version().track(), |store, _| !store.nodes.rows().is_empty());
    let feed = Memo::new({
        let lists = lists.clone();
        move |_| lists.nodes()
    });
    let face = Signal::derive(move || match face_of(&feed.get(), "nodes") {
        Face::Full if !any.get() => Face::Empty {
            why: "The cluster has no nodes, so it has no capacity.".into(),
            next: "Bars appear the moment a node registers.".into(),
        },
        face => face,
    });
    let rows = move || {
        let table = bars.with(|lines| lines.each_ref().map(|line| vec![line.title.to_owned(), line.sentence.clone()]));
        table.to_vec()
    };
    view! {
        <Card title="Capacity" face retry=Callback::new(move |()| lists.retry_nodes()) aside=legend>
            {[0, 1, 2, 3].map(|index| view! { <Bar bars index /> }).collect_view()}
            <History />
            <div class="foot">
                <UsageNote />
                <Twin caption="Capacity" columns=&["Resource", "Capacity"] rows />
            </div>
        </Card>
    }
}

fn legend() -> impl IntoView {
    view! {
        <div class="legend" aria-hidden="true">
            <span><i class="ok"></i>"used"</span>
            <span><i class="hatched"></i>"requested"</span>
            <span><i class="limit"></i>"limits"</span>
        </div>
    }
}

/// One resource.
#[component]
fn Bar(bars: Memo<[Line; 4]>, index: usize) -> impl IntoView {
    let line = Memo::new(move |_| bars.with(|lines| lines.get(index).cloned()));
    let word = move |of: fn(&Line) -> String| line.with(|line| line.as_ref().map(of)).unwrap_or_default();
    view! {
        <div class="capacity">
            <h3>{move || word(|line| line.title.to_owned())}</h3>
            <span><b>{move || word(|line| line.amount.clone())}</b>" "{move || word(|line| line.of.clone())}</span>
            <span class="num">{move || word(|line| line.shares.clone())}</span>
            <Chart
                label=Signal::derive(move || word(|line| line.sentence.clone()))
                draw=move |area, theme| {
                    // The canvas' error type has no values.
                    let _ = line.with(|line| line.as_ref().map(|line| capacity::draw(area, &line.capacity, theme)));
                }
            />
        </div>
    }
}

/// The CPU that was in use since the page was opened: what was seen here, since nobody else remembers it.
#[component]
fn History() -> impl IntoView {
    let cluster: Cluster = expect_context();
    let (usage, now_s) = (cluster.usage_version(), cluster.now_s());
    let seen = Memo::new(move |old: Option<&Vec<Sample>>| {
        usage.track();
        let [cpu, ..] = cluster.store(lines);
        let value = cpu.capacity.usage.and_then(|usage| cpu.capacity.share(usage));
        with_sample(old.cloned().unwrap_or_default(), Sample { at_s: now_s.get_untracked() as f64, value })
    });
    let span_s = move || seen.with(|seen| Some(seen.last()?.at_s - seen.first()?.at_s)).unwrap_or(0.0) as i64;
    let words = move || {
        let last = seen.with(|seen| seen.last().and_then(|sample| sample.value));
        last.map_or_else(|| "no data".to_owned(), |share| format!("{} % now", (share * 100.0).round() as u64))
    };
    view! {
        <div class="history" hidden=move || seen.with(Vec::is_empty)>
            <p><span>"CPU used, since you opened this page"</span><span>{move || age::brief(span_s())}</span></p>
            <Chart
                label=Signal::derive(move || format!("CPU used over time: {}", words()))
                draw=move |area, theme| {
                    // The canvas' error type has no values.
                    let _ = seen.with(|seen| sparkline::draw(area, seen, 1.0, theme));
                }
            />
        </div>
    }
}

/// Adds a sample: not before the first that is known, not twice for one reading, and not more than are seen.
fn with_sample(mut seen: Vec<Sample>, sample: Sample) -> Vec<Sample> {
    let soon = seen.last().is_some_and(|last| sample.at_s - last.at_s < 5.0);
    if soon || (seen.is_empty() && sample.value.is_none()) {
        return seen;
    }
    if seen.len() >= MOST_SAMPLES {
        seen.remove(0);
    }
    seen.push(sample);
    seen
}

/// Why usage is missing, or of how many nodes it is.
#[component]
fn UsageNote() -> impl IntoView {
    let metrics: Metrics = expect_context();
    let reporting = counted(everything, |store, _| reporting(store));
    let words = move || {
        let Reporting { known, nodes } = reporting.get();
        match metrics.nodes().why_missing() {
            Some(why) => Some(why),
            None if known > 0 && known < nodes => {
                Some(format!("Usage of {known} of {nodes} nodes; no data of the others."))
            }
            None => None,
        }
    };
    view! { <p class="mute" role="note">{words}</p> }
}
