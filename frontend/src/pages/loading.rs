//! The lists that take long: how far they have come, and the buttons that stop them and go on.

use leptos::prelude::*;
use model::loading::{Board, Line};
use wasm_bindgen_futures::spawn_local;

use crate::live::{Cluster, loading};
use crate::web::clock::now_ms;

/// A line for each kind whose list takes long or was stopped; nothing where there is none.
#[component]
pub fn LoadingLines() -> AnyView {
    let cluster: Cluster = expect_context();
    let board = StoredValue::new_local(Board::default());
    let asked = StoredValue::new(Vec::new());
    // A button has done something: no need to wait for the next second.
    let pressed = RwSignal::new(0_u32);
    let now_s = cluster.now_s();
    let lines = Memo::new({
        let cluster = cluster.clone();
        move |_| {
            now_s.track();
            pressed.track();
            let courses = loading::courses(&cluster);
            board.try_update_value(|board| board.look(&courses, now_ms())).unwrap_or_default()
        }
    });
    let row = move |what: &'static str| {
        let line = Memo::new(move |_| lines.with(|all| all.iter().find(|line| line.course.what == what).cloned()));
        if asked.try_update_value(|asked| {
            !asked.contains(&what) && {
                asked.push(what);
                true
            }
        }) == Some(true)
        {
            let cluster = cluster.clone();
            spawn_local(async move { loading::learn_totals(&cluster, what).await });
        }
        row(&cluster, what, line, pressed)
    };
    view! {
        <div class="loading" role="group" aria-label="Long lists">
            <For each=move || lines.with(|all| all.iter().map(|line| line.course.what).collect::<Vec<_>>()) key=|what| *what children=row />
        </div>
    }
    .into_any()
}

fn row(cluster: &Cluster, what: &'static str, line: Memo<Option<Line>>, pressed: RwSignal<u32>) -> AnyView {
    let stopped = Memo::new(move |_| line.with(|line| line.as_ref().is_some_and(|line| line.course.stopped)));
    let part = move || line.with(|line| line.as_ref().map_or((0, None), |line| (line.course.items, line.course.total)));
    let cluster = cluster.clone();
    let press = move |_| {
        if stopped.get_untracked() {
            loading::go_on(&cluster, what);
        } else {
            loading::stop(&cluster, what);
        }
        pressed.update(|count| *count += 1);
    };
    view! {
        <div class="loading-line">
            <span>{move || line.with(|line| line.as_ref().map(|line| line.words.clone()))}</span>
            // One button, so that the focus stays with it.
            <button class="button" on:click=press aria-label=move || format!("{} loading {what}", if stopped.get() { "Go on" } else { "Stop" })>
                {move || if stopped.get() { "Go on" } else { "Stop" }}
            </button>
            <progress
                aria-label=format!("Loading {what}")
                max=move || part().1.map(|total| total.max(1).to_string())
                // Without a total it moves to and fro.
                value=move || part().1.map(|_| part().0.to_string())
                hidden=move || stopped.get() && part().1.is_none()
            ></progress>
        </div>
    }
    .into_any()
}
