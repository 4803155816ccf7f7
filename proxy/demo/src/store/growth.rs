//! How much more is kept than was there from the start, of which there may be only so much: etcd has a quota too.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::error::ApiError;

/// The most that the objects may grow by, in bytes of their text. What they share is kept once, so it is less in memory.
const MOST_BYTES: i64 = 1 << 30;

/// The bytes of what was created since, less those of what was deleted.
#[derive(Debug, Default)]
pub(super) struct Growth(AtomicI64);

impl Growth {
    /// Counts a text that takes the place of another, which may be none; refused where there is no room for what it is longer.
    pub(super) fn count(&self, bytes: usize, instead_of: usize) -> Result<(), ApiError> {
        let by = signed(bytes) - signed(instead_of);
        let grown = self.0.fetch_add(by, Ordering::AcqRel) + by;
        if by > 0 && grown > MOST_BYTES {
            self.0.fetch_sub(by, Ordering::AcqRel);
            return Err(ApiError::Full);
        }
        Ok(())
    }

    /// Counts a text that is gone.
    pub(super) fn gone(&self, bytes: usize) {
        self.0.fetch_sub(signed(bytes), Ordering::AcqRel);
    }
}

/// No text is longer than what an `i64` counts.
fn signed(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_created_had_no_bound_in_all() {
        let growth = Growth::default();
        let half = 1 << 29;
        assert!(growth.count(half, 0).is_ok());
        assert!(growth.count(half, 0).is_ok());
        assert!(matches!(growth.count(1, 0), Err(ApiError::Full)), "a byte too many");
        assert!(growth.count(half, half).is_ok(), "a change that adds nothing");
        assert!(growth.count(10, 11).is_ok(), "and one that makes it shorter");
        growth.gone(half);
        assert!(growth.count(half, 0).is_ok(), "what is gone leaves its room");
    }
}
