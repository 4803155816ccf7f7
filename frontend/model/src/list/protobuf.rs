//! A list of protobuf: an envelope (`runtime.Unknown`) whose `raw` is a message of metadata and items.
//!
//! The API server always writes all fields of the envelope, so the last of them says that the list is whole. `raw` may come in
//! several pieces, each of whole fields, as our own proxy sends it: that knows no length before it has masked all.

use super::{ListError, ListMeta, MAX_ENVELOPE_BYTES, MAX_ITEM_BYTES};
use crate::k8s::projection::protobuf::{Head, MAGIC, head, text};

/// Splits the bytes of a list of protobuf into items.
#[derive(Debug, Default)]
pub(super) struct ProtobufScanner {
    /// What has come of what is read, as far as it is kept.
    carry: Vec<u8>,
    state: State,
    /// How many bytes of this piece of the list are still to come.
    raw_left: u64,
    /// Whether the envelope has said that it holds a list.
    is_list: bool,
    meta: ListMeta,
    /// Whether the last field has come.
    ended: bool,
}

/// What is read next.
#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Magic,
    Head,
    /// As many bytes as this.
    Value(Value, u64),
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    /// What the envelope says of the answer.
    TypeMeta,
    /// What the list says of itself.
    ListMeta,
    Item,
    /// Nothing that is read.
    Other,
}

/// A tag and a length are no longer.
const MAX_HEAD_BYTES: usize = 20;
/// Fields of `runtime.Unknown` and of any list.
const TYPE_META: u32 = 1;
const RAW: u32 = 2;
const CONTENT_TYPE: u32 = 4;
const LIST_META: u32 = 1;
const ITEMS: u32 = 2;

impl ProtobufScanner {
    /// Takes the next bytes and hands out each item that ends in them.
    pub(super) fn feed(&mut self, mut chunk: &[u8], mut item: impl FnMut(&[u8])) -> Result<(), ListError> {
        while !chunk.is_empty() {
            match self.state {
                State::Magic => {
                    self.carry.extend(take(&mut chunk, MAGIC.len() - self.carry.len()));
                    if !MAGIC.starts_with(&self.carry) {
                        return Err(malformed("it is neither JSON nor protobuf"));
                    }
                    if self.carry.len() == MAGIC.len() {
                        self.carry.clear();
                        self.state = State::Head;
                    }
                }
                State::Head => self.read_head(&mut chunk)?,
                State::Value(value, left) => {
                    // A chunk that is longer than a `usize` can count does not exist.
                    let bytes = take(&mut chunk, usize::try_from(left).unwrap_or(usize::MAX));
                    let left = left - bytes.len() as u64;
                    self.state = State::Value(value, left);
                    if left > 0 {
                        self.keep(value, bytes)?;
                    } else if self.carry.is_empty() {
                        self.take_value(value, bytes, &mut item)?;
                    } else {
                        self.keep(value, bytes)?;
                        let whole = std::mem::take(&mut self.carry);
                        self.take_value(value, &whole, &mut item)?;
                        // The allocation serves the next item that is cut.
                        self.carry = whole;
                        self.carry.clear();
                    }
                }
            }
        }
        Ok(())
    }

    /// Ends the list.
    pub(super) fn finish(self) -> Result<ListMeta, ListError> {
        let is_between = matches!(self.state, State::Head) && self.carry.is_empty() && self.raw_left == 0;
        if is_between && self.ended && self.is_list { Ok(self.meta) } else { Err(ListError::Cut) }
    }

    /// Reads what stands before a value, byte by byte: it is short.
    fn read_head(&mut self, chunk: &mut &[u8]) -> Result<(), ListError> {
        self.carry.extend(take(chunk, 1));
        let mut bytes = self.carry.as_slice();
        let Some(head) = head(&mut bytes) else {
            let is_cut = self.carry.len() < MAX_HEAD_BYTES;
            return if is_cut { Ok(()) } else { Err(malformed("a length is malformed")) };
        };
        let read = self.carry.len() as u64;
        self.carry.clear();
        let in_list = self.raw_left > 0;
        let (number, length) = match head {
            Head::Whole(number, _) => (number, 0),
            Head::Bytes(number, length) => (number, length),
            Head::Fixed(length) => (0, length),
        };
        if in_list {
            let whole = read.checked_add(length).and_then(|whole| self.raw_left.checked_sub(whole));
            self.raw_left = whole.ok_or_else(|| malformed("an item is longer than the list"))?;
        }
        let value = match (in_list, number, head) {
            (false, RAW, Head::Bytes(..)) => {
                if !self.is_list {
                    return Err(malformed("it does not say that it is one"));
                }
                self.raw_left = length;
                return Ok(());
            }
            (false, TYPE_META, Head::Bytes(..)) => Value::TypeMeta,
            (true, LIST_META, Head::Bytes(..)) => Value::ListMeta,
            (true, ITEMS, Head::Bytes(..)) => Value::Item,
            _ => Value::Other,
        };
        self.ended = !in_list && number == CONTENT_TYPE;
        self.state = State::Value(value, length);
        if length == 0 {
            // No bytes will come that could end it; an object without any is none.
            self.state = State::Head;
        }
        Ok(())
    }

    fn take_value(&mut self, value: Value, bytes: &[u8], mut item: impl FnMut(&[u8])) -> Result<(), ListError> {
        self.state = State::Head;
        match value {
            Value::Item => item(bytes),
            Value::ListMeta => {
                let text = |number| text(bytes, number).ok_or_else(|| malformed("its metadata cannot be read"));
                self.meta = ListMeta { resource_version: text(2)?.to_owned(), continue_token: text(3)?.to_owned() };
            }
            Value::TypeMeta => {
                let kind = text(bytes, 2).unwrap_or_default();
                if !kind.ends_with("List") {
                    return Err(ListError::Malformed(format!("its kind is “{kind:.40}”")));
                }
                self.is_list = true;
            }
            Value::Other => {}
        }
        Ok(())
    }

    /// Keeps what came of a value whose end has not.
    fn keep(&mut self, value: Value, bytes: &[u8]) -> Result<(), ListError> {
        let most = match value {
            Value::Other => return Ok(()),
            Value::Item => MAX_ITEM_BYTES,
            Value::TypeMeta | Value::ListMeta => MAX_ENVELOPE_BYTES,
        };
        if self.carry.len() + bytes.len() > most {
            return Err(ListError::TooLarge);
        }
        self.carry.extend_from_slice(bytes);
        Ok(())
    }
}

fn take<'a>(chunk: &mut &'a [u8], length: usize) -> &'a [u8] {
    let (bytes, rest) = chunk.split_at(length.min(chunk.len()));
    *chunk = rest;
    bytes
}

fn malformed(why: &str) -> ListError {
    ListError::Malformed(why.to_owned())
}
