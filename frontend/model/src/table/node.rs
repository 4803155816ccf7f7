//! The table of nodes: the columns of `kubectl get nodes -o wide`, then ours.

use std::cmp::Ordering;

use super::{Key, by_share, share, sort_rows};
use crate::filter::{Filter, Named};
use crate::k8s::node::NodeReadiness;
use crate::route::Sort;
use crate::store::Store;
use crate::store::names::Name;
use crate::store::nodes::NodeRow;
use crate::store::rows::RowNumber;

/// What a row shows.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeLine {
    /// The uid.
    pub key: Key,
    /// NAME.
    pub name: String,
    /// STATUS.
    pub status: String,
    /// For mark and colour.
    pub readiness: NodeReadiness,
    /// Whether new pods are kept away.
    pub cordoned: bool,
    /// ROLES, or empty.
    pub roles: String,
    /// AGE counts from here, in seconds since the epoch.
    pub created_s: Option<i64>,
    /// VERSION.
    pub version: String,
    /// INTERNAL-IP, or empty.
    pub internal_ip: String,
    /// OS-IMAGE.
    pub os_image: String,
    /// KERNEL-VERSION.
    pub kernel: String,
    /// CONTAINER-RUNTIME.
    pub runtime: String,
    /// Pods on it, and how many it takes.
    pub pods: (u64, u64),
    /// CPU in use, as a share of what is allocatable.
    pub cpu_used: Option<f64>,
    /// Memory in use, as a share of what is allocatable.
    pub mem_used: Option<f64>,
    /// CPU requested, as a share of what is allocatable.
    pub cpu_requested: Option<f64>,
    /// Memory requested, as a share of what is allocatable.
    pub mem_requested: Option<f64>,
}

/// The rows that a filter leaves, in order.
pub fn select(store: &Store, filter: &Filter, sort: Option<&Sort>) -> Vec<RowNumber> {
    let names = &store.names;
    let rows: Vec<(RowNumber, &NodeRow)> = store
        .nodes
        .rows()
        .iter()
        .filter(|(_, row)| filter.is_empty() || filter.matches(&Named { row: *row, names }))
        .collect();
    let text = |a: Name, b: Name| names.text(a).cmp(names.text(b));
    let by_name = |a: &NodeRow, b: &NodeRow| text(a.name, b.name);
    let of = |row: &NodeRow| line(store, row);
    let by_column = |column: &str, a: &NodeRow, b: &NodeRow| match column {
        "name" => text(a.name, b.name),
        "status" => a.readiness.cmp(&b.readiness).then_with(|| text(a.status, b.status)),
        "roles" => text(a.roles, b.roles),
        "age" => b.created_s.cmp(&a.created_s),
        "version" => text(a.version, b.version),
        "ip" => text(a.internal_ip, b.internal_ip),
        "os" => text(a.os_image, b.os_image),
        "kernel" => text(a.kernel, b.kernel),
        "runtime" => text(a.runtime, b.runtime),
        "pods" => of(a).pods.0.cmp(&of(b).pods.0),
        "cpu" => by_share(of(a).cpu_used, of(b).cpu_used),
        "memory" => by_share(of(a).mem_used, of(b).mem_used),
        "cpu-requested" => by_share(of(a).cpu_requested, of(b).cpu_requested),
        "memory-requested" => by_share(of(a).mem_requested, of(b).mem_requested),
        _ => Ordering::Equal,
    };
    sort_rows(rows, sort, by_name, by_column).into_iter().map(|(number, _)| number).collect()
}

/// What stands in a row.
pub fn line(store: &Store, row: &NodeRow) -> NodeLine {
    let text = |name: Name| store.names.text(name).to_owned();
    let usage = store.usage.nodes.get(row.name);
    let pods = store.pods.on_node(row.name);
    let (has, requests) = (row.allocatable, pods.requests);
    NodeLine {
        key: row.uid.into(),
        name: text(row.name),
        status: text(row.status),
        readiness: row.readiness,
        cordoned: row.cordoned,
        roles: text(row.roles),
        created_s: row.created_s,
        version: text(row.version),
        internal_ip: text(row.internal_ip),
        os_image: text(row.os_image),
        kernel: text(row.kernel),
        runtime: text(row.runtime),
        pods: (u64::from(pods.active), row.allocatable_pods),
        cpu_used: usage.and_then(|u| share(u.cpu_millis, has.cpu_millis)),
        mem_used: usage.and_then(|u| share(u.mem_bytes, has.mem_bytes)),
        cpu_requested: share(requests.cpu_millis, has.cpu_millis),
        mem_requested: share(requests.mem_bytes, has.mem_bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::{line, select};
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
        store.usage.nodes.add(br#"{"metadata":{"name":"n1"},"usage":{"cpu":"2","memory":"2Gi"}}"#, &mut store.names);
        let row = line(&store, store.nodes.rows().iter().next().unwrap().1);
        assert_eq!((row.cpu_used, row.mem_used, row.cpu_requested), (Some(0.5), Some(0.25), Some(0.25)));
        assert_eq!(row.pods, (1, 110));
        let sort = Sort { column: "cpu".into(), descending: true };
        assert_eq!(select(&store, &Filter::parse("status:ready"), Some(&sort)).len(), 1);
    }
}
