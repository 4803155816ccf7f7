//! Which objects a list has: all, a page of them, or those of an earlier moment.

use std::sync::Arc;

use serde_json::{Value, json};

use super::options;
use super::query::Query;
use super::selector::Selector;
use super::token::Token;
use crate::error::ApiError;
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
        options::check_list(query)?;
        let token = query.get("continue").map(Token::parse).transpose()?;
        let list = match &token {
            Some(token) => Self::continued(store, kind, namespace, query, token)?,
            None => Self::whole(store, kind, namespace, query)?,
        };
        let version = list.version;
        let is_before = |token: &Token| list.objects.partition_point(|object| *place(object) < *token.start());
        let begin = token.as_ref().map_or(0, is_before);
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
            continuation = chosen.last().map(|last| Token::after(&place(last), version).to_text());
        }
        Ok(Self { version, objects: chosen, continuation, remaining })
    }

    /// A page of all these objects.
    pub fn of(version: u64, objects: Vec<Arc<Object>>) -> Self {
        Self { version, objects, continuation: None, remaining: None }
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
        match (options::version(query)?, query.get("resourceVersionMatch")) {
            (Some(version), _) if version > store.version() => Err(ApiError::Future(version, store.version())),
            (Some(version), Some("Exact")) => {
                store.list_at(kind, namespace, version).map_err(|_| ApiError::ListExpired)
            }
            _ => Ok(store.list(kind, namespace)),
        }
    }

    fn continued(
        store: &Store,
        kind: &'static Kind,
        namespace: Option<&str>,
        query: &Query,
        token: &Token,
    ) -> Result<List, ApiError> {
        if options::version(query)?.is_some_and(|version| version > 0) {
            return Err(ApiError::BadRequest("specifying resource version is not allowed when using continue".into()));
        }
        match token.version() {
            Some(version) if version > store.version() => Err(ApiError::Future(version, store.version())),
            Some(version) => store
                .list_at(kind, namespace, version)
                .map_err(|_| ApiError::ContinueExpired(token.as_of_now().to_text())),
            None => Ok(store.list(kind, namespace)),
        }
    }
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
