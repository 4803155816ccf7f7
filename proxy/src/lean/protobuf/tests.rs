//! The filter against the plain definition of a mask, over trees of messages.

use proptest::prelude::*;

use super::*;

/// A field of a message.
#[derive(Debug, Clone)]
enum Field {
    Whole(u32, u64),
    Fixed(u32, [u8; 4]),
    Text(u32, Vec<u8>),
    Message(u32, Vec<Field>),
}

/// The fields that are wanted of each message inside: their numbers, and what is wanted of those.
#[derive(Debug, Clone)]
struct Tree(Vec<(u32, Option<Tree>)>);

fn tree_text(tree: &Tree) -> String {
    let field = |(number, below): &(u32, Option<Tree>)| match below {
        Some(below) => format!("f{number}={number}({})", tree_text(below)),
        None => format!("f{number}={number}"),
    };
    tree.0.iter().map(field).collect::<Vec<_>>().join(",")
}

fn written(fields: &[Field]) -> Vec<u8> {
    let mut out = Vec::new();
    for field in fields {
        match field {
            Field::Whole(number, value) => {
                write_varint(u64::from(number << 3), &mut out);
                write_varint(*value, &mut out);
            }
            Field::Fixed(number, bytes) => {
                write_varint(u64::from(number << 3) | FIXED_32, &mut out);
                out.extend(bytes);
            }
            Field::Text(number, bytes) => write_bytes(*number, bytes, &mut out),
            Field::Message(number, fields) => write_bytes(*number, &written(fields), &mut out),
        }
    }
    out
}

fn write_bytes(number: u32, bytes: &[u8], out: &mut Vec<u8>) {
    write_varint(u64::from(number << 3) | BYTES, out);
    write_varint(bytes.len() as u64, out);
    out.extend(bytes);
}

/// What is wanted of a message, by the plain definition.
fn masked(fields: &[Field], tree: &Tree) -> Vec<Field> {
    let wanted = |field: &Field| {
        let (Field::Whole(number, _) | Field::Fixed(number, _) | Field::Text(number, _) | Field::Message(number, _)) =
            field;
        tree.0.iter().find(|(wanted, _)| wanted == number)
    };
    let field = |field: &Field| {
        Some(match (field, wanted(field)?) {
            (Field::Message(number, fields), (_, Some(below))) => Field::Message(*number, masked(fields, below)),
            (other, _) => other.clone(),
        })
    };
    fields.iter().filter_map(field).collect()
}

/// An answer of the API server, whose list has these fields.
fn answer(kind: &str, list: &[Field]) -> Vec<u8> {
    let type_meta = vec![Field::Text(1, b"v1".to_vec()), Field::Text(2, kind.as_bytes().to_vec())];
    let rest = [Field::Text(3, Vec::new()), Field::Text(4, Vec::new())];
    let mut out = MAGIC.to_vec();
    out.extend(written(&[Field::Message(1, type_meta), Field::Message(2, list.to_vec())]));
    out.extend(written(&rest));
    out
}

/// An answer through a mask, in chunks; `None` where it is refused or not whole.
fn filtered(answer: &[u8], mask: &str, chunk: usize) -> Option<Vec<u8>> {
    let mut filter = ProtobufFilter::new(Mask::parse(mask).unwrap());
    let mut out = Vec::new();
    for part in answer.chunks(chunk) {
        filter.feed(part, &mut out).ok()?;
    }
    filter.is_whole().then_some(out)
}

/// The list of an answer whose envelope holds it in pieces.
fn list_of(answer: &[u8]) -> Vec<u8> {
    let mut rest = answer.strip_prefix(MAGIC).unwrap();
    let mut list = Vec::new();
    while !rest.is_empty() {
        let (tag, length) = head(&mut rest).unwrap();
        let value = take(&mut rest, length);
        if tag == RAW {
            list.extend(value);
        }
    }
    list
}

fn pods() -> Vec<Field> {
    let pod = |name: &str| {
        let managed = Field::Message(17, vec![Field::Text(1, b"kubectl".to_vec())]);
        let metadata = vec![Field::Text(1, name.into()), managed, Field::Whole(7, 300)];
        let status = vec![Field::Text(1, b"Running".to_vec()), Field::Text(6, b"10.0.0.1".to_vec())];
        Field::Message(2, vec![Field::Message(1, metadata), Field::Message(3, status)])
    };
    vec![Field::Message(1, vec![Field::Text(2, b"42".to_vec())]), pod("a"), pod("b"), Field::Message(2, Vec::new())]
}

const MASK: &str = "metadata=1(name=1,generation=7),status=3(phase=1)";

#[test]
fn only_the_fields_that_are_wanted_of_each_item_are_copied() {
    let pod = |name: &str| {
        let metadata = Field::Message(1, vec![Field::Text(1, name.into()), Field::Whole(7, 300)]);
        Field::Message(2, vec![metadata, Field::Message(3, vec![Field::Text(1, b"Running".to_vec())])])
    };
    let expect = [pods()[..1].to_vec(), vec![pod("a"), pod("b"), Field::Message(2, Vec::new())]].concat();
    let answer = answer("PodList", &pods());
    for chunk in 1..=answer.len() {
        assert_eq!(list_of(&filtered(&answer, MASK, chunk).unwrap()), written(&expect), "{chunk}");
    }
}

#[test]
fn a_list_that_was_cut_never_looks_whole() {
    let answer = answer("PodList", &pods());
    for end in 0..answer.len() {
        assert_eq!(filtered(&answer[..end], MASK, 7), None, "cut at {end}");
    }
}

#[test]
fn what_is_no_list_is_copied_as_it_is() {
    let pod = answer("Pod", &[Field::Message(1, vec![Field::Text(1, b"a".to_vec())]), Field::Message(2, Vec::new())]);
    assert_eq!(filtered(&pod, MASK, 5), Some(pod));
}

#[test]
fn what_is_no_protobuf_is_refused() {
    let check = |bytes: &[u8], expect: Malformed| {
        let mut filter = ProtobufFilter::new(Mask::parse(MASK).unwrap());
        assert_eq!(filter.feed(bytes, &mut Vec::new()), Err(expect), "{bytes:?}");
    };
    let list = |raw: &[u8]| {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(written(&[Field::Message(1, vec![Field::Text(2, b"PodList".to_vec())])]));
        write_bytes(2, raw, &mut bytes);
        bytes
    };
    check(b"{\"kind\":\"PodList\"}", Malformed::Protobuf);
    check(&[&MAGIC[..], &[0x0b, 1]].concat().repeat(9), Malformed::Protobuf);
    // An item longer than the list, a field longer than its item, and one longer than any object.
    check(&list(&[0x12, 5, 1]), Malformed::Protobuf);
    check(&list(&[0x12, 2, 0x0a, 5]), Malformed::Protobuf);
    check(&[&MAGIC[..], &[0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f]].concat(), Malformed::Length);
}

fn any_fields() -> impl Strategy<Value = Vec<Field>> {
    let number = || 1u32..5;
    let leaf = prop_oneof![
        (number(), any::<u64>()).prop_map(|(number, value)| Field::Whole(number, value)),
        (number(), any::<[u8; 4]>()).prop_map(|(number, bytes)| Field::Fixed(number, bytes)),
        (5u32..40, proptest::collection::vec(any::<u8>(), 0..200)).prop_map(|(number, text)| Field::Text(number, text)),
    ];
    let field = leaf.prop_recursive(4, 40, 5, move |below| {
        (number(), proptest::collection::vec(below, 0..5)).prop_map(|(number, fields)| Field::Message(number, fields))
    });
    proptest::collection::vec(field, 0..6)
}

fn any_tree() -> impl Strategy<Value = Tree> {
    let level = |below: BoxedStrategy<Option<Tree>>| {
        proptest::collection::btree_map(prop_oneof![1u32..5, 5u32..40], below, 1..4)
            // Texts have no fields.
            .prop_map(|fields| Tree(fields.into_iter().map(|(n, below)| (n, below.filter(|_| n < 5))).collect()))
            .boxed()
    };
    let leaf = level(Just(None).boxed());
    let middle = level(proptest::option::of(leaf).boxed());
    level(proptest::option::of(middle).boxed())
}

proptest! {
    #[test]
    fn a_list_in_chunks_is_masked_as_the_whole(
        items in proptest::collection::vec(any_fields(), 0..4), tree in any_tree(), chunk in 1usize..60
    ) {
        let list: Vec<Field> = pods().into_iter().take(1).chain(items.iter().cloned().map(|item| Field::Message(2, item))).collect();
        let expect: Vec<Field> = list.iter().map(|field| match field {
            Field::Message(2, item) => Field::Message(2, masked(item, &tree)),
            other => other.clone(),
        }).collect();
        let out = filtered(&answer("XList", &list), &tree_text(&tree), chunk);
        prop_assert_eq!(out.map(|out| list_of(&out)), Some(written(&expect)));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..90), chunk in 1usize..40) {
        let _ = filtered(&[MAGIC, bytes.as_slice()].concat(), MASK, chunk);
        let mut list = MAGIC.to_vec();
        list.extend(written(&[Field::Message(1, vec![Field::Text(2, b"PodList".to_vec())])]));
        write_bytes(2, &bytes, &mut list);
        let _ = filtered(&list, MASK, chunk);
    }
}
