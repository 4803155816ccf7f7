//! The table of nodes: the columns of `kubectl get nodes -o wide`, then ours.

use std::cmp::Ordering;

use super::cell::{Cell, Line};
use super::column::Column;
use super::{by_share, share, sort_rows};
use crate::chart::stack::Tone;
use crate::filter::{Filter, Named};
use crate::format::NONE;
use crate::k8s::node::NodeReadiness;
use crate::route::{Page, Sort};
use crate::store::Store;
use crate::store::names::Name;
use crate::store::nodes::NodeRow;
use crate::store::rows::RowNumber;

/// kubectl's columns first, then ours.
pub static COLUMNS: [Column; 16] = [
    Column::words("name", "Name", 200),
    Column::words("status", "Status", 206),
    Column::words("roles", "Roles", 96),
    Column::numbers("age", "Age", 56),
    Column::words("version", "Version", 72),
    Column::numbers("pods", "Pods", 84),
    Column::words("cpu", "CPU used", 112),
    Column::words("cpu-requested", "CPU requested", 112),
    Column::words("memory", "Memory used", 112),
    Column::words("memory-requested", "Memory requested", 124),
    Column::words("zone", "Zone", 110).on_choice(),
    Column::words("ip", "Internal IP", 110).on_choice(),
    Column::words("external-ip", "External IP", 110).on_choice(),
    Column::words("os", "OS image", 180).on_choice(),
    Column::words("kernel", "Kernel", 160).on_choice(),
    Column::words("runtime", "Container runtime", 160).on_choice(),
];

/// Shares of what is allocatable; what is not known is none.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Shares {
    cpu_used: Option<f64>,
    mem_used: Option<f64>,
    cpu_requested: Option<f64>,
    mem_requested: Option<f64>,
}

/// The rows that a filter leaves, in order.
pub fn select(store: &Store, filter: &Filter, sort: Option<&Sort>) -> Vec<RowNumber> {
    let names = &store.names;
    let rows: Vec<(RowNumber, &NodeRow)> = store
        .nodes
        .rows()
        .iter()
        .filter(|(_, row)| filter.is_empty() || filter.matches(&Named { row: *row, store }))
        .collect();
    let text = |a: Name, b: Name| names.text(a).cmp(names.text(b));
    let by_name = |a: &NodeRow, b: &NodeRow| text(a.name, b.name);
    let of = |row: &NodeRow| shares(store, row);
    let by_column = |column: &str, a: &NodeRow, b: &NodeRow| match column {
        "name" => text(a.name, b.name),
        "status" => a.readiness.cmp(&b.readiness).then_with(|| text(a.status, b.status)),
        "roles" => text(a.roles, b.roles),
        "age" => b.created_s.cmp(&a.created_s),
        "version" => text(a.version, b.version),
        "zone" => text(a.zone, b.zone),
        "ip" => text(a.internal_ip, b.internal_ip),
        "external-ip" => text(a.external_ip, b.external_ip),
        "os" => text(a.os_image, b.os_image),
        "kernel" => text(a.kernel, b.kernel),
        "runtime" => text(a.runtime, b.runtime),
        "pods" => pods(store, a).cmp(&pods(store, b)),
        "cpu" => by_share(of(a).cpu_used, of(b).cpu_used),
        "memory" => by_share(of(a).mem_used, of(b).mem_used),
        "cpu-requested" => by_share(of(a).cpu_requested, of(b).cpu_requested),
        "memory-requested" => by_share(of(a).mem_requested, of(b).mem_requested),
        _ => Ordering::Equal,
    };
    sort_rows(rows, sort, by_name, by_column).into_iter().map(|(number, _)| number).collect()
}

/// What stands in a row.
pub fn line(store: &Store, row: &NodeRow) -> Line {
    let text = |name: Name| store.names.text(name).to_owned();
    let page = Page::Node { name: text(row.name) };
    let shares = shares(store, row);
    Line {
        key: row.uid.into(),
        cells: vec![
            Cell::Link { text: text(row.name), page: page.clone() },
            Cell::State { tone: tone(row.readiness, row.cordoned), word: text(row.status) },
            Cell::Text(text(row.roles)),
            Cell::Age(row.created_s),
            Cell::Text(text(row.version)),
            if store.pods.known().all() {
                Cell::CountOf(pods(store, row), row.allocatable_pods)
            } else {
                Cell::Text(NONE.to_owned())
            },
            Cell::Share(shares.cpu_used),
            Cell::Share(shares.cpu_requested),
            Cell::Share(shares.mem_used),
            Cell::Share(shares.mem_requested),
            Cell::Text(text(row.zone)),
            Cell::Text(text(row.internal_ip)),
            Cell::Text(text(row.external_ip)),
            Cell::Text(text(row.os_image)),
            Cell::Text(text(row.kernel)),
            Cell::Text(text(row.runtime)),
        ],
        page: Some(page),
    }
}

/// How a node's readiness looks.
pub fn tone(readiness: NodeReadiness, cordoned: bool) -> Tone {
    match readiness {
        NodeReadiness::NotReady | NodeReadiness::Unknown => Tone::Bad,
        NodeReadiness::Ready if cordoned => Tone::Warn,
        NodeReadiness::Ready => Tone::Ok,
    }
}

fn pods(store: &Store, row: &NodeRow) -> u64 {
    store.pods.on_node(row.name).active.into()
}

fn shares(store: &Store, row: &NodeRow) -> Shares {
    let usage = store.usage.nodes.get(row.name);
    let (has, requests) = (row.allocatable, store.pods.on_node(row.name).requests);
    let requested = |amount: u64, of: u64| share(amount, of).filter(|_| store.pods.known().all());
    Shares {
        cpu_used: usage.and_then(|u| share(u.cpu_millis, has.cpu_millis)),
        mem_used: usage.and_then(|u| share(u.mem_bytes, has.mem_bytes)),
        cpu_requested: requested(requests.cpu_millis, has.cpu_millis),
        mem_requested: requested(requests.mem_bytes, has.mem_bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, Cell, line, select};
    use crate::filter::Filter;
    use crate::route::Sort;
    use crate::store::Store;

    #[test]
    fn a_node_shows_what_its_pods_request_and_what_it_uses() {
        let mut store = Store::default();
        let node =
            br#"{"metadata":{"uid":"n","name":"n1"},"status":{"allocatable":{"cpu":"4","memory":"8Gi","pods":"110"},
            "conditions":[{"type":"Ready","status":"True"}]}}"#;
        store.nodes.upsert(node, &mut store.names);
        let pod = br#"{"metadata":{"uid":"p","name":"p"},"spec":{"nodeName":"n1","containers":[{"resources":{"requests":{"cpu":"1"}}}]},
            "status":{"phase":"Running"}}"#;
        store.pods.upsert(pod, &mut store.names);
        store.pods.end(0, None);
        store.usage.nodes.add(br#"{"metadata":{"name":"n1"},"usage":{"cpu":"2","memory":"2Gi"}}"#, &mut store.names);
        let cells = line(&store, store.nodes.rows().iter().next().unwrap().1).cells;
        assert_eq!(cells.len(), COLUMNS.len());
        let shares = [0.5, 0.25, 0.25].map(|share| Cell::Share(Some(share)));
        assert_eq!((&cells[5], &cells[6..9]), (&Cell::CountOf(1, 110), &shares[..]));
        let sort = Sort { column: "cpu".into(), descending: true };
        assert_eq!(select(&store, &Filter::parse("status:ready"), Some(&sort)).len(), 1);
    }
}
