//! The table of events.

use leptos::prelude::*;
use model::demand::Kind;
use model::store::events::MOST;
use model::table::event::{COLUMNS, line, select};

use super::faces::face_of;
use super::kinds::{LeftOut, combined, retry};
use super::listing::{Listing, kept_rows, use_filter, use_namespaces, use_sort};
use crate::live::Cluster;
use crate::live::kinds::Kinds;
use crate::ui::card::Face;
use crate::ui::notice::{Notice, Weight};

/// The kind with its words.
const KINDS: [(Kind, &str, &str); 1] = [(Kind::Events, "Events", "event")];

/// What the page, and the cards of the overview, ask for.
pub static EVENTS: [Kind; 1] = [Kind::Events];

/// The page of all events.
#[component]
pub fn AllEvents() -> impl IntoView {
    let cluster: Cluster = expect_context();
    let kinds: Kinds = expect_context();
    kinds.look_at(&EVENTS);
    let (namespaces, filter, sort) = (use_namespaces(), use_filter(), use_sort());
    let version = kinds.events_version();
    let counts = cluster.reading([version.clone()], |s| (s.events.rows().len(), s.events.dropped));
    let all = Memo::new(move |_| counts.get().0);
    let feed = Memo::new(move |_| combined(&kinds, &EVENTS));
    let face = Signal::derive(move || {
        match face_of(&feed.get(), "events") {
        Face::Full if all.get() == 0 => Face::Empty {
            why: "Nothing was reported lately.".into(),
            next: "The API server keeps events for an hour, unless it is set up otherwise. New ones appear here by themselves."
                .into(),
        },
        face => face,
    }
    });
    let numbers =
        cluster.reading([version.clone()], move |s| select(s, &namespaces.get(), &filter.get(), sort.get().as_ref()));
    let rows = kept_rows(
        numbers,
        |s, number| Some(s.events.rows().get(number)?.uid),
        move |number| {
            version.track();
            cluster.store(|s| s.events.rows().get(number).map(|row| line(s, row)))
        },
    );
    let above = move || {
        let dropped = counts.get().1;
        view! {
            <LeftOut kinds=&KINDS />
            <Show when=move || { dropped > 0 }>
                <Notice weight=Weight::Note>
                    "The newest "{model::format::count(MOST as u64)}" are kept here; "{model::format::count(dropped)}" older ones were let go."
                </Notice>
            </Show>
        }
    };
    view! { <Listing title="Events" columns=&COLUMNS rows all face retry=retry(&EVENTS) above /> }
}
