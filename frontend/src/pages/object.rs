//! The page of one workload, service or namespace: what stands in its row, its pods, its events, its YAML.

use leptos::prelude::*;
use model::demand::Kind;
use model::k8s::workload::WorkloadKind;
use model::route::Page;
use model::store::Store;
use model::table::cell::{Cell, Line};
use model::table::column::Column;
use model::table::{namespace, service, workload};

use super::cells::{Age, cell};
use super::events::Events;
use super::faces::face_of;
use super::own_troubles::OwnTroubles;
use super::pods::PodsCard;
use super::yaml::Yaml;
use crate::app::use_place;
use crate::live::api;
use crate::live::kinds::Kinds;
use crate::live::lists::Lists;
use crate::live::{Cluster, Feed};
use crate::ui::card::{Card, Face, FaceView, StaleNotice};
use crate::ui::state_mark::StateMark;

/// Which object.
#[derive(Clone, PartialEq)]
pub enum Object {
    /// A workload.
    Workload(WorkloadKind),
    /// A service.
    Service,
    /// A namespace.
    Namespace,
}

/// The page.
#[component]
pub fn ObjectPage(object: Object, namespace: Option<String>, name: String) -> impl IntoView {
    let cluster: Cluster = expect_context();
    let feed = feed_of(&object);
    let (kind, columns) = words(&object);
    let row = row_of(&cluster, object.clone(), namespace.clone(), name.clone());
    let unlisted = unlisted(&object, namespace.clone());
    let face = Signal::derive({
        let (name, kind) = (name.clone(), kind.to_lowercase());
        move || match face_of(&feed.get(), &kind) {
            face @ Face::Stale { .. } => face,
            _ if row.with(Option::is_some) => Face::Full,
            Face::Full if unlisted.with(Option::is_some) => Face::Failed {
                tried: format!("The {kind} “{name}” cannot be shown: its namespace is not read here."),
                said: unlisted.get().unwrap_or_default(),
                next: "If you may see that namespace, name it under Namespaces above.".into(),
            },
            Face::Full => Face::Empty {
                why: format!("There is no {kind} “{name}” here."),
                next: "It may have been deleted. Look at all of its kind.".into(),
            },
            face => face,
        }
    });
    let full = Memo::new(move |_| face.with(Face::shows_contents));
    // The last look stays when the object has gone.
    let line = Memo::new(move |last: Option<&Option<Line>>| row.get().or_else(|| last.cloned().flatten()));
    let query = Memo::new(move |_| {
        let of_row = line.with(|line| line.as_ref().and_then(|line| line.cells.iter().find_map(pods_query)));
        of_row.unwrap_or_default()
    });
    let (group, resource) = path(&object);
    let yaml = api::object(group, resource, namespace.as_deref(), &name);
    let about = (namespace.clone(), name.clone());
    let workload = match object {
        Object::Workload(kind) => namespace.clone().map(|namespace| (kind, namespace)),
        Object::Service | Object::Namespace => None,
    };
    let body = move || {
        let (namespace, name) = about.clone();
        let yaml = yaml.clone();
        let fails =
            workload.clone().map(|(kind, namespace)| view! { <OwnTroubles kind namespace name=name.clone() /> });
        view! {
            {fails}
            <Card title="Facts" face=Face::Full><Facts line columns /></Card>
            <Show when=move || query.with(|query| !query.is_empty())>
                <PodsCard title="Its pods" query why="It has no pods." next="Those that its selector matches appear here by themselves." />
            </Show>
            <Events kind namespace name />
            <Yaml path=yaml changed=line />
        }
    };
    view! {
        <Head kind name namespace line columns />
        <StaleNotice face retry=None />
        <Show when=move || full.get() fallback=move || view! { <section class="card"><FaceView face retry=None /></section> }>
            {body.clone()}
        </Show>
    }
}

/// What kind it is, its name, and how it is.
#[component]
fn Head(
    kind: &'static str,
    name: String,
    namespace: Option<String>,
    line: Memo<Option<Line>>,
    columns: &'static [Column],
) -> impl IntoView {
    let place = use_place();
    let chip = namespace.map(|namespace| {
        let words = namespace.clone();
        let href = place.link(move |l| l.with_page(Page::Namespace { name: namespace.clone() }));
        view! { <a class="chip" title="Its namespace" href=href>{words}</a> }
    });
    let state = move || {
        let state = line.with(|line| found(line.as_ref(), columns, "status"));
        let Some(Cell::State { tone, word }) = state else { return ().into_any() };
        view! { <StateMark tone word /> }.into_any()
    };
    let age = move || {
        let age = line.with(|line| found(line.as_ref(), columns, "age"));
        let Some(Cell::Age(since_s)) = age else { return ().into_any() };
        view! { <span class="mute">"age "<Age since_s /></span> }.into_any()
    };
    view! {
        <div class="page-head">
            <span class="mute">{kind}</span>
            <h1 class="name">{name}</h1>
            {chip}{state}{age}
        </div>
    }
}

/// What its row says, without what is said elsewhere on the page.
#[component]
fn Facts(line: Memo<Option<Line>>, columns: &'static [Column]) -> impl IntoView {
    let cluster: Cluster = expect_context();
    let now_s = cluster.now_s();
    let elsewhere = ["name", "namespace", "kind", "status", "age"];
    move || {
        let now_s = now_s.get();
        let line = line.get()?;
        let facts = columns.iter().zip(line.cells);
        let facts = facts.filter(|(column, cell)| *cell != Cell::Nothing && !elsewhere.contains(&column.id));
        let facts = facts.map(|(column, of)| view! { <dt>{column.title}</dt><dd>{cell(&of, now_s)}</dd> });
        Some(view! { <dl class="facts">{facts.collect_view()}</dl> })
    }
}

fn found(line: Option<&Line>, columns: &[Column], id: &str) -> Option<Cell> {
    let at = columns.iter().position(|column| column.id == id)?;
    line?.cells.get(at).cloned()
}

fn pods_query(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Pods { query, .. } => Some(query.clone()),
        _ => None,
    }
}

/// Its row in the table of its kind, as it changes.
fn row_of(cluster: &Cluster, object: Object, namespace: Option<String>, name: String) -> Memo<Option<Line>> {
    let kinds: Kinds = expect_context();
    let cluster = cluster.clone();
    let versions = [
        kinds.workloads_version(),
        kinds.services_version(),
        cluster.namespaces_version(),
        cluster.pods_version(),
        cluster.usage_version(),
    ];
    Memo::new(move |_| {
        for version in &versions {
            version.track();
        }
        cluster.store(|store| line_of(store, &object, namespace.as_deref().unwrap_or_default(), &name))
    })
}

fn line_of(store: &Store, object: &Object, namespace: &str, name: &str) -> Option<Line> {
    let (namespace, found) = (store.names.find(namespace)?, store.names.find(name));
    match object {
        Object::Workload(kind) => {
            let mut rows = store.workloads.rows().iter().map(|(_, row)| row);
            let row = rows.find(|row| row.kind == *kind && row.namespace == namespace && Some(row.name) == found)?;
            Some(workload::line(store, &workload::PodsOf::workloads(store), row))
        }
        Object::Service => {
            let mut rows = store.services.rows().iter().map(|(_, row)| row);
            let row = rows.find(|row| row.namespace == namespace && &*row.name == name)?;
            Some(service::line(store, &service::PodsOf::services(store), row))
        }
        Object::Namespace => {
            let mut rows = store.namespaces.rows().iter().map(|(_, row)| row);
            Some(namespace::line(store, &namespace::UsageOf::new(store), rows.find(|row| Some(row.name) == found)?))
        }
    }
}

/// Where its kind stands, which is listed while the page is there.
fn feed_of(object: &Object) -> Memo<Feed> {
    let (kinds, lists): (Kinds, Lists) = (expect_context(), expect_context());
    let listed = listed(object);
    if let Some(listed) = listed {
        kinds.look_at(listed);
    }
    Memo::new(move |_| match listed {
        Some([kind]) => kinds.feed(*kind),
        None => lists.namespaces(),
    })
}

/// What the server said to who may list only some namespaces, where this one is not among them.
fn unlisted(object: &Object, namespace: Option<String>) -> Memo<Option<String>> {
    let kinds: Kinds = expect_context();
    let listed = listed(object);
    Memo::new(move |_| {
        let [kind] = listed?;
        let restricted = kinds.restricted(*kind)?;
        let elsewhere = !restricted.namespaces.contains(namespace.as_ref()?);
        elsewhere.then(|| restricted.failure.server_words().unwrap_or_default().to_owned())
    })
}

/// The kind that is listed on demand for it; namespaces are listed anyway.
fn listed(object: &Object) -> Option<&'static [Kind; 1]> {
    match object {
        Object::Namespace => None,
        Object::Service => Some(&[Kind::Services]),
        Object::Workload(WorkloadKind::Deployment) => Some(&[Kind::Deployments]),
        Object::Workload(WorkloadKind::StatefulSet) => Some(&[Kind::StatefulSets]),
        Object::Workload(WorkloadKind::DaemonSet) => Some(&[Kind::DaemonSets]),
        Object::Workload(WorkloadKind::CronJob) => Some(&[Kind::CronJobs]),
        Object::Workload(WorkloadKind::Job) => Some(&[Kind::Jobs]),
        Object::Workload(WorkloadKind::ReplicaSet) => Some(&[Kind::ReplicaSets]),
    }
}

fn words(object: &Object) -> (&'static str, &'static [Column]) {
    match object {
        Object::Workload(kind) => (kind.name(), &workload::COLUMNS),
        Object::Service => ("Service", &service::COLUMNS),
        Object::Namespace => ("Namespace", &namespace::COLUMNS),
    }
}

fn path(object: &Object) -> (&'static str, &'static str) {
    match object {
        Object::Workload(kind) => kind.path(),
        Object::Service => ("api/v1", "services"),
        Object::Namespace => ("api/v1", "namespaces"),
    }
}
