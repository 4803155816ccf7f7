//! Whether the machine has slept, or the browser has stopped the tab: told by two clocks, looked at about once a second.
//!
//! The clock that only goes forward stands still while a machine sleeps (on Linux and macOS), so an age that is counted by it
//! is too young after that. The wall clock goes on, and may be set by somebody.

/// The wall clock has to be ahead by more than this: what is less is somebody setting it right.
const SLEPT_MS: f64 = 5_000.0;
/// A look that comes so long after the last one comes far too late, in a tab that is seen.
const LATE_MS: f64 = 10_000.0;
/// The same in a hidden one, which browsers let look once a minute.
const LATE_HIDDEN_MS: f64 = 90_000.0;

/// Two clocks, as they were looked at last.
#[derive(Clone, Copy, Debug)]
pub struct Pulse {
    forward_ms: f64,
    wall_ms: f64,
    visible: bool,
    /// How long it has slept so far.
    slept_ms: f64,
}

impl Pulse {
    /// From now on.
    pub fn new(forward_ms: f64, wall_ms: f64) -> Self {
        Self { forward_ms, wall_ms, visible: false, slept_ms: 0.0 }
    }

    /// Milliseconds that only go forward, sleep included, as far as it has been noticed.
    pub fn now_ms(&self, forward_ms: f64) -> f64 {
        forward_ms + self.slept_ms
    }

    /// Looks at both clocks. Returns whether the machine has slept since the last look.
    pub fn beat(&mut self, forward_ms: f64, wall_ms: f64, visible: bool) -> bool {
        let passed_ms = forward_ms - self.forward_ms;
        let ahead_ms = wall_ms - self.wall_ms - passed_ms;
        let late_ms = if visible && self.visible { LATE_MS } else { LATE_HIDDEN_MS };
        (self.forward_ms, self.wall_ms, self.visible) = (forward_ms, wall_ms, visible);
        if ahead_ms > SLEPT_MS {
            self.slept_ms += ahead_ms;
        }
        ahead_ms > SLEPT_MS || passed_ms > late_ms
    }
}

#[cfg(test)]
mod tests {
    use super::Pulse;

    const WALL_MS: f64 = 1_800_000_000_000.0;

    #[test]
    fn a_sleep_that_stops_the_forward_clock_counts_as_age() {
        let mut pulse = Pulse::new(500.0, WALL_MS);
        assert!(!pulse.beat(1_500.0, WALL_MS + 1_000.0, true));
        assert!(pulse.beat(2_500.0, WALL_MS + 602_000.0, true), "ten minutes");
        assert_eq!(pulse.now_ms(2_600.0), 602_600.0);
        assert!(!pulse.beat(3_500.0, WALL_MS + 603_000.0, true), "once");
    }

    #[test]
    fn a_sleep_that_the_forward_clock_counts_is_known_by_a_look_that_comes_too_late() {
        let mut pulse = Pulse::new(0.0, WALL_MS);
        assert!(!pulse.beat(1_000.0, WALL_MS + 1_000.0, true));
        assert!(pulse.beat(601_000.0, WALL_MS + 601_000.0, true));
        assert_eq!(pulse.now_ms(601_000.0), 601_000.0, "it is counted already");
    }

    #[test]
    fn a_hidden_tab_that_looks_once_a_minute_has_not_slept() {
        let mut pulse = Pulse::new(0.0, WALL_MS);
        assert!(!pulse.beat(1_000.0, WALL_MS + 1_000.0, false));
        assert!(!pulse.beat(61_000.0, WALL_MS + 61_000.0, false));
        assert!(!pulse.beat(121_000.0, WALL_MS + 121_000.0, true), "it is seen again");
        assert!(pulse.beat(181_000.0, WALL_MS + 181_000.0, true));
    }

    #[test]
    fn a_wall_clock_that_is_set_back_or_right_is_no_sleep() {
        let mut pulse = Pulse::new(0.0, WALL_MS);
        assert!(!pulse.beat(1_000.0, WALL_MS + 3_000.0, true));
        assert!(!pulse.beat(2_000.0, WALL_MS - 3_600_000.0, true));
        assert!(!pulse.beat(3_000.0, WALL_MS - 3_599_000.0, true));
        assert_eq!(pulse.now_ms(3_000.0), 3_000.0);
    }
}
