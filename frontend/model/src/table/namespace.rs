//! The table of namespaces: kubectl's columns, then what their pods are, ask for and use.

use std::collections::HashMap;

use super::cell::{Cell, Line};
use super::column::Column;
use super::{scope, sort_cells};
use crate::chart::stack::Tone;
use crate::filter::{Filter, Named};
use crate::k8s::resources::Resources;
use crate::overview::states;
use crate::route::{Page, Sort};
use crate::store::Store;
use crate::store::names::Name;
use crate::store::namespaces::NamespaceRow;
use crate::store::rows::RowNumber;
use crate::store::tally::Tally;

/// kubectl's columns first, then ours.
pub static COLUMNS: [Column; 8] = [
    Column::words("name", "Name", 240),
    Column::words("status", "Status", 110),
    Column::numbers("age", "Age", 56),
    Column::words("pods", "Pods", 180),
    Column::numbers("cpu", "CPU used", 110),
    Column::numbers("cpu-requested", "CPU requested", 110),
    Column::numbers("memory", "Memory used", 110),
    Column::numbers("memory-requested", "Memory requested", 130),
];

/// What the pods of each namespace use together; a namespace of which nothing is known is not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsageOf(HashMap<Name, Resources>);

impl UsageOf {
    /// Adds up what is known of each pod.
    pub fn new(store: &Store) -> Self {
        let mut sums = HashMap::<Name, Resources>::new();
        for pod in store.pods.iter() {
            if let Some(usage) = pod.usage() {
                let sum = sums.entry(pod.namespace()).or_default();
                *sum = sum.plus(usage);
            }
        }
        Self(sums)
    }
}

/// The rows that a filter and namespaces leave, in order. No namespaces are all.
pub fn select(
    store: &Store,
    usage: &UsageOf,
    namespaces: &[String],
    filter: &Filter,
    sort: Option<&Sort>,
) -> Vec<RowNumber> {
    let (names, in_scope) = (&store.names, scope(store, namespaces));
    let rows: Vec<(RowNumber, &NamespaceRow)> = store
        .namespaces
        .rows()
        .iter()
        .filter(|(_, row)| in_scope(row.name))
        .filter(|(_, row)| filter.is_empty() || filter.matches(&Named { row: *row, store }))
        .collect();
    let by_name = |a: &NamespaceRow, b: &NamespaceRow| names.text(a.name).cmp(names.text(b.name));
    sort_cells(rows, sort, by_name, |column, row| cell(store, usage, column, row))
}

/// What stands in a row.
pub fn line(store: &Store, usage: &UsageOf, row: &NamespaceRow) -> Line {
    let cells = COLUMNS.iter().map(|column| cell(store, usage, column.id, row).unwrap_or(Cell::Nothing)).collect();
    Line { key: row.uid.into(), page: Some(page(store, row)), cells }
}

fn cell(store: &Store, usage: &UsageOf, column: &str, row: &NamespaceRow) -> Option<Cell> {
    let name = store.names.text(row.name);
    let known = store.pods.known().of(row.name);
    let pods = || store.pods.in_namespaces(&[row.name]);
    let asked = |of: fn(&Tally) -> u64| known.then(|| of(&pods()));
    let usage = || usage.0.get(&row.name);
    Some(match column {
        "name" => Cell::Link { text: name.to_owned(), page: page(store, row) },
        "status" => {
            let word = store.names.text(row.status).to_owned();
            let tone = match word.as_str() {
                "Active" => Tone::Ok,
                "Terminating" => Tone::Warn,
                _ => Tone::Unknown,
            };
            Cell::State { tone, word }
        }
        "age" => Cell::Age(row.created_s),
        "pods" => Cell::Pods { counts: known.then(|| states::counts(&pods())), query: format!("ns:{name}") },
        "cpu" => Cell::Cpu(usage().map(|usage| usage.cpu_millis)),
        "cpu-requested" => Cell::Cpu(asked(|pods| pods.requests.cpu_millis)),
        "memory" => Cell::Bytes(usage().map(|usage| usage.mem_bytes)),
        "memory-requested" => Cell::Bytes(asked(|pods| pods.requests.mem_bytes)),
        _ => return None,
    })
}

fn page(store: &Store, row: &NamespaceRow) -> Page {
    Page::Namespace { name: store.names.text(row.name).to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_shows_what_its_pods_ask_for_and_use() {
        let mut store = Store::default();
        for (uid, name) in [("1", "a"), ("2", "b")] {
            let json = format!(r#"{{"metadata":{{"uid":"{uid}","name":"{name}"}},"status":{{"phase":"Active"}}}}"#);
            store.namespaces.upsert(json.as_bytes(), &mut store.names);
        }
        let pod = br#"{"metadata":{"uid":"p","name":"p","namespace":"b"},"spec":{"containers":[{"resources":{"requests":{"cpu":"1500m","memory":"1Gi"}}}]}}"#;
        store.pods.upsert(pod, &mut store.names);
        store.pods.end(0, None);
        let usage =
            br#"{"metadata":{"name":"p","namespace":"b"},"containers":[{"usage":{"cpu":"100m","memory":"1Mi"}}]}"#;
        store.pods.begin_usage();
        store.pods.add_usage(usage, &store.names);
        store.pods.end_usage();
        let used = UsageOf::new(&store);
        let sort = Sort { column: "cpu-requested".into(), descending: true };
        let rows = select(&store, &used, &[], &Filter::parse("status:active"), Some(&sort));
        let texts: Vec<Vec<String>> = rows
            .iter()
            .map(|n| {
                line(&store, &used, store.namespaces.rows().get(*n).unwrap()).cells.iter().map(|c| c.text(0)).collect()
            })
            .collect();
        assert_eq!(texts[0], ["b", "Active", "<unknown>", "1", "100m", "1500m", "1MiB", "1GiB"]);
        assert_eq!(texts[1], ["a", "Active", "<unknown>", "0", "<unknown>", "0m", "<unknown>", "0B"]);
        // Where its pods may not be listed, none are known.
        store.pods.retain(&[store.names.find("b").unwrap()]);
        let row = store.namespaces.rows().get(rows[1]).unwrap();
        let texts: Vec<String> = line(&store, &used, row).cells.iter().map(|cell| cell.text(0)).collect();
        assert_eq!(texts[3..6], ["<unknown>", "<unknown>", "<unknown>"]);
    }
}
