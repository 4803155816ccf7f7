//! An object's JSON in pieces: what equals another object's is shared with it, so a pod costs a fifth of its length.

use std::sync::{Mutex, PoisonError};

use bytes::{Bytes, BytesMut};

use super::pool::Pool;

/// JSON text in pieces; a list is a copy of them.
#[derive(Debug, Clone)]
pub struct Rope {
    pieces: Box<[Bytes]>,
}

/// Keeps one copy of each text that many objects have.
#[derive(Debug, Default)]
pub struct Interner {
    shelves: [Mutex<Pool<Bytes>>; SHELVES],
}

/// More than the threads that write at once.
pub(super) const SHELVES: usize = 16;

impl Rope {
    /// The text of these pieces, one after the other.
    pub fn new(pieces: impl IntoIterator<Item = Bytes>) -> Self {
        Self { pieces: pieces.into_iter().collect() }
    }

    /// Its length in bytes.
    pub fn len(&self) -> usize {
        self.pieces.iter().map(Bytes::len).sum()
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.pieces.iter().all(Bytes::is_empty)
    }

    /// Appends the text to a buffer.
    pub fn copy_to(&self, buffer: &mut BytesMut) {
        buffer.reserve(self.len());
        for piece in &self.pieces {
            buffer.extend_from_slice(piece);
        }
    }

    /// Appends an object's text without its first brace, for a head of one's own before it.
    pub fn copy_members_to(&self, buffer: &mut BytesMut) {
        buffer.reserve(self.len());
        let mut skip = 1;
        for piece in &self.pieces {
            buffer.extend_from_slice(piece.get(skip..).unwrap_or_default());
            skip = skip.saturating_sub(piece.len());
        }
    }

    /// The pieces in which a part of the text lies, each with what of it belongs to the part.
    pub fn part(&self, start: usize, end: usize) -> impl Iterator<Item = (&Bytes, &[u8])> {
        let mut begin = 0;
        self.pieces.iter().filter_map(move |piece| {
            let (from, to) = (start.saturating_sub(begin), end.saturating_sub(begin).min(piece.len()));
            begin += piece.len();
            Some((piece, piece.get(from..to).filter(|part| !part.is_empty())?))
        })
    }

    /// The text in one piece.
    pub fn to_vec(&self) -> Vec<u8> {
        self.pieces.concat()
    }

    /// The text, for whoever reads it.
    pub fn to_text(&self) -> String {
        String::from_utf8(self.to_vec()).expect("what is stored was written as text")
    }
}

impl Interner {
    /// The one copy of a text.
    pub fn intern(&self, text: &[u8]) -> Bytes {
        let Some(shelf) = self.shelves.get(shelf_of(text)) else {
            return Bytes::copy_from_slice(text);
        };
        let mut shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = shelf.get(text) {
            return known;
        }
        let text = Bytes::from(Box::<[u8]>::from(text));
        shelf.keep(text.clone());
        text
    }
}

/// Which shelf keeps a text: any spread will do.
pub(super) fn shelf_of(text: &[u8]) -> usize {
    let sample = text.iter().step_by(text.len() / 16 + 1);
    let sum = sample.fold(text.len(), |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    sum % SHELVES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_kept_once() {
        let interner = Interner::default();
        let one = interner.intern(b"the same text");
        let two = interner.intern(b"the same text");
        assert_eq!(one.as_ptr(), two.as_ptr());
        assert_ne!(one.as_ptr(), interner.intern(b"another text").as_ptr());
    }

    #[test]
    fn a_part_lies_in_some_of_the_pieces() {
        let rope = Rope::new(["abc".into(), "de".into(), "fgh".into()]);
        let check = |start, end, expect: &[(&str, &str)]| {
            let parts: Vec<_> = rope
                .part(start, end)
                .map(|(piece, part)| (std::str::from_utf8(piece).unwrap(), std::str::from_utf8(part).unwrap()))
                .collect();
            assert_eq!(parts, expect, "{start}..{end}");
        };
        check(0, 8, &[("abc", "abc"), ("de", "de"), ("fgh", "fgh")]);
        check(1, 4, &[("abc", "bc"), ("de", "d")]);
        check(3, 5, &[("de", "de")]);
        check(5, 5, &[]);
        check(6, 20, &[("fgh", "gh")]);
    }

    #[test]
    fn members_are_copied_without_the_first_brace() {
        let rope = Rope::new(["{".into(), "\"a\":".into(), "1}".into()]);
        let mut buffer = BytesMut::new();
        rope.copy_members_to(&mut buffer);
        assert_eq!(buffer, "\"a\":1}");
        assert_eq!(rope.to_vec(), b"{\"a\":1}");
    }
}
