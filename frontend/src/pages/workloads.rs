//! The table of workloads of all kinds.

use leptos::prelude::*;
use model::demand::Kind;
use model::filter::with_kind;
use model::table::workload::{COLUMNS, PodsOf, count, line, select};

use super::faces::face_of;
use super::kinds::{LeftOut, combined, pods_of, retry};
use super::listing::{Listing, kept_rows, use_filter, use_namespaces, use_sort};
use crate::app::use_place;
use crate::live::Cluster;
use crate::live::kinds::Kinds;
use crate::ui::card::Face;

/// All kinds, in the order in which people think of them.
pub const KINDS: [(Kind, &str, &str); 6] = [
    (Kind::Deployments, "Deployments", "deployment"),
    (Kind::StatefulSets, "Stateful sets", "statefulset"),
    (Kind::DaemonSets, "Daemon sets", "daemonset"),
    (Kind::CronJobs, "Cron jobs", "cronjob"),
    (Kind::Jobs, "Jobs", "job"),
    (Kind::ReplicaSets, "Replica sets", "replicaset"),
];

/// The same as they are asked for.
pub(super) static ALL: [Kind; 6] =
    [Kind::Deployments, Kind::StatefulSets, Kind::DaemonSets, Kind::CronJobs, Kind::Jobs, Kind::ReplicaSets];

/// The page of all workloads.
#[component]
pub fn Workloads() -> impl IntoView {
    let cluster: Cluster = expect_context();
    let kinds: Kinds = expect_context();
    kinds.look_at(&ALL);
    let (namespaces, filter, sort) = (use_namespaces(), use_filter(), use_sort());
    let version = kinds.workloads_version();
    let all = cluster.reading([version.clone()], move |s| count(s, &filter.get()));
    let feed = Memo::new(move |_| combined(&kinds, &ALL));
    let face = Signal::derive(move || match face_of(&feed.get(), "workloads") {
        Face::Full if all.get() == 0 => Face::Empty {
            why: "There are no workloads here.".into(),
            next:
                "They appear the moment they are created, for example by: kubectl create deployment web --image=nginx"
                    .into(),
        },
        face => face,
    });
    let pods = pods_of(&version, PodsOf::workloads);
    let numbers = cluster.reading([version.clone()], move |s| {
        pods.with(|pods| select(s, pods, &namespaces.get(), &filter.get(), sort.get().as_ref()))
    });
    let rows = kept_rows(
        numbers,
        |s, number| Some(s.workloads.rows().get(number)?.uid),
        move |number| {
            version.track();
            pods.with(|pods| cluster.store(|s| s.workloads.rows().get(number).map(|row| line(s, pods, row))))
        },
    );
    view! {
        <Listing title="Workloads" columns=&COLUMNS rows all face retry=retry(&ALL) above=Above />
    }
}

/// The kinds to choose from, and what may not be seen.
#[component]
fn Above() -> impl IntoView {
    let place = use_place();
    let query = Memo::new(move |_| place.with(|l| l.view.query.clone()));
    let segment = move |word: &'static str, kind: &'static str| {
        let href = place.link(move |l| l.clone().with_query(with_kind(&l.view.query, kind)));
        let chosen = move || query.with(|query| *query == with_kind(query, kind)).then_some("true");
        view! { <a href=href aria-current=chosen>{word}</a> }
    };
    let of_kinds = KINDS.map(|(_, word, kind)| segment(word, kind));
    view! {
        <nav class="segments scroll-x" aria-label="Kinds">{segment("All", "")}{of_kinds.collect_view()}</nav>
        <LeftOut kinds=&KINDS />
    }
}
