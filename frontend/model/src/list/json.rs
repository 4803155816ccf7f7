//! A list of JSON.
//!
//! The scanner finds where each item of `"items"` begins and ends and hands it out; what is left, the envelope with
//! an empty array of items, is parsed whole at the end, so a list that was cut off or is malformed never looks whole.

use memchr::memchr2;

use super::{ListError, ListMeta, MAX_ENVELOPE_BYTES, MAX_ITEM_BYTES};
use crate::k8s::json::Text;
use crate::k8s::projection::{fields, read};
use crate::k8s::status::Status;

/// Splits the bytes of a list into items.
#[derive(Debug, Default)]
pub(super) struct JsonScanner {
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

impl JsonScanner {
    /// Takes the next bytes and hands out each item that ends in them.
    pub(super) fn feed(&mut self, chunk: &[u8], mut item: impl FnMut(&[u8])) -> Result<(), ListError> {
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
    pub(super) fn finish(self) -> Result<ListMeta, ListError> {
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
