//! The events about one object, newest first, as they come.

use std::rc::Rc;

use leptos::prelude::*;
use model::chart::stack::Tone;
use model::format;
use model::k8s::event::{Event, EventRow};
use model::k8s::projection::read;

use super::cells::Age;
use super::faces::face_of;
use crate::live::Cluster;
use crate::live::api::Resource;
use crate::live::object::{KeepSink, Kept};
use crate::live::watched::Watched;
use crate::ui::card::{Card, Face};
use crate::ui::state_mark::StateMark;

/// The most that are shown.
const SHOWN: usize = 500;

/// The card.
#[component]
pub fn Events(kind: &'static str, namespace: Option<String>, name: String) -> impl IntoView {
    let cluster: Cluster = expect_context();
    let kept: Kept<EventRow> = ArcRwSignal::new(Vec::new());
    let resource = Resource::events_of(namespace.as_deref(), kind, &name);
    let watched = Watched::start(&cluster, "events", resource, KeepSink::new(&kept, parse));
    let feed = watched.feed.clone();
    let watched: StoredValue<Rc<Watched>, LocalStorage> = StoredValue::new_local(watched);
    let rows = Memo::new(move |_| {
        let mut rows = kept.get();
        rows.sort_by_key(|row| std::cmp::Reverse(row.last_s));
        rows.truncate(SHOWN);
        rows
    });
    let face = Signal::derive(move || {
        match face_of(&feed.get(), "events") {
        Face::Full if rows.with(Vec::is_empty) => Face::Empty {
            why: "Nothing was reported about it lately.".into(),
            next: "The API server keeps events for an hour, unless it is set up otherwise. New ones appear here by themselves.".into(),
        },
        face => face,
    }
    });
    let retry = Callback::new(move |()| watched.with_value(Watched::restart));
    view! {
        <Card title="Events" face retry=retry>
            <div class="scroll-x" role="region" aria-label="Events, which scrolls" tabindex="0">
                <table class="plain">
                    <thead>
                        <tr>
                            <th>"Last seen"</th>
                            <th>"Type"</th>
                            <th>"Reason"</th>
                            <th class="number">"Times"</th>
                            <th>"From"</th>
                            <th>"Message"</th>
                        </tr>
                    </thead>
                    <tbody>{move || rows.get().into_iter().map(|row| view! { <Row row /> }).collect_view()}</tbody>
                </table>
            </div>
        </Card>
    }
}

#[component]
fn Row(row: EventRow) -> impl IntoView {
    let (tone, word) = if row.warning { (Tone::Warn, "Warning") } else { (Tone::Unknown, "Normal") };
    let last_s = row.last_s;
    view! {
        <tr>
            <td class="mute"><Age since_s=last_s /></td>
            <td><StateMark tone word=word /></td>
            <td>{row.reason}</td>
            <td class="number">{format::count(u64::try_from(row.count).unwrap_or(1))}</td>
            <td class="mute">{row.from}</td>
            <td class="wrap">{row.message}</td>
        </tr>
    }
}

fn parse(json: &[u8]) -> Option<EventRow> {
    Some(EventRow::from(&read::<Event<'_>>(json).ok()?))
}
