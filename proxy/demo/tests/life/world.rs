//! A company that lives, and what is asked of it.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use pilothouse_demo::clock::Clock;
use pilothouse_demo::company::moment::Moment;
use pilothouse_demo::company::origin::Origin;
use pilothouse_demo::company::settle;
use pilothouse_demo::kinds::{Kind, Kinds, builtin};
use pilothouse_demo::life::Life;
use pilothouse_demo::store::{Key, Store};
use serde_json::Value;

pub const NOW: Moment = Moment(1_795_469_602);

/// A company that lives as far as it is told to.
pub struct World {
    pub store: Arc<Store>,
    pub life: Life,
}

impl World {
    pub fn new(seed: u64) -> Self {
        let clock = Clock::new(Timestamp::from_second(NOW.0).expect("the world is whole"), 0.0);
        let (kinds, store) = (Kinds::default(), Arc::new(Store::new(clock, seed)));
        let settled = settle(&Origin { seed, now: NOW }, 12, 300, &kinds, &store).expect("the world is whole");
        let life = Life::new(Arc::clone(&store), seed, NOW, settled);
        Self { store, life }
    }

    /// Lives from the start to so many seconds later.
    pub fn at(&mut self, seconds: i64) -> &mut Self {
        self.life.advance(NOW + seconds);
        self
    }

    pub fn all(&self, group: &str, plural: &str) -> Vec<Value> {
        self.store.list(builtin(group, plural), None).objects.iter().map(|object| object.value()).collect()
    }

    pub fn get(&self, kind: &'static Kind, namespace: &str, name: &str) -> Value {
        self.store.get(&Key::new(kind, namespace, name)).expect("the world is whole").value()
    }

    pub fn change(&self, group: &str, plural: &str, namespace: &str, name: &str, change: impl Fn(&mut Value)) {
        self.store
            .update(&Key::new(builtin(group, plural), namespace, name), |object| change(object))
            .expect("the world is whole");
    }

    pub fn deployment(&self, namespace: &str, name: &str) -> Value {
        self.get(builtin("apps", "deployments"), namespace, name)
    }

    /// The pods of an app that were not asked to go.
    pub fn pods_of(&self, app: &str) -> Vec<Value> {
        let pods = self.store.list(builtin("", "pods"), None).objects;
        let of_app = pods.iter().filter(|pod| pod.label("app.kubernetes.io/name") == Some(app));
        let values = of_app.map(|pod| pod.value());
        values.filter(|pod| pod.pointer("/metadata/deletionTimestamp").is_none()).collect()
    }

    pub fn ready_of(&self, app: &str) -> usize {
        self.pods_of(app).iter().filter(|pod| is_ready(pod)).count()
    }

    /// What must be true whenever nothing is on its way.
    pub fn check(&self, at: i64) {
        let pods = self.all("", "pods");
        let nodes: HashSet<String> =
            self.all("", "nodes").iter().map(|node| text(node, "/metadata/name").to_owned()).collect();
        let mut uids = HashSet::new();
        for (group, plural) in
            [("apps", "deployments"), ("apps", "replicasets"), ("apps", "statefulsets"), ("apps", "daemonsets")]
        {
            uids.extend(self.all(group, plural).iter().map(|owner| text(owner, "/metadata/uid").to_owned()));
        }
        for (group, plural) in [("batch", "jobs"), ("batch", "cronjobs")] {
            uids.extend(self.all(group, plural).iter().map(|owner| text(owner, "/metadata/uid").to_owned()));
        }
        for pod in &pods {
            let name = text(pod, "/metadata/name");
            let node = text(pod, "/spec/nodeName");
            assert!(node.is_empty() || nodes.contains(node), "{name} is on {node} after {at} s");
            let owner = text(pod, "/metadata/ownerReferences/0/uid");
            assert!(uids.contains(owner), "{name} has no owner after {at} s");
        }
        for set in self.all("apps", "replicasets") {
            let uid = text(&set, "/metadata/uid");
            let own = pods.iter().filter(|pod| text(pod, "/metadata/ownerReferences/0/uid") == uid);
            let active = own.filter(|pod| {
                pod.pointer("/metadata/deletionTimestamp").is_none()
                    && !matches!(text(pod, "/status/phase"), "Failed" | "Succeeded")
            });
            let told = set.pointer("/status/replicas").and_then(Value::as_u64).unwrap_or(0);
            assert_eq!(active.count() as u64, told, "{} after {at} s", text(&set, "/metadata/name"));
        }
    }
}

pub fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

pub fn is_ready(pod: &Value) -> bool {
    let conditions = pod.pointer("/status/conditions").and_then(Value::as_array);
    conditions.into_iter().flatten().any(|one| one["type"] == "Ready" && one["status"] == "True")
}

pub fn restarts(pod: &Value) -> u64 {
    pod.pointer("/status/containerStatuses/0/restartCount").and_then(Value::as_u64).unwrap_or(0)
}
