//! The cluster's memory: objects by kind, one resourceVersion for all, and what happened lately.
//!
//! A write prepares the object's text before it takes the kind's lock, and under it only puts a pointer into a map and an
//! event into the history. A list copies pointers and lets go. So neither a slow reader nor a long list holds anyone up.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use serde_json::{Map, Value};

use crate::clock::{Clock, rfc3339};
use crate::error::ApiError;
use crate::kinds::Kind;
use crate::random::uuid;
use growth::Growth;
use history::{Event, Expired};
use interned::Interned;
use object::{Draft, Object};
use opened::{Opened, Scope, Source};
use shelf::Shelf;
use watch::Watch;

pub mod ending;
pub mod growth;
pub mod history;
pub mod interned;
mod leaves;
pub mod object;
pub mod opened;
mod owned;
mod pool;
pub mod rope;
mod shelf;
pub mod template;
#[cfg(test)]
mod tests;
pub mod text;
pub mod watch;

/// The longest object: what etcd takes in one request.
pub const MAX_OBJECT_BYTES: usize = 3 << 19;

/// All objects of the cluster.
#[derive(Debug)]
pub struct Store {
    clock: Clock,
    seed: u64,
    version: AtomicU64,
    uids: AtomicU64,
    /// How much was added since the start, for whoever refuses more.
    pub growth: Growth,
    shelves: RwLock<HashMap<(&'static str, &'static str), Arc<Shelf>>>,
    /// What objects share; templates are made with it.
    pub interned: Interned,
}

/// Which object.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// Its kind.
    pub kind: &'static Kind,
    /// Its namespace; empty for what has none.
    pub namespace: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
}

/// A list as of one version.
#[derive(Debug)]
pub struct List {
    /// A watch from this version misses nothing.
    pub version: u64,
    /// Sorted by namespace and name.
    pub objects: Vec<Arc<Object>>,
}

impl Store {
    /// An empty store whose uids come from a seed.
    pub fn new(clock: Clock, seed: u64) -> Self {
        Self {
            clock,
            seed,
            // As if the cluster had been set up before anyone looked.
            version: AtomicU64::new(1000),
            uids: AtomicU64::new(0),
            growth: Growth::default(),
            shelves: RwLock::default(),
            interned: Interned::default(),
        }
    }

    /// The cluster's time.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// The version of the latest write.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// A uid that no other object has.
    pub fn new_uid(&self) -> String {
        uuid(self.seed, self.uids.fetch_add(1, Ordering::Relaxed))
    }

    /// Creates an object; its uid and creationTimestamp are filled in where they are absent.
    pub fn create(&self, kind: &'static Kind, object: Value) -> Result<Arc<Object>, ApiError> {
        self.admit(&self.draft(kind, object))
    }

    /// An object that is still to be admitted: most of the work of creating it, without a lock.
    pub fn draft(&self, kind: &'static Kind, mut object: Value) -> Draft {
        self.complete(kind, &mut object);
        Draft::new(kind, &object, &self.interned)
    }

    /// Creates the object of a draft.
    pub fn admit(&self, draft: &Draft) -> Result<Arc<Object>, ApiError> {
        check_size(draft)?;
        let kind = draft.kind;
        let shelf = self.shelf(kind);
        let mut contents = shelf.write();
        if contents.get(&draft.namespace, &draft.name).is_some() {
            return Err(ApiError::AlreadyExists(kind, draft.name.to_string()));
        }
        let object = Arc::new(draft.seal(self.next_version()));
        self.growth.count(object.body.len(), 0);
        contents.put(Arc::clone(&object));
        shelf.latest.send_replace(object.version);
        Ok(object)
    }

    /// Takes the next versions, so many of them, for objects that are stamped from templates; returns the first.
    pub fn reserve(&self, count: u64) -> u64 {
        self.version.fetch_add(count, Ordering::AcqRel) + 1
    }

    /// Adds objects of reserved versions as if they had been there from the start: no watch tells of them.
    pub fn settle(&self, kind: &'static Kind, objects: impl IntoIterator<Item = Object>) {
        let shelf = self.shelf(kind);
        let mut contents = shelf.write();
        let mut latest = 0;
        for object in objects {
            latest = latest.max(object.version);
            contents.place(Arc::new(object));
        }
        contents.history.compact(latest);
        shelf.latest.send_modify(|known| *known = latest.max(*known));
    }

    /// Calls the objects of a kind as its definition does by now, which is no change of theirs.
    pub fn call(&self, kind: &'static Kind) {
        let shelf = self.shelf(kind);
        let mut contents = shelf.write();
        for object in contents.objects.snapshot(None).objects(None) {
            contents.place(Arc::new(Object { kind, ..Object::clone(&object) }));
        }
    }

    /// Changes an object; where somebody else changed it meanwhile, the change is made again on the newer one.
    pub fn update(&self, key: &Key, mut change: impl FnMut(&mut Value)) -> Result<Arc<Object>, ApiError> {
        self.try_update(key, |object| {
            change(object);
            Ok(())
        })
    }

    /// As [`Self::update`], with a change that may be refused. What changes nothing leaves the version as it is.
    pub fn try_update(
        &self,
        key: &Key,
        mut change: impl FnMut(&mut Value) -> Result<(), ApiError>,
    ) -> Result<Arc<Object>, ApiError> {
        self.change(key, Scope::Whole, &mut |opened| change(&mut opened.value))
    }

    /// As [`Self::try_update`], with a change that reads and writes no more than a part of the object.
    pub fn change(
        &self,
        key: &Key,
        scope: Scope,
        change: &mut dyn FnMut(&mut Opened<'_>) -> Result<(), ApiError>,
    ) -> Result<Arc<Object>, ApiError> {
        let shelf = self.shelf(key.kind);
        loop {
            let old = self.get(key)?;
            let text = old.body.to_text();
            let mut opened = Opened::read(Source { text: &text, rope: &old.body }, scope);
            change(&mut opened)?;
            if key.kind.has_generation && is_changed(&opened) {
                bump_generation(&mut opened.value);
            }
            strip(&mut opened.value);
            let draft = Draft::of_opened(&old, &opened, &self.interned);
            if draft.says(&text, old.version) {
                return Ok(old);
            }
            check_size(&draft)?;
            let mut contents = shelf.write();
            if !contents.get(&key.namespace, &key.name).is_some_and(|current| Arc::ptr_eq(current, &old)) {
                continue;
            }
            let object = Arc::new(draft.seal(self.next_version()));
            self.growth.count(object.body.len(), old.body.len());
            contents.put(Arc::clone(&object));
            shelf.latest.send_replace(object.version);
            return Ok(object);
        }
    }

    /// Takes an object away at once; returns it as it was last.
    pub fn delete(&self, key: &Key) -> Result<Arc<Object>, ApiError> {
        let shelf = self.shelf(key.kind);
        loop {
            let old = self.get(key)?;
            let text = old.body.to_text();
            let mut opened = Opened::read(Source { text: &text, rope: &old.body }, Scope::Members(&[]));
            strip(&mut opened.value);
            let draft = Draft::of_opened(&old, &opened, &self.interned);
            let mut contents = shelf.write();
            if !contents.get(&key.namespace, &key.name).is_some_and(|current| Arc::ptr_eq(current, &old)) {
                continue;
            }
            self.growth.count(0, old.body.len());
            let last = Arc::new(draft.seal(self.next_version()));
            contents.take(Arc::clone(&last));
            shelf.latest.send_replace(last.version);
            return Ok(last);
        }
    }

    /// One object.
    pub fn get(&self, key: &Key) -> Result<Arc<Object>, ApiError> {
        let shelf = self.shelf(key.kind);
        let contents = shelf.read();
        let found = contents.get(&key.namespace, &key.name).map(Arc::clone);
        found.ok_or_else(|| ApiError::NotFound(key.kind, key.name.to_string()))
    }

    /// All objects of a kind, in one namespace or in all.
    pub fn list(&self, kind: &'static Kind, namespace: Option<&str>) -> List {
        let shelf = self.shelf(kind);
        let contents = shelf.read();
        // Under the lock no event of this kind can get a version, so none is missed after this one.
        let (version, snapshot) = (self.version(), contents.objects.snapshot(namespace));
        drop(contents);
        List { version, objects: snapshot.objects(namespace) }
    }

    /// How many objects of a kind there are in a namespace.
    pub fn count(&self, kind: &'static Kind, namespace: &str) -> usize {
        self.shelf(kind).read().objects.count(namespace)
    }

    /// Whether there is no object of a kind.
    pub fn has_none(&self, kind: &'static Kind) -> bool {
        self.shelf(kind).read().objects.is_empty()
    }

    /// All objects of a kind as they were at a version, by undoing what happened since.
    pub fn list_at(&self, kind: &'static Kind, namespace: Option<&str>, version: u64) -> Result<List, Expired> {
        let shelf = self.shelf(kind);
        let contents = shelf.read();
        let is_of = |event: &&Arc<Event>| namespace.is_none_or(|namespace| *event.object.namespace == *namespace);
        let undone: Vec<_> = contents.history.all_since(version)?.filter(is_of).map(Arc::clone).collect();
        let mut snapshot = contents.objects.snapshot(namespace);
        drop(contents);
        for event in undone.iter().rev() {
            match &event.previous {
                Some(previous) => drop(snapshot.insert(Arc::clone(previous))),
                None => drop(snapshot.remove(&event.object.namespace, &event.object.name)),
            }
        }
        Ok(List { version, objects: snapshot.objects(namespace) })
    }

    /// What happens to a kind after a version.
    pub fn watch(&self, kind: &'static Kind, seen: u64) -> Result<Watch, Expired> {
        let shelf = self.shelf(kind);
        shelf.read().history.since(seen)?;
        Ok(Watch::new(shelf, seen))
    }

    /// What happens to a kind from now on.
    pub fn watch_from_now(&self, kind: &'static Kind) -> Watch {
        let shelf = self.shelf(kind);
        let contents = shelf.read();
        let version = self.version();
        drop(contents);
        Watch::new(shelf, version)
    }

    /// Forgets what happened before a version, as etcd does every few minutes.
    pub fn compact(&self, version: u64) {
        let shelves = self.shelves.read().unwrap_or_else(PoisonError::into_inner);
        for shelf in shelves.values() {
            shelf.write().history.compact(version);
        }
    }

    fn next_version(&self) -> u64 {
        self.version.fetch_add(1, Ordering::AcqRel) + 1
    }

    fn shelf(&self, kind: &'static Kind) -> Arc<Shelf> {
        let name = (kind.group, kind.plural);
        if let Some(shelf) = self.shelves.read().unwrap_or_else(PoisonError::into_inner).get(&name) {
            return Arc::clone(shelf);
        }
        let mut shelves = self.shelves.write().unwrap_or_else(PoisonError::into_inner);
        // Nothing of this kind has happened yet, so everything is remembered from here on.
        Arc::clone(shelves.entry(name).or_insert_with(|| Arc::new(Shelf::new(self.version()))))
    }

    fn complete(&self, kind: &'static Kind, object: &mut Value) {
        strip(object);
        let metadata = metadata_mut(object);
        let now = || rfc3339(self.clock.now()).into();
        metadata.entry("creationTimestamp").or_insert_with(now);
        metadata.entry("uid").or_insert_with(|| self.new_uid().into());
        if kind.has_generation {
            metadata.entry("generation").or_insert_with(|| 1.into());
        }
    }
}

impl Key {
    /// The key of an object.
    pub fn of(object: &Object) -> Self {
        Self { kind: object.kind, namespace: Arc::clone(&object.namespace), name: Arc::clone(&object.name) }
    }

    /// The key of a name in a namespace.
    pub fn new(kind: &'static Kind, namespace: &str, name: &str) -> Self {
        Self { kind, namespace: namespace.into(), name: name.into() }
    }
}

/// Refuses what etcd would not take.
fn check_size(draft: &Draft) -> Result<(), ApiError> {
    if draft.len() > MAX_OBJECT_BYTES { Err(ApiError::ObjectTooLarge) } else { Ok(()) }
}

/// Takes off what is not stored, and makes room for the resourceVersion.
fn strip(object: &mut Value) {
    if let Some(members) = object.as_object_mut() {
        members.remove("apiVersion");
        members.remove("kind");
    }
    metadata_mut(object).insert("resourceVersion".into(), "".into());
}

/// The metadata of an object, made where there is none.
fn metadata_mut(object: &mut Value) -> &mut Map<String, Value> {
    if !object.is_object() {
        *object = Value::Object(Map::new());
    }
    let members = object.as_object_mut().expect("it was made an object above");
    let metadata = members.entry("metadata").or_insert_with(|| Value::Object(Map::new()));
    if !metadata.is_object() {
        *metadata = Value::Object(Map::new());
    }
    metadata.as_object_mut().expect("it was made an object above")
}

/// Whether the spec is another one.
fn is_changed(opened: &Opened<'_>) -> bool {
    if opened.is_closed("spec") {
        return false;
    }
    match (opened.spec, opened.value.get("spec")) {
        (Some(old), Some(new)) => {
            let new = serde_json::to_string(new).expect("a JSON value is written to memory without fail");
            old.get() != new
        }
        (old, new) => old.is_some() != new.is_some(),
    }
}

fn bump_generation(object: &mut Value) {
    let metadata = metadata_mut(object);
    let generation = metadata.get("generation").and_then(Value::as_i64).unwrap_or(1);
    metadata.insert("generation".into(), generation.saturating_add(1).into());
}
