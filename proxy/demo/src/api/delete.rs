//! Deleting objects: at once, after a grace, or when their finalizers let them go.

use std::sync::Arc;

use http::{Response, StatusCode};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::accept::Format;
use super::answer::{self, Body};
use super::query::Query;
use super::selector::Selector;
use crate::clock::rfc3339;
use crate::error::{ApiError, Cause};
use crate::kinds::{Kind, Kinds, builtin, definition};
use crate::store::ending::has_finalizers;
use crate::store::object::Object;
use crate::store::{Key, Store};
use crate::tree;

/// How somebody wants to delete.
#[derive(Debug, Clone, Default)]
pub struct Options {
    grace_s: Option<i64>,
    propagation: Propagation,
    uid: Option<String>,
    version: Option<String>,
}

/// What becomes of what an object owns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Propagation {
    /// It goes after its owner.
    #[default]
    Background,
    /// It goes before its owner.
    Foreground,
    /// It stays.
    Orphan,
}

const DEFINITIONS: (&str, &str) = ("apiextensions.k8s.io", "customresourcedefinitions");
/// Holds a definition while there are objects of its kind.
const CLEANUP: &str = "customresourcecleanup.apiextensions.k8s.io";

/// What is left of an object after it was asked to go.
#[derive(Debug)]
pub enum Outcome {
    /// It is gone.
    Gone(Arc<Object>),
    /// It will go.
    Going(Arc<Object>),
}

impl Options {
    /// Reads the options of a request: its body, and its query over that.
    pub fn parse(body: &Value, query: &Query) -> Result<Self, ApiError> {
        let grace_s = match query.number("gracePeriodSeconds")? {
            None => body.get("gracePeriodSeconds").and_then(Value::as_i64),
            some => some,
        };
        if grace_s.is_some_and(|grace_s| grace_s < 0) {
            // As the API server: less than nothing counts as almost nothing.
            return Ok(Self { grace_s: Some(1), ..Self::default() });
        }
        let text = |path: &str| body.pointer(path).and_then(Value::as_str).map(str::to_owned);
        let orphans =
            query.flag("orphanDependents") || body.get("orphanDependents").and_then(Value::as_bool) == Some(true);
        let asked = query.get("propagationPolicy").map(str::to_owned).or_else(|| text("/propagationPolicy"));
        let propagation = match asked.as_deref() {
            None if orphans => Propagation::Orphan,
            None | Some("Background") => Propagation::Background,
            Some("Foreground") => Propagation::Foreground,
            Some("Orphan") => Propagation::Orphan,
            Some(other) => return Err(unknown_propagation(other)),
        };
        let (uid, version) = (text("/preconditions/uid"), text("/preconditions/resourceVersion"));
        Ok(Self { grace_s, propagation, uid, version })
    }
}

/// Deletes an object.
pub fn delete(store: &Store, kinds: &Kinds, key: &Key, options: &Options) -> Result<Outcome, ApiError> {
    let object = store.get(key)?;
    options.check(key, &object)?;
    if options.propagation == Propagation::Orphan {
        orphan(store, kinds, &object);
    }
    let value = object.value();
    let is_namespace = (key.kind.group, key.kind.plural) == ("", "namespaces");
    let is_definition = (key.kind.group, key.kind.plural) == DEFINITIONS;
    let is_held = has_finalizers(&value) || (is_definition && !empty_of_kind(store, kinds, &value));
    let grace_s = grace(key.kind, &value, options);
    if grace_s == 0 && !is_held && !is_namespace {
        let gone = store.delete(key)?;
        if is_definition {
            definition::withdraw(kinds, &value);
        }
        return Ok(Outcome::Gone(gone));
    }
    let now = store.clock().now();
    let going = store.update(key, |object| {
        let end = now.saturating_add(SignedDuration::from_secs(grace_s)).unwrap_or(now);
        let earlier = object.pointer("/metadata/deletionGracePeriodSeconds").and_then(Value::as_i64);
        if earlier.is_none_or(|earlier| grace_s < earlier) {
            tree::put(object, &["metadata", "deletionTimestamp"], rfc3339(end).into());
            // Namespaces have no grace of their own.
            if !is_namespace {
                tree::put(object, &["metadata", "deletionGracePeriodSeconds"], grace_s.into());
            }
        }
        if is_namespace {
            tree::put(object, &["status"], json!({ "phase": "Terminating" }));
        }
        if is_definition && !has_finalizers(object) {
            tree::put(object, &["metadata", "finalizers"], json!([CLEANUP]));
        }
    })?;
    if is_namespace {
        empty(store, kinds, &key.name);
        store.finish_namespace(&key.name);
    }
    Ok(Outcome::Going(going))
}

/// Deletes every object of a kind that a selector chooses; returns them as they were.
pub fn delete_collection(
    store: &Store,
    kinds: &Kinds,
    kind: &'static Kind,
    namespace: Option<&str>,
    selector: &Selector,
    options: &Options,
) -> Result<Vec<Arc<Object>>, ApiError> {
    let list = store.list(kind, namespace);
    let chosen: Vec<_> = list.objects.into_iter().filter(|object| selector.matches(object)).collect();
    for object in &chosen {
        match delete(store, kinds, &Key::of(object), options) {
            // Gone in the meantime: that was the wish.
            Ok(_) | Err(ApiError::NotFound(..)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(chosen)
}

/// Answers a deletion as the kind's own storage does: with the object, or with a word.
pub fn answer(kind: &Kind, outcome: &Outcome, format: Format) -> Response<Body> {
    let object = match outcome {
        Outcome::Gone(object) if kind.group == "apiextensions.k8s.io" => {
            // The API server lets a definition wait for its objects; here they went with it.
            let mut value = object.value();
            let now = value.pointer("/metadata/creationTimestamp").cloned().unwrap_or_default();
            tree::put(&mut value, &["metadata", "deletionTimestamp"], now);
            tree::put(&mut value, &["metadata", "finalizers"], json!([CLEANUP]));
            return answer::object(StatusCode::OK, format, &value);
        }
        Outcome::Gone(object) if !returns_object(kind) => object,
        Outcome::Gone(object) | Outcome::Going(object) => {
            return answer::object(StatusCode::OK, format, &object.value());
        }
    };
    let mut details = json!({ "name": &*object.name, "kind": kind.plural, "uid": &*object.uid });
    if !kind.group.is_empty() {
        tree::put(&mut details, &["group"], kind.group.into());
    }
    let status =
        json!({ "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details });
    answer::object(StatusCode::OK, format, &status)
}

impl Options {
    fn check(&self, key: &Key, object: &Object) -> Result<(), ApiError> {
        let failed = |what: &str, asked: &str, found: &str| {
            let why = format!("Precondition failed: {what} in precondition: {asked}, {what} in object meta: {found}");
            Err(ApiError::Precondition(key.kind, key.name.to_string(), why))
        };
        match (&self.uid, &self.version) {
            (Some(uid), _) if **uid != *object.uid => failed("UID", uid, &object.uid),
            (_, Some(version)) if *version != object.version.to_string() => {
                failed("ResourceVersion", version, &object.version.to_string())
            }
            _ => Ok(()),
        }
    }
}

/// How long an object may take to go.
fn grace(kind: &Kind, object: &Value, options: &Options) -> i64 {
    if (kind.group, kind.plural) != ("", "pods") {
        return 0;
    }
    let text = |path: &str| object.pointer(path).and_then(Value::as_str).unwrap_or_default();
    // Where no kubelet runs it, nobody has to be waited for.
    if text("/spec/nodeName").is_empty() || matches!(text("/status/phase"), "Succeeded" | "Failed") {
        return 0;
    }
    let own = object.pointer("/spec/terminationGracePeriodSeconds").and_then(Value::as_i64);
    options.grace_s.or(own).unwrap_or(30).max(0)
}

/// Lets go of everything that an object owns.
fn orphan(store: &Store, kinds: &Kinds, owner: &Object) {
    for kind in kinds.all() {
        for owned in store.owned_by(kind, &owner.uid) {
            // What is gone needs no letting go.
            let _ = store.update(&Key::of(&owned), |object| {
                if let Some(owners) = object.pointer_mut("/metadata/ownerReferences").and_then(Value::as_array_mut) {
                    owners.retain(|one| one["uid"] != *owner.uid);
                }
            });
        }
    }
}

/// Deletes what a namespace holds; what its finalizers hold stays for now.
fn empty(store: &Store, kinds: &Kinds, namespace: &str) {
    let now = rfc3339(store.clock().now());
    for kind in kinds.all().into_iter().filter(|kind| kind.namespaced) {
        for object in store.list(kind, Some(namespace)).objects {
            let _ = store.let_go(&Key::of(&object), &now);
        }
    }
}

/// Deletes what is of a definition's kind; false where finalizers hold some of it.
fn empty_of_kind(store: &Store, kinds: &Kinds, definition: &Value) -> bool {
    let now = rfc3339(store.clock().now());
    let Some(kind) = definition::kind_of(kinds, definition) else { return true };
    for object in store.list(kind, None).objects {
        let _ = store.let_go(&Key::of(&object), &now);
    }
    store.list(kind, None).objects.is_empty()
}

/// Lets a namespace and a definition go that only waited for an object, which is gone.
pub fn finish(store: &Store, kinds: &Kinds, gone: &Key) {
    if gone.kind.namespaced {
        store.finish_namespace(&gone.namespace);
    }
    if !gone.kind.is_custom || !store.list(gone.kind, None).objects.is_empty() {
        return;
    }
    let name = format!("{}.{}", gone.kind.plural, gone.kind.group);
    let key = Key::new(builtin(DEFINITIONS.0, DEFINITIONS.1), "", &name);
    let Ok(definition) = store.get(&key) else { return };
    let definition = definition.value();
    if definition.pointer("/metadata/finalizers") == Some(&json!([CLEANUP])) {
        let _ = store.delete(&key);
        definition::withdraw(kinds, &definition);
    }
}

/// The kinds whose deletion is answered with the object.
fn returns_object(kind: &Kind) -> bool {
    kind.group.is_empty()
        && matches!(
            kind.plural,
            "persistentvolumeclaims"
                | "persistentvolumes"
                | "pods"
                | "podtemplates"
                | "resourcequotas"
                | "serviceaccounts"
                | "services"
        )
}

fn unknown_propagation(asked: &str) -> ApiError {
    let message = format!(
        "Unsupported value: \"{asked}\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\""
    );
    let cause = Cause { reason: "FieldValueNotSupported", message, field: "propagationPolicy".into() };
    ApiError::InvalidOptions("DeleteOptions", vec![cause])
}
