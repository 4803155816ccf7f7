//! The health sentence. Each number leads to just what it counts.

use leptos::prelude::*;
use model::overview::sentence::{List, Piece, Weight, of_nodes, of_pods};
use model::route::Page;
use model::store::scope::Scope;

use super::{counted, everything, told};
use crate::app::use_place;
use crate::live::lists::Lists;
use crate::pages::faces::face_of;
use crate::ui::card::Face;

/// The sentence: of nodes as soon as they are known, of pods when all of them are counted.
#[component]
pub(super) fn Headline() -> impl IntoView {
    let lists: Lists = expect_context();
    let nodes = counted(everything, |store, _| of_nodes(store));
    let pods = counted(super::pods, |store, scope| match scope {
        Scope::Namespaces(names) => of_pods(store, names),
        Scope::Nothing => vec![Piece::Words("There are no pods in these namespaces.".to_owned())],
    });
    let feed = told(move || lists.pods());
    let pods = move || match face_of(&feed.get(), "pods") {
        Face::Loading(words) | Face::Empty { why: words, .. } | Face::Failed { tried: words, .. } => {
            vec![Piece::Words(words)]
        }
        Face::Full | Face::Stale { .. } => pods.get(),
    };
    view! {
        <h1 class="headline">
            <span id="health" role="status" aria-live="off">
                {move || pieces(nodes.get())}
                {move || pieces(pods())}
            </span>
        </h1>
    }
}

fn pieces(pieces: Vec<Piece>) -> impl IntoView {
    pieces.into_iter().map(piece).collect_view()
}

fn piece(piece: Piece) -> AnyView {
    let place = use_place();
    match piece {
        Piece::Words(words) => words.into_any(),
        Piece::Number { text, weight, list, filter } => {
            let (page, by) = match list {
                List::Nodes => (Page::Nodes, None),
                List::Pods => (Page::Pods, None),
                List::Owners => (Page::Explore, Some("owner".to_owned())),
            };
            let href = place
                .link(move |location| location.with_page(page.clone()).with_by(by.clone()).with_query(filter.clone()));
            let class = match weight {
                Weight::Plain => "",
                Weight::Warn => "warn",
                Weight::Bad => "bad",
            };
            view! { <a class=class href=href>{text}</a> }.into_any()
        }
    }
}
