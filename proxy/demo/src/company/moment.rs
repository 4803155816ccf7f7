//! A moment of the cluster's time, in whole seconds.

use std::fmt;
use std::ops::{Add, Sub};

use jiff::Timestamp;

use crate::clock::rfc3339;

/// A moment: whole seconds since 1970, as `metav1.Time` keeps them.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Moment(pub i64);

impl Moment {
    /// The second that a time is in.
    pub fn of(time: Timestamp) -> Self {
        Self(time.as_second())
    }

    /// Its beginning.
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_second(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// With microseconds, as leases and new events write it.
    pub fn micros(self, micros: u64) -> String {
        let seconds = self.to_string();
        let seconds = seconds.trim_end_matches('Z');
        format!("{seconds}.{:06}Z", micros % 1_000_000)
    }

    /// Reads RFC 3339; a fraction is dropped.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(Self::of)
    }

    /// The second of the day, 0 to 86,399.
    pub fn second_of_day(self) -> i64 {
        self.0.rem_euclid(86_400)
    }
}

impl Add<i64> for Moment {
    type Output = Self;

    fn add(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }
}

impl Sub<i64> for Moment {
    type Output = Self;

    fn sub(self, seconds: i64) -> Self {
        Self(self.0.saturating_sub(seconds))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&rfc3339(self.timestamp()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_and_read_as_rfc_3339() {
        let check = |seconds, text: &str| {
            assert_eq!(Moment(seconds).to_string(), text);
            assert_eq!(Moment::parse(text), Some(Moment(seconds)));
        };
        check(0, "1970-01-01T00:00:00Z");
        check(951_782_400, "2000-02-29T00:00:00Z");
        check(-1, "1969-12-31T23:59:59Z");
    }

    #[test]
    fn microseconds_have_six_digits() {
        assert_eq!(Moment(0).micros(42), "1970-01-01T00:00:00.000042Z");
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        assert_eq!(Moment::parse("yesterday"), None);
    }
}
