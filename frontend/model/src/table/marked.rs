//! The rows of a table that somebody has marked: by what they are, not by where they stand.

use std::collections::BTreeSet;

use super::Key;

/// Marked rows. A row that comes later, or that another filter brings, is not marked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marked {
    keys: BTreeSet<Key>,
    /// Where a range begins: the row that was marked last by itself.
    anchor: Option<Key>,
}

impl Marked {
    /// Whether a row is marked.
    pub fn contains(&self, key: Key) -> bool {
        self.keys.contains(&key)
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// How many are, seen or not.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// How many of these rows are.
    pub fn among(&self, rows: impl IntoIterator<Item = Key>) -> usize {
        rows.into_iter().filter(|key| self.contains(*key)).count()
    }

    /// These rows and no others are.
    pub fn mark_all(&mut self, rows: impl IntoIterator<Item = Key>) {
        self.keys = rows.into_iter().collect();
    }

    /// This row and no other is.
    pub fn mark_only(&mut self, key: Key) {
        *self = Self { keys: BTreeSet::from([key]), anchor: Some(key) };
    }

    /// The rows from the anchor, wherever it stands now, to this one and no others are. Without an anchor, or where it has gone, the
    /// range begins at `from`.
    pub fn mark_range(&mut self, from: Key, to: Key, order: &[Key]) {
        let place = |wanted: Key| order.iter().position(|key| *key == wanted);
        let Some(end) = place(to) else { return };
        let anchor = self.anchor.filter(|anchor| place(*anchor).is_some()).unwrap_or(from);
        let begin = place(anchor).unwrap_or(end);
        let range = order.get(begin.min(end)..=begin.max(end)).unwrap_or_default();
        *self = Self { keys: range.iter().copied().collect(), anchor: Some(anchor) };
    }

    /// One more, or one less.
    pub fn toggle(&mut self, key: Key) {
        if !self.keys.remove(&key) {
            self.keys.insert(key);
        }
        self.anchor = Some(key);
    }

    /// None is.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(marked: &Marked, expect: &[Key]) {
        assert_eq!(marked.keys.iter().copied().collect::<Vec<_>>(), expect);
        assert_eq!((marked.len(), marked.is_empty()), (expect.len(), expect.is_empty()));
    }

    #[test]
    fn rows_are_marked_one_by_one_and_all_at_once() {
        let mut marked = Marked::default();
        check(&marked, &[]);
        marked.toggle(2);
        check(&marked, &[2]);
        marked.toggle(3);
        check(&marked, &[2, 3]);
        marked.mark_only(1);
        check(&marked, &[1]);
        marked.mark_all([1, 2, 3]);
        check(&marked, &[1, 2, 3]);
        marked.toggle(1);
        check(&marked, &[2, 3]);
        marked.clear();
        check(&marked, &[]);
    }

    #[test]
    fn what_a_filter_hides_stays_marked_and_is_told_apart() {
        let mut marked = Marked::default();
        marked.mark_all([1, 2, 3]);
        assert_eq!((marked.len(), marked.among([2, 7])), (3, 1));
        // A row that comes later is not.
        assert!(!marked.contains(7));
    }

    #[test]
    fn a_range_begins_at_the_row_that_was_marked_wherever_it_has_moved() {
        let mut marked = Marked::default();
        marked.mark_only(2);
        marked.mark_range(4, 4, &[1, 2, 3, 4, 5]);
        check(&marked, &[2, 3, 4]);
        // Rows came above it, and the order was turned round.
        marked.mark_range(4, 4, &[9, 8, 5, 4, 3, 2, 1]);
        check(&marked, &[2, 3, 4]);
        marked.mark_range(1, 1, &[9, 8, 5, 4, 3, 2, 1]);
        check(&marked, &[1, 2]);
        // The anchor has gone: the range is what the keys walked over.
        marked.mark_range(3, 4, &[1, 3, 4]);
        check(&marked, &[3, 4]);
        // A row that has gone meanwhile changes nothing.
        marked.mark_range(3, 7, &[1, 3, 4]);
        check(&marked, &[3, 4]);
    }
}
