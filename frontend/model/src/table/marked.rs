//! The rows of a table that somebody has marked.

use std::collections::BTreeSet;

use super::Key;

/// Marked rows: some, or all but some.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marked {
    all: bool,
    /// Those that are marked, or where all are, those that are not.
    keys: BTreeSet<Key>,
}

impl Marked {
    /// Whether a row is marked.
    pub fn contains(&self, key: Key) -> bool {
        self.all != self.keys.contains(&key)
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        !self.all && self.keys.is_empty()
    }

    /// How many are, of so many rows.
    pub fn count(&self, rows: usize) -> usize {
        if self.all { rows.saturating_sub(self.keys.len()) } else { self.keys.len() }
    }

    /// Every row is.
    pub fn mark_all(&mut self) {
        *self = Self { all: true, keys: BTreeSet::new() };
    }

    /// This row and no other is.
    pub fn mark_only(&mut self, key: Key) {
        *self = Self { all: false, keys: BTreeSet::from([key]) };
    }

    /// These rows and no others are.
    pub fn mark_range(&mut self, keys: impl IntoIterator<Item = Key>) {
        *self = Self { all: false, keys: keys.into_iter().collect() };
    }

    /// One more, or one less.
    pub fn toggle(&mut self, key: Key) {
        if !self.keys.remove(&key) {
            self.keys.insert(key);
        }
    }

    /// None is.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::Marked;

    #[test]
    fn some_or_all_but_some_are_marked() {
        let mut marked = Marked::default();
        let check = |marked: &Marked, expect: [bool; 3]| {
            assert_eq!([1, 2, 3].map(|key| marked.contains(key)), expect);
            assert_eq!(marked.count(3), expect.iter().filter(|is| **is).count());
        };
        check(&marked, [false; 3]);
        marked.toggle(2);
        check(&marked, [false, true, false]);
        marked.mark_range([1, 2]);
        check(&marked, [true, true, false]);
        marked.mark_only(3);
        check(&marked, [false, false, true]);
        marked.mark_all();
        check(&marked, [true; 3]);
        marked.toggle(1);
        check(&marked, [false, true, true]);
        marked.toggle(1);
        check(&marked, [true; 3]);
        assert!(!marked.is_empty());
        marked.clear();
        assert!(marked.is_empty());
    }
}
