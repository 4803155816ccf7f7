//! What has changed since a version, so that what follows a store need not look at all of it again.

use super::rows::RowNumber;

/// So many changes are remembered; who missed more looks at everything.
const REMEMBERED: usize = 1 << 15;

/// The rows that were put in, changed or taken out last, one for each version.
#[derive(Debug, Default)]
pub(super) struct ChangeLog {
    version: u64,
    /// A ring: the change that made version `v` stands at `v % REMEMBERED`.
    rows: Vec<RowNumber>,
}

/// What has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changes {
    /// Just these rows, each named once; those of them that are no longer there were taken out.
    Rows(Vec<RowNumber>),
    /// So much that it is not remembered.
    Everything,
}

impl ChangeLog {
    /// Grows by one with every change.
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    /// A row has changed.
    pub(super) fn push(&mut self, row: RowNumber) {
        self.version += 1;
        let at = (self.version % REMEMBERED as u64) as usize;
        match self.rows.get_mut(at) {
            Some(place) => *place = row,
            None => self.rows.resize(at + 1, row),
        }
    }

    /// What has changed since a version.
    pub(super) fn since(&self, version: u64) -> Changes {
        let missed = self.version.wrapping_sub(version);
        if missed >= REMEMBERED as u64 {
            return Changes::Everything;
        }
        let row = |v: u64| self.rows.get((v % REMEMBERED as u64) as usize).copied();
        let mut rows: Vec<_> = (version + 1..=self.version).filter_map(row).collect();
        rows.sort_unstable();
        rows.dedup();
        Changes::Rows(rows)
    }

    /// What it holds of the memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.rows.capacity() * size_of::<RowNumber>()
    }
}

#[cfg(test)]
mod tests {
    use super::{ChangeLog, Changes, REMEMBERED};

    #[test]
    fn changes_are_told_once_each_and_forgotten_when_there_are_too_many() {
        let mut log = ChangeLog::default();
        for row in [4, 2, 4] {
            log.push(row);
        }
        assert_eq!(log.since(0), Changes::Rows(vec![2, 4]));
        assert_eq!(log.since(2), Changes::Rows(vec![4]));
        assert_eq!(log.since(3), Changes::Rows(vec![]));
        for row in 0..REMEMBERED as u32 - 1 {
            log.push(row);
        }
        assert_eq!(log.since(2), Changes::Everything);
        assert_eq!(log.since(3), Changes::Rows((0..REMEMBERED as u32 - 1).collect()));
    }
}
