//! One copy of each of many texts, for as long as somebody holds it.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use bytes::Bytes;

/// A text of which there can be several holders.
pub(super) trait Held: Clone + Eq + Hash {
    /// Its length.
    fn bytes(&self) -> usize;
    /// Whether anybody else holds it.
    fn is_held(&self) -> bool;
}

/// One copy of each text.
///
/// What nobody else holds is thrown away when as much was added as was left the last time, so what lies here in vain is
/// never more than what is of use and [`SWEEP_BYTES`].
#[derive(Debug)]
pub(super) struct Pool<T> {
    known: HashSet<T>,
    added_bytes: usize,
    left_bytes: usize,
}

/// Less than this is not looked through.
pub(super) const SWEEP_BYTES: usize = 1 << 20;
/// About what an entry costs besides its text.
const ENTRY_BYTES: usize = 64;

impl<T: Held> Pool<T> {
    /// The copy of a text, if there is one.
    pub(super) fn get<Q: Eq + Hash + ?Sized>(&self, text: &Q) -> Option<T>
    where
        T: Borrow<Q>,
    {
        self.known.get(text).cloned()
    }

    /// Keeps a text that was not there.
    pub(super) fn keep(&mut self, text: T) {
        let bytes = text.bytes() + ENTRY_BYTES;
        if self.added_bytes + bytes > self.left_bytes.max(SWEEP_BYTES) {
            self.known.retain(T::is_held);
            self.left_bytes = self.known.iter().map(|text| text.bytes() + ENTRY_BYTES).sum();
            self.added_bytes = 0;
        }
        self.added_bytes += bytes;
        self.known.insert(text);
    }
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self { known: HashSet::new(), added_bytes: 0, left_bytes: 0 }
    }
}

impl Held for Bytes {
    fn bytes(&self) -> usize {
        self.len()
    }

    fn is_held(&self) -> bool {
        !self.is_unique()
    }
}

impl Held for Arc<str> {
    fn bytes(&self) -> usize {
        self.len()
    }

    fn is_held(&self) -> bool {
        Self::strong_count(self) > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lying(pool: &Pool<Bytes>) -> usize {
        pool.known.iter().map(Bytes::len).sum()
    }

    #[test]
    fn long_texts_that_nobody_holds_stayed() {
        let mut pool = Pool::default();
        for number in 0..1000_u32 {
            let mut text = vec![b'x'; 100_000];
            text.extend(number.to_be_bytes());
            pool.keep(Bytes::from(text));
        }
        assert!(lying(&pool) <= SWEEP_BYTES, "{}", lying(&pool));
    }

    #[test]
    fn what_is_held_is_kept_once() {
        let mut pool = Pool::default();
        let texts: Vec<_> = (0..50_000_u32).map(|number| Bytes::from(format!("text {number:0>100}"))).collect();
        texts.iter().for_each(|text| pool.keep(text.clone()));
        for text in &texts {
            assert_eq!(pool.get(&text[..]).unwrap().as_ptr(), text.as_ptr());
        }
    }
}
