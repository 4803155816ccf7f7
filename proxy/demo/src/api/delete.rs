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
use crate::kinds::{Kind, Kinds, definition};
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
    let is_held = value.pointer("/metadata/finalizers").and_then(Value::as_array).is_some_and(|held| !held.is_empty());
    let grace_s = grace(key.kind, &value, options);
    if grace_s == 0 && !is_held && !is_namespace {
        let gone = store.delete(key)?;
        if (key.kind.group, key.kind.plural) == ("apiextensions.k8s.io", "customresourcedefinitions") {
            withdraw(store, kinds, &value);
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
    })?;
    if is_namespace {
        empty(store, kinds, &key.name);
        let _ = store.delete(key);
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
            let cleanup = json!(["customresourcecleanup.apiextensions.k8s.io"]);
            tree::put(&mut value, &["metadata", "finalizers"], cleanup);
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

/// Deletes what a namespace holds.
fn empty(store: &Store, kinds: &Kinds, namespace: &str) {
    for kind in kinds.all().into_iter().filter(|kind| kind.namespaced) {
        for object in store.list(kind, Some(namespace)).objects {
            let _ = store.delete(&Key::of(&object));
        }
    }
}

/// Serves a definition's kind no longer, and deletes what was of it.
fn withdraw(store: &Store, kinds: &Kinds, definition: &Value) {
    for kind in definition::withdraw(kinds, definition) {
        for object in store.list(kind, None).objects {
            let _ = store.delete(&Key::of(&object));
        }
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
