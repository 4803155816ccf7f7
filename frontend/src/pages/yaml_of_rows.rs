//! The YAML of the rows that are selected in a table, as the API server itself writes each of them, in one file.

use leptos::prelude::*;
use model::format;
use model::route::Page;
use model::table::Key;
use model::table::cell::Cell;
use model::table::marked::Marked;
use wasm_bindgen_futures::spawn_local;

use crate::live::{Cluster, api};
use crate::ui::table::Rows;
use crate::web::download;

/// The most objects of one file: each is a request of its own.
const MOST: usize = 100;

/// The button. `said` is where it tells how it went.
#[component]
pub fn YamlButton(title: &'static str, rows: Rows, marked: RwSignal<Marked>, said: RwSignal<String>) -> impl IntoView {
    let cluster: Cluster = expect_context();
    let take = move |_| {
        let count = marked.with_untracked(Marked::len);
        if !(1..=MOST).contains(&count) {
            said.set(format!("Select 1 to {MOST} rows for their YAML."));
            return;
        }
        said.set("Reading…".to_owned());
        let cluster = cluster.clone();
        let paths = paths(rows, marked);
        spawn_local(async move {
            let words = match read(&cluster, &paths).await {
                Ok(text) if download::save(&format!("{}.yaml", title.to_lowercase()), "application/yaml", &text) => {
                    format!("Saved {}.", format::plural(paths.len() as u64, "object", "objects"))
                }
                Ok(_) => "The browser did not allow it.".to_owned(),
                Err(words) => words,
            };
            // The page may have been left in the meantime.
            let _ = said.try_set(words);
        });
    };
    view! { <button class="button" title="Download the selected rows as YAML" on:click=take>"YAML"</button> }
}

/// Where the objects of the marked rows are, in the order of the table.
fn paths(rows: Rows, marked: RwSignal<Marked>) -> Vec<String> {
    let order = untrack(|| rows.order.run(()));
    let is_marked = |key: Key| marked.with_untracked(|marked| marked.contains(key));
    let lines = order.into_iter().filter(|(_, key)| is_marked(*key));
    let lines = lines.filter_map(|(number, _)| untrack(|| rows.line.run(number)));
    // The first cell is the object's own name.
    let own = |cells: &[Cell]| match cells.first() {
        Some(Cell::Link { page, .. }) => path_of(page),
        _ => None,
    };
    lines.filter_map(|line| own(&line.cells)).collect()
}

/// All of them or none: a file that lacks some looks whole.
async fn read(cluster: &Cluster, paths: &[String]) -> Result<String, String> {
    let mut text = String::new();
    for path in paths {
        let answer = cluster.get(path, "application/yaml").await;
        let yaml = answer.map_err(|failure| format!("Nothing was saved: {}", failure.sentence()))?;
        text.push_str("---\n");
        text.push_str(&String::from_utf8_lossy(&yaml));
    }
    Ok(text)
}

fn path_of(page: &Page) -> Option<String> {
    let of = |(group, resource): (&str, &str), namespace: Option<&str>, name| {
        Some(api::object(group, resource, namespace, name))
    };
    match page {
        Page::Pod { namespace, name, .. } => Some(api::pod(namespace, name)),
        Page::Node { name } => Some(api::node(name)),
        Page::Workload { kind, namespace, name } => of(kind.path(), Some(namespace), name),
        Page::Service { namespace, name } => of(("api/v1", "services"), Some(namespace), name),
        Page::Namespace { name } => of(("api/v1", "namespaces"), None, name),
        _ => None,
    }
}
