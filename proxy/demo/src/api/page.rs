//! Which objects a list has: all, a page of them, or those of an earlier moment.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::query::Query;
use super::selector::Selector;
use crate::error::{ApiError, Cause};
use crate::kinds::Kind;
use crate::store::object::Object;
use crate::store::{List, Store};
use crate::tree;

/// A list's objects and what its metadata tells of them.
#[derive(Debug)]
pub struct Page {
    /// The version of the whole list.
    pub version: u64,
    /// The chosen ones.
    pub objects: Vec<Arc<Object>>,
    continuation: Option<String>,
    remaining: Option<usize>,
}

/// Where the next page begins: what the API server puts into its tokens, too.
#[derive(Serialize, Deserialize)]
struct Token {
    v: String,
    rv: u64,
    start: String,
}

impl Page {
    /// Reads what a request asks for.
    pub fn read(
        store: &Store,
        kind: &'static Kind,
        namespace: Option<&str>,
        query: &Query,
        selector: &Selector,
    ) -> Result<Self, ApiError> {
        let limit = query.number("limit")?.and_then(|limit| usize::try_from(limit).ok()).filter(|limit| *limit > 0);
        let (list, start) = match query.get("continue") {
            Some(token) => {
                let token = Token::parse(token)?;
                if token.rv > store.version() {
                    return Err(ApiError::Future(token.rv, store.version()));
                }
                let list = store.list_at(kind, namespace, token.rv).map_err(|_| ApiError::ContinueExpired)?;
                (list, Some(token.start))
            }
            None => (Self::whole(store, kind, namespace, query)?, None),
        };
        let version = list.version;
        let begin = start.map_or(0, |start| list.objects.partition_point(|object| place(object) < start));
        let mut objects = list.objects;
        let mut chosen: Vec<_> = if selector.is_empty() {
            if begin > 0 { objects.split_off(begin) } else { objects }
        } else {
            objects.into_iter().skip(begin).filter(|object| selector.matches(object)).collect()
        };
        let (mut continuation, mut remaining) = (None, None);
        if let Some(limit) = limit
            && chosen.len() > limit
        {
            // How many match a selector further on is not told, as nobody has looked.
            remaining = selector.is_empty().then_some(chosen.len() - limit);
            chosen.truncate(limit);
            continuation = chosen.last().map(|last| Token::after(last, version).to_text());
        }
        Ok(Self { version, objects: chosen, continuation, remaining })
    }

    /// The list's metadata.
    pub fn metadata(&self) -> Value {
        let mut metadata = json!({ "resourceVersion": self.version.to_string() });
        if let Some(token) = &self.continuation {
            tree::put(&mut metadata, &["continue"], token.as_str().into());
        }
        if let Some(remaining) = self.remaining {
            tree::put(&mut metadata, &["remainingItemCount"], remaining.into());
        }
        metadata
    }

    fn whole(store: &Store, kind: &'static Kind, namespace: Option<&str>, query: &Query) -> Result<List, ApiError> {
        let asked = query.get("resourceVersion").map(parse_version).transpose()?;
        let matching = query.get("resourceVersionMatch");
        check_match(matching, asked, query)?;
        match (asked, matching) {
            (Some(version), _) if version > store.version() => Err(ApiError::Future(version, store.version())),
            (Some(version), Some("Exact")) => {
                store.list_at(kind, namespace, version).map_err(|_| ApiError::ListExpired)
            }
            _ => Ok(store.list(kind, namespace)),
        }
    }
}

impl Token {
    fn after(object: &Object, rv: u64) -> Self {
        Self { v: "meta.k8s.io/v1".into(), rv, start: format!("{}\0", place(object)) }
    }

    fn to_text(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).expect("strings and a number are written without fail"))
    }

    fn parse(text: &str) -> Result<Self, ApiError> {
        let wrong = |why: &dyn std::fmt::Display| {
            ApiError::BadRequest(format!("invalid continue token: continue key is not valid: {why}"))
        };
        let text = BASE64_URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|error| wrong(&error))?;
        let token: Self = serde_json::from_slice(&text).map_err(|error| wrong(&error))?;
        if token.v != "meta.k8s.io/v1" || token.start.is_empty() {
            return Err(wrong(&"server does not recognize this encoded version"));
        }
        Ok(token)
    }
}

/// A resourceVersion that a client names.
pub fn parse_version(text: &str) -> Result<u64, ApiError> {
    let wrong = |_| ApiError::Version(text.to_owned());
    text.parse().map_err(wrong)
}

/// Where an object stands in a list; compares as the pair of namespace and name does.
fn place(object: &Object) -> String {
    if object.namespace.is_empty() {
        format!("/{}", object.name)
    } else {
        // Names never hold what sorts before it, so namespaces stay together.
        format!("/{}\u{1}/{}", object.namespace, object.name)
    }
}

fn check_match(matching: Option<&str>, version: Option<u64>, query: &Query) -> Result<(), ApiError> {
    let invalid = |reason, message: String| {
        let cause = Cause { reason, message, field: "resourceVersionMatch".into() };
        Err(ApiError::InvalidOptions("ListOptions", vec![cause]))
    };
    match (matching, version) {
        (None, _) => Ok(()),
        (Some(_), None) if !query.flag("sendInitialEvents") => {
            let why = "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided";
            invalid("FieldValueForbidden", why.into())
        }
        (Some("Exact"), Some(0)) => {
            let why = "Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"";
            invalid("FieldValueForbidden", why.into())
        }
        (Some("Exact" | "NotOlderThan"), _) => Ok(()),
        (Some(other), _) => {
            let why = format!("Unsupported value: \"{other}\": supported values: \"Exact\", \"NotOlderThan\", \"\"");
            invalid("FieldValueNotSupported", why)
        }
    }
}
