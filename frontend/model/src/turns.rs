//! When usage is read: at each interval while the tab is seen, and at once when it is seen again or the machine has slept.

/// A cluster without metrics is asked again at every eighth interval only.
const PATIENCE: u32 = 8;
/// What was read so short a time ago is as good as new: a tab that is seen and hidden again and again reads no more for it.
const FRESH_MS: f64 = 5_000.0;

/// The readings so far.
#[derive(Clone, Copy, Debug)]
pub struct Turns {
    intervals: u32,
    began_ms: f64,
}

impl Default for Turns {
    fn default() -> Self {
        Self { intervals: 0, began_ms: f64::NEG_INFINITY }
    }
}

impl Turns {
    /// An interval begins, the first at once: whether to read. `missing` tells that there was nothing to read the last time.
    pub fn interval(&mut self, visible: bool, missing: bool, now_ms: f64) -> bool {
        let is_due = visible && (!missing || self.intervals.is_multiple_of(PATIENCE));
        self.intervals = self.intervals.wrapping_add(1);
        self.taken(is_due, now_ms)
    }

    /// The tab is seen again, or the machine has slept: whether to read.
    pub fn returned(&mut self, visible: bool, missing: bool, now_ms: f64) -> bool {
        self.taken(visible && !missing && now_ms - self.began_ms >= FRESH_MS, now_ms)
    }

    fn taken(&mut self, is_due: bool, now_ms: f64) -> bool {
        if is_due {
            self.began_ms = now_ms;
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::Turns;

    #[test]
    fn a_tab_that_is_seen_again_has_usage_at_once_and_not_twice() {
        let mut turns = Turns::default();
        assert!(turns.interval(true, false, 0.0));
        assert!(!turns.interval(false, false, 15_000.0), "hidden");
        assert!(!turns.returned(false, false, 16_000.0), "woken while it is hidden");
        assert!(turns.returned(true, false, 20_000.0));
        assert!(!turns.returned(true, false, 22_000.0), "seen and hidden again and again");
        assert!(turns.interval(true, false, 30_000.0));
    }

    #[test]
    fn a_cluster_without_metrics_is_asked_every_two_minutes() {
        let mut turns = Turns::default();
        let reads = (0..40_u32).filter(|at| turns.interval(true, true, f64::from(*at) * 15_000.0)).count();
        assert_eq!(reads, 5);
        assert!(!turns.returned(true, true, 1e9));
    }
}
