//! Copies of a list of protobuf only what a mask wants, object by object.
//!
//! The envelope (`runtime.Unknown`) holds the list as one field whose length stands before it, and nobody knows what will be left
//! of a list that streams. So the list leaves in pieces: the same field again and again, each with one field of the list. Their
//! contents, one after the other, are the masked list. The rest of the envelope, which the API server always writes, says that
//! it is whole. An object is held until its end has come; what is left out of it is skipped by its length.

use super::mask::{Mask, Place, Wanted};
use super::value::Malformed;

/// A list of protobuf on its way through a mask.
#[derive(Debug)]
pub struct ProtobufFilter {
    mask: Mask,
    state: State,
    /// What has come of a field whose end has not.
    carry: Vec<u8>,
    /// How many bytes of the list are still to come.
    list_left: u64,
    /// Whether the envelope has said that it holds a list.
    is_list: bool,
    /// Whether its last field has come.
    ended: bool,
    /// One field of the list, masked; kept for its room.
    piece: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Magic,
    /// What stands before a value.
    Head,
    /// A value of this field, of which as many bytes as this are to come.
    Value(Head, u64),
    /// The same, of an answer that is no list: it is copied as it comes.
    Copy(u64),
}

/// What stands before a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    tag: u64,
    /// How long the value is that follows; a whole number is part of the head.
    length: u64,
    /// Whether it is a field of the list, and not of the envelope.
    in_list: bool,
}

/// How every answer of the API server in protobuf begins.
const MAGIC: &[u8; 4] = b"k8s\0";
/// Larger than any object that an API server stores.
const MAX_VALUE: u64 = 16 << 20;
/// A tag and a number or a length are no longer.
const MAX_HEAD: usize = 20;
/// Tags of `runtime.Unknown`: what it says of the answer, the answer, and the last field.
const TYPE_META: u64 = 1 << 3 | BYTES;
const RAW: u64 = 2 << 3 | BYTES;
const CONTENT_TYPE: u64 = 4 << 3 | BYTES;
/// The tag of a kind, in `runtime.TypeMeta`.
const KIND: u64 = 2 << 3 | BYTES;
/// The wire types: <https://protobuf.dev/programming-guides/encoding/#structure>. Groups do not occur.
const WHOLE: u64 = 0;
const FIXED_64: u64 = 1;
const BYTES: u64 = 2;
const FIXED_32: u64 = 5;

impl ProtobufFilter {
    /// Nothing has come yet.
    pub fn new(mask: Mask) -> Self {
        Self {
            mask,
            state: State::Magic,
            carry: Vec::new(),
            list_left: 0,
            is_list: false,
            ended: false,
            piece: Vec::new(),
        }
    }

    /// Reads the next bytes, and appends what is wanted of them.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.state {
                State::Magic => {
                    let missing = (MAGIC.len() - self.carry.len()) as u64;
                    self.carry.extend_from_slice(take(&mut rest, missing));
                    if !MAGIC.starts_with(&self.carry) {
                        return Err(Malformed::Protobuf);
                    }
                    if self.carry.len() == MAGIC.len() {
                        out.append(&mut self.carry);
                        self.state = State::Head;
                    }
                }
                State::Head => self.read_head(&mut rest, out)?,
                State::Copy(left) => {
                    let bytes = take(&mut rest, left);
                    out.extend_from_slice(bytes);
                    self.state = match left - bytes.len() as u64 {
                        0 => State::Head,
                        left => State::Copy(left),
                    };
                }
                State::Value(head, left) => {
                    let bytes = take(&mut rest, left);
                    let left = left - bytes.len() as u64;
                    if left > 0 {
                        self.carry.extend_from_slice(bytes);
                        self.state = State::Value(head, left);
                    } else if self.carry.is_empty() {
                        self.take_value(head, bytes, out)?;
                    } else {
                        self.carry.extend_from_slice(bytes);
                        let whole = std::mem::take(&mut self.carry);
                        self.take_value(head, &whole, out)?;
                        self.carry = whole;
                        self.carry.clear();
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether the list has come to its end.
    pub fn is_whole(&self) -> bool {
        matches!(self.state, State::Head) && self.carry.is_empty() && self.list_left == 0 && self.ended
    }

    /// Reads what stands before a value, byte by byte: it is short.
    fn read_head(&mut self, rest: &mut &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
        self.carry.extend_from_slice(take(rest, 1));
        let Some((tag, length)) = head(&mut self.carry.as_slice()) else {
            return if self.carry.len() < MAX_HEAD { Ok(()) } else { Err(Malformed::Protobuf) };
        };
        let before = std::mem::take(&mut self.carry);
        let head = Head { tag, length, in_list: self.list_left > 0 };
        self.enter(head, &before, out)?;
        // The allocation serves what is cut next.
        self.carry = before;
        self.carry.clear();
        Ok(())
    }

    /// Goes on to the value; `before` is its head as it came.
    fn enter(&mut self, head: Head, before: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
        if head.in_list {
            let whole = head.length.checked_add(before.len() as u64);
            self.list_left = whole.and_then(|whole| self.list_left.checked_sub(whole)).ok_or(Malformed::Protobuf)?;
        }
        self.ended = !head.in_list && head.tag == CONTENT_TYPE;
        match head {
            Head { tag: RAW, in_list: false, length } if self.is_list => self.list_left = length,
            Head { tag: RAW, in_list: false, length } => {
                out.extend_from_slice(before);
                self.state = State::Copy(length);
            }
            Head { length, .. } if length > MAX_VALUE => return Err(Malformed::Length),
            Head { tag, in_list, .. } if tag & 7 == WHOLE => write(in_list, before, out),
            Head { length: 0, .. } => self.take_value(head, &[], out)?,
            Head { length, .. } => self.state = State::Value(head, length),
        }
        Ok(())
    }

    fn take_value(&mut self, head: Head, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
        self.state = State::Head;
        if head.tag == TYPE_META && !head.in_list {
            self.is_list = kind(bytes).ok_or(Malformed::Protobuf)?.ends_with(b"List");
        }
        self.piece.clear();
        let wanted =
            if head.in_list { self.mask.wanted_of_number(Mask::LIST, number(head.tag)) } else { Wanted::Whole };
        copy(&self.mask, wanted, head.tag, bytes, &mut self.piece).ok_or(Malformed::Protobuf)?;
        write(head.in_list, &self.piece, out);
        Ok(())
    }
}

/// Writes a field: of the list as a piece of it, else as one of the envelope.
fn write(in_list: bool, field: &[u8], out: &mut Vec<u8>) {
    if in_list {
        write_varint(RAW, out);
        write_varint(field.len() as u64, out);
    }
    out.extend_from_slice(field);
}

/// Appends a field, as much of it as is wanted; `None` where it is malformed.
fn copy(mask: &Mask, wanted: Wanted, tag: u64, value: &[u8], out: &mut Vec<u8>) -> Option<()> {
    match wanted {
        Wanted::Nothing => {}
        // A value of another type than the mask expects is not ours to lose.
        Wanted::Fields(place) if tag & 7 == BYTES => {
            write_varint(tag, out);
            let at = out.len();
            copy_fields(mask, place, value, out)?;
            insert_length(out, at);
        }
        Wanted::Fields(_) | Wanted::Whole => {
            write_varint(tag, out);
            if tag & 7 == BYTES {
                write_varint(value.len() as u64, out);
            }
            out.extend_from_slice(value);
        }
    }
    Some(())
}

/// Appends the fields of a message that are wanted. No deeper than the mask.
fn copy_fields(mask: &Mask, place: Place, mut message: &[u8], out: &mut Vec<u8>) -> Option<()> {
    while !message.is_empty() {
        let whole = message;
        let (tag, length) = head(&mut message)?;
        let before = whole.len() - message.len();
        let (value, rest) = message.split_at_checked(usize::try_from(length).ok()?)?;
        message = rest;
        let wanted = mask.wanted_of_number(place, number(tag));
        if tag & 7 != WHOLE {
            copy(mask, wanted, tag, value, out)?;
        } else if wanted != Wanted::Nothing {
            out.extend_from_slice(whole.get(..before)?);
        }
    }
    Some(())
}

/// Puts the length of all that stands from here on before it.
fn insert_length(out: &mut Vec<u8>, at: usize) {
    let length = (out.len() - at) as u64;
    let end = out.len();
    write_varint(length, out);
    let size = out.len() - end;
    if let Some(moved) = out.get_mut(at..) {
        moved.rotate_right(size);
    }
}

/// Reads a tag and what stands between it and its value, and takes them off; `None` where they are cut or malformed.
fn head(bytes: &mut &[u8]) -> Option<(u64, u64)> {
    let tag = read_varint(bytes)?;
    let length = match tag & 7 {
        WHOLE => {
            read_varint(bytes)?;
            0
        }
        FIXED_64 => 8,
        BYTES => read_varint(bytes)?,
        FIXED_32 => 4,
        _ => return None,
    };
    (number(tag) > 0).then_some((tag, length))
}

/// The number of a field; 0, which none has, where it is too large.
fn number(tag: u64) -> u32 {
    u32::try_from(tag >> 3).unwrap_or_default()
}

/// The kind that the envelope names.
fn kind(mut type_meta: &[u8]) -> Option<&[u8]> {
    let mut kind: &[u8] = &[];
    while !type_meta.is_empty() {
        let (tag, length) = head(&mut type_meta)?;
        let value = type_meta.split_off(..usize::try_from(length).ok()?)?;
        if tag == KIND {
            kind = value;
        }
    }
    Some(kind)
}

/// Seven bits a byte, the lowest first.
fn read_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.split_off_first()?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

fn write_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        // The lowest seven bits, marked as not the last ones.
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn take<'a>(bytes: &mut &'a [u8], length: u64) -> &'a [u8] {
    let length = usize::try_from(length).unwrap_or(usize::MAX).min(bytes.len());
    bytes.split_off(..length).unwrap_or_default()
}

#[cfg(test)]
mod tests;
