//! An object as the API server itself writes it in YAML; read-only.

use leptos::prelude::*;
use model::yaml::{Highlighter, Kind, without_managed_fields};
use wasm_bindgen_futures::spawn_local;

use super::faces::failed;
use crate::live::Cluster;
use crate::ui::card::{Card, Face};
use crate::web::clipboard;

/// The most lines that are shown; the copy is whole.
const SHOWN: usize = 20_000;

/// The card. It is read again whenever `changed` changes.
#[component]
pub fn Yaml<T: PartialEq + Send + Sync + 'static>(path: String, changed: Memo<Option<T>>) -> impl IntoView {
    let cluster: Cluster = expect_context();
    let text = RwSignal::new(String::new());
    let face = RwSignal::new(Face::Loading("Loading the YAML…".into()));
    let whole = RwSignal::new(false);
    let read = Callback::new(move |()| {
        let (cluster, path) = (cluster.clone(), path.clone());
        spawn_local(async move {
            let answer = cluster.get(&path, "application/yaml").await;
            // The page may have been left in the meantime.
            let _ = face.try_set(match answer {
                Ok(body) => {
                    let _ = text.try_set(String::from_utf8_lossy(&body).into_owned());
                    Face::Full
                }
                Err(failure) => failed(&failure, "YAML"),
            });
        });
    });
    Effect::new(move || {
        changed.track();
        read.run(());
    });
    let shown = Memo::new(move |_| if whole.get() { text.get() } else { without_managed_fields(&text.get()) });
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let text = shown.get_untracked();
        spawn_local(async move {
            let done = clipboard::copy(&text).await;
            let _ = copied.try_set(done);
        });
    };
    let aside = move || {
        view! {
            <label><input type="checkbox" prop:checked=move || whole.get() on:change=move |e| whole.set(event_target_checked(&e)) />" managedFields"</label>
            <button class="button" on:click=copy>{move || if copied.get() { "Copied" } else { "Copy" }}</button>
        }
    };
    view! {
        <Card title="YAML" face retry=read aside=aside>
            <pre class="code" tabindex="0" aria-label="YAML">{move || shown.with(|text| highlighted(text))}</pre>
        </Card>
    }
}

fn highlighted(text: &str) -> impl IntoView + use<> {
    let mut highlighter = Highlighter::default();
    let lines = text.lines().take(SHOWN).map(|line| {
        let mut at = 0;
        let mut parts = Vec::new();
        for span in highlighter.line(line) {
            parts.push(part(line, at, span.start, ""));
            parts.push(part(line, span.start, span.end, class(span.kind)));
            at = span.end;
        }
        parts.push(part(line, at, line.len(), ""));
        view! { {parts}"\n" }
    });
    lines.collect_view()
}

fn part(line: &str, start: usize, end: usize, class: &'static str) -> AnyView {
    let text = line.get(start..end).unwrap_or_default().to_owned();
    if class.is_empty() { text.into_any() } else { view! { <span class=class>{text}</span> }.into_any() }
}

fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Key => "key",
        Kind::String => "string",
        Kind::Number => "number",
        Kind::Constant => "constant",
        Kind::Comment => "comment",
    }
}
