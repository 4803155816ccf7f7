//! What everything in the company is worked out from: a seed and the moment it starts.

use super::identity;
use super::moment::Moment;
use crate::random::Random;

/// The seed and the start of a company; the same two give the same company.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    /// What makes this company differ from others.
    pub seed: u64,
    /// When it is looked at first: what has already happened, happened before.
    pub now: Moment,
}

impl Origin {
    /// The chance that belongs to one subject.
    pub fn random(&self, subject: &str) -> Random {
        Random::named(self.seed, subject)
    }

    /// The uid of an object; whoever refers to it works out the same.
    pub fn uid(&self, kind: &str, namespace: &str, name: &str) -> String {
        identity::uid(&mut self.random(&format!("{kind}/{namespace}/{name}")))
    }

    /// A moment from `least_s` to `most_s` seconds ago.
    pub fn ago(&self, subject: &str, least_s: i64, most_s: i64) -> Moment {
        let span = u64::try_from(most_s - least_s).unwrap_or_default();
        let more = i64::try_from(self.random(subject).below(span)).unwrap_or_default();
        self.now - least_s - more
    }
}
