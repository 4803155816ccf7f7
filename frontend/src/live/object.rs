//! Small lists that a page keeps whole: the events of an object, one object.

use std::collections::BTreeMap;

use leptos::prelude::{ArcRwSignal, Set};
use model::k8s::meta::Object;
use model::k8s::projection::read;

use super::sink::Sink;

/// The most objects that are kept of such a list; the rest is left out.
const MOST: usize = 20_000;

/// What is in the list, in the order of the uids.
pub type Kept<T> = ArcRwSignal<Vec<T>>;

/// Keeps what `decode` makes of each object.
pub struct KeepSink<T> {
    decode: fn(&[u8]) -> Option<T>,
    rows: BTreeMap<String, (u32, T)>,
    epoch: u32,
    kept: Kept<T>,
}

impl<T> KeepSink<T> {
    /// Puts the list into `kept`.
    pub fn new(kept: &Kept<T>, decode: fn(&[u8]) -> Option<T>) -> Self {
        Self { decode, rows: BTreeMap::new(), epoch: 0, kept: kept.clone() }
    }
}

impl<T: Clone + 'static> Sink for KeepSink<T> {
    fn begin(&mut self) {
        self.epoch = self.epoch.wrapping_add(1);
    }

    fn upsert(&mut self, json: &[u8]) {
        if let (Some(uid), Some(row)) = (uid_of(json), (self.decode)(json))
            && (self.rows.len() < MOST || self.rows.contains_key(&uid))
        {
            self.rows.insert(uid, (self.epoch, row));
        }
    }

    fn delete(&mut self, json: &[u8]) {
        if let Some(uid) = uid_of(json) {
            self.rows.remove(&uid);
        }
    }

    fn end(&mut self) {
        let epoch = self.epoch;
        self.rows.retain(|_, (seen, _)| *seen == epoch);
    }

    fn tell(&self) {
        self.kept.set(self.rows.values().map(|(_, row)| row.clone()).collect());
    }
}

fn uid_of(json: &[u8]) -> Option<String> {
    Some(read::<Object<'_>>(json).ok()?.metadata.uid.to_string())
}
