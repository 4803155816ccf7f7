//! The table of services.

use leptos::prelude::*;
use model::demand::Kind;
use model::table::service::{COLUMNS, PodsOf, line, select};

use super::faces::face_of;
use super::kinds::{LeftOut, combined, pods_of, retry};
use super::listing::{Listing, kept_rows, use_filter, use_namespaces, use_sort};
use crate::live::Cluster;
use crate::live::kinds::Kinds;
use crate::ui::card::Face;

/// The kind with its words.
pub const KINDS: [(Kind, &str, &str); 1] = [(Kind::Services, "Services", "service")];

static ALL: [Kind; 1] = [Kind::Services];

/// The page of all services.
#[component]
pub fn Services() -> impl IntoView {
    let cluster: Cluster = expect_context();
    let kinds: Kinds = expect_context();
    kinds.look_at(&ALL);
    let (namespaces, filter, sort) = (use_namespaces(), use_filter(), use_sort());
    let version = kinds.services_version();
    let all = cluster.reading([version.clone()], |s| s.services.rows().len());
    let feed = Memo::new(move |_| combined(&kinds, &ALL));
    let face = Signal::derive(move || match face_of(&feed.get(), "services") {
        Face::Full if all.get() == 0 => Face::Empty {
            why: "There are no services here.".into(),
            next: "They appear the moment they are created, for example by: kubectl expose deployment web --port=80"
                .into(),
        },
        face => face,
    });
    let pods = pods_of(&version, PodsOf::services);
    let numbers = cluster.reading([version.clone()], move |s| {
        pods.with(|pods| select(s, pods, &namespaces.get(), &filter.get(), sort.get().as_ref()))
    });
    let rows = kept_rows(
        numbers,
        |s, number| Some(s.services.rows().get(number)?.uid),
        move |number| {
            version.track();
            pods.with(|pods| cluster.store(|s| s.services.rows().get(number).map(|row| line(s, pods, row))))
        },
    );
    let above = || view! { <LeftOut kinds=&KINDS /> };
    view! { <Listing title="Services" columns=&COLUMNS rows all face retry=retry(&ALL) above /> }
}
