//! The Kubernetes API over the store: what a request is about, whether it may, and who answers it.

use std::sync::Arc;

use http::{Method, Request, Response};

use crate::error::ApiError;
use crate::kinds::Kinds;
use crate::store::Store;
use accept::{Accepted, Format};
use answer::Body;
use asked::Asked;
pub use asked::{BoxError, Sent};
use query::Query;
use target::{NoTarget, Target};
use who::Who;

mod accept;
pub mod answer;
mod aside;
mod asked;
mod body;
mod check;
mod collection;
mod delete;
mod discovery;
mod document;
mod eviction;
mod feed;
mod list;
mod logs;
mod managed;
mod metrics;
mod names;
mod object;
mod openapi;
mod options;
mod page;
mod patch;
mod prepare;
mod query;
mod review;
mod scale;
mod selector;
mod table;
mod target;
mod token;
mod view;
mod watch;
mod websocket;
pub mod who;
mod write;
mod yaml;

/// The API of one cluster.
#[derive(Debug)]
pub struct Api {
    store: Arc<Store>,
    kinds: Arc<Kinds>,
}

impl Api {
    /// The API over a store.
    pub fn new(store: Arc<Store>, kinds: Arc<Kinds>) -> Self {
        Self { store, kinds }
    }

    /// Answers a request.
    pub async fn answer(&self, request: Request<Sent>) -> Response<Body> {
        let (mut head, body) = request.into_parts();
        let target = match Target::parse(head.uri.path(), &self.kinds) {
            Ok(target) => target,
            Err(NoTarget::Page) => return answer::no_page(),
            Err(NoTarget::Resource) => return answer::refusal(&ApiError::NoResource, Format::Json),
        };
        let accepted = Accepted::of(&head.headers);
        let format = accepted.as_ref().map_or(Format::Json, |accepted| accepted.format);
        let outcome = match (Who::of(&head.headers), accepted) {
            (Ok(who), Ok(accepted)) => {
                let query = Query::parse(head.uri.query().unwrap_or_default());
                self.dispatch(target, Asked { head: &mut head, who, query, accepted }, body).await
            }
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
        outcome.unwrap_or_else(|error| answer::refusal(&error, format))
    }

    async fn dispatch(&self, target: Target, asked: Asked<'_>, body: Sent) -> Result<Response<Body>, ApiError> {
        match target {
            Target::Document(document) => {
                if asked.head.method != Method::GET {
                    return Err(ApiError::MethodNotAllowed);
                }
                Ok(document::answer(&self.store, &self.kinds, &document, asked.accepted, &asked.query))
            }
            Target::Collection(kind, namespace) => self.collection(kind, namespace, asked, body).await,
            Target::Object(object) => self.object(object, asked, body).await,
        }
    }
}
