//! Whether the API server can be reached at all: shared by all watches of a tab, so that an outage costs one probe
//! every two seconds and not one for each watch.

/// Between two probes of an outage.
const PROBE_EVERY_MS: f64 = 2_000.0;
/// A probe that takes longer has failed.
pub const PROBE_TIMEOUT_MS: f64 = 5_000.0;
/// All watches resume within this time after an outage.
pub const RESUME_SPREAD_MS: f64 = 1_000.0;

/// The link to the API server. Times are milliseconds of any one clock that only goes forward.
#[derive(Clone, Debug)]
pub struct Link {
    state: State,
    probing: bool,
    last_proof_ms: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Up,
    Down { next_probe_ms: f64 },
}

/// What the freshness badge says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Proof of life is this many seconds old.
    Live {
        /// Seconds since the last frame or probe.
        age_s: u32,
    },
    /// Nothing reaches the API server; what is shown is this old.
    Reconnecting {
        /// Seconds since the last frame or probe.
        age_s: u32,
    },
}

impl Link {
    /// A link that has just been proved.
    pub fn new(now_ms: f64) -> Self {
        Self { state: State::Up, probing: false, last_proof_ms: now_ms }
    }

    /// A frame or an answer arrived. Returns whether an outage ends with it.
    pub fn proved(&mut self, now_ms: f64) -> bool {
        self.last_proof_ms = self.last_proof_ms.max(now_ms);
        let ended = self.state != State::Up;
        self.state = State::Up;
        ended
    }

    /// A request got no answer: from now on probes find out when the server is back.
    pub fn lost(&mut self, now_ms: f64) {
        if self.state == State::Up {
            self.state = State::Down { next_probe_ms: now_ms };
        }
    }

    /// A watch has been silent for long. Returns whether to send a probe: one serves all.
    pub fn doubted(&mut self) -> bool {
        !std::mem::replace(&mut self.probing, true)
    }

    /// Time passes. Returns whether to send a probe; a hidden tab waits until it is seen.
    pub fn tick(&mut self, now_ms: f64, visible: bool) -> bool {
        match &mut self.state {
            State::Down { next_probe_ms } if visible && !self.probing && now_ms >= *next_probe_ms => {
                *next_probe_ms = now_ms + PROBE_EVERY_MS;
                self.probing = true;
                true
            }
            State::Up | State::Down { .. } => false,
        }
    }

    /// A probe has ended. Returns whether an outage ends with it.
    pub fn probed(&mut self, answered: bool, now_ms: f64) -> bool {
        self.probing = false;
        if answered {
            return self.proved(now_ms);
        }
        self.lost(now_ms);
        false
    }

    /// Whether requests have a chance.
    pub fn is_up(&self) -> bool {
        self.state == State::Up
    }

    /// For the badge.
    pub fn freshness(&self, now_ms: f64) -> Freshness {
        // Seconds since the last proof fit: a float cast saturates and reads NaN as 0.
        let age_s = ((now_ms - self.last_proof_ms) / 1000.0) as u32;
        if self.is_up() { Freshness::Live { age_s } } else { Freshness::Reconnecting { age_s } }
    }
}

#[cfg(test)]
mod tests {
    use super::{Freshness, Link};

    #[test]
    fn an_outage_costs_one_probe_every_two_seconds() {
        let mut link = Link::new(0.0);
        link.lost(1000.0);
        link.lost(1001.0);
        assert!(link.tick(1010.0, true));
        assert!(!link.tick(1020.0, true), "the probe is under way");
        assert!(!link.probed(false, 1100.0));
        assert!(!link.tick(2000.0, true));
        assert!(link.tick(3010.0, true));
        assert!(link.probed(true, 3050.0), "the outage ends");
        assert!(!link.tick(9000.0, true));
    }

    #[test]
    fn a_hidden_tab_does_not_probe() {
        let mut link = Link::new(0.0);
        link.lost(0.0);
        assert!(!link.tick(60_000.0, false));
        assert!(link.tick(60_001.0, true));
    }

    #[test]
    fn silent_watches_share_one_probe() {
        let mut link = Link::new(0.0);
        assert!(link.doubted());
        assert!(!link.doubted());
        assert!(!link.probed(true, 100.0), "there was no outage");
        assert!(link.doubted());
    }

    #[test]
    fn the_badge_shows_the_age_of_the_last_proof_all_the_while() {
        let mut link = Link::new(0.0);
        assert_eq!(link.freshness(2500.0), Freshness::Live { age_s: 2 });
        link.lost(10_000.0);
        assert_eq!(link.freshness(18_000.0), Freshness::Reconnecting { age_s: 18 });
        link.proved(18_500.0);
        assert_eq!(link.freshness(18_600.0), Freshness::Live { age_s: 0 });
    }
}
