//! Which node a pod may go to: by its requests, its selector and the taints it tolerates.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::quantity::millis;
use ask::PODS;

mod ask;

pub use ask::Ask;

/// A node with what is left of it.
#[derive(Clone, Debug)]
pub struct Room {
    /// The node's name.
    pub name: String,
    /// The node's zone.
    pub zone: String,
    /// The node's address.
    pub address: String,
    labels: BTreeMap<String, String>,
    taints: Vec<(String, String, String)>,
    /// The first two or three numbers of its pods' addresses, with a dot at the end.
    network: String,
    allocatable: BTreeMap<String, u64>,
    used: BTreeMap<String, u64>,
}

/// All rooms, and where the next search begins.
#[derive(Clone, Debug, Default)]
pub struct Rooms {
    /// In the order in which nodes were added.
    pub rooms: Vec<Room>,
    by_name: HashMap<String, usize>,
    next: usize,
}

/// How many rooms that fit are compared before one is taken, as the real scheduler does in large clusters.
const COMPARED: usize = 8;

impl Room {
    /// An empty node.
    pub fn of(node: &Value) -> Self {
        let text = |pointer: &str| node.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let members = |pointer: &str| node.pointer(pointer).and_then(Value::as_object).into_iter().flatten();
        let labels: BTreeMap<String, String> = members("/metadata/labels")
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect();
        let taints = node.pointer("/spec/taints").and_then(Value::as_array).into_iter().flatten().map(|taint| {
            let text = |name| taint.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            (text("key"), text("value"), text("effect"))
        });
        Self {
            name: text("/metadata/name"),
            zone: labels.get("topology.kubernetes.io/zone").cloned().unwrap_or_default(),
            address: text("/status/addresses/0/address"),
            labels,
            network: text("/spec/podCIDR").trim_end_matches("0/24").to_owned(),
            taints: taints.collect(),
            allocatable: members("/status/allocatable")
                .filter_map(|(name, value)| Some((name.clone(), millis(value.as_str()?)?)))
                .collect(),
            used: BTreeMap::new(),
        }
    }

    /// Makes a pod's requests part of what is used.
    pub fn take(&mut self, ask: &Ask) {
        for (name, asked) in &ask.requests {
            let used = self.used.entry(name.clone()).or_default();
            *used = used.saturating_add(*asked);
        }
    }

    /// Gives back what a pod requested.
    pub fn give_back(&mut self, ask: &Ask) {
        for (name, asked) in &ask.requests {
            let used = self.used.entry(name.clone()).or_default();
            *used = used.saturating_sub(*asked);
        }
    }

    /// The address of the pod with this number on it.
    pub fn pod_address(&self, number: u32) -> String {
        format!("{}{}", self.network, number % 253 + 2)
    }

    /// How many pods are on it.
    pub fn pods(&self) -> u64 {
        self.used.get(PODS).copied().unwrap_or(0) / 1000
    }

    /// Whether a pod may be put there as long as there is space.
    pub fn is_open_to(&self, ask: &Ask) -> bool {
        self.shuts_out(ask).is_none()
    }

    /// Whether there is space left for a pod.
    pub fn has_space_for(&self, ask: &Ask) -> bool {
        self.lacks(ask).is_none()
    }

    /// The scheduler's words for why a pod may not be put there.
    fn refuses(&self, ask: &Ask) -> Option<Cow<'static, str>> {
        if let Some(reason) = self.shuts_out(ask) {
            return Some(reason.into());
        }
        let name = self.lacks(ask)?;
        Some(if name == PODS { "Too many pods".into() } else { format!("Insufficient {name}").into() })
    }

    /// Why a pod may not be put there, however much space there is.
    fn shuts_out(&self, ask: &Ask) -> Option<&'static str> {
        if ask.pinned.as_ref().is_some_and(|pinned| *pinned != self.name)
            || !ask.selector.iter().all(|(name, value)| self.labels.get(name) == Some(value))
        {
            return Some("node(s) didn't match Pod's node affinity/selector");
        }
        let keeps_away = |(key, value, effect): &(String, String, String)| {
            effect != "PreferNoSchedule" && !ask.tolerates(key, value, effect)
        };
        if let Some((key, ..)) = self.taints.iter().find(|taint| keeps_away(taint)) {
            let cordoned = key == "node.kubernetes.io/unschedulable";
            return Some(if cordoned { "node(s) were unschedulable" } else { "node(s) had untolerated taint(s)" });
        }
        ask.lacks_volume.then_some("node(s) didn't find available persistent volumes to bind")
    }

    /// What there is too little of.
    fn lacks<'a>(&self, ask: &'a Ask) -> Option<&'a str> {
        let short = ask.requests.iter().find(|(name, asked)| {
            let used = self.used.get(*name).copied().unwrap_or(0);
            used.saturating_add(**asked) > self.allocatable.get(*name).copied().unwrap_or(0)
        });
        short.map(|(name, _)| name.as_str())
    }

    /// Whether a daemon with this ask belongs on it.
    pub fn is_for_daemon(&self, ask: &Ask) -> bool {
        let keeps_away = |(key, value, effect): &(String, String, String)| {
            effect != "PreferNoSchedule"
                && key != "node.kubernetes.io/unschedulable"
                && key != "node.kubernetes.io/memory-pressure"
                && !ask.tolerates(key, value, effect)
        };
        ask.selector.iter().all(|(name, value)| self.labels.get(name) == Some(value))
            && !self.taints.iter().any(keeps_away)
    }

    /// How full it is, in thousandths of what can be allocated, of what it has least of.
    fn fullness(&self) -> u64 {
        let part = |name: &str| {
            let used = self.used.get(name).copied().unwrap_or(0);
            used.saturating_mul(1000).checked_div(self.allocatable.get(name).copied().unwrap_or(0)).unwrap_or(0)
        };
        ["cpu", "memory", PODS].into_iter().map(part).max().unwrap_or(0)
    }
}

impl Rooms {
    /// The rooms of these nodes.
    pub fn of<'a>(nodes: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut rooms = Self::default();
        nodes.into_iter().for_each(|node| rooms.put(Room::of(node)));
        rooms
    }

    /// Adds a room, or renews the one of the same node with what is used of it.
    pub fn put(&mut self, mut room: Room) {
        if let Some(known) = self.get_mut(&room.name) {
            room.used = std::mem::take(&mut known.used);
            *known = room;
        } else {
            self.by_name.insert(room.name.clone(), self.rooms.len());
            self.rooms.push(room);
        }
    }

    /// Takes away the room of a node that is gone.
    pub fn remove(&mut self, name: &str) {
        let Some(number) = self.by_name.remove(name).filter(|number| *number < self.rooms.len()) else { return };
        self.rooms.swap_remove(number);
        if let Some(moved) = self.rooms.get(number) {
            self.by_name.insert(moved.name.clone(), number);
        }
    }

    /// The room with this node's name.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Room> {
        let number = *self.by_name.get(name)?;
        self.rooms.get_mut(number)
    }

    /// The room with this node's name.
    pub fn get(&self, name: &str) -> Option<&Room> {
        self.rooms.get(*self.by_name.get(name)?)
    }

    /// Finds a room for a pod and takes it, or says in the scheduler's words why there is none.
    pub fn place(&mut self, ask: &Ask) -> Result<usize, String> {
        let number = self.find(ask)?;
        self.take(number, ask);
        Ok(number)
    }

    /// Finds a room for a pod, or says in the scheduler's words why there is none.
    pub fn find(&mut self, ask: &Ask) -> Result<usize, String> {
        let count = self.rooms.len();
        let order = (0..count).map(|offset| (self.next + offset) % count);
        let fits = order.filter(|number| self.rooms.get(*number).is_some_and(|room| room.refuses(ask).is_none()));
        let best = fits.take(COMPARED).min_by_key(|number| self.rooms.get(*number).map(Room::fullness));
        let Some(number) = best else { return Err(self.refusal(ask)) };
        self.next = (number + 1) % count;
        Ok(number)
    }

    /// Takes this room, as a daemon does.
    pub fn take(&mut self, number: usize, ask: &Ask) -> Option<usize> {
        self.rooms.get_mut(number)?.take(ask);
        Some(number)
    }

    fn refusal(&self, ask: &Ask) -> String {
        let mut reasons = BTreeMap::<Cow<'static, str>, usize>::new();
        let mut helpless = 0;
        for reason in self.rooms.iter().filter_map(|room| room.refuses(ask)) {
            helpless += usize::from(reason.starts_with("node(s)"));
            *reasons.entry(reason).or_default() += 1;
        }
        let count = self.rooms.len();
        let mut reasons: Vec<String> = reasons.into_iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        reasons.sort();
        let mut preemption = Vec::new();
        if helpless > 0 {
            preemption.push(format!("{helpless} Preemption is not helpful for scheduling"));
        }
        if helpless < count {
            preemption.push(format!("{} No preemption victims found for incoming pod", count - helpless));
        }
        format!(
            "0/{count} nodes are available: {}. no new claims to deallocate, preemption: 0/{count} nodes are available: \
             {}.",
            reasons.join(", "),
            preemption.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn node(name: &str, pool: &str, taints: &Value) -> Value {
        json!({
            "metadata": {"name": name, "labels": {"pool": pool}},
            "spec": {"taints": taints},
            "status": {"allocatable": {"cpu": "2", "memory": "4Gi", "pods": "10"}},
        })
    }

    fn ask(cpu: &str) -> Ask {
        let container = json!({"resources": {"requests": {"cpu": cpu, "memory": "1Gi"}}});
        Ask::of(&json!({"nodeSelector": {"pool": "a"}, "containers": [container]}))
    }

    #[test]
    fn pods_spread_until_nodes_are_full_and_then_the_scheduler_says_why() {
        let nodes = [
            node("one", "a", &json!([])),
            node("two", "a", &json!([])),
            node("away", "b", &json!([])),
            node("kept", "a", &json!([{"key": "dedicated", "value": "data", "effect": "NoSchedule"}])),
            node("closed", "a", &json!([{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}])),
        ];
        let mut rooms = Rooms::of(&nodes);
        let placed: Vec<_> = (0..4).map(|_| rooms.place(&ask("1")).unwrap()).collect();
        assert_eq!(placed, [0, 1, 0, 1]);
        assert_eq!(
            rooms.place(&ask("1")).unwrap_err(),
            "0/5 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated \
             taint(s), 1 node(s) were unschedulable, 2 Insufficient cpu. no new claims to deallocate, preemption: 0/5 \
             nodes are available: 3 Preemption is not helpful for scheduling, 2 No preemption victims found for \
             incoming pod."
        );
    }

    #[test]
    fn what_is_given_back_can_be_taken_again() {
        let mut rooms = Rooms::of(&[node("one", "a", &json!([]))]);
        rooms.place(&ask("2")).unwrap();
        rooms.place(&ask("2")).unwrap_err();
        rooms.get_mut("one").unwrap().give_back(&ask("2"));
        assert_eq!(rooms.place(&ask("2")), Ok(0));
    }

    #[test]
    fn a_cluster_without_nodes_has_no_room() {
        assert!(Rooms::default().place(&Ask::default()).is_err());
    }
}
