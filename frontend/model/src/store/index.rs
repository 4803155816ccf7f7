//! Finds numbers by what they stand for: a hash table of numbers alone, since what they stand for is kept elsewhere.
//!
//! A `HashMap` would keep each key a second time, and its code once for each type: of 150,000 uids that is 8 MB of memory
//! against 2 MB here.

use std::hash::{Hash, Hasher};

/// A hash table with open addressing and linear probing.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// As many as a power of two.
    slots: Vec<Option<Entry>>,
    len: usize,
}

/// A number and the hash it is found by.
#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u32,
    /// One more than the number: zero is for no entry.
    after: std::num::NonZeroU32,
}

/// Mixes words by a rotation and a multiplication. The standard library's hasher is made for keys that nobody can choose to
/// collide, but has no random seed in the browser; this one is a tenth of its code.
#[derive(Default)]
struct Mixer(u64);

/// The hash of a key.
pub(crate) fn hash_of(key: &(impl Hash + ?Sized)) -> u32 {
    let mut mixer = Mixer::default();
    key.hash(&mut mixer);
    mixer.finish() as u32
}

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let word = chunk.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
            self.write_u64(word);
        }
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(word.into());
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    /// The upper half is the one that is mixed well.
    fn finish(&self) -> u64 {
        self.0 >> 32
    }
}

impl Index {
    /// The number with this hash that `is` the one.
    pub(super) fn find(&self, hash: u32, is: impl Fn(u32) -> bool) -> Option<u32> {
        let mut at = self.home(hash);
        // An empty slot ends the search; the table is never full.
        while let Some(entry) = self.slots.get(at).copied().flatten() {
            if entry.hash == hash && is(entry.number()) {
                return Some(entry.number());
            }
            at = self.next(at);
        }
        None
    }

    /// Adds a number that is not in it.
    pub(super) fn insert(&mut self, hash: u32, number: u32) {
        if (self.len + 1) * 4 > self.slots.len() * 3 {
            self.grow();
        }
        let Some(after) = number.checked_add(1).and_then(std::num::NonZeroU32::new) else {
            return;
        };
        self.place(Entry { hash, after });
        self.len += 1;
    }

    /// Takes a number out.
    pub(super) fn remove(&mut self, hash: u32, number: u32) {
        let mut hole = self.home(hash);
        loop {
            match self.slots.get(hole).copied().flatten() {
                None => return,
                Some(entry) if entry.hash == hash && entry.number() == number => break,
                Some(_) => hole = self.next(hole),
            }
        }
        self.len -= 1;
        // What was pushed past the hole moves back, so that a search never ends too early.
        let mut at = self.next(hole);
        while let Some(entry) = self.slots.get(at).copied().flatten() {
            let way = |to: usize| to.wrapping_sub(self.home(entry.hash)) & (self.slots.len() - 1);
            if way(hole) < way(at) {
                self.set(hole, Some(entry));
                hole = at;
            }
            at = self.next(at);
        }
        self.set(hole, None);
    }

    /// What it holds of the memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Option<Entry>>()
    }

    fn home(&self, hash: u32) -> usize {
        hash as usize & self.slots.len().wrapping_sub(1)
    }

    fn next(&self, at: usize) -> usize {
        (at + 1) & (self.slots.len() - 1)
    }

    fn set(&mut self, at: usize, entry: Option<Entry>) {
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = entry;
        }
    }

    fn place(&mut self, entry: Entry) {
        let mut at = self.home(entry.hash);
        while self.slots.get(at).copied().flatten().is_some() {
            at = self.next(at);
        }
        self.set(at, Some(entry));
    }

    fn grow(&mut self) {
        let twice = (self.slots.len() * 2).max(16);
        let old = std::mem::replace(&mut self.slots, vec![None; twice]);
        for entry in old.into_iter().flatten() {
            self.place(entry);
        }
    }
}

impl Entry {
    fn number(self) -> u32 {
        self.after.get() - 1
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Index, hash_of};

    #[test]
    fn names_that_differ_by_a_digit_are_spread_evenly() {
        let mut found = vec![0_u32; 1 << 12];
        for number in 0..1 << 12 {
            let hash = hash_of(format!("web-7d9f8c6b5-{number:05}").as_str());
            found[hash as usize & 0xfff] += 1;
        }
        // Thrown by chance, some 37 % of the places stay empty.
        let empty = found.iter().filter(|count| **count == 0).count();
        assert!((1_300..1_700).contains(&empty), "{empty} of 4,096 places are empty");
        assert!(found.iter().all(|count| *count < 12));
    }

    proptest! {
        #[test]
        fn it_finds_what_is_in_it_and_nothing_else(
            steps in proptest::collection::vec((any::<bool>(), 0u32..60, 0u32..8), 0..200)
        ) {
            let mut index = Index::default();
            let mut truth = std::collections::BTreeSet::new();
            for (add, number, spread) in steps {
                // Few hashes, at the end of the table too, so that numbers push each other about.
                let hash = (number % 8).wrapping_sub(spread % 2 * 3);
                let known = truth.iter().any(|(n, _)| *n == number);
                if add && !known {
                    index.insert(hash, number);
                    truth.insert((number, hash));
                } else if truth.remove(&(number, hash)) {
                    index.remove(hash, number);
                }
            }
            for n in 0..60 {
                for hash in (0..8_u32).flat_map(|h| [h, h.wrapping_sub(3)]) {
                    let expect = truth.contains(&(n, hash)).then_some(n);
                    prop_assert_eq!(index.find(hash, |found| found == n), expect);
                }
            }
        }
    }
}
