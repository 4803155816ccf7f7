//! The table of pods: the columns of `kubectl get pods -o wide`, then ours.

mod key;
mod selection;

use super::cell::{Cell, Line};
use super::column::Column;
use super::share;
use crate::overview::states::tone;
use crate::route::{Page, PodTab};
use crate::store::Store;
use crate::store::names::Name;
use crate::store::pods::PodView;
pub(crate) use selection::wanted;
pub use selection::{Selection, first};

/// kubectl's columns first, then ours.
pub static COLUMNS: [Column; 13] = [
    Column::words("name", "Name", 212),
    Column::words("namespace", "Namespace", 100),
    Column::words("ready", "Ready", 60),
    Column::words("status", "Status", 222),
    Column::numbers("restarts", "Restarts", 124),
    Column::numbers("age", "Age", 56),
    Column::words("node", "Node", 130),
    Column::words("ip", "IP", 110).on_choice(),
    Column::words("nominated-node", "Nominated node", 130).on_choice(),
    Column::words("readiness-gates", "Readiness gates", 120).on_choice(),
    Column::words("zone", "Zone", 110).on_choice(),
    Column::words("cpu", "CPU of request", 120),
    Column::words("memory", "Memory of limit", 120),
];

/// What stands in a row.
pub fn line(store: &Store, pod: PodView<'_>) -> Line {
    let text = |name: Name| store.names.text(name).to_owned();
    let page = Page::Pod { namespace: text(pod.namespace()), name: pod.name().to_owned(), tab: PodTab::Summary };
    let (ready, containers) = pod.ready();
    Line {
        key: pod.uid().into(),
        cells: vec![
            Cell::Link { text: pod.name().to_owned(), page: page.clone() },
            Cell::Text(text(pod.namespace())),
            Cell::Text(format!("{ready}/{containers}")),
            Cell::State { tone: tone(pod.state()), word: text(pod.status()) },
            // Without a restart there is none that was the last.
            Cell::CountSince(pod.restarts().into(), pod.last_restart_s().filter(|_| pod.restarts() > 0)),
            Cell::Age(pod.created_s()),
            Cell::Link { text: text(pod.node()), page: Page::Node { name: text(pod.node()) } },
            Cell::Text(pod.ip().to_owned()),
            Cell::Link { text: text(pod.nominated_node()), page: Page::Node { name: text(pod.nominated_node()) } },
            Cell::Text(match pod.gates() {
                (_, 0) => String::new(),
                (open, gates) => format!("{open}/{gates}"),
            }),
            Cell::Text(text(zone(store, pod))),
            Cell::Share(cpu_of_request(pod)),
            Cell::Share(mem_of_limit(pod)),
        ],
        page: Some(page),
    }
}

/// The zone of its node, or empty.
fn zone(store: &Store, pod: PodView<'_>) -> Name {
    store.nodes.by_name(pod.node()).map_or(Name::EMPTY, |node| node.zone)
}

fn cpu_of_request(pod: PodView<'_>) -> Option<f64> {
    let usage = pod.usage()?;
    share(usage.cpu_millis, pod.template().requests.cpu_millis)
}

fn mem_of_limit(pod: PodView<'_>) -> Option<f64> {
    let usage = pod.usage()?;
    share(usage.mem_bytes, pod.template().limits.mem_bytes)
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, Cell, Selection, line};
    use crate::filter::Filter;
    use crate::route::Sort;
    use crate::store::Store;

    fn store() -> Store {
        let mut store = Store::default();
        for (name, namespace, restarts) in [("b", "x", 2), ("a", "y", 9), ("c", "x", 0)] {
            let json = serde_json::json!({
                "metadata": {"uid": name, "name": name, "namespace": namespace},
                "spec": {"containers": [{"name": "c", "resources": {"requests": {"cpu": "200m"}}}]},
                "status": {"phase": "Running", "containerStatuses": [{"name": "c", "restartCount": restarts}]},
            });
            store.pods.upsert(json.to_string().as_bytes(), &mut store.names);
        }
        let usage = br#"{"metadata":{"name":"a","namespace":"y"},"containers":[{"usage":{"cpu":"100m"}}]}"#;
        store.pods.begin_usage();
        store.pods.add_usage(usage, &store.names);
        store.pods.end_usage();
        store
    }

    fn check(namespaces: &[&str], filter: &str, sort: Option<(&str, bool)>, expected: &[&str]) {
        let store = store();
        let namespaces: Vec<_> = namespaces.iter().map(ToString::to_string).collect();
        let sort = sort.map(|(column, descending)| Sort { column: column.into(), descending });
        let rows = Selection::default().select(&store, &namespaces, &Filter::parse(filter), sort.as_ref());
        let names: Vec<_> = rows.iter().map(|n| store.pods.get(*n).unwrap().name().to_owned()).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn rows_are_filtered_and_sorted() {
        check(&[], "", None, &["a", "b", "c"]);
        check(&["x"], "", None, &["b", "c"]);
        check(&["nowhere"], "", None, &[]);
        check(&[], "ns:y", None, &["a"]);
        check(&[], "", Some(("restarts", true)), &["a", "b", "c"]);
        check(&[], "", Some(("restarts", false)), &["c", "b", "a"]);
        check(&[], "", Some(("namespace", false)), &["b", "c", "a"]);
        check(&[], "", Some(("cpu", true)), &["a", "b", "c"]);
        check(&[], "", Some(("no such column", true)), &["a", "b", "c"]);
    }

    #[test]
    fn the_zone_of_a_pod_was_told_only_by_its_node() {
        let mut store = store();
        let sorted = |store: &Store, selection: &mut Selection| {
            let sort = Sort { column: "zone".into(), descending: false };
            let rows = selection.select(store, &[], &Filter::parse(""), Some(&sort));
            rows.iter().map(|row| store.pods.get(*row).unwrap().name().to_owned()).collect::<Vec<_>>()
        };
        let mut selection = Selection::default();
        for (name, node) in [("a", "n2"), ("b", "n1"), ("c", "")] {
            let namespace = if name == "a" { "y" } else { "x" };
            let meta = serde_json::json!({"uid": name, "name": name, "namespace": namespace});
            let pod = serde_json::json!({"metadata": meta, "spec": {"nodeName": node}});
            store.pods.upsert(pod.to_string().as_bytes(), &mut store.names);
        }
        assert_eq!(sorted(&store, &mut selection), ["a", "b", "c"]);
        // Nodes may come later than their pods.
        for (name, zone) in [("n1", "eu-1a"), ("n2", "eu-1c")] {
            let labels = serde_json::json!({"topology.kubernetes.io/zone": zone});
            let node = serde_json::json!({"metadata": {"uid": name, "name": name, "labels": labels}});
            store.nodes.upsert(node.to_string().as_bytes(), &mut store.names);
        }
        assert_eq!(sorted(&store, &mut selection), ["c", "b", "a"]);
        let pod = store.pods.iter().find(|pod| pod.name() == "a").unwrap();
        let at = COLUMNS.iter().position(|column| column.id == "zone").unwrap();
        assert_eq!(line(&store, pod).cells.get(at), Some(&Cell::Text("eu-1c".to_owned())));
    }

    #[test]
    fn a_row_has_a_cell_for_each_column() {
        let store = store();
        for pod in store.pods.iter() {
            assert_eq!(line(&store, pod).cells.len(), COLUMNS.len());
        }
    }

    #[test]
    fn a_nominated_node_and_readiness_gates_read_as_kubectl_prints_them() {
        let mut store = store();
        let json = serde_json::json!({
            "metadata": {"uid": "g", "name": "gated", "namespace": "x"},
            "spec": {"readinessGates": [{"conditionType": "a"}, {"conditionType": "b"}]},
            "status": {"nominatedNodeName": "n1", "conditions": [{"type": "a", "status": "True"}, {"type": "b", "status": "False"}]},
        });
        store.pods.upsert(json.to_string().as_bytes(), &mut store.names);
        let texts = |name: &str| {
            let namespace = store.names.find("x").unwrap();
            let cells = line(&store, store.pods.by_name(namespace, name).unwrap()).cells;
            let of = |id: &str| cells[COLUMNS.iter().position(|column| column.id == id).unwrap()].text(0);
            (of("nominated-node"), of("readiness-gates"))
        };
        assert_eq!(texts("gated"), ("n1".into(), "1/2".into()));
        assert_eq!(texts("b"), ("<none>".into(), "<none>".into()));
    }

    #[test]
    fn usage_without_a_request_or_a_sample_is_unknown() {
        let store = store();
        let shares: Vec<_> = store.pods.iter().map(|pod| line(&store, pod).cells.split_off(11)).collect();
        let unknown = Cell::Share(None);
        let cells = |cpu: &Cell| vec![cpu.clone(), unknown.clone()];
        assert_eq!(shares, [cells(&unknown), cells(&Cell::Share(Some(0.5))), cells(&unknown)]);
    }
}
