use proptest::prelude::*;
use serde_json::Value;

use super::super::json::{List, Pairs, Text};
use super::super::pod::Pod;
use super::{mask, read};

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

/// The names at the top of a mask, each with the mask below it.
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
        .collect()
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in any::<Vec<u8>>()) {
        let _ = read::<Outer<'_>>(&bytes);
    }
}
