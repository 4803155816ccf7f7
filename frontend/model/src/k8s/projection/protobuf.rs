//! Kubernetes' protobuf, read by the numbers that stand in the tables of projections.
//!
//! Wire format: <https://protobuf.dev/programming-guides/encoding/>. Envelope:
//! <https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding>. Groups do not occur in it. What has no
//! number is skipped by its length, so managedFields cost nothing.

use super::{Fields, Slot};
use crate::k8s::json::{Pairs, Text};
use crate::timestamp;

/// How every answer of the API server in protobuf begins.
pub const MAGIC: &[u8; 4] = b"k8s\0";

/// A value as it stands in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A whole number or a flag.
    Whole(u64),
    /// A string, bytes, or a message.
    Bytes(&'a [u8]),
    /// Four or eight bytes, which no field that is read has.
    Fixed,
}

/// What stands before a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// A value that is a number, which has been read too.
    Whole(u32, u64),
    /// As many bytes as this follow.
    Bytes(u32, u64),
    /// The same, of a value without meaning here.
    Fixed(u64),
}

/// Reads a message into a projection.
pub(super) fn read_into<'de>(mut message: &'de [u8], object: &mut dyn Fields<'de>) -> Option<()> {
    while let Some((number, value)) = next_field(&mut message)? {
        put(object.numbered(number), value)?;
    }
    Some(())
}

/// The kind that an answer's envelope names, and the message inside.
pub fn unwrapped(answer: &[u8]) -> Option<(&str, &[u8])> {
    let mut envelope = answer.strip_prefix(MAGIC)?;
    let (mut kind, mut message) = ("", None);
    while let Some(field) = next_field(&mut envelope)? {
        match field {
            (1, Value::Bytes(meta)) => kind = text(meta, 2)?,
            (2, Value::Bytes(bytes)) => message = Some(bytes),
            _ => {}
        }
    }
    Some((kind, message?))
}

/// The string that is a field of a message; empty where there is none.
pub fn text(mut message: &[u8], wanted: u32) -> Option<&str> {
    let mut found = "";
    while let Some((number, value)) = next_field(&mut message)? {
        if let Value::Bytes(bytes) = value
            && number == wanted
        {
            found = str::from_utf8(bytes).ok()?;
        }
    }
    Some(found)
}

/// Reads what stands before a value, and takes it off; `None` where it is malformed or cut.
pub fn head(bytes: &mut &[u8]) -> Option<Head> {
    let tag = varint(bytes)?;
    let number = u32::try_from(tag >> 3).ok().filter(|number| *number > 0)?;
    match tag & 7 {
        0 => Some(Head::Whole(number, varint(bytes)?)),
        1 => Some(Head::Fixed(8)),
        2 => Some(Head::Bytes(number, varint(bytes)?)),
        5 => Some(Head::Fixed(4)),
        _ => None,
    }
}

/// The next field, which is taken off; `Some(None)` at the end.
fn next_field<'a>(message: &mut &'a [u8]) -> Option<Option<(u32, Value<'a>)>> {
    if message.is_empty() {
        return Some(None);
    }
    let (number, length) = match head(message)? {
        Head::Whole(number, value) => return Some(Some((number, Value::Whole(value)))),
        Head::Bytes(number, length) => (Some(number), length),
        Head::Fixed(length) => (None, length),
    };
    let (bytes, rest) = message.split_at_checked(usize::try_from(length).ok()?)?;
    *message = rest;
    Some(Some(number.map_or((0, Value::Fixed), |number| (number, Value::Bytes(bytes)))))
}

/// A whole number of seven bits a byte, the lowest first.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// Puts a value where it goes; one of an unexpected type leaves its field as it was.
fn put<'de>(slot: Slot<'_, 'de>, value: Value<'de>) -> Option<()> {
    match (slot, value) {
        (Slot::Flag(field), Value::Whole(value)) => *field = value != 0,
        (Slot::Whole(field), Value::Whole(value)) => *field = value.cast_signed(),
        (Slot::Text(field), Value::Bytes(bytes)) => *field = str::from_utf8(bytes).ok()?.into(),
        (Slot::Time(field), Value::Bytes(bytes)) => *field = time(bytes)?,
        (Slot::Pairs(pairs), Value::Bytes(bytes)) => pair(pairs, bytes, false)?,
        (Slot::Quantities(pairs), Value::Bytes(bytes)) => pair(pairs, bytes, true)?,
        (Slot::Object(object), Value::Bytes(bytes)) => read_into(bytes, object)?,
        (Slot::Each(each), value) => put(each.next_slot(), value)?,
        _ => {}
    }
    Some(())
}

/// An entry of a map.
fn pair<'de>(pairs: &mut Pairs<'de>, mut entry: &'de [u8], is_quantity: bool) -> Option<()> {
    let (mut key, mut value) = (Text::default(), Text::default());
    while let Some((number, field)) = next_field(&mut entry)? {
        match (number, field) {
            (1, Value::Bytes(bytes)) => key = str::from_utf8(bytes).ok()?.into(),
            (2, Value::Bytes(bytes)) if is_quantity => value = text(bytes, 1)?.into(),
            (2, Value::Bytes(bytes)) => value = str::from_utf8(bytes).ok()?.into(),
            _ => {}
        }
    }
    pairs.0.push((key, value));
    Some(())
}

/// A `Time` or `MicroTime`, as it stands in JSON; one that is not set has no fields.
fn time<'a>(mut message: &[u8]) -> Option<Text<'a>> {
    if message.is_empty() {
        return Some(Text::default());
    }
    let (mut seconds, mut nanos) = (0, 0);
    while let Some((number, value)) = next_field(&mut message)? {
        match (number, value) {
            (1, Value::Whole(value)) => seconds = value.cast_signed(),
            (2, Value::Whole(value)) => nanos = value,
            _ => {}
        }
    }
    Some(timestamp::rfc3339(seconds, u32::try_from(nanos / 1000).unwrap_or_default()).into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{time, unwrapped, varint};
    use crate::failure::Failure;
    use crate::k8s::event::Event;
    use crate::k8s::node::Node;
    use crate::k8s::pod::Pod;
    use crate::k8s::projection::{read, read_either};
    use crate::k8s::status::Status;

    /// A field of a message: a short one.
    fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
        let tag = u16::from(number) << 3 | 2;
        let tag = if tag < 128 { vec![tag as u8] } else { vec![tag as u8 | 0x80, (tag >> 7) as u8] };
        [tag.as_slice(), &[u8::try_from(bytes.len()).unwrap()], bytes].concat()
    }

    #[test]
    fn a_pod_is_the_same_in_protobuf_as_in_json() {
        let quantity = [field(1, b"cpu"), field(2, &field(1, b"250m"))].concat();
        let label = [field(1, b"app"), field(2, "wéb".as_bytes())].concat();
        let owner = [field(1, b"ReplicaSet"), field(3, b"web-1"), vec![0x30, 1]].concat();
        let container = [field(1, b"web"), field(2, b"nginx:1"), field(8, &field(2, &quantity))].concat();
        let state = field(3, &[vec![0x08, 0x89, 0x01], field(3, b"OOMKilled"), field(6, &[0x08, 0x3c])].concat());
        let status = [field(1, b"web"), field(2, &state), field(3, b""), vec![0x20, 1, 0x28, 7]].concat();
        let pod = [
            field(1, &[field(1, b"web-1-a"), field(5, b"u"), field(11, &label), field(13, &owner)].concat()),
            field(2, &[field(2, &container), field(10, b"node-1")].concat()),
            // A priority below zero has ten bytes.
            field(2, &[vec![0xc8, 0x01], vec![0xf6], vec![0xff; 8], vec![0x01]].concat()),
            field(3, &field(8, &status)),
        ];
        let json = r#"{"metadata":{"name":"web-1-a","uid":"u","labels":{"app":"wéb"},
            "ownerReferences":[{"kind":"ReplicaSet","name":"web-1","controller":true}]},
            "spec":{"priority":-10,"nodeName":"node-1",
                "containers":[{"name":"web","image":"nginx:1","resources":{"requests":{"cpu":"250m"}}}]},
            "status":{"containerStatuses":[{"name":"web","ready":true,"restartCount":7,
                "state":{"terminated":{"exitCode":137,"reason":"OOMKilled","finishedAt":"1970-01-01T00:01:00Z"}}}]}}"#;
        let (pod, json) = (pod.concat(), read::<Pod<'_>>(json.as_bytes()).unwrap());
        assert_eq!(format!("{:?}", read_either::<Pod<'_>>(&pod).unwrap()), format!("{json:?}"));
    }

    #[test]
    fn a_time_reads_as_in_json() {
        let check = |message: &[u8], expect: &str| assert_eq!(&*time(message).unwrap(), expect);
        check(b"", "");
        check(&[0x08, 0xa0, 0xfe, 0x91, 0xd8, 0x06, 0x10, 0], "2026-11-23T18:00:00Z");
        check(&[0x08, 0, 0x10, 0xc0, 0x84, 0x3d], "1970-01-01T00:00:00.001000Z");
        check(&[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], "1969-12-31T23:59:59Z");
    }

    #[test]
    fn a_number_has_ten_bytes_at_most() {
        assert_eq!(varint(&mut &[0x96, 0x01, 9][..]), Some(150));
        assert_eq!(varint(&mut &[0xff; 9][..]), None);
        assert_eq!(varint(&mut &[0xff; 11][..]), None);
    }

    /// The API server refuses in the form that was asked for.
    #[test]
    fn a_refusal_in_protobuf_has_its_words() {
        let type_meta = [field(1, b"v1"), field(2, b"Status")].concat();
        let status =
            [field(1, b""), field(2, b"Failure"), field(3, b"no"), field(4, b"Forbidden"), vec![0x30, 0x93, 3]];
        let body = [b"k8s\0".to_vec(), field(1, &type_meta), field(2, &status.concat()), field(3, b""), field(4, b"")];
        let body = body.concat();
        assert_eq!(unwrapped(&body).unwrap().0, "Status");
        assert_eq!(Status::parse(&body).unwrap().code, 403);
        let failure = Failure::from_answer(403, &body, None, None);
        assert_eq!(failure, Failure::Forbidden { message: "no".into() });
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..90)) {
            let _ = read_either::<Pod<'_>>(&bytes);
            let _ = read_either::<Node<'_>>(&bytes);
            let _ = read_either::<Event<'_>>(&bytes);
            let _ = Status::parse(&[b"k8s\0", bytes.as_slice()].concat());
        }
    }
}
