use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::super::event::Event;
use super::super::json::{List, Pairs, Text};
use super::super::node::Node;
use super::super::pod::Pod;
use super::super::pod_state::PodState;
use super::super::pod_status::pod_columns;
use super::{mask, read};
use crate::detail::{node::NodeDetail, pod::PodDetail};
use crate::failing::troubles;
use crate::frame::Frame;
use crate::store::Store;

#[derive(Debug, Default, PartialEq)]
struct Outer<'a> {
    text: Text<'a>,
    pairs: Pairs<'a>,
    flag: bool,
    whole: i64,
    list: List<Inner<'a>>,
    maybe: Option<Inner<'a>>,
    inner: Inner<'a>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Inner<'a> {
    name: Text<'a>,
}

fields! {
    Outer<'de> {
        "text": text,
        "pairs": pairs,
        "flag": flag,
        "whole": whole,
        "list": list,
        "maybe": maybe,
        "inner": inner,
    }
    Inner<'de> {
        "name": name,
    }
}

fn outer(json: &str) -> Outer<'_> {
    read(json.as_bytes()).unwrap()
}

#[test]
fn each_value_goes_where_its_key_says() {
    let read = outer(
        r#"{"text":"a\nb","other":{"text":[1,{}]},"pairs":{"k":"v","n":2,"none":null},"flag":true,"whole":-3,
            "list":[{"name":"x"},{"name":"y"}],"maybe":{},"inner":{"name":"z"}}"#,
    );
    assert_eq!(&*read.text, "a\nb");
    assert_eq!((read.pairs.get("k"), read.pairs.get("n"), read.pairs.get("none")), (Some("v"), Some("2"), Some("")));
    assert_eq!((read.flag, read.whole), (true, -3));
    assert_eq!(read.list.iter().map(|inner| &*inner.name).collect::<Vec<_>>(), ["x", "y"]);
    assert_eq!((read.maybe, &*read.inner.name), (Some(Inner::default()), "z"));
}

#[test]
fn a_number_as_text_keeps_its_digits() {
    let check = |number: &str| assert_eq!(&*outer(&format!(r#"{{"text":{number}}}"#)).text, number);
    check("2");
    check("-2");
    check("18446744073709551615");
}

#[test]
fn a_value_of_an_odd_type_leaves_its_field_empty() {
    let kinds = ["null", "true", "1.5", "-1", r#""text""#, "[]", r#"[null,[1],{"a":"b"}]"#, "{}", r#"{"a":{"b":[]}}"#];
    for kind in kinds {
        let check = |key: &str, expect: &[&str]| {
            let json = format!(r#"{{"{key}":{kind}}}"#);
            let empty = outer(&json) == Outer::default();
            assert!(empty || expect.iter().any(|start| kind.starts_with(start)), "{json}");
        };
        check("text", &["\"", "-"]);
        check("pairs", &["{\""]);
        check("flag", &["true"]);
        check("whole", &["-"]);
        check("list", &["[", "{"]);
        check("maybe", &["{", "["]);
        check("inner", &[]);
    }
}

#[test]
fn what_is_no_object_is_an_error() {
    let check = |json: &str| assert!(read::<Outer<'_>>(json.as_bytes()).is_err(), "{json}");
    for json in ["", "5", "[]", "null", r#"{"text":"a""#, "{} x", "<html>"] {
        check(json);
    }
}

#[test]
fn the_mask_is_the_tables_keys() {
    assert_eq!(mask::<Outer<'_>>(), "text,pairs,flag,whole,list(name),maybe(name),inner(name)");
    // Our proxy takes 4096 bytes; another may take less.
    assert!(mask::<Pod<'_>>().len() < 2048, "{}", mask::<Pod<'_>>());
}

#[test]
fn a_masked_pod_is_read_as_the_whole_one() {
    let mask = mask::<Pod<'_>>();
    for line in include_str!("../pod_status_cases.txt").lines().filter(|line| line.contains('{')) {
        let json = line.get(line.find('{').unwrap()..).unwrap();
        let mut values = serde_json::Deserializer::from_str(json).into_iter::<Value>();
        let mut whole = values.next().unwrap().unwrap();
        whole["metadata"]["managedFields"] = serde_json::json!([{ "fieldsV1": { "f:name": {} } }]);
        whole["spec"]["containers"] = serde_json::json!([{ "name": "a", "env": [{ "name": "b" }] }]);
        let masked = masked(&whole, &mask);
        assert!(masked.to_string().len() < whole.to_string().len());
        let decoded = |json: &Value| format!("{:?}", read::<Pod<'_>>(json.to_string().as_bytes()).unwrap());
        assert_eq!(decoded(&masked), decoded(&whole));
    }
}

/// A value with no more than a mask names.
fn masked(json: &Value, mask: &str) -> Value {
    match json {
        Value::Array(items) => items.iter().map(|item| masked(item, mask)).collect(),
        Value::Object(members) => fields_of(mask)
            .into_iter()
            .filter_map(|(name, below)| {
                let value = members.get(name)?;
                Some((name.to_owned(), below.map_or_else(|| value.clone(), |below| masked(value, below))))
            })
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

/// The names at the top of a mask, without their numbers, each with the mask below it.
fn fields_of(mask: &str) -> Vec<(&str, Option<&str>)> {
    let mut depth = 0;
    let parts = mask.split(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        c == ',' && depth == 0
    });
    parts
        .map(|part| match part.split_once('(') {
            Some((name, below)) => (name, below.strip_suffix(')')),
            None => (part, None),
        })
        .map(|(name, below)| (name.split('=').next().unwrap_or_default(), below))
        .collect()
}

/// Texts that are right for some field, or nearly.
const WORDS: &[&str] =
    &["", "u1", "u2", "True", "Running", "2026-11-23T10:00:00Z", "9999-99-99T99:99:99Z", "500m", "1e400Ei", "-1n"];

/// Values of every type, some of which are right for some field.
fn odd() -> BoxedStrategy<Value> {
    let plain = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
        select(WORDS).prop_map(Value::from),
        select(WORDS).prop_map(Value::from),
    ];
    plain
        .prop_recursive(3, 12, 3, |inner| {
            let keys = prop_oneof![select(&["name", "type", "state", "cpu"][..]).prop_map(str::to_owned), "\\PC{0,4}"];
            let object = vec((keys, inner.clone()), 0..3).prop_map(|pairs| Value::Object(pairs.into_iter().collect()));
            prop_oneof![vec(inner, 0..3).prop_map(Value::from), object]
        })
        .boxed()
}

/// Objects with some of the members that a mask names, mostly of the right form, and with members that it does not name.
fn object(mask: &str) -> BoxedStrategy<Value> {
    let known = fields_of(mask).into_iter().map(|(name, below)| {
        let value = match below {
            None => odd(),
            Some(below) => {
                prop_oneof![4 => object(below), 3 => vec(object(below), 0..3).prop_map(Value::from), 1 => odd()].boxed()
            }
        };
        (Just(name.to_owned()).boxed(), proptest::option::weighted(0.7, value).boxed())
    });
    let unknown = ["managedFields", "of a later version"].map(|name| (Just(name.to_owned()).boxed(), weighted_odd()));
    let members: Vec<_> = known.chain(unknown).collect();
    members.prop_map(|members| members.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()).boxed()
}

fn weighted_odd() -> BoxedStrategy<Option<Value>> {
    proptest::option::weighted(0.1, odd()).boxed()
}

/// Reads an object of any types, which is to work, the same with and without what no view needs.
fn is_read(json: &Value, mask: &str, told: fn(&str) -> String) -> Result<(), TestCaseError> {
    prop_assert_eq!(told(&json.to_string()), told(&masked(json, mask).to_string()));
    Ok(())
}

/// Takes a frame of a watch in, if it is one.
fn take(store: &mut Store, text: &str, kind: usize) {
    let names = &mut store.names;
    match (Frame::parse(text), kind) {
        (Ok(Frame::Upsert { object, .. }), 0) => store.pods.upsert(object.as_bytes(), names),
        (Ok(Frame::Upsert { object, .. }), 1) => store.nodes.upsert(object.as_bytes(), names),
        (Ok(Frame::Upsert { object, .. }), _) => store.events.upsert(object.as_bytes(), names),
        (Ok(Frame::Delete { object, .. }), 0) => store.pods.delete(object.as_bytes()),
        (Ok(Frame::Delete { object, .. }), 1) => store.nodes.delete(object.as_bytes()),
        (Ok(Frame::Delete { object, .. }), _) => store.events.delete(object.as_bytes()),
        (Ok(Frame::Bookmark { .. } | Frame::Error(_)) | Err(_), _) => {}
    }
}

/// What is drawn of a store: nothing of it may panic, whatever it was filled with.
fn draw(store: &Store) -> usize {
    let troubles = troubles(store, &[], 1_795_000_000).len();
    let pods = store.pods.iter().map(|pod| pod.name().len() + store.names.text(pod.status()).len()).sum::<usize>();
    troubles + pods + store.nodes.rows().iter().count() + store.events.rows().iter().count()
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in any::<Vec<u8>>()) {
        let _ = read::<Outer<'_>>(&bytes);
    }

    #[test]
    fn pods_of_any_types_are_read(json in object(&mask::<Pod<'_>>())) {
        is_read(&json, &mask::<Pod<'_>>(), |text| {
            let pod = read::<Pod<'_>>(text.as_bytes()).unwrap();
            format!("{:?} {:?} {pod:?}", PodState::of(&pod), pod_columns(&pod))
        })?;
        let _ = PodDetail::parse(json.to_string().as_bytes());
    }

    #[test]
    fn nodes_of_any_types_are_read(json in object(&mask::<Node<'_>>())) {
        is_read(&json, &mask::<Node<'_>>(), |text| {
            let node = read::<Node<'_>>(text.as_bytes()).unwrap();
            format!("{:?} {} {node:?}", node.readiness(), node.status_word())
        })?;
        let _ = NodeDetail::parse(json.to_string().as_bytes());
    }

    #[test]
    fn events_of_any_types_are_read(json in object(&mask::<Event<'_>>())) {
        is_read(&json, &mask::<Event<'_>>(), |text| {
            let event = read::<Event<'_>>(text.as_bytes()).unwrap();
            format!("{} {:?} {:?} {event:?}", event.times(), event.first_s(), event.last_s())
        })?;
    }

    #[test]
    fn frames_with_objects_of_any_types_are_taken_in_and_drawn(
        frames in vec(
            (
                select(&["ADDED", "ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR", "LATER"][..]),
                object(&mask::<Pod<'_>>()),
                object(&mask::<Node<'_>>()),
                object(&mask::<Event<'_>>()),
            ),
            0..4,
        ),
        frame in (odd(), odd()),
    ) {
        let mut store = Store::default();
        for (event, pod, node, of_both) in frames {
            for (kind, object) in [pod, node, of_both].into_iter().enumerate() {
                take(&mut store, &json!({ "type": event, "object": object }).to_string(), kind);
            }
            draw(&store);
        }
        let (event, object) = frame;
        take(&mut store, &json!({ "type": event, "object": object }).to_string(), 0);
        take(&mut store, &object.to_string(), 0);
    }
}
