//! What happened to the objects of one kind lately: the buffer that all of its watches read from.

use std::collections::VecDeque;
use std::sync::Arc;

use super::object::Object;

/// One change of one object.
#[derive(Debug)]
pub struct Event {
    /// What was done to it.
    pub change: Change,
    /// The object after the change; a deleted one as it was last, at the resourceVersion of its end.
    pub object: Arc<Object>,
    /// The object before the change, where there was one: a selector may have chosen only one of the two.
    pub previous: Option<Arc<Object>>,
}

/// What can be done to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was created.
    Added,
    /// It was replaced.
    Modified,
    /// It is gone.
    Deleted,
}

/// A watch asks for what is no longer remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too old resource version: {asked} ({oldest})")]
pub struct Expired {
    /// The version that the watch had seen.
    pub asked: u64,
    /// The oldest version that a watch may start from.
    pub oldest: u64,
}

/// The latest events, in order of their versions.
#[derive(Debug)]
pub(super) struct History {
    events: VecDeque<Arc<Event>>,
    /// The length of the objects of the events. What was before each is that of an earlier event, or one more.
    bytes: usize,
    /// Everything after this version is remembered.
    floor: u64,
}

/// A watch that falls this far behind is cut off; it also bounds what a kind's history costs.
const MAX_EVENTS: usize = 8192;
/// The same for long objects.
const MAX_BYTES: usize = 64 << 20;
/// What a watch takes at once, so that a reader never holds the lock for long.
const BATCH: usize = 512;
/// The same for long objects: a slow reader holds so much, and one object.
const BATCH_BYTES: usize = 1 << 20;

impl History {
    pub(super) fn new(floor: u64) -> Self {
        Self { events: VecDeque::new(), bytes: 0, floor }
    }

    pub(super) fn push(&mut self, event: Event) {
        self.bytes += event.object.body.len();
        self.events.push_back(Arc::new(event));
        while self.events.len() > MAX_EVENTS || self.bytes > MAX_BYTES {
            let Some(oldest) = self.forget() else { break };
            self.floor = oldest;
        }
    }

    /// Forgets everything up to a version.
    pub(super) fn compact(&mut self, version: u64) {
        while self.events.front().is_some_and(|event| event.object.version <= version) {
            self.forget();
        }
        self.floor = self.floor.max(version);
    }

    /// Forgets the oldest event; its version.
    fn forget(&mut self) -> Option<u64> {
        let oldest = self.events.pop_front()?;
        self.bytes -= oldest.object.body.len();
        Some(oldest.object.version)
    }

    /// The next events after a version.
    pub(super) fn since(&self, seen: u64) -> Result<Vec<Arc<Event>>, Expired> {
        let mut bytes = 0;
        let is_within = |event: &&Arc<Event>| {
            let is_within = bytes < BATCH_BYTES;
            bytes += event.object.body.len();
            is_within
        };
        Ok(self.all_since(seen)?.take(BATCH).take_while(is_within).map(Arc::clone).collect())
    }

    /// All events after a version.
    pub(super) fn all_since(&self, seen: u64) -> Result<impl DoubleEndedIterator<Item = &Arc<Event>>, Expired> {
        if seen < self.floor {
            return Err(Expired { asked: seen, oldest: self.floor });
        }
        let first = self.events.partition_point(|event| event.object.version <= seen);
        Ok(self.events.range(first..))
    }
}
