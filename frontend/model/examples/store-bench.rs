//! How fast the store takes pods in, what it holds, and how fast it is asked: figures for a list in a file, in the time of
//! one processor.
//!
//! `kubectl get --raw '/api/v1/pods?pretty=0' > pods.json`, then
//! `cargo run --release -p pilothouse-model --example store-bench -- pods.json`.

use anyhow::Context as _;
use model::filter::Filter;
use model::k8s::pod::Pod;
use model::k8s::projection::read;
use model::list::ListScanner;
use model::route::Sort;
use model::store::Store;
use model::store::names::Name;
use model::store::tally::Tally;
use model::table::pod::{COLUMNS, Selection};

/// As much as a browser hands over at once.
const CHUNK: usize = 256 << 10;
/// Each figure is the mean of so many.
const RUNS: u32 = 25;

fn main() -> anyhow::Result<()> {
    let path = std::env::args().nth(1).context("name a file with a list of pods")?;
    let list = std::fs::read(&path).with_context(|| path.clone())?;
    let mut store = Store::default();
    let mut items = Vec::new();
    let mut scanner = ListScanner::default();
    let began_ms = processor_ms()?;
    for chunk in list.chunks(CHUNK) {
        scanner.feed(chunk, |item| {
            store.pods.upsert(item, &mut store.names);
            if store.pods.len() % 7 == 0 {
                items.push(item.to_vec());
            }
        })?;
    }
    scanner.finish()?;
    let (pods, took_s) = (store.pods.len(), (processor_ms()? - began_ms) / 1e3);
    let megabytes = list.len() as f64 / 1e6;
    println!("{pods} pods, {megabytes:.0} MB of JSON, taken in within {took_s:.2} s: {:.0} MB/s", megabytes / took_s);
    let began_ms = processor_ms()?;
    let mut scanner = ListScanner::default();
    for chunk in list.chunks(CHUNK) {
        scanner.feed(chunk, |item| {
            std::hint::black_box(item);
        })?;
    }
    let scanned_ms = processor_ms()? - began_ms;
    let began_ms = processor_ms()?;
    for item in &items {
        std::hint::black_box(read::<Pod<'_>>(item)?);
    }
    let decoded_ms = (processor_ms()? - began_ms) * pods as f64 / items.len().max(1) as f64;
    println!("of which finding the items {:.2} s, decoding them {:.2} s", scanned_ms / 1e3, decoded_ms / 1e3);
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
    let mut selection = Selection::default();
    let sort = Sort { column: "node".into(), descending: false };
    let mut work = |with_table: bool| {
        for (at, item) in (0..1_000).zip(&mut next) {
            if at % 20 == 0 {
                store.pods.delete(item);
            }
            store.pods.upsert(item, &mut store.names);
        }
        if with_table {
            selection.select(store, &[], &Filter::default(), Some(&sort));
        }
    };
    figure("1,000 events, 5 % deletes", || work(false));
    figure("the same, and a table by node follows", || work(true));
    for (text, column) in [("", "node"), ("web", "name"), ("status:failing", "status"), ("label:app=web", "cpu")] {
        let (filter, sort) = (Filter::parse(text), Sort { column: column.into(), descending: false });
        let mut selection = Selection::default();
        selection.select(store, &[], &filter, Some(&sort));
        let mut next = items.iter().cycle();
        figure(&format!("16 events, and a table by {column} of {text:?}"), || {
            for item in next.by_ref().take(16) {
                store.pods.upsert(item, &mut store.names);
            }
            selection.select(store, &[], &filter, Some(&sort))
        });
    }
}

fn ask(store: &Store) {
    figure("the first look", || Selection::default().select(store, &[], &Filter::default(), None));
    let mut selection = Selection::default();
    for column in &COLUMNS {
        let sort = Sort { column: column.id.into(), descending: true };
        figure(&format!("sort by {}", column.id), || {
            selection.select(store, &[], &Filter::default(), None);
            selection.select(store, &[], &Filter::default(), Some(&sort))
        });
    }
    for text in ["w", "we", "web", "ns:shop", "label:app=web", "status:failing", "no-such-pod"] {
        let filter = Filter::parse(text);
        let mut selection = Selection::default();
        // Another one in between: what is asked for again follows what has changed.
        figure(&format!("filter {text:?}"), || {
            selection.select(store, &[], &Filter::default(), None);
            selection.select(store, &[], &filter, None)
        });
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

/// What this process has had of the processor, so that it may be measured beside others; Linux tells.
fn processor_ms() -> anyhow::Result<f64> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: f64 = told.split(' ').next().context("the first is the time on the processor")?.parse()?;
    Ok(nanoseconds / 1e6)
}

fn figure<T>(what: &str, mut work: impl FnMut() -> T) {
    // The processor's time is told in steps of a few milliseconds: many runs make the mean finer than that.
    let began_ms = processor_ms().unwrap_or(0.0);
    for _ in 0..RUNS {
        std::hint::black_box(work());
    }
    println!("{what:44}{:10.2} ms", (processor_ms().unwrap_or(0.0) - began_ms) / f64::from(RUNS));
}
