//! One reader of a kind's events; it holds nothing but the version that it has seen.

use std::sync::Arc;

use tokio::sync::watch;

use super::history::{Event, Expired};
use super::shelf::Shelf;

/// The events of one kind after a version, read from the history that all its watches share: however slow a reader is,
/// nothing piles up for it, and in the end it is [`Expired`].
#[derive(Debug)]
pub struct Watch {
    shelf: Arc<Shelf>,
    seen: u64,
    latest: watch::Receiver<u64>,
}

impl Watch {
    pub(super) fn new(shelf: Arc<Shelf>, seen: u64) -> Self {
        let latest = shelf.latest.subscribe();
        Self { shelf, seen, latest }
    }

    /// The version up to which everything has been read.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// What has happened and was not read yet, some of it at a time; nothing when all was read.
    pub fn ready(&mut self) -> Result<Vec<Arc<Event>>, Expired> {
        // Marked before reading: what comes in between wakes us again.
        self.latest.mark_unchanged();
        let latest = *self.latest.borrow();
        let events = self.shelf.read().history.since(self.seen)?;
        match events.last() {
            Some(event) => self.seen = event.object.version,
            None => self.seen = self.seen.max(latest),
        }
        Ok(events)
    }

    /// Waits until there is something to read.
    pub async fn changed(&mut self) {
        if self.latest.changed().await.is_err() {
            // The sender lives in the shelf that we hold.
            std::future::pending::<()>().await;
        }
    }

    /// Waits for what happens next; at least one event.
    pub async fn next(&mut self) -> Result<Vec<Arc<Event>>, Expired> {
        loop {
            let events = self.ready()?;
            if !events.is_empty() {
                return Ok(events);
            }
            self.changed().await;
        }
    }
}
