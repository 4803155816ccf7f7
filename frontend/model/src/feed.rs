//! Where a list stands, for the card or table that shows it.

use crate::failure::Failure;
use crate::reflector::State;

/// A wait that is shorter than this is over before anybody has read why.
const WORTH_A_WORD_MS: f64 = 2_000.0;

/// A list as its views see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Feed {
    /// Whether it has been complete once: then there is something true to show, if an old one.
    pub loaded: bool,
    /// What is going on.
    pub phase: Phase,
    /// Why what is shown is not kept up to date, where the API server is there and this list has failed.
    pub lapse: Option<Lapse>,
}

/// A list that was there and is not kept up to date any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lapse {
    /// Why.
    pub failure: Failure,
    /// When what is shown was last known to be true, in seconds since the epoch.
    pub as_of_s: i64,
}

/// What is going on with a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Nobody asked for it yet.
    #[default]
    Idle,
    /// It is on its way.
    Loading {
        /// Objects so far.
        items: usize,
        /// Bytes so far.
        bytes: u64,
    },
    /// Somebody stopped it on its way: what was read is shown, and not kept up to date.
    Partial {
        /// Objects that were read.
        items: usize,
        /// Bytes that were read.
        bytes: u64,
    },
    /// It is watched.
    Live,
    /// It failed and is tried again by itself.
    Retrying(Failure),
    /// It failed and needs somebody.
    Stopped(Failure),
}

impl Feed {
    /// A list that has just been complete.
    pub fn complete() -> Self {
        Self { loaded: true, phase: Phase::Live, lapse: None }
    }

    /// Why there is nothing to show, if that is so.
    pub fn failure(&self) -> Option<&Failure> {
        match &self.phase {
            Phase::Retrying(failure) | Phase::Stopped(failure) => Some(failure),
            Phase::Idle | Phase::Loading { .. } | Phase::Partial { .. } | Phase::Live => None,
        }
    }

    /// Several lists as one: the worst of them, loaded when all are.
    pub fn all(feeds: impl IntoIterator<Item = Self>) -> Self {
        let mut feeds = feeds.into_iter();
        let Some(first) = feeds.next() else { return Self::default() };
        feeds.fold(first, |sum, feed| Self {
            loaded: sum.loaded && feed.loaded,
            phase: match (sum.phase, feed.phase) {
                (Phase::Loading { items, bytes }, Phase::Loading { items: i, bytes: b }) => {
                    Phase::Loading { items: items + i, bytes: bytes + b }
                }
                (a, b) => {
                    if rank(&a) >= rank(&b) {
                        a
                    } else {
                        b
                    }
                }
            },
            lapse: match (sum.lapse, feed.lapse) {
                (Some(a), Some(b)) => Some(if a.as_of_s <= b.as_of_s { a } else { b }),
                (a, b) => a.or(b),
            },
        })
    }

    /// Several lists as one, where those that could never be seen take no part, unless none could.
    pub fn seen(feeds: Vec<Self>) -> Self {
        let any = feeds.iter().any(|feed| !feed.is_unseen());
        Self::all(feeds.into_iter().filter(|feed| !any || !feed.is_unseen()))
    }

    /// Whether there never was anything to see, and will not be until somebody does something.
    pub fn is_unseen(&self) -> bool {
        !self.loaded && matches!(self.phase, Phase::Stopped(_))
    }

    /// Follows the reflector. `as_of_s` is when what is shown was last known to be true.
    pub fn follow(&mut self, state: &State, now_ms: f64, as_of_s: i64) {
        self.lapse = self.lapse_in(state, now_ms, as_of_s);
        self.phase = match state {
            State::Idle => match self.phase {
                Phase::Loading { items, bytes } => Phase::Partial { items, bytes },
                _ => Phase::Idle,
            },
            State::Listing if matches!(self.phase, Phase::Loading { .. }) => return,
            State::Listing => Phase::Loading { items: 0, bytes: 0 },
            State::Opening { .. } | State::Watching { .. } | State::Diagnosing => Phase::Live,
            State::Waiting { failure, .. } => Phase::Retrying(failure.clone()),
            State::Away => Phase::Retrying(Failure::Unreachable),
            State::Stopped { failure } => Phase::Stopped(failure.clone()),
        };
    }

    /// It stays until the list is watched again: what is tried meanwhile has not helped yet.
    fn lapse_in(&mut self, state: &State, now_ms: f64, as_of_s: i64) -> Option<Lapse> {
        let known = self.lapse.take();
        let failure = match state {
            _ if !self.loaded => return None,
            State::Watching { .. } | State::Idle => return None,
            State::Stopped { failure } => failure,
            State::Waiting { until_ms, failure } if known.is_some() || until_ms - now_ms >= WORTH_A_WORD_MS => failure,
            State::Waiting { .. } | State::Listing | State::Opening { .. } | State::Diagnosing | State::Away => {
                return known;
            }
        };
        Some(Lapse { failure: failure.clone(), as_of_s: known.map_or(as_of_s, |lapse| lapse.as_of_s) })
    }
}

fn rank(phase: &Phase) -> u8 {
    match phase {
        Phase::Live => 0,
        Phase::Idle => 1,
        Phase::Partial { .. } => 2,
        Phase::Loading { .. } => 3,
        Phase::Retrying(_) => 4,
        Phase::Stopped(_) => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::{Failure, Feed, Lapse, Phase, State};

    const WATCHING: State = State::Watching { since_ms: 0.0 };

    fn unauthorized() -> Failure {
        Failure::Unauthorized { message: "Unauthorized".into() }
    }

    fn waiting(until_ms: f64) -> State {
        State::Waiting { until_ms, failure: Failure::TooManyRequests { retry_after_s: None } }
    }

    #[test]
    fn rows_that_are_frozen_since_a_token_expired_say_so_until_they_are_watched_again() {
        let mut feed = Feed::complete();
        feed.follow(&State::Diagnosing, 0.0, 100);
        assert_eq!(feed.lapse, None);
        feed.follow(&State::Stopped { failure: unauthorized() }, 0.0, 100);
        let lapse = Some(Lapse { failure: unauthorized(), as_of_s: 100 });
        assert_eq!((feed.loaded, &feed.lapse), (true, &lapse));
        for state in [State::Listing, State::Away, State::Opening { since_ms: 0.0 }] {
            feed.follow(&state, 0.0, 160);
            assert_eq!(feed.lapse, lapse, "{state:?} does not help yet");
        }
        feed.follow(&State::Stopped { failure: Failure::Forbidden { message: String::new() } }, 0.0, 170);
        assert_eq!(feed.lapse.as_ref().map(|lapse| lapse.as_of_s), Some(100), "it is not younger by being tried again");
        feed.follow(&WATCHING, 0.0, 180);
        assert_eq!((feed.lapse, feed.phase), (None, Phase::Live));
    }

    #[test]
    fn a_watch_that_is_away_for_a_moment_is_not_worth_a_word() {
        let mut feed = Feed::complete();
        feed.follow(&waiting(1_800.0), 1_000.0, 1);
        assert_eq!(feed.lapse, None);
        feed.follow(&waiting(6_000.0), 2_000.0, 1);
        assert!(feed.lapse.is_some());
        feed.follow(&waiting(9_000.0), 8_500.0, 9);
        assert_eq!(feed.lapse.map(|lapse| lapse.as_of_s), Some(1));
    }

    #[test]
    fn what_was_never_there_has_not_lapsed_and_what_nobody_can_reach_is_told_by_the_badge() {
        let mut feed = Feed::default();
        feed.follow(&State::Listing, 0.0, 0);
        feed.follow(&State::Stopped { failure: unauthorized() }, 0.0, 0);
        assert_eq!((feed.lapse, feed.phase), (None, Phase::Stopped(unauthorized())));
        let mut feed = Feed::complete();
        feed.follow(&State::Away, 0.0, 0);
        assert_eq!((feed.lapse, feed.phase), (None, Phase::Retrying(Failure::Unreachable)));
    }

    #[test]
    fn a_namespace_that_may_not_be_seen_does_not_hide_the_others() {
        let mut denied = Feed::default();
        denied.follow(&State::Stopped { failure: unauthorized() }, 0.0, 0);
        assert!(denied.is_unseen());
        assert_eq!(Feed::seen(vec![Feed::complete(), denied.clone()]), Feed::complete());
        assert_eq!(Feed::seen(vec![denied.clone(), denied.clone()]), denied);
        // What was there once is not left out: it is told that it is old.
        let mut lapsed = Feed::complete();
        lapsed.follow(&State::Stopped { failure: unauthorized() }, 0.0, 0);
        assert!(Feed::seen(vec![Feed::complete(), lapsed]).lapse.is_some());
    }

    #[test]
    fn of_several_lists_the_worst_and_the_oldest_counts() {
        let lapsed = |as_of_s| {
            let mut feed = Feed::complete();
            feed.follow(&State::Stopped { failure: unauthorized() }, 0.0, as_of_s);
            feed
        };
        let all = Feed::all([Feed::complete(), lapsed(7), lapsed(5), Feed::complete()]);
        assert_eq!((all.loaded, all.lapse.map(|lapse| lapse.as_of_s)), (true, Some(5)));
        assert_eq!(all.phase, Phase::Stopped(unauthorized()));
        assert!(!Feed::all([Feed::complete(), Feed::default()]).loaded);
    }
}
