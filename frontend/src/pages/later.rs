//! The pages beyond the landing page. Their code is a part of its own that is fetched when the landing page has what it
//! needs, or when one of them is opened before.

use leptos::prelude::*;
use model::overview::capacity::Line;
use model::overview::grouping::Grouping;
use model::overview::nodes::Picture;
use model::overview::readings::Readings;
use wasm_bindgen_futures::spawn_local;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::{
    Which, all_events, diagnostics, explore, loading, namespaces, node, nodes, object, overview, pod, pods, services,
    workloads,
};
use crate::ui::card::{Face, FaceView};
use crate::web::timer::breathe;

/// The code of these pages, as far as it has come.
#[derive(Clone, Copy)]
pub(super) struct Later {
    code: RwSignal<Code>,
    /// Of what belongs to the landing page, one thing a task is built: all at once would be a long task.
    turn: RwSignal<usize>,
}

/// What is built in turns.
const TURNS: usize = 8;

/// How far it has come.
#[derive(Clone, Copy)]
enum Code {
    Elsewhere,
    Coming,
    Failed,
    Here(Views),
}

/// What the code makes.
#[derive(Clone, Copy)]
struct Views {
    page: fn(Which) -> AnyView,
    part: fn(Part) -> AnyView,
}

/// A part of the landing page that the first chart does without.
#[derive(Clone)]
pub(super) enum Part {
    Groupings(Memo<Grouping>),
    History(Memo<Readings>),
    CapacityTwin(Memo<[Line; 4]>, Memo<Readings>),
    NodesTwin(Memo<Picture>),
}

impl Later {
    /// Nothing is fetched yet.
    pub(super) fn new() -> Self {
        Self { code: RwSignal::new(Code::Elsewhere), turn: RwSignal::new(0) }
    }

    /// Fetches the code, unless it is here or on its way.
    pub(super) fn fetch(self) {
        if matches!(self.code.get_untracked(), Code::Elsewhere | Code::Failed) {
            self.code.set(Code::Coming);
            spawn_local(async move {
                let code = view_of_pages().await.map_or(Code::Failed, Code::Here);
                // To take in the code was work enough for one task.
                breathe().await;
                self.code.set(code);
                for _ in 0..TURNS {
                    breathe().await;
                    self.turn.update(|turn| *turn += 1);
                }
            });
        }
    }

    /// What is built when its turn has come, of [`TURNS`].
    pub(super) fn in_turn(self, turn: usize, view: impl Fn() -> AnyView + Send + 'static) -> AnyView {
        let has_come = Memo::new(move |_| self.turn.get() > turn);
        (move || has_come.get().then(&view)).into_any()
    }

    /// A part of the landing page, when its code is here and its turn has come.
    pub(super) fn part(self, turn: usize, part: Part) -> AnyView {
        self.in_turn(turn, move || match self.code.get() {
            Code::Here(views) => (views.part)(part.clone()),
            Code::Elsewhere | Code::Coming | Code::Failed => ().into_any(),
        })
    }

    /// A page, or what stands in its place until its code is here.
    pub(super) fn view(self, which: Which) -> AnyView {
        let face = match self.code.get() {
            Code::Here(views) => return (views.page)(which),
            Code::Elsewhere | Code::Coming => Face::Loading("Fetching the page…".to_owned()),
            Code::Failed => Face::Failed {
                tried: "The code of this page could not be fetched.".to_owned(),
                said: String::new(),
                next: "Try again; if that does not help, load Pilothouse again: its server may have a newer version."
                    .to_owned(),
            },
        };
        let retry = Callback::new(move |()| self.fetch());
        view! { <section class="card"><FaceView face retry=Some(retry) /></section> }.into_any()
    }
}

/// Everything that is reached only through this function is in the part.
#[wasm_split(pages, fallible)]
fn view_of_pages() -> Result<Views, SplitLoaderError> {
    Ok(Views { page: view_of, part: part_of })
}

fn view_of(which: Which) -> AnyView {
    view! {
        {page_of(which)}
        <loading::LoadingLines />
    }
    .into_any()
}

fn part_of(part: Part) -> AnyView {
    match part {
        Part::Groupings(grouping) => view! { <overview::Groupings grouping /> }.into_any(),
        Part::History(seen) => view! { <overview::History seen /> }.into_any(),
        Part::CapacityTwin(bars, seen) => view! { <overview::CapacityTwin bars seen /> }.into_any(),
        Part::NodesTwin(shown) => view! { <overview::NodesTwin shown /> }.into_any(),
    }
}

fn page_of(which: Which) -> AnyView {
    match which {
        Which::Explore => view! { <explore::Explore /> }.into_any(),
        Which::Pods => view! { <pods::Pods /> }.into_any(),
        Which::Nodes => view! { <nodes::Nodes /> }.into_any(),
        Which::Workloads => view! { <workloads::Workloads /> }.into_any(),
        Which::Services => view! { <services::Services /> }.into_any(),
        Which::Events => view! { <all_events::AllEvents /> }.into_any(),
        Which::Namespaces => view! { <namespaces::Namespaces /> }.into_any(),
        Which::Object { object, namespace, name } => view! { <object::ObjectPage object namespace name /> }.into_any(),
        Which::Diagnostics => view! { <diagnostics::Diagnostics /> }.into_any(),
        Which::Pod { namespace, name } => view! { <pod::PodPage namespace name /> }.into_any(),
        Which::Node { name } => view! { <node::NodePage name /> }.into_any(),
        Which::Unknown(path) => view! { <super::Unknown path /> }.into_any(),
        Which::OtherCluster(other) => view! { <super::OtherCluster other /> }.into_any(),
        Which::Overview => view! { <overview::Below /> }.into_any(),
    }
}
