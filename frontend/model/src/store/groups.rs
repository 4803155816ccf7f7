//! Rows by a group that each is in: the pods of a node, the pods of a template.
//!
//! Each group is a list that runs through two columns, so a row moves between groups in constant time and no group has
//! memory of its own.

use super::column::Column;
use super::rows::RowNumber;

/// Row numbers in groups; groups are numbered from 0 on.
#[derive(Debug, Default)]
pub(super) struct Groups {
    first: Column<Link>,
    next: Column<Link>,
    previous: Column<Link>,
}

/// A row number, or none: one more than the number, so that none is zero.
type Link = u32;

impl Groups {
    /// Puts a row that is in no group into this one.
    pub(super) fn insert(&mut self, group: u32, row: RowNumber) {
        let first = self.first.get(group);
        self.next.set(row, first);
        self.previous.set(row, 0);
        if let Some(second) = first.checked_sub(1) {
            self.previous.set(second, row + 1);
        }
        self.first.set(group, row + 1);
    }

    /// Takes a row out of the group it is in.
    pub(super) fn remove(&mut self, group: u32, row: RowNumber) {
        let (next, previous) = (self.next.get(row), self.previous.get(row));
        match previous.checked_sub(1) {
            Some(before) => self.next.set(before, next),
            None => self.first.set(group, next),
        }
        if let Some(after) = next.checked_sub(1) {
            self.previous.set(after, previous);
        }
    }

    /// The rows of a group, the newest first.
    pub(super) fn rows(&self, group: u32) -> impl Iterator<Item = RowNumber> {
        std::iter::successors(self.first.get(group).checked_sub(1), |row| self.next.get(*row).checked_sub(1))
    }

    /// What it holds of the memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.first.bytes() + self.next.bytes() + self.previous.bytes()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Groups;

    proptest! {
        #[test]
        fn each_row_is_in_the_group_it_was_put_in_last(moves in proptest::collection::vec((0u32..9, 0u32..4), 0..60)) {
            let mut groups = Groups::default();
            let mut truth = std::collections::BTreeMap::new();
            for (row, group) in moves {
                if let Some(old) = truth.insert(row, group) {
                    groups.remove(old, row);
                }
                groups.insert(group, row);
            }
            for group in 0..4 {
                let mut rows: Vec<_> = groups.rows(group).collect();
                rows.sort_unstable();
                prop_assert_eq!(rows, truth.iter().filter(|(_, g)| **g == group).map(|(row, _)| *row).collect::<Vec<_>>());
            }
        }
    }
}
