//! Whatever order events come in, what is kept of nodes, workloads, services, events and namespaces is what a fresh list would
//! give. Pods have columns of their own, and the same test beside them.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::Store;
use crate::k8s::workload::WorkloadKind;
use crate::table::cell::Line;
use crate::table::{event, namespace, node, service, workload};

/// A kind, as a list and a watch see it.
struct Kind {
    upsert: fn(&mut Store, &[u8]),
    delete: fn(&mut Store, &[u8]),
    begin: fn(&mut Store) -> u32,
    end: fn(&mut Store, u32),
    /// All of its rows.
    lines: fn(&Store) -> Vec<Line>,
}

const KINDS: [Kind; 5] = [
    Kind {
        upsert: |s, json| s.nodes.upsert(json, &mut s.names),
        delete: |s, json| s.nodes.delete(json),
        begin: |s| s.nodes.begin(),
        end: |s, epoch| s.nodes.end(epoch),
        lines: |s| s.nodes.rows().iter().map(|(_, row)| node::line(s, row)).collect(),
    },
    Kind {
        upsert: |s, json| s.workloads.upsert(WorkloadKind::Deployment, json, &mut s.names),
        delete: |s, json| s.workloads.delete(json),
        begin: |s| s.workloads.begin(),
        end: |s, epoch| s.workloads.end(epoch, WorkloadKind::Deployment, None),
        lines: |s| {
            let rows = s.workloads.rows().iter();
            rows.map(|(_, row)| workload::line(s, &workload::PodsOf::default(), row)).collect()
        },
    },
    Kind {
        upsert: |s, json| s.services.upsert(json, &mut s.names),
        delete: |s, json| s.services.delete(json),
        begin: |s| s.services.begin(),
        end: |s, epoch| s.services.end(epoch, None),
        lines: |s| {
            let rows = s.services.rows().iter();
            rows.map(|(_, row)| service::line(s, &service::PodsOf::default(), row)).collect()
        },
    },
    Kind {
        upsert: |s, json| s.events.upsert(json, &mut s.names),
        delete: |s, json| s.events.delete(json),
        begin: |s| s.events.begin(),
        end: |s, epoch| s.events.end(epoch, None),
        lines: |s| s.events.rows().iter().map(|(_, row)| event::line(s, row)).collect(),
    },
    Kind {
        upsert: |s, json| s.namespaces.upsert(json, &mut s.names),
        delete: |s, json| s.namespaces.delete(json),
        begin: |s| s.namespaces.begin(),
        end: |s, epoch| s.namespaces.end(epoch),
        lines: |s| {
            let used = namespace::UsageOf::new(s);
            s.namespaces.rows().iter().map(|(_, row)| namespace::line(s, &used, row)).collect()
        },
    },
];

/// One object that any of the kinds reads something of. Objects of the same name have one number, and a life of their own each.
fn object(number: u8, life: u8, look: u8, version: u64) -> Value {
    json!({
        "metadata": {
            "uid": format!("u{number}-{life}"), "name": format!("o{number}"), "namespace": format!("n{}", number % 3),
            "resourceVersion": version.to_string(), "labels": {"app": format!("a{look}"), format!("k{look}"): "v"},
        },
        "spec": {
            "replicas": look, "type": "ClusterIP", "clusterIP": format!("10.0.0.{look}"), "unschedulable": look.is_multiple_of(2),
            "selector": {"app": format!("a{look}")},
        },
        "status": {
            "phase": if look.is_multiple_of(2) { "Active" } else { "Terminating" }, "replicas": look, "readyReplicas": look / 2,
            "conditions": [{"type": "Ready", "status": if look.is_multiple_of(2) { "True" } else { "False" }}],
        },
        "involvedObject": {"kind": "Pod", "name": format!("p{look}")}, "reason": format!("R{look}"), "count": look,
        "type": "Warning", "message": format!("m{look}"),
    })
}

fn shown(kind: &Kind, store: &Store) -> BTreeSet<String> {
    let line = |line: Line| {
        let cells: Vec<_> = line.cells.iter().map(|cell| cell.text(0)).collect();
        format!("{:032x} {}", line.key, cells.join("|"))
    };
    let lines = (kind.lines)(store);
    let all: BTreeSet<_> = lines.into_iter().map(line).collect();
    all
}

/// Nodes are found by their names, and no name leads to what is gone.
fn assert_found(store: &Store) {
    for (_, row) in store.nodes.rows().iter() {
        assert!(store.nodes.by_name(row.name).is_some_and(|found| found.name == row.name));
    }
    let names: BTreeSet<_> = store.nodes.rows().iter().map(|(_, row)| row.name).collect();
    for number in 0..8 {
        if let Some(name) = store.names.find(&format!("o{number}")) {
            assert_eq!(store.nodes.by_name(name).is_some(), names.contains(&name));
        }
    }
}

proptest! {
    #[test]
    fn any_order_of_events_gives_the_same_as_a_fresh_list(
        of in 0..KINDS.len(), events in proptest::collection::vec((0u8..8, 0u8..6, 0u8..5), 0..60),
    ) {
        let kind = &KINDS[of];
        let mut store = Store::default();
        let mut truth: BTreeMap<u8, (u8, Value)> = BTreeMap::new();
        for (at, (number, look, what)) in events.into_iter().enumerate() {
            let version = 100 + at as u64;
            let life = truth.get(&number).map_or(0, |(life, _)| *life);
            match what {
                // It is deleted.
                0 => {
                    if let Some((life, old)) = truth.remove(&number) {
                        (kind.delete)(&mut store, old.to_string().as_bytes());
                        prop_assert!(life < u8::MAX);
                    }
                }
                // It is deleted and created again under its name; both are told, in their order.
                1 => {
                    if let Some((_, old)) = truth.remove(&number) {
                        (kind.delete)(&mut store, old.to_string().as_bytes());
                    }
                    let new = object(number, life + 1, look, version);
                    (kind.upsert)(&mut store, new.to_string().as_bytes());
                    truth.insert(number, (life + 1, new));
                }
                // A watch that was opened again tells an older state once more.
                2 => {
                    if truth.contains_key(&number) {
                        let old = object(number, life, look, 50);
                        (kind.upsert)(&mut store, old.to_string().as_bytes());
                    }
                }
                _ => {
                    let new = object(number, life, look, version);
                    (kind.upsert)(&mut store, new.to_string().as_bytes());
                    truth.insert(number, (life, new));
                }
            }
            assert_found(&store);
        }
        let mut fresh = Store::default();
        for (_, json) in truth.values() {
            (kind.upsert)(&mut fresh, json.to_string().as_bytes());
        }
        prop_assert_eq!(shown(kind, &store), shown(kind, &fresh));
        prop_assert_eq!((kind.lines)(&store).len(), truth.len());
        // And a list that sees half of them leaves just these, with lower versions too: etcd may have been restored.
        let epoch = (kind.begin)(&mut store);
        let mut fresh = Store::default();
        for (number, (life, _)) in truth.iter().step_by(2) {
            let restored = object(*number, *life, 5, 7).to_string();
            (kind.upsert)(&mut store, restored.as_bytes());
            (kind.upsert)(&mut fresh, restored.as_bytes());
        }
        (kind.end)(&mut store, epoch);
        assert_found(&store);
        prop_assert_eq!(shown(kind, &store), shown(kind, &fresh));
    }
}
