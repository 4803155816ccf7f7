//! What the store holds of the tab's memory, part by part.

use super::Store;

/// A part of the store and what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The kind that it belongs to.
    pub kind: &'static str,
    /// A column, an index, or what else it is.
    pub part: &'static str,
    /// What it holds, in bytes, with the room that it has in reserve.
    pub bytes: usize,
}

/// All parts, the largest first.
pub fn parts(store: &Store) -> Vec<Part> {
    let of = |kind, parts: Vec<(&'static str, usize)>| {
        parts.into_iter().map(move |(part, bytes)| Part { kind, part, bytes })
    };
    let mut all: Vec<Part> = of("Pods", store.pods.memory())
        .chain(of("Nodes", store.nodes.memory()))
        .chain(of("Events", store.events.memory()))
        .chain(of("Workloads", store.workloads.memory()))
        .chain(of("Services", store.services.memory()))
        .chain(of("Namespaces", store.namespaces.memory()))
        .chain(of("Usage", store.usage.memory()))
        .chain(of("Annotations", store.annotations.memory()))
        .chain(of("All kinds", vec![("interned strings", store.names.bytes())]))
        .collect();
    all.sort_by_key(|part| std::cmp::Reverse(part.bytes));
    all
}

#[cfg(test)]
mod tests {
    use super::{Part, parts};
    use crate::k8s::workload::WorkloadKind;
    use crate::overview::fixture;

    #[test]
    fn every_part_is_accounted_for_once_and_grows_with_what_is_loaded() {
        let held = |pods: usize| {
            let nodes = [fixture::node("n").label("zone", "a").json()];
            let store = fixture::store(nodes, (0..pods).map(|at| fixture::pod(&format!("p{at}"), "a").json()));
            let parts = parts(&store);
            let mut named: Vec<_> = parts.iter().map(|part| (part.kind, part.part)).collect();
            named.sort_unstable();
            named.dedup();
            assert_eq!(named.len(), parts.len());
            assert!(parts.is_sorted_by_key(|part| std::cmp::Reverse(part.bytes)));
            parts.iter().map(|part| part.bytes).sum::<usize>()
        };
        let mut store = fixture::store([], []);
        let before: usize = parts(&store).iter().map(|part| part.bytes).sum();
        let labels: serde_json::Map<_, _> = (0..100).map(|n| (format!("key-{n}"), "v".into())).collect();
        let object = serde_json::json!({ "metadata": { "uid": "u", "name": "n", "labels": labels } }).to_string();
        store.workloads.upsert(WorkloadKind::Deployment, object.as_bytes(), &mut store.names);
        store.services.upsert(object.as_bytes(), &mut store.names);
        store.namespaces.upsert(object.as_bytes(), &mut store.names);
        let is_own = |part: &Part| part.kind != "Pods" && part.part.contains("labels") && part.bytes >= 800;
        let own = parts(&store).into_iter().filter(is_own);
        assert_eq!(own.count(), 3, "what lies behind the rows counts too");
        assert!(parts(&store).iter().map(|part| part.bytes).sum::<usize>() > before);
        let (few, many) = (held(10), held(1_010));
        assert!((100..400).contains(&((many - few) / 1_000)), "{} bytes a pod", (many - few) / 1_000);
    }
}
