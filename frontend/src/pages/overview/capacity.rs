//! What the cluster has, and how much of it is spoken for.

use leptos::prelude::*;
use model::chart::capacity;
use model::overview::capacity::{Line, lines, reporting, short_of_disk};
use model::overview::readings::Readings;
use model::route::{Page, Sort};

use super::{counted, everything, told};
use crate::app::use_place;
use crate::live::Cluster;
use crate::live::lists::Lists;
use crate::live::metrics::{Metrics, Reading};
use crate::pages::faces::face_of;
use crate::pages::later::{Later, Part};
use crate::ui::card::{Card, Face};
use crate::ui::chart::{Chart, Draw, Twin};

/// One bar each for CPU, memory, pods and disk.
#[component]
pub(super) fn CapacityCard() -> impl IntoView {
    let (lists, later): (Lists, Later) = (expect_context(), expect_context());
    let bars = counted(everything, |store, _| lines(store));
    let any = counted(|cluster: &Cluster| cluster.nodes_version().track(), |store, _| !store.nodes.rows().is_empty());
    let feed = {
        let lists = lists.clone();
        told(move || lists.nodes())
    };
    let face = Signal::derive(move || match face_of(&feed.get(), "nodes") {
        Face::Full if !any.get() => Face::Empty {
            why: "The cluster has no nodes, so it has no capacity.".into(),
            next: "Bars appear the moment a node registers.".into(),
        },
        face => face,
    });
    let history = expect_context::<Metrics>().history();
    let seen = Memo::new(move |_| history.get());
    view! {
        <Card title="Capacity" face retry=Callback::new(move |()| lists.retry_nodes()) aside=legend>
            {[0, 1, 2, 3].map(|index| view! { <Bar bars index /> }).collect_view()}
            {later.part(5, Part::History(seen))}
            <div class="foot">
                <Notes />
                {later.part(6, Part::CapacityTwin(bars, seen))}
            </div>
        </Card>
    }
}

/// The same as a table.
#[component]
pub(in crate::pages) fn CapacityTwin(bars: Memo<[Line; 4]>, seen: Memo<Readings>) -> impl IntoView {
    let rows = move || {
        let table = bars.with(|lines| lines.each_ref().map(|line| vec![line.title.to_owned(), line.sentence.clone()]));
        table.into_iter().chain(seen.with(Readings::table)).collect()
    };
    view! { <Twin caption="Capacity, and what was used" columns=&["Resource or time", "How much"] rows /> }
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
    // It is a sum over the nodes, so they are the rows behind it.
    let href = use_place().link(move |location| {
        let sort = Sort { column: word(|line| line.column.to_owned()), descending: true };
        location.with_page(Page::Nodes).with_sort(Some(sort).filter(|sort| !sort.column.is_empty()))
    });
    view! {
        <div class="capacity">
            <h3>{move || word(|line| line.title.to_owned())}</h3>
            <a href=href><b>{move || word(|line| line.amount.clone())}</b>" "{move || word(|line| line.of.clone())}</a>
            <span class="num">{move || word(|line| line.shares.clone())}</span>
            <Chart
                label=Signal::derive(move || word(|line| line.sentence.clone()))
                draw=Draw::bars(move |size, theme| {
                    let bars = |line: &Line| capacity::bars(&line.capacity, size, theme);
                    line.with(|line| line.as_ref().map(bars)).unwrap_or_default()
                })
            />
        </div>
    }
}

/// Why usage is missing, or of how many nodes it is; and what is known of disks.
#[component]
fn Notes() -> impl IntoView {
    let metrics: Metrics = expect_context();
    let reporting = counted(everything, |store, _| reporting(store));
    let short = counted(|cluster: &Cluster| cluster.nodes_version().track(), |store, _| short_of_disk(store));
    let note = move || {
        let reporting = reporting.get();
        let missing = match metrics.nodes() {
            Reading::Taken => reporting.words(),
            reading => reading.why_missing(),
        };
        reporting.note(missing, short.get())
    };
    // More would not fit the screen that the landing page has.
    let why = "metrics.k8s.io tells no usage of filesystems, so only requests are known; a node that is short of disk reports DiskPressure.";
    view! {
        <p class="mute" role="note" title=why>{note}</p>
    }
}
