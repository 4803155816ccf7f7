//! How a workload is, by its own status and by its pods.

use std::collections::HashMap;

use super::Store;
use super::names::Name;
use super::pods::template::Template;
use super::workloads::{Course, WorkloadRow};
use crate::k8s::pod_state::PodState;
use crate::k8s::workload_state::WorkloadState;

impl Store {
    /// The state of a workload: its own, but that a change that is on its way explains nothing once a pod fails. Its controller calls a
    /// rollout whose pods all crash progressing until its deadline, for ten minutes.
    pub fn workload_state(&self, row: &WorkloadRow) -> WorkloadState {
        if row.state == WorkloadState::Progressing
            && matches!(row.course, Course::Replicas(_))
            && self.has_failing_pod(row)
        {
            WorkloadState::Degraded
        } else {
            row.state
        }
    }

    /// The word for it that stands in tables.
    pub fn workload_word(&self, row: &WorkloadRow) -> &str {
        if self.workload_state(row) == row.state { self.names.text(row.status) } else { "Degraded" }
    }

    /// How many workloads have a pod that fails: what the headline says.
    pub fn failing_workloads(&self, in_scope: impl Fn(Name) -> bool) -> usize {
        let owners = self.pods.failing().0.keys();
        owners.filter(|(namespace, _, owner)| !owner.is_empty() && in_scope(*namespace)).count()
    }

    fn has_failing_pod(&self, row: &WorkloadRow) -> bool {
        let kind = self.names.find(row.kind.name());
        kind.is_some_and(|kind| self.pods.failing().0.contains_key(&(row.namespace, kind, row.name)))
    }
}

/// How many pods of each workload fail, by its namespace, kind and name.
#[derive(Debug, Default)]
pub(super) struct Failing(HashMap<(Name, Name, Name), i64>);

impl Failing {
    /// One more or one less.
    pub(super) fn count(&mut self, template: Option<&Template>, state: PodState, by: i64) {
        let Some(template) = template.filter(|_| state == PodState::Failing) else { return };
        let owner = (template.namespace, template.owner_kind, template.owner);
        let count = self.0.entry(owner).or_default();
        *count += by;
        if *count == 0 {
            self.0.remove(&owner);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::filter::{Filter, Named};
    use crate::k8s::workload::WorkloadKind;
    use crate::store::Store;
    use serde_json::json;

    #[test]
    fn a_rollout_all_of_whose_pods_crash_was_called_progressing_for_ten_minutes() {
        let mut store = Store::default();
        let take = |store: &mut Store, reason: &str| {
            let owner = json!([{"kind": "StatefulSet", "name": "web", "controller": true}]);
            let status = json!({"phase": "Running", "containerStatuses": [{"name": "c", "state": {"waiting": {"reason": reason}}}]});
            let pod = json!({"metadata": {"uid": "p", "name": "web-0", "namespace": "x", "ownerReferences": owner}, "status": status});
            store.pods.upsert(pod.to_string().as_bytes(), &mut store.names);
        };
        let meta = json!({"uid": "w", "name": "web", "namespace": "x"});
        let web = json!({"metadata": meta, "spec": {"replicas": 2}, "status": {"replicas": 1}}).to_string();
        store.workloads.upsert(WorkloadKind::StatefulSet, web.as_bytes(), &mut store.names);
        let told = |store: &Store| {
            let (_, row) = store.workloads.rows().iter().next().unwrap();
            let degraded = Filter::parse("status:degraded").matches(&Named { row, store });
            (store.workload_word(row).to_owned(), degraded)
        };
        take(&mut store, "ContainerCreating");
        assert_eq!(told(&store), ("Progressing".to_owned(), false));
        take(&mut store, "CrashLoopBackOff");
        assert_eq!(told(&store), ("Degraded".to_owned(), true));
        assert_eq!([true, false].map(|is_in_scope| store.failing_workloads(|_| is_in_scope)), [1, 0]);
        store.pods.delete(br#"{"metadata":{"uid":"p"}}"#);
        assert_eq!(told(&store), ("Progressing".to_owned(), false));
    }
}
