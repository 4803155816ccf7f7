//! How fast the store takes pods in, what it holds, and how fast it is asked: figures for a list in a file.
//!
//! `kubectl get --raw '/api/v1/pods?pretty=0' > pods.json`, then
//! `cargo run --release -p pilothouse-model --example store-bench -- pods.json`.

#![expect(clippy::disallowed_methods, reason = "it measures time, natively")]

use std::time::Instant;

use anyhow::Context as _;
use model::filter::Filter;
use model::list::ListScanner;
use model::route::Sort;
use model::store::Store;
use model::store::names::Name;
use model::store::tally::Tally;
use model::table::pod::{COLUMNS, Selection};

/// As much as a browser hands over at once.
const CHUNK: usize = 256 << 10;
/// Each figure is the median of so many.
const RUNS: usize = 7;

fn main() -> anyhow::Result<()> {
    let path = std::env::args().nth(1).context("name a file with a list of pods")?;
    let list = std::fs::read(&path).with_context(|| path.clone())?;
    let mut store = Store::default();
    let mut items = Vec::new();
    let mut scanner = ListScanner::default();
    let began = Instant::now();
    for chunk in list.chunks(CHUNK) {
        scanner.feed(chunk, |item| {
            store.pods.upsert(item, &mut store.names);
            if store.pods.len() % 7 == 0 {
                items.push(item.to_vec());
            }
        })?;
    }
    scanner.finish()?;
    let (pods, took_s) = (store.pods.len(), began.elapsed().as_secs_f64());
    let megabytes = list.len() as f64 / 1e6;
    println!("{pods} pods, {megabytes:.0} MB of JSON, taken in within {took_s:.2} s: {:.0} MB/s", megabytes / took_s);
    show_memory(&store);
    replay(&mut store, &items);
    ask(&store);
    Ok(())
}

fn show_memory(store: &Store) {
    let mut parts = store.pods.memory();
    parts.push(("interned strings", store.names.bytes()));
    let sum: usize = parts.iter().map(|(_, bytes)| bytes).sum();
    parts.push(("all", sum));
    let pods = store.pods.len().max(1);
    for (part, bytes) in parts {
        println!("{part:44}{:10.2} MB{:8.1} bytes a pod", bytes as f64 / 1e6, bytes as f64 / pods as f64);
    }
    println!("{} templates, {} strings", store.pods.templates().iter().count(), store.names.count());
}

/// A thousand events, of which one in twenty deletes a pod and one creates it again.
fn replay(store: &mut Store, items: &[Vec<u8>]) {
    let mut next = items.iter().cycle();
    figure("1,000 events, 5 % deletes", || {
        for (at, item) in (0..1_000).zip(&mut next) {
            if at % 20 == 0 {
                store.pods.delete(item);
            }
            store.pods.upsert(item, &mut store.names);
        }
    });
}

fn ask(store: &Store) {
    for column in &COLUMNS {
        for descending in [false, true] {
            let sort = Sort { column: column.id.into(), descending };
            let way = if descending { "down" } else { "up" };
            figure(&format!("sort by {} {way}, afresh", column.id), || {
                Selection::default().select(store, &[], &Filter::default(), Some(&sort))
            });
        }
    }
    for text in ["w", "we", "web", "ns:shop", "label:app=web", "status:failing", "no-such-pod"] {
        let filter = Filter::parse(text);
        let mut selection = Selection::default();
        selection.select(store, &[], &Filter::default(), None);
        figure(&format!("filter {text:?}"), || selection.select(store, &[], &filter, None));
    }
    for key in ["app.kubernetes.io/name", "app", "pod-template-hash"] {
        if let Some(key) = store.names.find(key) {
            figure(&format!("group by {}", store.names.text(key)), || grouped(store, key));
        }
    }
}

/// Pods, requests and limits by the value of a label.
fn grouped(store: &Store, key: Name) -> usize {
    let mut group_of_template = vec![0_usize; store.pods.templates().bound() as usize];
    let mut values = std::collections::HashMap::new();
    for (number, template, _) in store.pods.templates().iter() {
        let next = values.len();
        let group = *values.entry(template.label(key)).or_insert(next);
        if let Some(place) = group_of_template.get_mut(number as usize) {
            *place = group;
        }
    }
    let mut groups = vec![Tally::default(); values.len()];
    for pod in store.pods.iter() {
        let group = group_of_template.get(pod.template_number() as usize).and_then(|group| groups.get_mut(*group));
        if let Some(group) = group {
            group.add(&pod.share());
        }
    }
    groups.len()
}

fn figure<T>(what: &str, mut work: impl FnMut() -> T) {
    let mut took_ms: Vec<f64> = (0..RUNS)
        .map(|_| {
            let began = Instant::now();
            std::hint::black_box(work());
            began.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    took_ms.sort_by(f64::total_cmp);
    if let Some(median) = took_ms.get(RUNS / 2) {
        println!("{what:44}{median:10.2} ms");
    }
}
