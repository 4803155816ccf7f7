//! The table of pods: the columns of `kubectl get pods -o wide`, then ours.

use std::cmp::Ordering;

use super::{Key, by_share, share, sort_rows};
use crate::filter::{Filter, Named};
use crate::k8s::pod_state::PodState;
use crate::route::Sort;
use crate::store::Store;
use crate::store::names::Name;
use crate::store::pods::PodRow;
use crate::store::rows::RowNumber;

/// What a row shows.
#[derive(Clone, Debug, PartialEq)]
pub struct PodLine {
    /// The uid.
    pub key: Key,
    /// NAME.
    pub name: String,
    /// NAMESPACE.
    pub namespace: String,
    /// READY: ready containers and all.
    pub ready: (u32, u32),
    /// STATUS.
    pub status: String,
    /// Our state, for mark and colour.
    pub state: PodState,
    /// RESTARTS.
    pub restarts: i64,
    /// When the last was, in seconds since the epoch.
    pub last_restart_s: Option<i64>,
    /// AGE counts from here, in seconds since the epoch.
    pub created_s: Option<i64>,
    /// IP, or empty.
    pub ip: String,
    /// NODE, or empty.
    pub node: String,
    /// CPU in use, as a share of what is requested.
    pub cpu_of_request: Option<f64>,
    /// Memory in use, as a share of the limit.
    pub mem_of_limit: Option<f64>,
}

/// The rows that a filter and namespaces leave, in order. No namespaces are all.
pub fn select(store: &Store, namespaces: &[String], filter: &Filter, sort: Option<&Sort>) -> Vec<RowNumber> {
    let names = &store.names;
    // A namespace that no string of the store equals has no pods.
    let scope: Vec<Name> = namespaces.iter().filter_map(|n| names.find(n)).collect();
    let rows: Vec<(RowNumber, &PodRow)> = store
        .pods
        .rows()
        .iter()
        .filter(|(_, row)| namespaces.is_empty() || scope.contains(&row.namespace))
        .filter(|(_, row)| filter.is_empty() || filter.matches(&Named { row: *row, names }))
        .collect();
    let text = |a: Name, b: Name| names.text(a).cmp(names.text(b));
    let by_name = |a: &PodRow, b: &PodRow| a.name.cmp(&b.name).then_with(|| text(a.namespace, b.namespace));
    let by_column = |column: &str, a: &PodRow, b: &PodRow| match column {
        "namespace" => text(a.namespace, b.namespace),
        "ready" => (a.containers - a.ready.min(a.containers), a.ready)
            .cmp(&(b.containers - b.ready.min(b.containers), b.ready)),
        "status" => a.state().cmp(&b.state()).then_with(|| text(a.status, b.status)),
        "restarts" => a.restarts.cmp(&b.restarts),
        // The younger, the smaller the age.
        "age" => b.created_s.cmp(&a.created_s),
        "ip" => a.ip.cmp(&b.ip),
        "node" => text(a.node, b.node),
        "cpu" => by_share(cpu_of_request(store, a), cpu_of_request(store, b)),
        "memory" => by_share(mem_of_limit(store, a), mem_of_limit(store, b)),
        "name" => a.name.cmp(&b.name),
        _ => Ordering::Equal,
    };
    sort_rows(rows, sort, by_name, by_column).into_iter().map(|(number, _)| number).collect()
}

/// What stands in a row.
pub fn line(store: &Store, row: &PodRow) -> PodLine {
    let text = |name: Name| store.names.text(name).to_owned();
    PodLine {
        key: row.uid.into(),
        name: row.name.to_string(),
        namespace: text(row.namespace),
        ready: (row.ready, row.containers),
        status: text(row.status),
        state: row.state(),
        restarts: row.restarts,
        last_restart_s: row.last_restart_s,
        created_s: row.created_s,
        ip: row.ip.to_string(),
        node: text(row.node),
        cpu_of_request: cpu_of_request(store, row),
        mem_of_limit: mem_of_limit(store, row),
    }
}

fn cpu_of_request(store: &Store, row: &PodRow) -> Option<f64> {
    let usage = store.usage.pods.get(row.namespace, &row.name)?;
    share(usage.cpu_millis, row.share.requests.cpu_millis)
}

fn mem_of_limit(store: &Store, row: &PodRow) -> Option<f64> {
    let usage = store.usage.pods.get(row.namespace, &row.name)?;
    share(usage.mem_bytes, row.share.limits.mem_bytes)
}

#[cfg(test)]
mod tests {
    use super::{line, select};
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
        store.usage.pods.add(usage, &mut store.names);
        store
    }

    fn check(namespaces: &[&str], filter: &str, sort: Option<(&str, bool)>, expected: &[&str]) {
        let store = store();
        let namespaces: Vec<_> = namespaces.iter().map(ToString::to_string).collect();
        let sort = sort.map(|(column, descending)| Sort { column: column.into(), descending });
        let rows = select(&store, &namespaces, &Filter::parse(filter), sort.as_ref());
        let names: Vec<_> = rows.iter().map(|n| line(&store, store.pods.rows().get(*n).unwrap()).name).collect();
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
    fn usage_without_a_request_or_a_sample_is_unknown() {
        let store = store();
        let shares: Vec<_> = store
            .pods
            .rows()
            .iter()
            .map(|(_, r)| line(&store, r))
            .map(|l| (l.cpu_of_request, l.mem_of_limit))
            .collect();
        assert_eq!(shares, [(None, None), (Some(0.5), None), (None, None)]);
    }
}
