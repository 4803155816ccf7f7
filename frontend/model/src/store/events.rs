//! Events: the newest, with the times at which each was seen to happen again since the tab opened.

use super::names::{Name, Names};
use super::rows::{Rows, Uid};
use super::symptoms::bounded;
use crate::k8s::event::Event;
use crate::k8s::projection::{self, read_either};
use crate::order::sorted;

/// So many are kept; a quarter more before the oldest are let go together.
pub const MOST: usize = 20_000;
/// So many repetitions of one event are remembered with their times.
const MOST_REPETITIONS: usize = 64;

/// What is kept of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// Its identity.
    pub uid: Uid,
    /// The namespace it lies in.
    pub namespace: Name,
    /// The kind of what it is about.
    pub kind: Name,
    /// The name of what it is about.
    pub name: Box<str>,
    /// The part of that, for example `spec.containers{web}`; or empty.
    pub part: Name,
    /// Its own name.
    pub own_name: Box<str>,
    /// The identity of what it is about.
    pub about: Uid,
    /// Whether it is a warning.
    pub warning: bool,
    /// A word.
    pub reason: Name,
    /// A sentence.
    pub message: Box<str>,
    /// Who says so.
    pub from: Name,
    /// How often it happened.
    pub count: i64,
    /// When first, in seconds since the epoch.
    pub first_s: Option<i64>,
    /// When last, in seconds since the epoch.
    pub last_s: Option<i64>,
    /// How often it had happened, and when last, when this tab first heard of it.
    pub heard: (i64, Option<i64>),
    /// When it happened again since then, and how often.
    pub again: Vec<(i64, i64)>,
}

/// The events that are loaded.
#[derive(Debug, Default)]
pub struct Events {
    rows: Rows<EventRow>,
    /// Older ones that were let go since the start.
    pub dropped: u64,
    /// Objects that could not be decoded since the start.
    pub undecodable: u64,
}

impl EventRow {
    /// Each name in it.
    pub(super) fn each_name(&self, mark: &mut dyn FnMut(Name)) {
        [self.namespace, self.kind, self.part, self.reason, self.from].into_iter().for_each(mark);
    }
}

impl Events {
    /// The rows.
    pub fn rows(&self) -> &Rows<EventRow> {
        &self.rows
    }

    /// What each part holds of the memory, in bytes.
    pub fn memory(&self) -> Vec<(&'static str, usize)> {
        let own = |row: &EventRow| row.name.len() + row.own_name.len() + row.message.len() + size_of_val(&*row.again);
        let own = self.rows.iter().map(|(_, row)| own(row)).sum();
        vec![("rows", self.rows.bytes()), ("names, messages and times", own)]
    }

    /// Begins a list.
    pub fn begin(&mut self) -> u32 {
        self.rows.begin()
    }

    /// Ends a list of one namespace, or of all.
    pub fn end(&mut self, epoch: u32, namespace: Option<Name>) {
        self.rows.sweep(epoch, |row| namespace.is_none_or(|n| n == row.namespace));
        self.prune(MOST);
    }

    /// Forgets what is outside these namespaces.
    pub fn retain(&mut self, namespaces: &[Name]) {
        let epoch = self.rows.begin();
        self.rows.sweep(epoch, |row| !namespaces.contains(&row.namespace));
    }

    /// Takes an object in, new or changed.
    pub fn upsert(&mut self, json: &[u8], names: &mut Names) {
        let Some(event) = decode(json) else {
            self.undecodable += 1;
            return;
        };
        let mut row = EventRow::new(&event, names);
        if let Some(old) = self.rows.by_uid(row.uid) {
            row.follow(old);
        }
        self.rows.upsert(row.uid, event.metadata.version(), row);
        self.prune(MOST + MOST / 4);
    }

    /// Takes an object out; of its JSON only the uid counts.
    pub fn delete(&mut self, json: &[u8]) {
        match decode(json) {
            Some(event) => drop(self.rows.remove(Uid::parse(&event.metadata.uid))),
            None => self.undecodable += 1,
        }
    }

    /// Where there are more than `bound`, lets the oldest go until [`MOST`] are left.
    fn prune(&mut self, bound: usize) {
        if self.rows.len() <= bound {
            return;
        }
        let all: Vec<(Option<i64>, Uid)> = self.rows.iter().map(|(_, row)| (row.last_s, row.uid)).collect();
        for (_, uid) in sorted(all, |(a, _), (b, _)| b.cmp(a)).into_iter().skip(MOST) {
            self.rows.remove(uid);
            self.dropped += 1;
        }
    }
}

/// The field mask of what is read of an event.
pub fn mask() -> String {
    projection::mask::<Event<'_>>()
}

/// Without a uid it is no event of a cluster.
fn decode(object: &[u8]) -> Option<Event<'_>> {
    read_either(object).filter(|event: &Event<'_>| !event.metadata.uid.is_empty())
}

impl EventRow {
    fn new(event: &Event<'_>, names: &mut Names) -> Self {
        let (count, last_s) = (event.times(), event.last_s());
        Self {
            uid: Uid::parse(&event.metadata.uid),
            namespace: names.intern(&bounded(&event.metadata.namespace)),
            kind: names.intern(&bounded(&event.about.kind)),
            name: bounded(&event.about.name),
            part: names.intern(&bounded(&event.about.field_path)),
            own_name: bounded(&event.metadata.name),
            about: Uid::parse(&event.about.uid),
            warning: &*event.kind != "Normal",
            reason: names.intern(&bounded(&event.reason)),
            message: bounded(&event.message),
            from: names.intern(&bounded(event.from())),
            count,
            first_s: event.first_s(),
            last_s,
            heard: (count, last_s),
            again: Vec::new(),
        }
    }

    /// Remembers what was seen of it before.
    fn follow(&mut self, old: &Self) {
        self.heard = old.heard;
        self.again.clone_from(&old.again);
        let more = self.count.saturating_sub(old.count);
        if let Some(last_s) = self.last_s.filter(|_| more > 0) {
            if self.again.len() >= MOST_REPETITIONS {
                self.again.remove(0);
            }
            self.again.push((last_s, more));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::MOST;
    use crate::store::Store;
    use serde_json::{Value, json};

    fn event(uid: &str, last_s: usize, count: i64) -> Value {
        let last = format!("2026-11-23T18:{:02}:{:02}Z", last_s / 60 % 60, last_s % 60);
        json!({
            "metadata": {"uid": uid, "name": uid, "namespace": "x"}, "type": "Warning", "reason": "BackOff",
            "involvedObject": {"kind": "Pod", "name": "web-1", "uid": "p"},
            "firstTimestamp": "2026-11-23T18:00:00Z", "lastTimestamp": last, "count": count,
        })
    }

    fn take(store: &mut Store, event: &Value) {
        store.events.upsert(event.to_string().as_bytes(), &mut store.names);
    }

    #[test]
    fn what_happens_again_is_remembered_with_its_time() {
        let mut store = Store::default();
        take(&mut store, &event("e", 60, 7));
        take(&mut store, &event("e", 60, 7));
        take(&mut store, &event("e", 90, 9));
        let (_, row) = store.events.rows().iter().next().unwrap();
        let first_s = row.first_s.unwrap();
        assert_eq!((row.count, row.heard), (9, (7, Some(first_s + 60))));
        assert_eq!(row.again, [(first_s + 90, 2)]);
    }

    #[test]
    fn the_names_of_both_apis_are_understood() {
        let mut store = Store::default();
        let newer = json!({
            "metadata": {"uid": "e", "namespace": "x", "creationTimestamp": "2026-11-23T18:00:00Z"},
            "eventTime": "2026-11-23T18:00:00.000000Z", "note": "0/3 nodes are available", "type": "Warning",
            "regarding": {"kind": "Pod", "name": "web-1", "uid": "p"}, "reportingController": "default-scheduler",
            "series": {"count": 59, "lastObservedTime": "2026-11-23T18:40:00.000000Z"},
        });
        take(&mut store, &newer);
        let (_, row) = store.events.rows().iter().next().unwrap();
        assert_eq!((&*row.name, &*row.message, row.count), ("web-1", "0/3 nodes are available", 59));
        assert_eq!(store.names.text(row.from), "default-scheduler");
        assert_eq!(row.last_s.zip(row.first_s).map(|(last, first)| last - first), Some(2400));
    }

    #[test]
    fn the_oldest_are_let_go() {
        let mut store = Store::default();
        for at in 0..MOST + MOST / 4 + 1 {
            take(&mut store, &event(&format!("e{at}"), at % 3600, 1));
        }
        assert_eq!(store.events.rows().len(), MOST);
        assert_eq!(store.events.dropped, (MOST / 4 + 1) as u64);
        let oldest = store.events.rows().iter().filter_map(|(_, row)| row.last_s).min().unwrap();
        let newest = store.events.rows().iter().filter_map(|(_, row)| row.last_s).max().unwrap();
        assert!(newest - oldest < 3600);
    }

    #[test]
    fn odd_events_change_nothing() {
        let mut store = Store::default();
        for odd in ["{}", "[]", "x", r#"{"metadata":null}"#] {
            store.events.upsert(odd.as_bytes(), &mut store.names);
            store.events.delete(odd.as_bytes());
        }
        assert!(store.events.rows().is_empty());
        assert_eq!(store.events.undecodable, 8);
    }
}
