//! The filter against serde_json: what is masked as it streams is what is masked of the whole.

use std::collections::BTreeSet;
use std::fmt::Write;

use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::*;

/// A mask, as a tree.
#[derive(Debug, Clone)]
struct Tree(Vec<(String, Option<Tree>)>);

fn tree_text(tree: &Tree) -> String {
    let mut text = String::new();
    for (name, below) in &tree.0 {
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(name);
        if let Some(below) = below {
            write!(text, "({})", tree_text(below)).unwrap();
        }
    }
    text
}

/// What is wanted of a value, by the plain definition.
fn masked(json: &Json, tree: &Tree) -> Json {
    match json {
        Json::Array(items) => items.iter().map(|item| masked(item, tree)).collect(),
        Json::Object(members) => {
            let wanted = |name: &String| tree.0.iter().find(|(wanted, _)| wanted == name);
            let members = members.iter().filter_map(|(name, value)| {
                let (_, below) = wanted(name)?;
                Some((name.clone(), below.as_ref().map_or_else(|| value.clone(), |below| masked(value, below))))
            });
            Json::Object(members.collect())
        }
        other => other.clone(),
    }
}

fn masked_list(list: &Json, tree: &Tree) -> Json {
    let Json::Object(members) = list else {
        return match list {
            Json::Array(items) => items.iter().map(|item| masked_list(item, tree)).collect(),
            other => other.clone(),
        };
    };
    let member = |(name, value): (&String, &Json)| {
        (name.clone(), if name == "items" { masked(value, tree) } else { value.clone() })
    };
    Json::Object(members.iter().map(member).collect::<Map<_, _>>())
}

/// The names of all members.
fn names(json: &Json, into: &mut BTreeSet<String>) {
    match json {
        Json::Array(items) => items.iter().for_each(|item| names(item, into)),
        Json::Object(members) => members.iter().for_each(|(name, value)| {
            into.insert(name.clone());
            names(value, into);
        }),
        _ => {}
    }
}

/// A list through a mask, in pieces; `None` where it is refused or not whole.
fn filtered(list: &[u8], mask: &str, piece: usize) -> Option<Vec<u8>> {
    let mut filter = Filter::new(Mask::parse(mask).unwrap());
    let mut out = Vec::new();
    for part in list.chunks(piece) {
        filter.feed(part, &mut out).ok()?;
    }
    filter.is_whole().then_some(out)
}

fn text(list: &str, mask: &str) -> Option<String> {
    filtered(list.as_bytes(), mask, 5).map(|bytes| String::from_utf8(bytes).unwrap())
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        any::<i32>().prop_map(|number| json!(number)),
        any::<i16>().prop_map(|number| json!(f64::from(number) / 8.0)),
        "\\PC{0,6}".prop_map(Json::String),
        "[\\x00-\\x7f]{0,6}".prop_map(Json::String),
    ];
    leaf.prop_recursive(4, 40, 5, |below| {
        prop_oneof![
            proptest::collection::vec(below.clone(), 0..4).prop_map(Json::Array),
            proptest::collection::btree_map("[a-d]|items|é|\"", below, 0..5)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

fn any_tree() -> impl Strategy<Value = Tree> {
    let flat = |below: BoxedStrategy<Option<Tree>>| {
        proptest::collection::btree_map("[a-d]|items", below, 1..4)
            .prop_map(|fields| Tree(fields.into_iter().collect()))
            .boxed()
    };
    let leaf = flat(Just(None).boxed());
    let middle = flat(proptest::option::of(leaf).boxed());
    flat(proptest::option::of(middle).boxed())
}

fn any_list() -> impl Strategy<Value = Json> {
    (proptest::collection::vec(any_json(), 0..4), any_json())
        .prop_map(|(items, other)| json!({ "kind": "PodList", "metadata": other, "items": items, "apiVersion": "v1" }))
}

#[test]
fn only_what_is_wanted_of_each_item_is_copied() {
    let list = r#"{"kind":"PodList","metadata":{"resourceVersion":"7","a":1},"items":[
        {"metadata":{"name":"x","managedFields":[{}],"labels":{"a":"b"}},"spec":{"c":[{"n":1,"env":[]},{"n":2}]}},
        {"metadata":null, "status": 5}, {}]}"#;
    let check = |mask: &str, expect: &str| {
        let expect = format!(r#"{{"kind":"PodList","metadata":{{"resourceVersion":"7","a":1}},"items":[{expect}]}}"#);
        assert_eq!(text(list, mask), Some(expect), "{mask}");
    };
    check("metadata(name,labels)", r#"{"metadata":{"name":"x","labels":{"a":"b"}}},{"metadata":null},{}"#);
    check("spec(c(n)),status(phase)", r#"{"spec":{"c":[{"n":1},{"n":2}]}},{"status":5},{}"#);
    check("nothing", "{},{},{}");
}

#[test]
fn a_key_is_known_by_what_it_means_and_a_long_one_is_left_out() {
    assert_eq!(text(r#"{"it\u0065ms":[{"\u0061":1,"b":2}]}"#, "a").unwrap(), r#"{"it\u0065ms":[{"\u0061":1}]}"#);
    let long = "a".repeat(5000);
    assert_eq!(text(&format!(r#"{{"items":[{{"{long}":1,"a":2}}]}}"#), "a").unwrap(), r#"{"items":[{"a":2}]}"#);
}

#[test]
fn a_list_that_is_cut_or_damaged_never_ends_well() {
    let list = r#"{"kind":"PodList","items":[{"a":{"b":[1,"x"]},"c":[{}]},{"a":2}]}"#;
    assert!(text(list, "a").is_some());
    for end in 0..list.len() {
        assert_eq!(text(&list[..end], "a"), None, "cut at {end}");
    }
    for (whole, damaged) in [
        (r#"[1,"x"]"#, r#"[1 "x"]"#),
        (r#"[{}]"#, r#"[{]"#),
        (r#"[{}]"#, r#"[{}}"#),
        (r#"{"a":2}"#, r#"{"a"2}"#),
        (r#"{"a":2}"#, r#"{"a":2,}"#),
        (r#"},{"#, r#"}{"#),
        (r#"},{"#, r#"},,{"#),
        ("PodList", "Pod\nList"),
    ] {
        assert!(list.contains(whole));
        assert_eq!(text(&list.replacen(whole, damaged, 1), "a"), None, "{damaged}");
    }
    assert_eq!(text(&format!("{list}{{}}"), "a"), None);
}

#[test]
fn arrays_in_arrays_without_end_are_refused() {
    let mut filter = Filter::new(Mask::parse("a").unwrap());
    let bomb = format!(r#"{{"items":{}"#, "[".repeat(MAX_DEPTH));
    assert_eq!(filter.feed(bomb.as_bytes(), &mut Vec::new()), Err(Malformed::Depth));
}

proptest! {
    #[test]
    fn what_is_masked_as_it_streams_is_what_is_masked_of_the_whole(
        list in prop_oneof![any_list(), any_json()],
        tree in any_tree(),
        piece in 1usize..40,
        pretty in any::<bool>(),
    ) {
        let bytes = if pretty { serde_json::to_vec_pretty(&list) } else { serde_json::to_vec(&list) }.unwrap();
        // A number alone has no end of its own.
        let out = filtered(&[&bytes[..], b"\n"].concat(), &tree_text(&tree), piece).unwrap();
        prop_assert_eq!(serde_json::from_slice::<Json>(&out).unwrap(), masked_list(&list, &tree));
    }

    #[test]
    fn any_chunking_gives_the_same_bytes(list in any_list(), tree in any_tree(), piece in 1usize..40) {
        let bytes = serde_json::to_vec(&list).unwrap();
        let mask = tree_text(&tree);
        prop_assert_eq!(filtered(&bytes, &mask, piece), filtered(&bytes, &mask, bytes.len()));
    }

    #[test]
    fn the_full_mask_is_the_identity(items in proptest::collection::vec(any_json(), 0..4), piece in 1usize..40) {
        // Names that no mask can write cannot be asked for.
        let list = serde_json::to_string(&json!({ "items": items })).unwrap().replace('é', "e").replace("\\\"\":", "q\":");
        let mut all = BTreeSet::from(["a".to_owned()]);
        names(&serde_json::from_str(&list).unwrap(), &mut all);
        let mask = all.into_iter().collect::<Vec<_>>().join(",");
        prop_assert_eq!(filtered(list.as_bytes(), &mask, piece).unwrap(), list.as_bytes());
    }

    #[test]
    fn bytes_that_are_no_json_never_end_well(list in any_list(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = serde_json::to_vec(&list).unwrap();
        *at.get_mut(&mut bytes) = byte;
        let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok();
        prop_assert_eq!(filtered(&bytes, "a(b)", 7).is_some(), is_json);
    }
}
