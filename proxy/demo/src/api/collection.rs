//! What is asked of all objects of a kind: to list, watch, create and delete them.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Response, StatusCode};

use super::accept::{Accepted, Shape};
use super::answer::{self, Body};
use super::aside::aside;
use super::asked::{Asked, Sent, check_verb, read};
use super::delete::Options;
use super::feed::Feed;
use super::page::Page;
use super::selector::Selector;
use super::view::View;
use super::who::Attempt;
use super::{Api, body, delete, list, review, watch, websocket, write};
use crate::error::ApiError;
use crate::kinds::Kind;

impl Api {
    /// Answers a request about a collection.
    pub(super) async fn collection(
        &self,
        kind: &'static Kind,
        namespace: Option<String>,
        mut asked: Asked<'_>,
        body: Sent,
    ) -> Result<Response<Body>, ApiError> {
        let watches = asked.query.flag("watch");
        let verb = match asked.head.method {
            Method::GET if watches => "watch",
            Method::GET => "list",
            Method::POST => "create",
            Method::DELETE => "deletecollection",
            _ => return Err(ApiError::MethodNotAllowed),
        };
        check_verb(kind.verbs, verb)?;
        let within = namespace.as_deref().unwrap_or_default();
        // A field selector of one name asks for no more than that object.
        let attempt = Attempt { verb, group: kind.group, resource: kind.plural, sub: "", namespace: within, name: "" };
        asked.who.check(kind, &attempt)?;
        match verb {
            "watch" => self.watch(kind, namespace, &mut asked).await,
            "list" => {
                let (store, query, accepted) = (Arc::clone(&self.store), asked.query, asked.accepted);
                aside(move || {
                    let view = View::of(&store, kind, accepted.shape, &query)?;
                    list::list(&store, kind, namespace.as_deref(), &query, accepted, view)
                })
                .await
            }
            "create" => self.create(kind, within, &asked, &read(body).await?),
            _ => self.delete_collection(kind, namespace, &asked, &read(body).await?).await,
        }
    }

    fn create(
        &self,
        kind: &'static Kind,
        namespace: &str,
        asked: &Asked<'_>,
        body: &Bytes,
    ) -> Result<Response<Body>, ApiError> {
        asked.check_not_dry()?;
        if kind.namespaced && namespace.is_empty() {
            return Err(ApiError::MethodNotAllowed);
        }
        let object = body::object(kind, &asked.head.headers, body)?;
        let manager = asked.manager(&self.store, None);
        if kind.verbs == ["create"] {
            let review = review::answer((&self.store, &self.kinds), kind, asked.who, object, &manager)?;
            return Ok(answer::object(StatusCode::CREATED, asked.accepted.format, &review));
        }
        let created = write::create(&self.store, &self.kinds, kind, namespace, object, &manager)?;
        asked.show(StatusCode::CREATED, &self.store, kind, &created)
    }

    async fn delete_collection(
        &self,
        kind: &'static Kind,
        namespace: Option<String>,
        asked: &Asked<'_>,
        body: &Bytes,
    ) -> Result<Response<Body>, ApiError> {
        asked.check_not_dry()?;
        let options = Options::parse(&body::options(&asked.head.headers, body)?, &asked.query)?;
        let selector = Selector::of(kind, &asked.query)?;
        let view = View::of(&self.store, kind, Shape::Whole, &asked.query)?;
        let accepted = Accepted { shape: Shape::Whole, ..asked.accepted };
        let (store, kinds) = (Arc::clone(&self.store), Arc::clone(&self.kinds));
        aside(move || {
            let deleted = delete::delete_collection(&store, &kinds, kind, namespace.as_deref(), &selector, &options)?;
            Ok(list::answer(kind, accepted, view, Page::of(store.version(), deleted)))
        })
        .await
    }

    async fn watch(
        &self,
        kind: &'static Kind,
        namespace: Option<String>,
        asked: &mut Asked<'_>,
    ) -> Result<Response<Body>, ApiError> {
        let (store, query, shape) = (Arc::clone(&self.store), asked.query.clone(), asked.accepted.shape);
        let feed = aside(move || {
            let view = View::of(&store, kind, shape, &query)?;
            Feed::open(&store, kind, namespace, &query, view)
        });
        let feed = feed.await?;
        if websocket::is_asked(&asked.head.headers) {
            let upgrade = asked
                .head
                .extensions
                .remove()
                .ok_or_else(|| ApiError::BadRequest("this connection cannot become a WebSocket".into()))?;
            return websocket::serve(&asked.head.headers, upgrade, feed);
        }
        Ok(watch::stream(feed))
    }
}
