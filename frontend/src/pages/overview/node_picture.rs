//! The node picture: every node in sight, grouped, the worst first.

use leptos::prelude::*;
use model::chart::nodes::{NodeLayout, bars};
use model::format::count;
use model::overview::grouping::Grouping;
use model::overview::nodes::{Picture, picture, words};
use model::route::Page;

use super::node_names::{GroupNames, NodeNames};
use super::{counted, everything, told};
use crate::app::use_place;
use crate::live::Cluster;
use crate::live::lists::Lists;
use crate::pages::faces::face_of;
use crate::pages::later::{Later, Part};
use crate::ui::card::{Card, Face};
use crate::ui::chart::{Draw, MarkedChart, Marks, Twin};
use crate::ui::look::use_look;
use crate::web::marks;
use crate::web::timer::next_frame;

/// The table beside the picture holds about this many nodes: those under the most pressure of each group.
const MOST_ROWS: usize = 1_000;

/// The card with the picture.
#[component]
pub(super) fn NodesCard() -> impl IntoView {
    let (lists, later): (Lists, Later) = (expect_context(), expect_context());
    let place = use_place();
    let by = Memo::new(move |_| place.with(|location| location.view.by.as_deref().and_then(Grouping::parse)));
    let grouping = counted(everything, move |store, _| by.get().unwrap_or_else(|| Grouping::usual(store)));
    let shown = counted(everything, move |store, _| picture(store, &grouping.get()));
    let feed = {
        let lists = lists.clone();
        told(move || lists.nodes())
    };
    let face = Signal::derive(move || match face_of(&feed.get(), "nodes") {
        Face::Full if shown.with(|picture| picture.bars.is_empty()) => Face::Empty {
            why: "The cluster has no nodes.".into(),
            next: "Each gets a bar the moment it registers.".into(),
        },
        face => face,
    });
    let loaded = Memo::new(move |_| feed.with(|feed| feed.loaded));
    view! {
        <Card
            title="Nodes by pressure"
            face
            retry=Callback::new(move |()| lists.retry_nodes())
            aside=move || later.part(4, Part::Groupings(grouping))
        >
            <PictureView shown loaded />
        </Card>
    }
}

/// The bars with the names of their groups.
#[component]
fn PictureView(shown: Memo<Picture>, loaded: Memo<bool>) -> impl IntoView {
    let (look, later) = (use_look(), expect_context::<Later>());
    let size = RwSignal::new((0, 0));
    let layout = Memo::new(move |_| {
        let scale = look.pixel_ratio();
        shown.with(|picture| NodeLayout::new(&picture.counts(), size.get(), scale))
    });
    let label = Signal::derive(move || {
        shown.with(|picture| {
            let not_ready: usize = picture.groups.iter().map(|group| group.not_ready).sum();
            let nodes = count(picture.bars.len() as u64);
            format!("{nodes} nodes by pressure, {not_ready} of them not ready. Arrow keys walk along, Enter opens.")
        })
    });
    view! {
        <div class="nodes">
            <GroupNames shown layout />
            <div class="picture">
                <MarkedChart
                    label
                    size
                    draw=Draw::bars(move |_, theme| {
                        let is_there = loaded.get() && size.get_untracked().0 > 0;
                        if is_there && marks::once("pilothouse:first-chart") {
                            // What comes next waits until this is painted.
                            next_frame(move || next_frame(move || later.fetch()));
                        }
                        let drawn = |picture: &Picture| {
                            layout.with(|layout| bars(layout, &picture.bars, theme)).named(&picture.names())
                        };
                        shown.with(drawn)
                    })
                    marks=marks_of(shown, layout)
                />
                <NodeNames shown layout />
            </div>
        </div>
        <div class="foot">
            <div class="legend" aria-hidden="true">
                <span><i class="ok"></i>"used"</span>
                <span><i class="requested"></i>"requested"</span>
                <span><i class="warn"></i>"≥ 80 %"</span>
                <span><i class="full"></i>"≥ 90 %"</span>
                <span><i class="bad"></i>"not ready"</span>
                <span>"worst of CPU, memory, pods, disk"</span>
            </div>
            {later.part(7, Part::NodesTwin(shown))}
        </div>
    }
}

fn marks_of(shown: Memo<Picture>, layout: Memo<NodeLayout>) -> Marks {
    let cluster: Cluster = expect_context();
    let (keyed, placed, opened) = (cluster.clone(), cluster.clone(), cluster.clone());
    let place = use_place();
    let row = move |index: usize| shown.with(|picture| picture.rows.get(index).copied());
    Marks {
        count: Box::new(move || shown.with_untracked(|picture| picture.bars.len())),
        at: Box::new(move |x, y| layout.with_untracked(|layout| layout.at(x, y))),
        rect: Box::new(move |index| layout.with(|layout| layout.rect(index))),
        key: Box::new(move |index| shown.with_untracked(|picture| keyed.store(|store| picture.key(store, index)))),
        place: Box::new(move |key| shown.with(|picture| placed.store(|store| picture.place(store, key)))),
        words: Box::new(move |index| {
            cluster.store(|store| Some(words(store, store.nodes.rows().get(row(index)?)?))).unwrap_or_default()
        }),
        open: Box::new(move |index| {
            let name =
                opened.store(|store| Some(store.names.text(store.nodes.rows().get(row(index)?)?.name).to_owned()));
            if let Some(name) = name {
                place.go(&place.now(|location| location.with_page(Page::Node { name })));
            }
        }),
    }
}

/// The same as a table.
#[component]
pub(in crate::pages) fn NodesTwin(shown: Memo<Picture>) -> impl IntoView {
    let cluster: Cluster = expect_context();
    let rows = move || shown.with(|picture| cluster.store(|store| picture.table(store, MOST_ROWS)));
    view! { <Twin caption="Nodes by pressure" columns=&["Node", "Group", "State", "Used", "Requested"] rows /> }
}
