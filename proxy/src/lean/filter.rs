//! Copies of a list only what a mask wants, as the bytes arrive.
//!
//! It holds the brackets that are open and the key that is being read, so that a list of any length takes the same memory.
//! What is left out is read as strictly as what is copied: a list that is not JSON, or that was cut, never ends well.

use super::mask::{MAX_NAME, Mask, Place, Wanted};
use super::value::{Bracket, MAX_DEPTH, Malformed, Value, is_space};

/// A list on its way through a mask.
#[derive(Debug)]
pub struct Filter {
    mask: Mask,
    /// The objects and arrays that are open and of which some fields are wanted.
    open: Vec<Open>,
    state: State,
    /// The key that is being read, in its quotes; no longer than [`MAX_KEY`].
    key: Vec<u8>,
    /// The value or the key that is being read.
    value: Value,
}

#[derive(Debug)]
struct Open {
    bracket: Bracket,
    place: Place,
    /// Whether the next member that is copied follows another.
    has_member: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// A value must come, of which this is wanted.
    Value(Wanted),
    /// An array has begun.
    FirstItem,
    /// An object has begun.
    FirstKey,
    /// A comma of an object.
    Key,
    InKey,
    /// A key has ended; this is wanted of its value.
    Colon(Wanted),
    /// Inside a value that is copied whole.
    Copy,
    /// Inside a value that is left out.
    Skip,
    /// A value has ended.
    After,
    /// The list has ended.
    End,
}

/// A longer key is none that a mask can name, even if each of its characters is escaped.
const MAX_KEY: usize = 2 + 6 * MAX_NAME;

impl Filter {
    /// Nothing has come yet.
    pub fn new(mask: Mask) -> Self {
        let state = State::Value(Wanted::Fields(Mask::LIST));
        Self { mask, open: Vec::new(), state, key: Vec::new(), value: Value::default() }
    }

    /// Reads the next bytes, and appends what is wanted of them.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            match self.state {
                State::Skip => rest = self.rest_of_value(rest, None)?,
                State::Copy => rest = self.rest_of_value(rest, Some(out))?,
                State::InKey => rest = self.rest_of_key(rest, out)?,
                _ if is_space(byte) => rest = after,
                State::FirstKey | State::Key if byte == b'"' => {
                    self.key.clear();
                    self.state = State::InKey;
                }
                State::Colon(wanted) if byte == b':' => {
                    self.state = State::Value(wanted);
                    rest = after;
                }
                State::FirstKey | State::FirstItem | State::After if matches!(byte, b'}' | b']') => {
                    self.close(byte)?;
                    out.push(byte);
                    rest = after;
                }
                State::FirstItem => self.state = State::Value(self.wanted_of_item()),
                State::After if byte == b',' => {
                    self.state = match self.open.last() {
                        Some(Open { bracket: Bracket::Object, .. }) => State::Key,
                        // Every item of an array is copied, in part at least.
                        _ => {
                            out.push(byte);
                            State::Value(self.wanted_of_item())
                        }
                    };
                    rest = after;
                }
                State::Value(Wanted::Fields(place)) if matches!(byte, b'{' | b'[') => {
                    self.open(byte, place)?;
                    out.push(byte);
                    rest = after;
                }
                State::Value(Wanted::Nothing) => self.state = State::Skip,
                // A value of another type than the mask expects is not ours to lose.
                State::Value(_) => self.state = State::Copy,
                State::FirstKey | State::Key | State::Colon(_) | State::After | State::End => {
                    return Err(Malformed::Byte);
                }
            }
        }
        Ok(())
    }

    /// Whether the list has come to its end.
    pub fn is_whole(&self) -> bool {
        self.state == State::End
    }

    fn rest_of_value<'a>(&mut self, rest: &'a [u8], out: Option<&mut Vec<u8>>) -> Result<&'a [u8], Malformed> {
        let end = self.value.read(rest)?;
        let (read, after) = rest.split_at_checked(end.unwrap_or(rest.len())).unwrap_or((rest, &[]));
        if let Some(out) = out {
            out.extend_from_slice(read);
        }
        if end.is_some() {
            self.state = if self.open.is_empty() { State::End } else { State::After };
        }
        Ok(after)
    }

    fn rest_of_key<'a>(&mut self, rest: &'a [u8], out: &mut Vec<u8>) -> Result<&'a [u8], Malformed> {
        let end = self.value.read(rest)?;
        let (read, after) = rest.split_at_checked(end.unwrap_or(rest.len())).unwrap_or((rest, &[]));
        // One more than the bound tells that it was exceeded.
        let room = (MAX_KEY + 1).saturating_sub(self.key.len());
        self.key.extend_from_slice(read.get(..room).unwrap_or(read));
        if end.is_some() {
            self.state = State::Colon(self.wanted_of_key(out));
        }
        Ok(after)
    }

    /// What is wanted of the value of the key that was read; the key is copied if that is anything.
    fn wanted_of_key(&mut self, out: &mut Vec<u8>) -> Wanted {
        let Some(open) = self.open.last_mut() else { return Wanted::Nothing };
        let raw = self.key.get(1..self.key.len().saturating_sub(1)).unwrap_or_default();
        let wanted = match raw {
            _ if self.key.len() > MAX_KEY => Wanted::Nothing,
            raw if raw.contains(&b'\\') => match serde_json::from_slice::<String>(&self.key) {
                Ok(name) => self.mask.wanted(open.place, name.as_bytes()),
                Err(_) => Wanted::Nothing,
            },
            raw => self.mask.wanted(open.place, raw),
        };
        if wanted != Wanted::Nothing {
            if std::mem::replace(&mut open.has_member, true) {
                out.push(b',');
            }
            out.extend_from_slice(&self.key);
            out.push(b':');
        }
        wanted
    }

    fn wanted_of_item(&self) -> Wanted {
        self.open.last().map_or(Wanted::Nothing, |open| Wanted::Fields(open.place))
    }

    fn open(&mut self, byte: u8, place: Place) -> Result<(), Malformed> {
        if self.open.len() == MAX_DEPTH {
            return Err(Malformed::Depth);
        }
        let (bracket, state) =
            if byte == b'{' { (Bracket::Object, State::FirstKey) } else { (Bracket::Array, State::FirstItem) };
        self.open.push(Open { bracket, place, has_member: false });
        self.state = state;
        Ok(())
    }

    fn close(&mut self, byte: u8) -> Result<(), Malformed> {
        let expect = if byte == b'}' { Bracket::Object } else { Bracket::Array };
        match self.open.pop() {
            Some(open) if open.bracket == expect => {
                self.state = if self.open.is_empty() { State::End } else { State::After };
                Ok(())
            }
            _ => Err(Malformed::Byte),
        }
    }
}

#[cfg(test)]
mod tests;
