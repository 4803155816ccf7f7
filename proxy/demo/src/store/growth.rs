//! How much more is kept than was there from the start, of which there may be only so much: etcd has a quota too.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::error::ApiError;

/// The most that the objects may grow by, in bytes of their text. What they share is kept once, so it is less in memory.
const MOST_BYTES: i64 = 1 << 30;

/// The bytes of what was created since, less those of what was deleted.
#[derive(Debug, Default)]
pub struct Growth(AtomicI64);

impl Growth {
    /// Counts a text that takes the place of another; either may be none.
    pub(super) fn count(&self, bytes: usize, instead_of: usize) {
        self.0.fetch_add(signed(bytes) - signed(instead_of), Ordering::AcqRel);
    }

    /// Refuses whoever comes from outside once there is no room. The cluster itself goes on, and so does what makes room.
    pub fn admit(&self) -> Result<(), ApiError> {
        if self.0.load(Ordering::Acquire) > MOST_BYTES { Err(ApiError::Full) } else { Ok(()) }
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
        growth.count(1 << 30, 0);
        assert!(growth.admit().is_ok());
        growth.count(11, 10);
        assert!(matches!(growth.admit(), Err(ApiError::Full)), "a byte too many");
        growth.count(0, 1 << 20);
        assert!(growth.admit().is_ok(), "what is gone leaves its room");
    }
}
