//! A list, decoded while its bytes arrive.
//!
//! The scanner finds where each item of `"items"` begins and ends and hands it out; what is left, the envelope with
//! an empty array of items, is parsed whole at the end, so a list that was cut off or is malformed never looks whole.

use crate::k8s::json::Text;
use crate::k8s::projection::{fields, read};
use crate::k8s::status::Status;
use memchr::memchr2;

/// The largest object that is held: etcd refuses objects over 1.5 MiB by default, and JSON is larger than protobuf.
pub const MAX_ITEM_BYTES: usize = 16 << 20;
/// The most that a list's envelope may be.
pub const MAX_ENVELOPE_BYTES: usize = 1 << 20;

/// Splits the bytes of a list into items.
#[derive(Debug, Default)]
pub struct ListScanner {
    /// Everything outside the items.
    envelope: Vec<u8>,
    /// An item whose end has not arrived.
    carry: Vec<u8>,
    /// Open brackets.
    depth: u32,
    /// Inside a string, and whether the next byte is escaped.
    string: bool,
    escaped: bool,
    /// The string read last at the top level, quotes excluded, no longer than `items` needs.
    key: Vec<u8>,
    /// Inside the array of items.
    in_items: bool,
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

#[derive(Default)]
struct Envelope<'a> {
    kind: Text<'a>,
    metadata: EnvelopeMeta<'a>,
}

#[derive(Default)]
struct EnvelopeMeta<'a> {
    resource_version: Text<'a>,
    continue_token: Text<'a>,
}

fields! {
    Envelope<'de> {
        "kind": kind,
        "metadata": metadata,
    }
    EnvelopeMeta<'de> {
        "resourceVersion": resource_version,
        "continue": continue_token,
    }
}

/// Items are the objects inside the array of the top-level object.
const ITEM_DEPTH: u32 = 3;

impl ListScanner {
    /// Takes the next bytes and hands out each item that ends in them.
    pub fn feed(&mut self, chunk: &[u8], mut item: impl FnMut(&[u8])) -> Result<(), ListError> {
        // Where the current run of bytes, of the envelope or of an item, begins in this chunk.
        let mut from = 0;
        let mut at = 0;
        while let Some(rest) = chunk.get(at..).filter(|r| !r.is_empty()) {
            if self.string {
                at += self.skip_string(rest);
                continue;
            }
            let inside_item = self.inside_item();
            match rest.first() {
                Some(b'"') => {
                    self.string = true;
                    self.key.clear();
                    if self.in_items && !inside_item {
                        return Err(ListError::Malformed("an item is no object".into()));
                    }
                }
                Some(open @ (b'{' | b'[')) => {
                    self.depth = self.depth.saturating_add(1);
                    if self.in_items && self.depth == ITEM_DEPTH {
                        if *open == b'[' {
                            return Err(ListError::Malformed("an item is no object".into()));
                        }
                        self.keep_envelope(chunk.get(from..at))?;
                        from = at;
                    } else if self.depth == 2 && *open == b'[' && self.key == b"items" {
                        self.in_items = true;
                    }
                }
                Some(b'}' | b']') => {
                    let Some(depth) = self.depth.checked_sub(1) else {
                        return Err(ListError::Malformed("a bracket closes that was not opened".into()));
                    };
                    self.depth = depth;
                    if self.in_items && depth == ITEM_DEPTH - 1 {
                        let end = chunk.get(from..=at).unwrap_or_default();
                        if self.carry.is_empty() {
                            item(end);
                        } else {
                            self.keep_item(end)?;
                            let whole = std::mem::take(&mut self.carry);
                            item(&whole);
                            // The allocation serves the next item that is cut.
                            self.carry = whole;
                            self.carry.clear();
                        }
                        from = at + 1;
                    } else if self.in_items && depth < ITEM_DEPTH - 1 {
                        self.in_items = false;
                    }
                }
                // The commas between items go with them.
                Some(b',') if self.in_items && !inside_item => {
                    self.keep_envelope(chunk.get(from..at))?;
                    from = at + 1;
                }
                Some(byte) if self.in_items && !inside_item && !byte.is_ascii_whitespace() => {
                    return Err(ListError::Malformed("an item is no object".into()));
                }
                _ => {}
            }
            at += 1;
        }
        let rest = chunk.get(from..).unwrap_or_default();
        if self.inside_item() { self.keep_item(rest) } else { self.keep_envelope(Some(rest)) }
    }

    /// Ends the list.
    pub fn finish(self) -> Result<ListMeta, ListError> {
        if self.depth > 0 || self.string || self.envelope.iter().all(u8::is_ascii_whitespace) {
            return Err(ListError::Cut);
        }
        if let Some(status) = Status::parse(&self.envelope) {
            return Err(ListError::Status(status.message.to_string()));
        }
        let envelope: Envelope<'_> = read(&self.envelope).map_err(|e| ListError::Malformed(e.to_string()))?;
        if !envelope.kind.ends_with("List") {
            return Err(ListError::Malformed(format!("its kind is “{:.40}”", &*envelope.kind)));
        }
        Ok(ListMeta {
            resource_version: envelope.metadata.resource_version.to_string(),
            continue_token: envelope.metadata.continue_token.to_string(),
        })
    }

    /// Skips to the end of a string or of the bytes; returns how many were read.
    fn skip_string(&mut self, rest: &[u8]) -> usize {
        if self.escaped {
            self.escaped = false;
            return 1;
        }
        let stop = memchr2(b'"', b'\\', rest);
        let text = rest.get(..stop.unwrap_or(rest.len())).unwrap_or_default();
        if self.depth == 1 && self.key.len() + text.len() <= 16 {
            self.key.extend_from_slice(text);
        }
        match stop.and_then(|i| rest.get(i)) {
            Some(b'"') => self.string = false,
            Some(_) => self.escaped = true,
            None => {}
        }
        stop.map_or(rest.len(), |i| i + 1)
    }

    fn inside_item(&self) -> bool {
        self.in_items && self.depth >= ITEM_DEPTH
    }

    fn keep_item(&mut self, bytes: &[u8]) -> Result<(), ListError> {
        if self.carry.len() + bytes.len() > MAX_ITEM_BYTES {
            return Err(ListError::TooLarge);
        }
        self.carry.extend_from_slice(bytes);
        Ok(())
    }

    fn keep_envelope(&mut self, bytes: Option<&[u8]>) -> Result<(), ListError> {
        let bytes = bytes.unwrap_or_default();
        if self.envelope.len() + bytes.len() > MAX_ENVELOPE_BYTES {
            return Err(ListError::Malformed("its envelope is too large".into()));
        }
        self.envelope.extend_from_slice(bytes);
        Ok(())
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

    proptest! {
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
