//! A list, read while its bytes arrive: JSON, or Kubernetes' protobuf.
//!
//! A list that was cut off or is malformed never looks whole, whatever it is.

use json::JsonScanner;
use protobuf::ProtobufScanner;

mod json;
mod protobuf;

/// The largest object that is held: etcd refuses objects over 1.5 MiB by default, and JSON is larger than protobuf.
pub const MAX_ITEM_BYTES: usize = 16 << 20;
/// The most that a list's envelope may be.
pub const MAX_ENVELOPE_BYTES: usize = 1 << 20;
/// Asks for a list that [`ListScanner`] reads, as protobuf where the server has it: two thirds of the bytes of JSON, in less
/// than half of the server's time. What is no kind of Kubernetes' own comes as JSON.
pub const ACCEPT_EITHER: &str = "application/vnd.kubernetes.protobuf,application/json";

/// Splits the bytes of a list into items.
#[derive(Debug, Default)]
pub struct ListScanner(Option<Format>);

/// What the first byte tells.
#[derive(Debug)]
enum Format {
    Json(JsonScanner),
    Protobuf(ProtobufScanner),
}

/// What a list says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListMeta {
    /// Where a watch begins.
    pub resource_version: String,
    /// The token of the next page, or empty.
    pub continue_token: String,
}

/// Why a list could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// The connection ended early or the server sent something else.
    #[error("the list ended before it was complete")]
    Cut,
    /// Not JSON, or not a list.
    #[error("the answer is not a Kubernetes list: {0}")]
    Malformed(String),
    /// An object larger than the API server stores.
    #[error("an object is larger than {} MiB", MAX_ITEM_BYTES >> 20)]
    TooLarge,
    /// The server sent a failure with a code that means success.
    #[error("{0}")]
    Status(String),
}

impl ListScanner {
    /// Takes the next bytes and hands out each item that ends in them.
    pub fn feed(&mut self, chunk: &[u8], item: impl FnMut(&[u8])) -> Result<(), ListError> {
        let Some(first) = chunk.first() else { return Ok(()) };
        let begins = || match first {
            b'k' => Format::Protobuf(ProtobufScanner::default()),
            _ => Format::Json(JsonScanner::default()),
        };
        match self.0.get_or_insert_with(begins) {
            Format::Json(scanner) => scanner.feed(chunk, item),
            Format::Protobuf(scanner) => scanner.feed(chunk, item),
        }
    }

    /// Ends the list.
    pub fn finish(self) -> Result<ListMeta, ListError> {
        match self.0 {
            None => Err(ListError::Cut),
            Some(Format::Json(scanner)) => scanner.finish(),
            Some(Format::Protobuf(scanner)) => scanner.finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ListError, ListMeta, ListScanner};

    fn scan(bytes: &[u8], chunk: usize) -> (Vec<String>, Result<ListMeta, ListError>) {
        let mut scanner = ListScanner::default();
        let mut items = Vec::new();
        for part in bytes.chunks(chunk.max(1)) {
            if let Err(e) = scanner.feed(part, |i| items.push(String::from_utf8_lossy(i).into_owned())) {
                return (items, Err(e));
            }
        }
        (items, scanner.finish())
    }

    const LIST: &str = r#"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"42","continue":"abc"},
        "items":[{"a":"}]\"{","items":[1,{"x":[]}]}, {} ,{"b":"\\"}]}"#;

    #[test]
    fn items_are_the_same_for_any_chunking() {
        for chunk in 1..LIST.len() + 1 {
            let (items, meta) = scan(LIST.as_bytes(), chunk);
            assert_eq!(items, [r#"{"a":"}]\"{","items":[1,{"x":[]}]}"#, "{}", r#"{"b":"\\"}"#]);
            assert_eq!(meta, Ok(ListMeta { resource_version: "42".into(), continue_token: "abc".into() }));
        }
    }

    #[test]
    fn a_list_that_was_cut_never_looks_whole() {
        for end in 0..LIST.len() {
            assert!(scan(&LIST.as_bytes()[..end], 7).1.is_err(), "cut at {end}");
        }
    }

    #[test]
    fn metadata_may_stand_after_the_items() {
        let (items, meta) = scan(br#"{"items":[{"a":1}],"kind":"XList","metadata":{"resourceVersion":"7"}}"#, 5);
        assert_eq!(items, [r#"{"a":1}"#]);
        assert_eq!(meta.unwrap().resource_version, "7");
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let check = |text: &str| assert!(scan(text.as_bytes(), 64).1.is_err(), "{text}");
        check("");
        check("  ");
        check("<html>");
        check("{}");
        check("]");
        check(r#"{"kind":"Pod"}"#);
        check(r#"{"kind":"PodList","items":[1,2]}"#);
        check(r#"{"kind":"PodList","items":["a"]}"#);
        check(r#"{"kind":"PodList","items":[[{}]]}"#);
        check(r#"{"kind":"Status","message":"no","code":500}"#);
    }

    #[test]
    fn an_empty_or_null_list_is_a_list() {
        assert!(scan(br#"{"kind":"PodList","items":[]}"#, 3).1.is_ok());
        assert!(scan(br#"{"kind":"PodList","items":null,"metadata":null}"#, 3).1.is_ok());
    }

    /// A field of a message: a short one.
    fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
        [&[number << 3 | 2, u8::try_from(bytes.len()).unwrap()], bytes].concat()
    }

    /// A list of protobuf as the API server writes it, or with `raw` in pieces.
    fn protobuf(pieces: &[&[u8]]) -> Vec<u8> {
        let type_meta = [field(1, b"v1"), field(2, b"PodList")].concat();
        let raw: Vec<u8> = pieces.iter().flat_map(|piece| field(2, piece)).collect();
        [b"k8s\0".to_vec(), field(1, &type_meta), raw, field(3, b""), field(4, b"")].concat()
    }

    #[test]
    fn a_list_of_protobuf_is_the_same_for_any_chunking_and_in_pieces() {
        let meta = field(1, &[field(1, b""), field(2, b"42"), field(3, b"abc")].concat());
        let items = [field(2, b"first"), field(2, b"{}"), field(2, &[b'x'; 90])].concat();
        let others = [&[0x20, 0x96, 0x01][..], &[0x2d, 1, 2, 3, 4]].concat();
        let all = [meta.clone(), items.clone(), others.clone()].concat();
        for list in [protobuf(&[&all]), protobuf(&[&meta, &items, &[], &others])] {
            for chunk in 1..=list.len() {
                let (items, meta) = scan(&list, chunk);
                assert_eq!(items, ["first", "{}", &"x".repeat(90)]);
                assert_eq!(meta, Ok(ListMeta { resource_version: "42".into(), continue_token: "abc".into() }));
            }
            for end in 0..list.len() {
                assert!(scan(&list[..end], 7).1.is_err(), "cut at {end}");
            }
        }
    }

    #[test]
    fn what_is_no_list_of_protobuf_is_refused() {
        let check = |bytes: &[u8]| assert!(scan(bytes, 64).1.is_err(), "{bytes:?}");
        let status = [field(1, b"v1"), field(2, b"Status")].concat();
        check(b"kubernetes");
        check(&[b"k8s\0".to_vec(), field(1, &status), field(2, b""), field(4, b"")].concat());
        check(&[b"k8s\0".to_vec(), field(2, b""), field(4, b"")].concat());
        // An item that is longer than the list.
        check(&protobuf(&[&[0x12, 5, b'a']]));
        // A length without an end.
        check(&[&b"k8s\0"[..], &[0xff; 30]].concat());
        // A length that no memory holds.
        check(&[&b"k8s\0"[..], &[0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], &[0; 90]].concat());
    }

    proptest! {
        #[test]
        fn any_bytes_of_protobuf_are_read_or_refused(
            bytes in proptest::collection::vec(any::<u8>(), 0..90), chunk in 1usize..40
        ) {
            let _ = scan(&[b"k8s\0", bytes.as_slice()].concat(), chunk);
            let _ = scan(&protobuf(&[&bytes]), chunk);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300), chunk in 1usize..40) {
            let _ = scan(&bytes, chunk);
        }

        #[test]
        fn any_items_come_out_as_they_went_in(
            texts in proptest::collection::vec("\\PC{0,12}", 0..8), chunk in 1usize..40
        ) {
            let expected: Vec<_> = texts.iter().map(|t| serde_json::json!({ "v": t, "n": [{}, t] }).to_string()).collect();
            let list = format!(r#"{{"kind":"XList","items":[{}]}}"#, expected.join(","));
            let (items, meta) = scan(list.as_bytes(), chunk);
            prop_assert_eq!(items, expected);
            prop_assert!(meta.is_ok());
        }
    }
}
