//! The company as it is at the start.

use std::collections::HashMap;

use jiff::Timestamp;
use pilothouse_demo::clock::Clock;
use pilothouse_demo::company::moment::Moment;
use pilothouse_demo::company::origin::Origin;
use pilothouse_demo::company::settle;
use pilothouse_demo::kinds::{Kind, Kinds, builtin};
use pilothouse_demo::store::Store;
use serde_json::Value;

const NOW: Moment = Moment(1_795_469_602);

fn company(seed: u64, nodes: u32, pods: u32) -> (Kinds, Store) {
    let clock = Clock::new(Timestamp::from_second(NOW.0).expect("the company settles"), 0.0);
    let (kinds, store) = (Kinds::default(), Store::new(clock, seed));
    settle(&Origin { seed, now: NOW }, nodes, pods, &kinds, &store).expect("the company settles");
    (kinds, store)
}

fn values(store: &Store, kind: &'static Kind) -> Vec<Value> {
    store.list(kind, None).objects.iter().map(|object| object.value()).collect()
}

fn pods(store: &Store) -> Vec<Value> {
    values(store, builtin("", "pods"))
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

#[test]
fn the_default_company_has_300_pods_and_one_of_each_trouble() {
    let (_, store) = company(1, 12, 300);
    let pods = pods(&store);
    assert_eq!(pods.len(), 300);
    let mut words = HashMap::<String, u32>::new();
    for pod in &pods {
        let statuses = pod.pointer("/status/containerStatuses").and_then(Value::as_array);
        for status in statuses.into_iter().flatten() {
            for state in ["/state/waiting/reason", "/state/terminated/reason", "/lastState/terminated/reason"] {
                *words.entry(text(status, state).to_owned()).or_default() += 1;
            }
        }
        *words.entry(text(pod, "/status/phase").to_owned()).or_default() += 1;
        *words.entry(text(pod, "/status/conditions/0/reason").to_owned()).or_default() += 1;
    }
    for word in [
        "CrashLoopBackOff",
        "OOMKilled",
        "ImagePullBackOff",
        "CreateContainerConfigError",
        "Unschedulable",
        "Running",
        "Pending",
        "Succeeded",
        "Completed",
        "Error",
    ] {
        assert!(words.contains_key(word), "{word} in {words:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_company_whoever_of_many_threads_makes_what() {
    let whole = |seed, nodes, pods| {
        let (kinds, store) = company(seed, nodes, pods);
        let objects = kinds.all().into_iter().flat_map(|kind| store.list(kind, None).objects);
        objects.map(|object| object.body.to_text()).collect::<Vec<_>>()
    };
    for (nodes, pods) in [(12, 300), (60, 1500)] {
        let one = whole(1, nodes, pods);
        assert_eq!(one, whole(1, nodes, pods));
        assert_ne!(one, whole(2, nodes, pods));
    }
}

#[test]
fn owners_nodes_and_accounts_exist() {
    let (kinds, store) = company(3, 12, 300);
    let uids: HashMap<String, String> = kinds
        .all()
        .into_iter()
        .flat_map(|kind| values(&store, kind))
        .map(|object| (text(&object, "/metadata/uid").to_owned(), text(&object, "/metadata/name").to_owned()))
        .collect();
    for object in kinds.all().into_iter().flat_map(|kind| values(&store, kind)) {
        for owner in object.pointer("/metadata/ownerReferences").and_then(Value::as_array).into_iter().flatten() {
            let owner_name = uids.get(text(owner, "/uid")).map(String::as_str);
            assert_eq!(owner_name, Some(text(owner, "/name")), "the owner of {}", text(&object, "/metadata/name"));
        }
    }
    let nodes = store.list(builtin("", "nodes"), None).objects;
    for pod in pods(&store) {
        let node = text(&pod, "/spec/nodeName");
        assert!(node.is_empty() || nodes.iter().any(|known| &*known.name == node), "{node}");
    }
}

#[test]
fn no_text_of_a_template_is_left_in_a_pod() {
    let (_, store) = company(4, 12, 300);
    for pod in pods(&store) {
        let text = pod.to_string();
        assert!(!text.contains("\\u0001") && !text.contains("1970-") && !text.contains("00000000-0000"), "{text}");
    }
}

#[test]
fn pods_are_as_long_as_real_ones() {
    let (_, store) = company(5, 12, 300);
    let pods = store.list(builtin("", "pods"), None).objects;
    let bytes: usize = pods.iter().map(|pod| pod.body.len()).sum();
    let average = bytes / pods.len();
    assert!((5_500..7_000).contains(&average), "{average} bytes");
}
