//! What the app holds of this tab's memory, and what it has asked of the API server.

use leptos::prelude::*;
use model::format;
use model::ledger::Entry;
use model::store::memory::{Part, parts};

use crate::live::Cluster;
use crate::ui::card::{Card, Face};
use crate::web::heap;

/// The page.
#[component]
pub fn Diagnostics() -> impl IntoView {
    view! {
        <div class="page-head">
            <h1>"Diagnostics"</h1>
            <span class="mute">"of this tab, since it was opened"</span>
        </div>
        <Requests />
        <Memory />
    }
}

/// What was asked of the API server, by resource.
#[component]
fn Requests() -> impl IntoView {
    let cluster: Cluster = expect_context();
    let now_s = cluster.now_s();
    let entries = Memo::new(move |_| {
        now_s.track();
        let entries = cluster.ledger(|ledger| ledger.entries().to_vec());
        entries.into_iter().map(|entry| (cluster.watches(entry.what), entry)).collect::<Vec<_>>()
    });
    let face = Signal::derive(move || {
        if entries.with(Vec::is_empty) {
            Face::Loading("Nothing has been asked of the API server yet.".into())
        } else {
            Face::Full
        }
    });
    let aside = move || {
        let (requests, away) =
            entries.with(|all| all.iter().fold((0, 0), |(sum, away), (_, e)| (sum + e.requests, away + e.turned_away)));
        format!("{}, {} turned away (429)", format::plural(requests, "request", "requests"), format::count(away))
    };
    let row = move |what: &'static str| {
        let entry = Memo::new(move |_| {
            let found = entries.with(|all| all.iter().find(|(_, e)| e.what == what).cloned());
            found.unwrap_or_default()
        });
        let cell = move |text: fn(&(usize, Entry)) -> String| {
            view! { <td class="num">{move || entry.with(text)}</td> }
        };
        view! {
            <tr>
                <td>{what}</td>
                {cell(|(_, e)| format::count(e.requests))}
                {cell(|(_, e)| format::count(e.turned_away))}
                {cell(|(watches, _)| format::count(*watches as u64))}
                {cell(|(_, e)| format::count(e.events))}
                {cell(|(_, e)| format::bytes(e.bytes))}
            </tr>
        }
    };
    view! {
        <Card title="Asked of the API server" face aside>
            <div class="scroll-x" role="region" aria-label="Requests, which scrolls" tabindex="0">
                <table class="plain">
                    <thead>
                        <tr>
                            <th scope="col">"For"</th>
                            <th scope="col" class="num">"Requests"</th>
                            <th scope="col" class="num">"Turned away"</th>
                            <th scope="col" class="num">"Open watches"</th>
                            <th scope="col" class="num">"Events"</th>
                            <th scope="col" class="num">"Bytes read"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || entries.with(|all| all.iter().map(|(_, e)| e.what).collect::<Vec<_>>()) key=|what| *what let(what)>
                            {row(what)}
                        </For>
                    </tbody>
                </table>
            </div>
            <p class="mute">"Bytes are counted after decompression: fewer travelled where the server compresses."</p>
        </Card>
    }
}

/// What the app holds of the memory, part by part.
#[component]
fn Memory() -> impl IntoView {
    let cluster: Cluster = expect_context();
    let now_s = cluster.now_s();
    let held = Memo::new(move |_| {
        now_s.track();
        cluster.store(parts)
    });
    let sum = Memo::new(move |_| held.with(|all| all.iter().map(|part| part.bytes as u64).sum::<u64>()));
    let aside = move || {
        let store = format::bytes(sum.get());
        let app = format::bytes(heap::wasm_bytes());
        let script = heap::script_bytes().map(|bytes| format!(", {} by scripts", format::bytes(bytes)));
        format!("{store} by the store, of {app} that the app has{}", script.unwrap_or_default())
    };
    let row = move |(kind, part): (&'static str, &'static str)| {
        let bytes = Memo::new(move |_| {
            held.with(|all| all.iter().find(|p| (p.kind, p.part) == (kind, part)).map_or(0, |p| p.bytes as u64))
        });
        let percent = move || (bytes.get() * 100).checked_div(sum.get()).unwrap_or(0);
        view! {
            <tr>
                <td>{kind}</td>
                <td>{part}</td>
                <td class="num">{move || format::bytes(bytes.get())}</td>
                <td>
                    <span class="usage">
                        <i><i style:width=move || format!("{}%", percent())></i></i>
                        <span>{percent}" %"</span>
                    </span>
                </td>
            </tr>
        }
    };
    let key = |part: &Part| (part.kind, part.part);
    view! {
        <Card title="Memory" face=Face::Full aside>
            <div class="scroll-x" role="region" aria-label="Memory, which scrolls" tabindex="0">
                <table class="plain">
                    <thead>
                        <tr>
                            <th scope="col">"Kind"</th>
                            <th scope="col">"Column or index"</th>
                            <th scope="col" class="num">"Holds"</th>
                            <th scope="col">"Of the store"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || held.with(|all| all.iter().map(key).collect::<Vec<_>>()) key=|key| *key let(key)>
                            {row(key)}
                        </For>
                    </tbody>
                </table>
            </div>
        </Card>
    }
}
