//! The cluster's time: it starts at the present and may run faster.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// The time in the cluster; cheap to copy.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    epoch: Timestamp,
    started: Instant,
    pace: f64,
}

impl Clock {
    /// A clock that shows `epoch` now and runs `pace` times as fast as ours.
    pub fn new(epoch: Timestamp, pace: f64) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one place where real time enters the cluster")]
        let started = Instant::now();
        // Beyond a million, a second would be more than a week.
        let pace = if pace.is_finite() { pace.clamp(0.0, 1e6) } else { 1.0 };
        Self { epoch, started, pace }
    }

    /// The present time of the cluster.
    pub fn now(&self) -> Timestamp {
        let passed = self.started.elapsed().as_secs_f64() * self.pace;
        let passed = SignedDuration::try_from_secs_f64(passed).unwrap_or(SignedDuration::MAX);
        self.epoch.saturating_add(passed).unwrap_or(Timestamp::MAX)
    }

    /// When the cluster was started, in its own time.
    pub fn epoch(&self) -> Timestamp {
        self.epoch
    }

    /// So many seconds of the cluster's time, or more where it runs so fast that less than `least` of ours would pass.
    pub fn at_least(&self, seconds: i64, least: Duration) -> i64 {
        let least = Duration::try_from_secs_f64(least.as_secs_f64() * self.pace).unwrap_or(Duration::MAX);
        i64::try_from(least.as_secs()).unwrap_or(i64::MAX).max(seconds)
    }

    /// How long we have to wait until the cluster shows `at`; nothing when that has passed.
    pub fn until(&self, at: Timestamp) -> Duration {
        let left = Duration::try_from(at.duration_since(self.now())).unwrap_or_default();
        // A clock that stands still is asked again after a while.
        Duration::try_from_secs_f64(left.as_secs_f64() / self.pace).unwrap_or(Duration::from_secs(3600))
    }
}

/// A time as the API writes it: RFC 3339 in whole seconds.
pub fn rfc3339(at: Timestamp) -> String {
    // Much faster than a format of one's own, and large clusters have millions of times.
    format!("{at:.0}")
}

/// A time as leases and events write it: RFC 3339 with microseconds.
pub fn rfc3339_micro(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_the_api_writes_them() {
        let at = Timestamp::from_microsecond(1_577_836_800_012_345).unwrap();
        assert_eq!(rfc3339(at), "2020-01-01T00:00:00Z");
        assert_eq!(rfc3339_micro(at), "2020-01-01T00:00:00.012345Z");
    }

    #[test]
    fn a_clock_that_stands_still_stays_at_its_epoch() {
        let clock = Clock::new(Timestamp::UNIX_EPOCH, 0.0);
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
        assert_eq!(clock.until(Timestamp::MAX), Duration::from_secs(3600));
    }

    #[test]
    fn a_fast_clock_leaves_time_for_us() {
        let at_least = |pace| Clock::new(Timestamp::UNIX_EPOCH, pace).at_least(300, Duration::from_secs(60));
        assert_eq!([0.0, 1.0, 5.0, 100.0].map(at_least), [300, 300, 300, 6000]);
    }
}
