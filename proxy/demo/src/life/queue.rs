//! What is to be done, and when.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, HashSet};

use crate::company::moment::Moment;
use crate::store::Key;

/// Something to be done about an object.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Work {
    /// Make what a controller has what it should have.
    Sync(Key),
    /// Put a pod on a node.
    Schedule(Key),
    /// Move a pod one step on, as its kubelet does.
    Pod(Key),
    /// Let a node live: heartbeats, and the one that flaps.
    Node(Key),
    /// Let a node whose memory runs short give up a pod.
    Relieve(Key),
    /// Forget an event.
    Forget(Key),
    /// Forget what happened before a version.
    Compact(u64),
    /// Try again to place the pods for which there was no room.
    Retry,
}

/// Work by time; the same work is due at most once at a time.
#[derive(Debug, Default)]
pub struct Queue {
    heap: BinaryHeap<Reverse<Due>>,
    queued: HashSet<(Moment, Work)>,
    added: u64,
}

#[derive(Debug)]
struct Due {
    at: Moment,
    number: u64,
    work: Work,
}

impl Queue {
    /// Adds work; what is due at the same time already is not added again.
    pub fn add(&mut self, at: Moment, work: Work) {
        if self.queued.insert((at, work.clone())) {
            self.added += 1;
            self.heap.push(Reverse(Due { at, number: self.added, work }));
        }
    }

    /// Takes the next work that is due by `until`, first come, first served.
    pub fn take(&mut self, until: Moment) -> Option<(Moment, Work)> {
        let next = self.heap.peek()?;
        if next.0.at > until {
            return None;
        }
        let Reverse(due) = self.heap.pop()?;
        let entry = (due.at, due.work);
        self.queued.remove(&entry);
        Some(entry)
    }

    /// When the next work is due.
    pub fn next(&self) -> Option<Moment> {
        self.heap.peek().map(|due| due.0.at)
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Due {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::builtin;

    #[test]
    fn work_comes_in_its_time_and_once() {
        let mut queue = Queue::default();
        let work = |name| Work::Pod(Key::new(builtin("", "pods"), "shop", name));
        for (at, name) in [(5, "late"), (3, "first"), (3, "second"), (3, "first")] {
            queue.add(Moment(at), work(name));
        }
        assert_eq!(queue.take(Moment(2)), None);
        let taken: Vec<_> = std::iter::from_fn(|| queue.take(Moment(4))).collect();
        assert_eq!(taken, [(Moment(3), work("first")), (Moment(3), work("second"))]);
        assert_eq!(queue.next(), Some(Moment(5)));
    }
}
