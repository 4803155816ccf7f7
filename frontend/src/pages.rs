//! The pages, one for each kind of place.

mod all_events;
mod cells;
mod completion;
mod diagnostics;
mod events;
mod explore;
mod faces;
mod facts;
mod kinds;
mod later;
mod listing;
mod loading;
mod logs;
mod namespaces;
mod node;
mod node_capacity;
mod nodes;
mod object;
mod overview;
mod own_troubles;
mod pod;
mod pods;
mod services;
mod workloads;
mod yaml;
mod yaml_of_rows;

use leptos::prelude::*;
use model::route::Page;

use crate::app::use_place;
use later::Later;
use object::Object;

use crate::live::Cluster;
use crate::live::lists::Lists;

/// What decides which view is built anew: the page without what only changes inside it.
#[derive(Clone, PartialEq)]
enum Which {
    Overview,
    Explore,
    Pods,
    Nodes,
    Workloads,
    Services,
    Events,
    Namespaces,
    Object { object: Object, namespace: Option<String>, name: String },
    Diagnostics,
    Pod { namespace: String, name: String },
    Node { name: String },
    Unknown(String),
    OtherCluster(String),
}

/// The page of the current place.
#[component]
pub fn PageView() -> impl IntoView {
    let place = use_place();
    let cluster: Cluster = expect_context();
    let here = cluster.config().cluster.clone();
    let which = Memo::new(move |_| {
        place.with(|location| match &location.page {
            _ if location.cluster != here => Which::OtherCluster(location.cluster.clone()),
            Page::Overview => Which::Overview,
            Page::Explore => Which::Explore,
            Page::Pods => Which::Pods,
            Page::Nodes => Which::Nodes,
            Page::Diagnostics => Which::Diagnostics,
            Page::Pod { namespace, name, .. } => Which::Pod { namespace: namespace.clone(), name: name.clone() },
            Page::Node { name } => Which::Node { name: name.clone() },
            Page::Workloads => Which::Workloads,
            Page::Services => Which::Services,
            Page::Events => Which::Events,
            Page::Namespaces => Which::Namespaces,
            Page::Workload { kind, namespace, name } => object(Object::Workload(*kind), Some(namespace), name),
            Page::Service { namespace, name } => object(Object::Service, Some(namespace), name),
            Page::Namespace { name } => object(Object::Namespace, None, name),
            Page::Unknown(path) => Which::Unknown(path.clone()),
        })
    });
    let (later, lists) = (Later::new(), expect_context::<Lists>());
    provide_context(later);
    Effect::new(move || {
        let nodes = lists.nodes();
        let no_picture = || nodes.failure().is_some() || nodes.loaded && cluster.store(|s| s.nodes.rows().is_empty());
        // On the landing page it follows the picture of the nodes, where there is one.
        if which.get() != Which::Overview || no_picture() {
            later.fetch();
        }
    });
    move || match which.get() {
        Which::Overview => view! { <overview::Overview below=move || later.view(Which::Overview) /> }.into_any(),
        which => later.view(which),
    }
}

fn object(object: Object, namespace: Option<&String>, name: &str) -> Which {
    Which::Object { object, namespace: namespace.cloned(), name: name.to_owned() }
}

#[component]
fn Unknown(path: String) -> impl IntoView {
    let place = use_place();
    view! {
        <section class="card">
            <header><h1>"There is no such page"</h1></header>
            <p>"This version of Pilothouse has no page “"{path}"”. The link may be from a newer one."</p>
            <p><a class="link" href=place.link(|l| l.with_page(Page::Overview))>"Go to the overview"</a></p>
        </section>
    }
}

/// A link names its cluster; it is never opened silently in another one.
#[component]
fn OtherCluster(other: String) -> impl IntoView {
    let place = use_place();
    let cluster: Cluster = expect_context();
    let here = cluster.config().cluster.clone();
    let to = here.clone();
    let href = place.link(move |l| model::route::Location { cluster: to.clone(), ..l.clone() });
    view! {
        <section class="card">
            <header><h1>"This link is to another cluster"</h1></header>
            <p>"It leads into “"{other}"”, and this is “"{here}"”. Start pilothouse with the other context to open it."</p>
            <p><a class="link" href=href>"Look for the same here"</a></p>
        </section>
    }
}
