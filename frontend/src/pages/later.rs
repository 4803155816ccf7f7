//! The pages beyond the landing page. Their code is a part of its own that is fetched when the landing page has what it
//! needs, or when one of them is opened before.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::{
    Which, all_events, diagnostics, explore, loading, namespaces, node, nodes, object, overview, pod, pods, services,
    workloads,
};
use crate::ui::card::{Face, FaceView};

/// The code of these pages, as far as it has come.
#[derive(Clone, Copy)]
pub(super) struct Later(RwSignal<Code>);

/// How far it has come.
#[derive(Clone, Copy)]
enum Code {
    Elsewhere,
    Coming,
    Failed,
    Here(fn(Which) -> AnyView),
}

impl Later {
    /// Nothing is fetched yet.
    pub(super) fn new() -> Self {
        Self(RwSignal::new(Code::Elsewhere))
    }

    /// Fetches the code, unless it is here or on its way.
    pub(super) fn fetch(self) {
        if matches!(self.0.get_untracked(), Code::Elsewhere | Code::Failed) {
            self.0.set(Code::Coming);
            spawn_local(async move { self.0.set(view_of_pages().await.map_or(Code::Failed, Code::Here)) });
        }
    }

    /// A part of the landing page; nothing until its code is here.
    pub(super) fn part(self, which: Which) -> Option<AnyView> {
        match self.0.get() {
            Code::Here(view) => Some(view(which)),
            Code::Elsewhere | Code::Coming | Code::Failed => None,
        }
    }

    /// A page, or what stands in its place until its code is here.
    pub(super) fn view(self, which: Which) -> AnyView {
        let face = match self.0.get() {
            Code::Here(view) => return view(which),
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
fn view_of_pages() -> Result<fn(Which) -> AnyView, SplitLoaderError> {
    Ok(view_of)
}

fn view_of(which: Which) -> AnyView {
    match which {
        Which::Groupings(grouping) => view! { <overview::Groupings grouping /> }.into_any(),
        Which::History(seen) => view! { <overview::History seen /> }.into_any(),
        Which::CapacityTwin(bars, seen) => view! { <overview::CapacityTwin bars seen /> }.into_any(),
        Which::NodesTwin(shown) => view! { <overview::NodesTwin shown /> }.into_any(),
        page => view! {
            {page_of(page)}
            <loading::LoadingLines />
        }
        .into_any(),
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
        Which::Overview | Which::Groupings(_) | Which::History(_) | Which::CapacityTwin(..) | Which::NodesTwin(_) => {
            view! { <overview::Below /> }.into_any()
        }
    }
}
