//! DaemonSets: one pod on each node that may have it.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::cluster::Cluster;
use super::rollout::{Place, count, number, put_counts, share};
use crate::company::identity::template_hash;
use crate::company::placement::Ask;
use crate::store::Key;
use crate::store::object::Object;

const REVISION: &str = "controller-revision-hash";

impl Cluster {
    /// Makes the daemons that are missing, and renews old ones a few at a time.
    pub(super) fn sync_daemon_set(&mut self, set: &Arc<Object>) {
        let value = set.value();
        let mut template = value.pointer("/spec/template").cloned().unwrap_or_default();
        let revision = template_hash(&template);
        if let Some(labels) = template.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
            labels.insert(REVISION.to_owned(), revision.as_str().into());
            labels.insert("pod-template-generation".to_owned(), "1".into());
        }
        let ask = Ask::of(template.get("spec").unwrap_or(&Value::Null));
        let pods = self.active_pods(&set.uid);
        let mut on: HashMap<&str, &Arc<Object>> = HashMap::new();
        for pod in &pods {
            let node = pod.field("spec.nodeName").filter(|node| !node.is_empty());
            on.extend(node.map(|node| (node, pod)));
        }
        // A daemon that was made and is not yet bound counts for the node it is for.
        let unbound = pods.len() - on.len();
        let rooms = self.rooms.rooms.iter().filter(|room| room.is_for_daemon(&ask));
        let wanted: Vec<String> = rooms.map(|room| room.name.clone()).collect();
        if unbound == 0 {
            for node in wanted.iter().filter(|node| !on.contains_key(node.as_str())) {
                self.make_pod(set, &template, Place::Daemon(node));
            }
        }
        let misplaced: Vec<Arc<Object>> = on
            .iter()
            .filter(|(node, _)| self.rooms.get(node).is_some_and(|room| !room.is_for_daemon(&ask)))
            .map(|(_, pod)| Arc::clone(pod))
            .collect();
        for pod in &misplaced {
            self.remove_pod(set, pod);
        }
        let desired = count(&wanted);
        let most_away = share(&value, "/spec/updateStrategy/rollingUpdate/maxUnavailable", desired, true).max(1);
        let ready = count(pods.iter().filter(|pod| self.is_ready(pod)));
        let mut spare = most_away.saturating_sub(desired.saturating_sub(ready));
        let mut old: Vec<&Arc<Object>> = pods.iter().filter(|pod| pod.label(REVISION) != Some(&revision)).collect();
        old.sort_by_key(|pod| self.is_ready(pod));
        for pod in old {
            let is_ready = self.is_ready(pod);
            if is_ready && spare == 0 {
                break;
            }
            spare = spare.saturating_sub(u32::from(is_ready));
            self.remove_pod(set, pod);
        }
        self.report_daemon_set(set, &value, desired, &revision);
    }

    fn report_daemon_set(&mut self, set: &Object, value: &Value, desired: u32, revision: &str) {
        let pods = self.active_pods(&set.uid);
        let ready = count(pods.iter().filter(|pod| self.is_ready(pod)));
        let updated = count(pods.iter().filter(|pod| pod.label(REVISION) == Some(revision)));
        let placed = count(pods.iter().filter(|pod| pod.field("spec.nodeName").is_some_and(|node| !node.is_empty())));
        let counts = [
            ("updatedNumberScheduled", updated),
            ("numberAvailable", ready),
            ("numberUnavailable", desired.saturating_sub(ready)),
            ("observedGeneration", number(value, "/metadata/generation", 1)),
        ];
        self.change(&Key::of(set), |set| {
            put_counts(set, &counts);
            if let Some(status) = set.get_mut("status").and_then(Value::as_object_mut) {
                status.insert("currentNumberScheduled".to_owned(), placed.into());
                status.insert("desiredNumberScheduled".to_owned(), desired.into());
                status.insert("numberMisscheduled".to_owned(), 0.into());
                status.insert("numberReady".to_owned(), ready.into());
            }
        });
    }
}
