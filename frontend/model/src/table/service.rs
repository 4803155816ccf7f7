//! The table of services: the columns of `kubectl get services -o wide`, then the pods behind each.

use super::cell::{Cell, Line};
use super::column::Column;
pub use super::pods_of::PodsOf;
use super::{scope, sort_cells};
use crate::filter::{Filter, Named};
use crate::route::{Page, Sort};
use crate::store::Store;
use crate::store::names::Name;
use crate::store::rows::RowNumber;
use crate::store::services::ServiceRow;

/// kubectl's columns, and ours among them.
pub static COLUMNS: [Column; 9] = [
    Column::words("name", "Name", 212),
    Column::words("namespace", "Namespace", 110),
    Column::words("type", "Type", 104),
    Column::words("pods", "Pods", 150),
    Column::words("cluster-ip", "Cluster IP", 120),
    Column::words("external-ip", "External IP", 160),
    Column::words("ports", "Ports", 200),
    Column::numbers("age", "Age", 56),
    Column::words("selector", "Selector", 280).on_choice(),
];

/// The rows that a filter and namespaces leave, in order. No namespaces are all.
pub fn select(
    store: &Store,
    pods: &PodsOf,
    namespaces: &[String],
    filter: &Filter,
    sort: Option<&Sort>,
) -> Vec<RowNumber> {
    let (names, in_scope) = (&store.names, scope(store, namespaces));
    let rows: Vec<(RowNumber, &ServiceRow)> = store
        .services
        .rows()
        .iter()
        .filter(|(_, row)| in_scope(row.namespace))
        .filter(|(_, row)| filter.is_empty() || filter.matches(&Named { row: *row, store }))
        .collect();
    let by_name = |a: &ServiceRow, b: &ServiceRow| {
        a.name.cmp(&b.name).then_with(|| names.text(a.namespace).cmp(names.text(b.namespace)))
    };
    sort_cells(rows, sort, by_name, |column, row| cell(store, pods, column, row))
}

/// What stands in a row.
pub fn line(store: &Store, pods: &PodsOf, row: &ServiceRow) -> Line {
    let cells = COLUMNS.iter().map(|column| cell(store, pods, column.id, row).unwrap_or(Cell::Nothing)).collect();
    Line { key: row.uid.into(), page: Some(page(store, row)), cells }
}

/// The filter that leaves just the pods behind a service; none where it selects nothing.
pub fn pods_query(store: &Store, row: &ServiceRow) -> Option<String> {
    let text = |name: Name| store.names.text(name);
    let pairs: Vec<String> =
        row.selector.iter().map(|(key, value)| format!("{}={}", text(*key), text(*value))).collect();
    (!pairs.is_empty()).then(|| format!("ns:{} label:{}", text(row.namespace), pairs.join(",")))
}

fn cell(store: &Store, pods: &PodsOf, column: &str, row: &ServiceRow) -> Option<Cell> {
    let text = |name: Name| Cell::Text(store.names.text(name).to_owned());
    Some(match column {
        "name" => Cell::Link { text: row.name.to_string(), page: page(store, row) },
        "namespace" => text(row.namespace),
        "type" => text(row.kind),
        "pods" => {
            let known = store.pods.known().of(row.namespace);
            Cell::Pods { counts: known.then(|| pods.get(row.uid.into())), query: pods_query(store, row)? }
        }
        "cluster-ip" => Cell::Text(row.cluster_ip.to_string()),
        "external-ip" => Cell::Text(row.external_ip.to_string()),
        "ports" => text(row.ports),
        "age" => Cell::Age(row.created_s),
        "selector" => text(row.selector_text),
        _ => return None,
    })
}

fn page(store: &Store, row: &ServiceRow) -> Page {
    Page::Service { namespace: store.names.text(row.namespace).to_owned(), name: row.name.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_shows_kubectls_columns_and_leads_to_its_pods() {
        let mut store = Store::default();
        let json =
            br#"{"metadata":{"uid":"s","name":"web","namespace":"a"},"spec":{"type":"ClusterIP","clusterIP":"10.0.0.1",
            "ports":[{"port":80}],"selector":{"tier":"x","app":"web"}}}"#;
        store.services.upsert(json, &mut store.names);
        let headless = br#"{"metadata":{"uid":"h","name":"db","namespace":"b"},"spec":{"type":"ExternalName","externalName":"db.example"}}"#;
        store.services.upsert(headless, &mut store.names);
        store.pods.end(0, None);
        let pods = PodsOf::services(&store);
        let sort = Sort { column: "type".into(), descending: true };
        let rows = select(&store, &pods, &["a".into(), "b".into()], &Filter::default(), Some(&sort));
        let rows: Vec<_> = rows.iter().map(|n| store.services.rows().get(*n).unwrap()).collect();
        let texts: Vec<Vec<String>> =
            rows.iter().map(|row| line(&store, &pods, row).cells.iter().map(|cell| cell.text(0)).collect()).collect();
        assert_eq!(texts[0], ["db", "b", "ExternalName", "", "<none>", "db.example", "<none>", "<unknown>", "<none>"]);
        assert_eq!(
            texts[1],
            ["web", "a", "ClusterIP", "0", "10.0.0.1", "<none>", "80/TCP", "<unknown>", "app=web,tier=x"]
        );
        assert_eq!(pods_query(&store, rows[1]).unwrap(), "ns:a label:tier=x,app=web");
        assert!(select(&store, &pods, &["c".into()], &Filter::default(), None).is_empty());
    }
}
