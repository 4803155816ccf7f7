//! The pods of each workload and behind each service, counted by state in one pass.

use std::collections::HashMap;

use super::Key;
use crate::k8s::workload::WorkloadKind;
use crate::overview::states::ORDER;
use crate::store::Store;
use crate::store::names::Name;
use crate::store::pods::template::Template;

/// How many pods are in each state, in the order of `states::ORDER`.
pub type Counts = [u64; ORDER.len()];

/// Pods by state of the objects that have any, by their key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodsOf(HashMap<Key, Counts>);

impl PodsOf {
    /// Of an object.
    pub fn get(&self, key: Key) -> Counts {
        self.0.get(&key).copied().unwrap_or_default()
    }

    /// Of every workload. Pods of a deployment name it, and its replica set by their label.
    pub fn workloads(store: &Store) -> Self {
        let hash_key = store.names.find("pod-template-hash").unwrap_or(Name::EMPTY);
        let mut owned: HashMap<(Name, Name, Name), Counts> = HashMap::new();
        let mut hashed: HashMap<(Name, Name, Name), Counts> = HashMap::new();
        for (template, counts) in counted(store).filter(|(template, _)| !template.owner.is_empty()) {
            let key = (template.namespace, template.owner_kind, template.owner);
            add(owned.entry(key).or_default(), &counts);
            if let Some(hash) = template.label(hash_key) {
                add(hashed.entry((template.namespace, template.owner, hash)).or_default(), &counts);
            }
        }
        let of = |kind: WorkloadKind| store.names.find(kind.name());
        let kinds = WorkloadKind::ALL.map(of);
        let mut all = HashMap::new();
        for (_, row) in store.workloads.rows().iter() {
            let kind = kinds.get(row.kind as usize).copied().flatten();
            let own = kind.and_then(|kind| owned.get(&(row.namespace, kind, row.name)));
            let of_hash = || match row.kind {
                WorkloadKind::ReplicaSet => hashed.get(&(row.namespace, row.owner, row.label(hash_key)?)),
                _ => None,
            };
            if let Some(counts) = own.or_else(of_hash) {
                all.insert(row.uid.into(), *counts);
            }
        }
        Self(all)
    }

    /// Behind every service: labels that many pods share are compared once.
    pub fn services(store: &Store) -> Self {
        let mut by_namespace: HashMap<Name, Vec<(&Template, Counts)>> = HashMap::new();
        for (template, counts) in counted(store) {
            by_namespace.entry(template.namespace).or_default().push((template, counts));
        }
        let mut all = HashMap::new();
        for (_, service) in store.services.rows().iter().filter(|(_, service)| !service.selector.is_empty()) {
            let mut sum = Counts::default();
            for (template, counts) in by_namespace.get(&service.namespace).into_iter().flatten() {
                if service.selector.iter().all(|pair| template.labels.contains(pair)) {
                    add(&mut sum, counts);
                }
            }
            all.insert(service.uid.into(), sum);
        }
        Self(all)
    }
}

/// What pods have in common, with these pods counted.
fn counted(store: &Store) -> impl Iterator<Item = (&Template, Counts)> {
    let templates = store.pods.templates();
    let mut counts = vec![Counts::default(); templates.bound() as usize];
    for pod in store.pods.iter() {
        let place = ORDER.iter().position(|state| *state == pod.state()).unwrap_or_default();
        let of_template = counts.get_mut(pod.template_number() as usize);
        if let Some(count) = of_template.and_then(|counts| counts.get_mut(place)) {
            *count += 1;
        }
    }
    templates.iter().filter_map(move |(number, template, _)| Some((template, *counts.get(number as usize)?)))
}

fn add(sum: &mut Counts, counts: &Counts) {
    for (sum, more) in sum.iter_mut().zip(counts) {
        *sum += more;
    }
}

#[cfg(test)]
mod tests {
    use super::PodsOf;
    use crate::k8s::workload::WorkloadKind;
    use crate::store::Store;

    fn store() -> Store {
        let mut store = Store::default();
        let owned = |uid: &str, namespace: &str, phase: &str| {
            format!(
                r#"{{"metadata":{{"uid":"{uid}","name":"{uid}","namespace":"{namespace}","labels":{{"app":"web","pod-template-hash":"abc"}},
                    "ownerReferences":[{{"kind":"ReplicaSet","name":"web-abc","controller":true}}]}},"status":{{"phase":"{phase}"}}}}"#
            )
        };
        for (uid, namespace, phase) in [("p1", "a", "Failed"), ("p2", "a", "Pending"), ("p3", "b", "Pending")] {
            store.pods.upsert(owned(uid, namespace, phase).as_bytes(), &mut store.names);
        }
        let deployment = br#"{"metadata":{"uid":"d","name":"web","namespace":"a"}}"#;
        store.workloads.upsert(WorkloadKind::Deployment, deployment, &mut store.names);
        let replicas =
            br#"{"metadata":{"uid":"r","name":"web-abc","namespace":"a","labels":{"pod-template-hash":"abc"},
            "ownerReferences":[{"kind":"Deployment","name":"web","controller":true}]}}"#;
        store.workloads.upsert(WorkloadKind::ReplicaSet, replicas, &mut store.names);
        let service = br#"{"metadata":{"uid":"s","name":"web","namespace":"a"},"spec":{"selector":{"app":"web"}}}"#;
        store.services.upsert(service, &mut store.names);
        let other =
            br#"{"metadata":{"uid":"o","name":"other","namespace":"a"},"spec":{"selector":{"app":"web","tier":"x"}}}"#;
        store.services.upsert(other, &mut store.names);
        store
    }

    #[test]
    fn pods_are_counted_for_what_owns_and_what_selects_them() {
        let store = store();
        let (workloads, services) = (PodsOf::workloads(&store), PodsOf::services(&store));
        let workload = |kind: WorkloadKind| {
            let (_, row) = store.workloads.rows().iter().find(|(_, row)| row.kind == kind).unwrap();
            workloads.get(row.uid.into())
        };
        // One waits and one fails; the pod of the other namespace is another's.
        assert_eq!(workload(WorkloadKind::Deployment), [0, 0, 0, 0, 1, 1]);
        assert_eq!(workload(WorkloadKind::ReplicaSet), [0, 0, 0, 0, 1, 1]);
        let behind = |name: &str| {
            let (_, row) = store.services.rows().iter().find(|(_, row)| &*row.name == name).unwrap();
            services.get(row.uid.into())
        };
        assert_eq!((behind("web"), behind("other")), ([0, 0, 0, 0, 1, 1], [0; 6]));
    }
}
