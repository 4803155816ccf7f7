//! Pods counted by state, with what they ask for: one tally for the cluster, for each node and for each namespace.

use super::index::{Index, hash_of};
use super::names::Name;
use crate::k8s::pod_state::PodState;
use crate::k8s::resources::Resources;

/// Counts and sums that change by one pod at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    by_state: [u32; PodState::ALL.len()],
    /// Pods that hold resources: all but those that have ended.
    pub active: u32,
    /// What the active pods request.
    pub requests: Resources,
    /// What the active pods may use at most, where they have limits.
    pub limits: Resources,
}

/// What one pod adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Its state.
    pub state: PodState,
    /// Whether it holds resources (its phase is neither Succeeded nor Failed).
    pub active: bool,
    /// What it requests.
    pub requests: Resources,
    /// What it may use at most.
    pub limits: Resources,
}

/// A tally for each name; one that counts nothing is none.
#[derive(Debug, Default)]
pub struct Tallies {
    slots: Vec<(Name, Tally)>,
    by_name: Index,
}

impl Tallies {
    /// The tally of a name.
    pub fn get(&self, name: Name) -> Option<&Tally> {
        let (_, tally) = self.slots.get(self.place(name)?)?;
        (tally.total() > 0).then_some(tally)
    }

    /// All that count something.
    pub fn iter(&self) -> impl Iterator<Item = (Name, &Tally)> {
        self.slots.iter().filter(|(_, tally)| tally.total() > 0).map(|(name, tally)| (*name, tally))
    }

    /// The tally of a name, to be changed. Its place is kept for good: names of nodes and namespaces come again.
    pub(super) fn of(&mut self, name: Name) -> &mut Tally {
        let place = self.place(name).unwrap_or_else(|| {
            self.by_name.insert(hash_of(&name), self.slots.len() as u32);
            self.slots.push((name, Tally::default()));
            self.slots.len() - 1
        });
        let (_, tally) = self.slots.get_mut(place).expect("the place was found, or has just been made");
        tally
    }

    /// What they hold of the memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<(Name, Tally)>() + self.by_name.bytes()
    }

    fn place(&self, name: Name) -> Option<usize> {
        let is = |place: u32| self.slots.get(place as usize).is_some_and(|(other, _)| *other == name);
        self.by_name.find(hash_of(&name), is).map(|place| place as usize)
    }
}

impl Tally {
    /// Counts a pod in.
    pub fn add(&mut self, share: &Share) {
        if let Some(count) = self.by_state.get_mut(share.state as usize) {
            *count = count.saturating_add(1);
        }
        if share.active {
            self.active = self.active.saturating_add(1);
            self.requests = self.requests.plus(share.requests);
            self.limits = self.limits.plus(share.limits);
        }
    }

    /// Counts a pod out.
    pub fn take(&mut self, share: &Share) {
        if let Some(count) = self.by_state.get_mut(share.state as usize) {
            *count = count.saturating_sub(1);
        }
        if share.active {
            self.active = self.active.saturating_sub(1);
            self.requests = self.requests.minus(share.requests);
            self.limits = self.limits.minus(share.limits);
        }
    }

    /// The sum of two tallies.
    pub fn plus(mut self, other: &Self) -> Self {
        for (count, more) in self.by_state.iter_mut().zip(other.by_state) {
            *count = count.saturating_add(more);
        }
        self.active = self.active.saturating_add(other.active);
        self.requests = self.requests.plus(other.requests);
        self.limits = self.limits.plus(other.limits);
        self
    }

    /// How many pods have a state.
    pub fn count(&self, state: PodState) -> u32 {
        self.by_state.get(state as usize).copied().unwrap_or(0)
    }

    /// All pods.
    pub fn total(&self) -> u32 {
        self.by_state.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }
}
