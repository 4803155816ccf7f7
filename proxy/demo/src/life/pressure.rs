//! Nodes whose memory runs short: the kubelet evicts a pod now and then, which is made anew elsewhere.
//!
//! <https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/>

use std::sync::Arc;

use serde_json::Value;

use super::cluster::{Cluster, Tale};
use super::queue::Work;
use crate::company::pod::{self, Course};
use crate::company::usage;
use crate::store::Key;
use crate::store::object::Object;

/// How often a kubelet has to give up a pod.
const EVERY_S: i64 = 1200;
/// How many evicted pods lie on a node at most: nobody else takes them away before there are thousands.
const MOST_EVICTED: usize = 3;

impl Cluster {
    /// Evicts the pod that uses most beyond what it asked for, if the node's memory still runs short.
    pub(super) fn relieve(&mut self, key: &Key) {
        let Ok(node) = self.store.get(key) else { return };
        self.later(EVERY_S, Work::Relieve(key.clone()));
        let pods = self.pods_on(&node.name);
        let evicted = pods.iter().filter(|pod| pod.field("status.phase") == Some("Failed"));
        if evicted.count() >= MOST_EVICTED || !is_short(&node.value()) {
            return;
        }
        // What a ReplicaSet keeps is made anew; daemons, databases and jobs have a higher priority.
        let can_go = |pod: &&Arc<Object>| {
            let owner = pod.owner.as_ref().and_then(|owner| self.controllers.get(owner));
            owner.is_some_and(|owner| owner.kind.plural == "replicasets")
                && self.is_ready(pod)
                && !self.leaving.contains(&pod.uid)
        };
        let used = |pod: &Object| usage::of_pod(&pod.part(usage::OF_POD), self.now);
        let memory = |pod: &Object| used(pod).iter().map(|(_, used)| used.mem_bytes).sum::<u64>();
        let Some(pod) = pods.iter().filter(can_go).max_by_key(|pod| memory(pod)) else { return };
        let hungriest = used(pod).into_iter().max_by_key(|(_, used)| used.mem_bytes);
        let Some((container, used)) = hungriest else { return };
        self.evict(pod, &node.name, &container, used.mem_bytes);
    }

    fn evict(&mut self, pod: &Object, node: &str, container: &str, used_bytes: u64) {
        let value = pod.value();
        let containers = value.pointer("/spec/containers").and_then(Value::as_array).into_iter().flatten();
        let mut of_name = containers.filter(|one| one.get("name").and_then(Value::as_str) == Some(container));
        let request = of_name.next().and_then(|one| one.pointer("/resources/requests/memory")?.as_str()).unwrap_or("0");
        let message = format!(
            "The node was low on resource: memory. Threshold quantity: 100Mi, available: 84Mi. Container {container} was \
             using {}Ki, request is {request}, has larger consumption of memory. ",
            used_bytes / 1024
        );
        self.tell_of_container(pod, "", node, Tale::warning("kubelet", "Evicted", &message));
        let stopping = format!("Stopping container {container}");
        self.tell_of_container(pod, container, node, Tale::normal("kubelet", "Killing", &stopping));
        let now = self.now;
        self.change(&Key::of(pod), |pod| {
            let mut course = Course::of(pod);
            course.fail(now, ("Evicted", message.clone()));
            pod::report(pod, &course, now);
        });
    }
}

/// Whether a node says that its memory runs short.
fn is_short(node: &Value) -> bool {
    let conditions = node.pointer("/status/conditions").and_then(Value::as_array).into_iter().flatten();
    let text = |condition: &Value, name: &str| condition.get(name).and_then(Value::as_str).map(str::to_owned);
    conditions
        .filter(|condition| text(condition, "type").as_deref() == Some("MemoryPressure"))
        .any(|condition| text(condition, "status").as_deref() == Some("True"))
}
