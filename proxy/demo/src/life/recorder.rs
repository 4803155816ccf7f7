//! Events: told again they are counted, and after an hour they are forgotten.

use std::collections::{HashMap, VecDeque};

use serde_json::Value;

use super::queue::{Queue, Work};
use crate::company::event::Event;
use crate::company::identity::hash;
use crate::company::moment::Moment;
use crate::kinds::builtin;
use crate::store::{Key, Store};

/// What was told lately.
#[derive(Debug, Default)]
pub struct Recorder {
    told: HashMap<u64, Told>,
    order: VecDeque<Key>,
}

#[derive(Debug)]
struct Told {
    key: Key,
    first: Moment,
    last: Moment,
    count: u32,
}

/// How long the API server keeps events.
const KEPT_S: i64 = 3600;
/// However much happens, no more events than this are kept.
const MOST_EVENTS: usize = 10_000;

impl Recorder {
    /// Tells an event, whose times are those of `now`.
    pub fn tell(&mut self, store: &Store, queue: &mut Queue, now: Moment, mut event: Event<'_>) {
        let what = (event.about.uid, event.about.container, event.reason, event.message);
        let what = hash(format!("{what:?}").as_bytes());
        let told = self.told.get_mut(&what).filter(|told| told.last + KEPT_S > now);
        if let Some(told) = told {
            told.count = told.count.saturating_add(1);
            told.last = now;
            event.told = (told.first, now, told.count);
            let object = event.object();
            let metadata = object.get("metadata").cloned();
            let renewed = store.update(&told.key, |stored| {
                let kept = metadata.clone();
                *stored = object.clone();
                if let (Some(kept), Some(stored)) = (kept, stored.as_object_mut()) {
                    stored.insert("metadata".to_owned(), kept);
                }
            });
            if renewed.is_ok() {
                queue.add(now + KEPT_S, Work::Forget(told.key.clone()));
                return;
            }
        }
        event.told = (now, now, 1);
        let key = Key::new(builtin("", "events"), event.namespace(), &event.name());
        if store.create(key.kind, event.object()).is_ok() {
            queue.add(now + KEPT_S, Work::Forget(key.clone()));
            self.order.push_back(key.clone());
            self.told.insert(what, Told { key, first: now, last: now, count: 1 });
        }
        while self.order.len() > MOST_EVENTS {
            self.forget_oldest(store);
        }
    }

    /// Tells an event that happened before anyone watched; one that is forgotten by now is not told.
    pub fn tell_late(&mut self, store: &Store, queue: &mut Queue, now: Moment, event: &Event<'_>) {
        let (first, last, count) = event.told;
        if last + KEPT_S <= now || last > now {
            return;
        }
        let key = Key::new(builtin("", "events"), event.namespace(), &event.name());
        if store.create(key.kind, event.object()).is_ok() {
            let what = (event.about.uid, event.about.container, event.reason, event.message);
            queue.add(last + KEPT_S, Work::Forget(key.clone()));
            self.order.push_back(key.clone());
            self.told.insert(hash(format!("{what:?}").as_bytes()), Told { key, first, last, count });
        }
    }

    /// Forgets an event, unless it was told again less than an hour ago.
    pub fn forget(&mut self, store: &Store, key: &Key, now: Moment) {
        let Ok(event) = store.get(key) else { return };
        let event = event.value();
        let last = ["/lastTimestamp", "/series/lastObservedTime", "/eventTime"].into_iter();
        let last = last.filter_map(|pointer| Moment::parse(event.pointer(pointer).and_then(Value::as_str)?)).next();
        if last.is_none_or(|last| last + KEPT_S <= now) {
            // Somebody may have deleted it already.
            let _ = store.delete(key);
            self.told.retain(|_, told| told.key != *key);
        }
    }

    fn forget_oldest(&mut self, store: &Store) {
        let Some(key) = self.order.pop_front() else { return };
        let _ = store.delete(&key);
        if self.told.len() > 2 * MOST_EVENTS {
            self.told.retain(|_, told| store.get(&told.key).is_ok());
        }
    }
}
