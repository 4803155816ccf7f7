//! Where a list stands, for the card or table that shows it.

use model::failure::Failure;
use model::reflector::State;

/// A list as its views see it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Feed {
    /// Whether it has been complete once: then there is something true to show, if an old one.
    pub loaded: bool,
    /// What is going on.
    pub phase: Phase,
}

/// What is going on with a list.
#[derive(Clone, Debug, Default, PartialEq)]
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
        })
    }

    /// Follows the reflector.
    pub(super) fn follow(&mut self, state: &State) {
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
