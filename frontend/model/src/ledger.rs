//! What the tab has asked of the API server so far, by what it was asked for.

use crate::failure::Failure;

/// The account of one cluster.
#[derive(Debug, Default)]
pub struct Ledger(Vec<Entry>);

/// What was asked for one purpose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// What it was asked for: a resource, or another purpose.
    pub what: &'static str,
    /// Requests, watches among them.
    pub requests: u64,
    /// Requests that the server turned away for being too many (429).
    pub turned_away: u64,
    /// Events of watches.
    pub events: u64,
    /// Bytes of answers and events, after decompression.
    pub bytes: u64,
}

impl Entry {
    /// A request is sent.
    pub fn asked(&mut self) {
        self.requests += 1;
    }

    /// A request has been answered, with so many bytes that were not counted as they came.
    pub fn answered(&mut self, bytes: u64, failure: Option<&Failure>) {
        self.bytes += bytes;
        self.turned_away += u64::from(matches!(failure, Some(Failure::TooManyRequests { .. })));
    }
}

impl Ledger {
    /// The entry for a purpose.
    pub fn of(&mut self, what: &'static str) -> &mut Entry {
        let at = self.0.iter().position(|entry| entry.what == what).unwrap_or_else(|| {
            self.0.push(Entry { what, ..Entry::default() });
            self.0.len() - 1
        });
        // It was found, or has just been pushed.
        self.0.get_mut(at).expect("the entry is there")
    }

    /// All entries, in the order in which they were first asked for.
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Failure, Ledger};

    #[test]
    fn each_purpose_has_one_entry() {
        let mut ledger = Ledger::default();
        for (what, bytes) in [("nodes", 3), ("pods", 4), ("nodes", 5)] {
            ledger.of(what).asked();
            ledger.of(what).answered(bytes, None);
        }
        ledger.of("pods").asked();
        ledger.of("pods").answered(0, Some(&Failure::TooManyRequests { retry_after_s: None }));
        ledger.of("pods").asked();
        ledger.of("pods").answered(0, Some(&Failure::Unreachable));
        let entries: Vec<_> = ledger.entries().iter().map(|e| (e.what, e.requests, e.turned_away, e.bytes)).collect();
        assert_eq!(entries, [("nodes", 2, 0, 8), ("pods", 3, 1, 4)]);
    }
}
