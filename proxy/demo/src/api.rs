//! The Kubernetes API over the store: what a request is about, whether it may, and who answers it.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;

use crate::error::ApiError;
use crate::kinds::{Kind, Kinds};
use crate::store::{Key, Store};
use accept::{Accepted, Format};
use answer::Body;
use feed::Feed;
use query::Query;
use target::{NoTarget, ObjectTarget, Target};
use view::View;
use who::{Attempt, Who};

mod accept;
pub mod answer;
mod discovery;
mod document;
mod feed;
mod list;
mod page;
mod query;
mod selector;
mod table;
mod target;
mod view;
mod watch;
mod websocket;
pub mod who;
mod yaml;

/// The API of one cluster.
#[derive(Debug)]
pub struct Api {
    store: Arc<Store>,
    kinds: Arc<Kinds>,
}

/// A request whose body waits to be read.
struct Asked<'a> {
    head: &'a mut Parts,
    who: Who,
    query: Query,
    accepted: Accepted,
}

/// The body of a request.
pub type Sent = UnsyncBoxBody<Bytes, BoxError>;
/// What a client's body may fail with.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Longer bodies are refused, as the API server does.
const MAX_BODY_BYTES: usize = 3 << 20;

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
                Ok(document::answer(&self.kinds, &document, asked.accepted, &asked.query))
            }
            Target::Collection(kind, namespace) => self.collection(kind, namespace, asked, body).await,
            Target::Object(object) => self.object(object, asked, body).await,
        }
    }

    async fn collection(
        &self,
        kind: &'static Kind,
        namespace: Option<String>,
        asked: Asked<'_>,
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
            "watch" => self.watch(kind, namespace, asked),
            "list" => {
                let view = View::of(&self.store, kind, asked.accepted.shape, &asked.query)?;
                list::list(&self.store, kind, namespace.as_deref(), &asked.query, asked.accepted, view)
            }
            _ => {
                let _body = read(body).await?;
                Err(ApiError::MethodNotAllowed)
            }
        }
    }

    fn watch(
        &self,
        kind: &'static Kind,
        namespace: Option<String>,
        asked: Asked<'_>,
    ) -> Result<Response<Body>, ApiError> {
        let view = View::of(&self.store, kind, asked.accepted.shape, &asked.query)?;
        let feed = Feed::open(&self.store, kind, namespace, &asked.query, view)?;
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

    async fn object(&self, target: ObjectTarget, asked: Asked<'_>, body: Sent) -> Result<Response<Body>, ApiError> {
        let ObjectTarget { kind, namespace, name, sub } = target;
        let verb = match asked.head.method {
            Method::GET => "get",
            Method::POST => "create",
            Method::PUT => "update",
            Method::PATCH => "patch",
            Method::DELETE => "delete",
            _ => return Err(ApiError::MethodNotAllowed),
        };
        check_verb(sub.map_or(kind.verbs, |sub| sub.verbs), verb)?;
        let attempt = Attempt {
            verb,
            group: kind.group,
            resource: kind.plural,
            sub: sub.map_or("", |sub| sub.name),
            // The rights on a namespace's own object are those within it.
            namespace: if kind.plural == "namespaces" { &name } else { &namespace },
            name: &name,
        };
        asked.who.check(kind, &attempt)?;
        let key = Key::new(kind, &namespace, &name);
        match (verb, sub.map(|sub| sub.name)) {
            ("get", None | Some("status")) => {
                let object = self.store.get(&key)?;
                let view = View::of(&self.store, kind, asked.accepted.shape, &asked.query)?;
                Ok(answer::object(StatusCode::OK, asked.accepted.format, &view.alone(&object)))
            }
            _ => {
                let _body = read(body).await?;
                Err(ApiError::MethodNotAllowed)
            }
        }
    }
}

fn check_verb(verbs: &[&str], verb: &str) -> Result<(), ApiError> {
    if verbs.contains(&verb) { Ok(()) } else { Err(ApiError::MethodNotAllowed) }
}

async fn read(mut body: Sent) -> Result<Bytes, ApiError> {
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| ApiError::BadRequest(format!("the body broke off: {error}")))?;
        if let Ok(piece) = frame.into_data() {
            if whole.len() + piece.len() > MAX_BODY_BYTES {
                return Err(ApiError::TooLarge);
            }
            whole.extend_from_slice(&piece);
        }
    }
    Ok(whole.freeze())
}
