//! The objects of one kind, in the order in which lists have them.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use tokio::sync::watch;

use super::history::{Change, Event, History};
use super::leaves::Leaves;
use super::object::Object;

/// The objects of one kind.
#[derive(Debug)]
pub(super) struct Shelf {
    contents: RwLock<Contents>,
    /// The version of the latest event: whoever waits for one waits here.
    pub(super) latest: watch::Sender<u64>,
}

/// What a shelf holds.
#[derive(Debug)]
pub(super) struct Contents {
    pub(super) objects: Leaves,
    owned: HashMap<Arc<str>, BTreeSet<Place>>,
    pub(super) history: History,
}

/// Namespace and name.
pub(super) type Place = (Arc<str>, Arc<str>);

impl Shelf {
    pub(super) fn new(floor: u64) -> Self {
        let contents = Contents { objects: Leaves::default(), owned: HashMap::new(), history: History::new(floor) };
        Self { contents: RwLock::new(contents), latest: watch::Sender::new(floor) }
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, Contents> {
        // Every change is made in one step, so a poisoned lock still holds whole contents.
        self.contents.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, Contents> {
        self.contents.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Contents {
    pub(super) fn get(&self, namespace: &str, name: &str) -> Option<&Arc<Object>> {
        self.objects.get(namespace, name)
    }

    /// The objects that the owner of this uid controls.
    pub(super) fn owned_by(&self, uid: &str) -> Vec<Arc<Object>> {
        let places = self.owned.get(uid).into_iter().flatten();
        places.filter_map(|(namespace, name)| self.objects.get(namespace, name).map(Arc::clone)).collect()
    }

    /// Puts an object into its place, and its event into the history.
    pub(super) fn put(&mut self, object: Arc<Object>) {
        let previous = self.place(Arc::clone(&object));
        let change = if previous.is_some() { Change::Modified } else { Change::Added };
        self.history.push(Event { change, object, previous });
    }

    /// Puts an object into its place without an event: for what was there before anyone watched.
    pub(super) fn place(&mut self, object: Arc<Object>) -> Option<Arc<Object>> {
        let place = (Arc::clone(&object.namespace), Arc::clone(&object.name));
        if let Some(owner) = &object.owner {
            self.owned.entry(Arc::clone(owner)).or_default().insert(place.clone());
        }
        let owner = object.owner.clone();
        let previous = self.objects.insert(object);
        if let Some(old_owner) = previous.as_ref().and_then(|previous| previous.owner.as_ref())
            && owner.as_ref() != Some(old_owner)
        {
            self.disown(old_owner, &place);
        }
        previous
    }

    /// Takes an object away; `last` is how its watchers see it go.
    pub(super) fn take(&mut self, last: Arc<Object>) {
        let place = (Arc::clone(&last.namespace), Arc::clone(&last.name));
        let previous = self.objects.remove(&last.namespace, &last.name);
        if let Some(owner) = previous.as_ref().and_then(|previous| previous.owner.as_ref()) {
            self.disown(owner, &place);
        }
        self.history.push(Event { change: Change::Deleted, object: last, previous });
    }

    fn disown(&mut self, owner: &Arc<str>, place: &Place) {
        if let Some(places) = self.owned.get_mut(owner) {
            places.remove(place);
            if places.is_empty() {
                self.owned.remove(owner);
            }
        }
    }
}
