//! Whether the API server can be reached at all: shared by all watches of a tab, so that an outage costs one probe
//! every two seconds and not one for each watch.

use crate::failure::Failure;
use crate::reflector::DOUBT_AFTER_MS;

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
    /// A watch has been silent for long.
    doubted: bool,
    /// The API server's last answer was that it does not know the user.
    refused: bool,
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
    /// The API server is there, and does not accept the user's credentials.
    Refused,
    /// The API server is there, and yet some of what is shown is not kept up to date.
    Behind {
        /// The first kind of that, in the plural.
        what: &'static str,
        /// How many kinds it is.
        kinds: usize,
    },
}

impl Link {
    /// A link that has just been proved.
    pub fn new(now_ms: f64) -> Self {
        Self { state: State::Up, probing: false, last_proof_ms: now_ms, doubted: false, refused: false }
    }

    /// A frame or an answer arrived. Returns whether an outage ends with it.
    pub fn proved(&mut self, now_ms: f64) -> bool {
        self.last_proof_ms = self.last_proof_ms.max(now_ms);
        let ended = self.state != State::Up;
        self.state = State::Up;
        ended
    }

    /// A request has ended. A refusal is an answer too; a server's own failure, or none, proves nothing.
    ///
    /// Returns whether an outage ends with it, or that the API server did not know the user.
    pub fn answered(&mut self, failure: Option<&Failure>, now_ms: f64) -> bool {
        match failure {
            Some(Failure::Unreachable | Failure::Server { .. } | Failure::NoSession { .. }) => false,
            Some(Failure::Unauthorized { .. }) => {
                self.refused = true;
                self.proved(now_ms)
            }
            _ => {
                let ended = self.proved(now_ms);
                std::mem::take(&mut self.refused) || ended
            }
        }
    }

    /// A request got no answer: from now on probes find out when the server is back.
    pub fn lost(&mut self, now_ms: f64) {
        if self.state == State::Up {
            self.state = State::Down { next_probe_ms: now_ms };
        }
    }

    /// A watch has been silent for long: a probe is due as soon as nothing at all was heard for as long.
    pub fn doubted(&mut self) {
        self.doubted = true;
    }

    /// Time passes. Returns whether to send a probe, which serves all watches; a hidden tab waits until it is seen.
    pub fn tick(&mut self, now_ms: f64, visible: bool) -> bool {
        if !visible || self.probing {
            return false;
        }
        let is_due = match &mut self.state {
            State::Down { next_probe_ms } => {
                let is_due = now_ms >= *next_probe_ms;
                if is_due {
                    *next_probe_ms = now_ms + PROBE_EVERY_MS;
                }
                is_due
            }
            // Who was refused has no watch that could doubt, and wants to know when he is let in again.
            State::Up => (self.doubted || self.refused) && now_ms - self.last_proof_ms >= DOUBT_AFTER_MS,
        };
        if is_due {
            self.probing = true;
            self.doubted = false;
        }
        is_due
    }

    /// A probe has ended. Returns whether all go on with it, as [`Link::answered`] does.
    pub fn probed(&mut self, failure: Option<&Failure>, now_ms: f64) -> bool {
        self.probing = false;
        if matches!(failure, Some(Failure::Unreachable | Failure::Server { .. })) {
            self.lost(now_ms);
        }
        self.answered(failure, now_ms)
    }

    /// Whether requests have a chance.
    pub fn is_up(&self) -> bool {
        self.state == State::Up
    }

    /// For the badge. `lapsed` are the lists that were there once and are not kept up to date any more, by their kinds.
    pub fn freshness(&self, now_ms: f64, lapsed: impl IntoIterator<Item = &'static str>) -> Freshness {
        // Seconds since the last proof fit: a float cast saturates and reads NaN as 0.
        let age_s = ((now_ms - self.last_proof_ms) / 1000.0) as u32;
        if !self.is_up() {
            return Freshness::Reconnecting { age_s };
        }
        if self.refused {
            return Freshness::Refused;
        }
        let mut kinds: Vec<&'static str> = Vec::new();
        for what in lapsed {
            if !kinds.contains(&what) {
                kinds.push(what);
            }
        }
        match kinds.first().copied() {
            Some(what) => Freshness::Behind { what, kinds: kinds.len() },
            None => Freshness::Live { age_s },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Failure, Freshness, Link};
    use crate::frame::Frame;
    use crate::reflector::{Action, Reflector};

    #[test]
    fn an_outage_costs_one_probe_every_two_seconds() {
        let mut link = Link::new(0.0);
        link.lost(1000.0);
        link.lost(1001.0);
        assert!(link.tick(1010.0, true));
        assert!(!link.tick(1020.0, true), "the probe is under way");
        assert!(!link.probed(Some(&Failure::Unreachable), 1100.0));
        assert!(!link.tick(2000.0, true));
        assert!(link.tick(3010.0, true));
        assert!(link.probed(None, 3050.0), "the outage ends");
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
    fn ten_silent_watches_cost_no_more_than_one_probe_for_15_s_of_silence() {
        let mut link = Link::new(0.0);
        // Each was opened at a moment of its own.
        let mut watches: Vec<_> = (0..10)
            .map(|number| {
                let mut reflector = Reflector::default();
                reflector.start();
                reflector.listed("5".into(), 0.0);
                reflector.opened(f64::from(number) * 1_370.0);
                reflector
            })
            .collect();
        let mut probes = 0;
        for second in 1..=600 {
            let now_ms = f64::from(second) * 1_000.0;
            for (number, watch) in watches.iter_mut().enumerate() {
                // Bookmarks come once a minute, to all of them together.
                if second % 60 == 0 {
                    watch.frame(&Frame::Bookmark { resource_version: "6".into() }, now_ms, 0.5);
                    link.proved(now_ms);
                }
                for action in watch.tick(now_ms) {
                    assert_eq!(action, Action::Probe, "watch {number} at {second} s");
                    link.doubted();
                }
            }
            if link.tick(now_ms, true) {
                probes += 1;
                assert!(!link.tick(now_ms, true), "one is under way");
                link.probed(None, now_ms + 3.0);
            }
        }
        assert!((25..=40).contains(&probes), "{probes} probes in ten minutes");
    }

    #[test]
    fn a_tab_that_hears_something_is_not_probed() {
        let mut link = Link::new(0.0);
        link.doubted();
        for second in 1..100 {
            let now_ms = f64::from(second) * 1_000.0;
            link.proved(now_ms);
            assert!(!link.tick(now_ms + 900.0, true));
        }
        assert!(link.tick(114_000.0, true), "then it falls silent");
    }

    #[test]
    fn an_expired_token_is_not_live_and_is_asked_about_until_it_is_accepted() {
        let unauthorized = Failure::Unauthorized { message: "Unauthorized".into() };
        let mut link = Link::new(0.0);
        assert!(!link.answered(Some(&unauthorized), 1_000.0), "there was no outage");
        assert_eq!(link.freshness(1_500.0, []), Freshness::Refused);
        assert!(!link.proved(2_000.0), "a watch that is still open brings frames");
        assert_eq!(link.freshness(2_500.0, ["pods"]), Freshness::Refused);
        assert!(link.tick(17_000.0, true));
        assert!(!link.probed(Some(&unauthorized), 17_010.0));
        assert!(!link.tick(32_000.0, true));
        assert!(link.tick(33_000.0, true));
        assert!(link.probed(None, 33_010.0), "all go on");
        assert!(!link.answered(None, 33_020.0));
        assert_eq!(link.freshness(34_500.0, []), Freshness::Live { age_s: 1 });
    }

    #[test]
    fn a_refusal_of_one_list_is_an_answer_and_a_servers_own_failure_is_none() {
        let check = |failure: Failure, expect: bool| {
            let mut link = Link::new(0.0);
            link.lost(1_000.0);
            assert_eq!(link.answered(Some(&failure), 2_000.0), expect, "{failure:?}");
        };
        check(Failure::Forbidden { message: String::new() }, true);
        check(Failure::TooManyRequests { retry_after_s: None }, true);
        check(Failure::Unauthorized { message: String::new() }, true);
        check(Failure::Server { code: 503, message: String::new() }, false);
        check(Failure::Unreachable, false);
    }

    #[test]
    fn a_list_that_lapsed_is_not_called_live() {
        let mut link = Link::new(0.0);
        assert_eq!(link.freshness(900.0, ["pods"]), Freshness::Behind { what: "pods", kinds: 1 });
        let lists = ["pods", "nodes", "pods"];
        assert_eq!(link.freshness(900.0, lists), Freshness::Behind { what: "pods", kinds: 2 });
        link.lost(1_000.0);
        assert_eq!(link.freshness(2_000.0, lists), Freshness::Reconnecting { age_s: 2 });
    }

    #[test]
    fn the_badge_shows_the_age_of_the_last_proof_all_the_while() {
        let mut link = Link::new(0.0);
        assert_eq!(link.freshness(2500.0, []), Freshness::Live { age_s: 2 });
        link.lost(10_000.0);
        assert_eq!(link.freshness(18_000.0, []), Freshness::Reconnecting { age_s: 18 });
        link.proved(18_500.0);
        assert_eq!(link.freshness(18_600.0, []), Freshness::Live { age_s: 0 });
    }
}
