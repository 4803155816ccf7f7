//! The Kubernetes API over the store: what a request is about, whether it may, and who answers it.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;

use crate::clock::rfc3339;
use crate::error::ApiError;
use crate::kinds::{self, Kind, Kinds};
use crate::store::object::Object;
use crate::store::{Key, Store};
use accept::{Accepted, Format};
use answer::Body;
use delete::Options;
use feed::Feed;
use managed::Manager;
use patch::Patch;
use query::Query;
use selector::Selector;
use target::{NoTarget, ObjectTarget, Target};
use view::View;
use who::{Attempt, Who};
use write::Part;

mod accept;
pub mod answer;
mod body;
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
mod openapi;
mod page;
mod patch;
mod prepare;
mod query;
mod review;
mod scale;
mod selector;
mod table;
mod target;
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
                Ok(document::answer(&self.store, &self.kinds, &document, asked.accepted, &asked.query))
            }
            Target::Collection(kind, namespace) => self.collection(kind, namespace, asked, body).await,
            Target::Object(object) => self.object(object, asked, body).await,
        }
    }

    async fn collection(
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
            "watch" => self.watch(kind, namespace, &mut asked),
            "list" => {
                let view = View::of(&self.store, kind, asked.accepted.shape, &asked.query)?;
                list::list(&self.store, kind, namespace.as_deref(), &asked.query, asked.accepted, view)
            }
            "create" => self.create(kind, within, &asked, &read(body).await?),
            _ => self.delete_collection(kind, namespace.as_deref(), &asked, &read(body).await?),
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
        let value = if kind.verbs == ["create"] {
            review::answer(&self.store, kind, asked.who, object, &self.manager(asked, None))?
        } else {
            let created = write::create(&self.store, &self.kinds, kind, namespace, object, &self.manager(asked, None))?;
            asked.shown(&self.store, kind, &created)?
        };
        Ok(answer::object(StatusCode::CREATED, asked.accepted.format, &value))
    }

    fn delete_collection(
        &self,
        kind: &'static Kind,
        namespace: Option<&str>,
        asked: &Asked<'_>,
        body: &Bytes,
    ) -> Result<Response<Body>, ApiError> {
        asked.check_not_dry()?;
        let options = Options::parse(&body::options(&asked.head.headers, body)?, &asked.query)?;
        let selector = Selector::of(kind, &asked.query)?;
        let deleted = delete::delete_collection(&self.store, &self.kinds, kind, namespace, &selector, &options)?;
        let view = View::of(&self.store, kind, accept::Shape::Whole, &asked.query)?;
        let items: Vec<_> = deleted.iter().filter_map(|object| view.item(object)).collect();
        let list = serde_json::json!({
            "kind": format!("{}List", kind.name),
            "apiVersion": kind.api_version(),
            "metadata": { "resourceVersion": self.store.version().to_string() },
            "items": items,
        });
        Ok(answer::object(StatusCode::OK, asked.accepted.format, &list))
    }

    fn watch(
        &self,
        kind: &'static Kind,
        namespace: Option<String>,
        asked: &mut Asked<'_>,
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
        // Metrics are of the objects of the core.
        let stored = if kind.group == metrics::GROUP { kinds::builtin("", kind.plural) } else { kind };
        let key = Key::new(stored, &namespace, &name);
        let sub = sub.map(|sub| sub.name);
        if verb == "get" {
            return self.get(kind, &key, sub, &asked);
        }
        asked.check_not_dry()?;
        let body = read(body).await?;
        match verb {
            "update" | "patch" => self.change(&key, verb, sub, &asked, &body),
            "delete" => {
                let options = Options::parse(&body::options(&asked.head.headers, &body)?, &asked.query)?;
                let outcome = delete::delete(&self.store, &self.kinds, &key, &options)?;
                Ok(delete::answer(kind, &outcome, asked.accepted.format))
            }
            _ => self.evict(&key, &asked, &body),
        }
    }

    fn get(
        &self,
        kind: &'static Kind,
        key: &Key,
        sub: Option<&str>,
        asked: &Asked<'_>,
    ) -> Result<Response<Body>, ApiError> {
        let object = self.store.get(key)?;
        let value = match sub {
            Some("log") => return logs::answer(&self.store, &object, &asked.query),
            Some("scale") => scale::of(&object),
            _ => asked.shown(&self.store, kind, &object)?,
        };
        Ok(answer::object(StatusCode::OK, asked.accepted.format, &value))
    }

    fn change(
        &self,
        key: &Key,
        verb: &str,
        sub: Option<&'static str>,
        asked: &Asked<'_>,
        body: &Bytes,
    ) -> Result<Response<Body>, ApiError> {
        let kind = key.kind;
        let manager = self.manager(asked, sub);
        let part = if sub == Some("status") { Part::Status } else { Part::Main };
        let headers = &asked.head.headers;
        let patch = if verb == "patch" { Some(Patch::parse(kind, headers, body)?) } else { None };
        let changed = match (sub, patch) {
            (Some("scale"), patch) => {
                let scale = match patch {
                    Some(patch) => {
                        let mut scale = scale::of(&*self.store.get(key)?);
                        patch.apply(&mut scale)?;
                        scale
                    }
                    None => body::object_of("Scale", "autoscaling/v1", headers, body)?,
                };
                let put = |object: &mut serde_json::Value| scale::put(&scale, object);
                let changed = write::change(&self.store, key, Part::Main, &manager, put)?;
                return Ok(answer::object(StatusCode::OK, asked.accepted.format, &scale::of(&changed)));
            }
            (_, Some(patch)) => write::patch(&self.store, key, part, &patch, &manager)?,
            (_, None) => {
                let object = body::object(kind, headers, body)?;
                write::replace(&self.store, key, part, &object, &manager)?
            }
        };
        Ok(answer::object(StatusCode::OK, asked.accepted.format, &asked.shown(&self.store, kind, &changed)?))
    }

    fn evict(&self, key: &Key, asked: &Asked<'_>, body: &Bytes) -> Result<Response<Body>, ApiError> {
        let eviction = body::object_of("Eviction", "policy/v1", &asked.head.headers, body)?;
        let options = eviction.get("deleteOptions").unwrap_or(&serde_json::Value::Null);
        let options = Options::parse(options, &asked.query)?;
        eviction::evict(&self.store, &self.kinds, key, &options)?;
        let status = write::success(StatusCode::CREATED);
        Ok(answer::object(StatusCode::CREATED, asked.accepted.format, &status))
    }

    fn manager(&self, asked: &Asked<'_>, sub: Option<&'static str>) -> Manager {
        Manager::of(&asked.query, &asked.head.headers, sub, rfc3339(self.store.clock().now()))
    }
}

impl Asked<'_> {
    /// An object in the shape that was asked for.
    fn shown(&self, store: &Store, kind: &'static Kind, object: &Object) -> Result<serde_json::Value, ApiError> {
        let view = View::of(store, kind, self.accepted.shape, &self.query)?;
        view.alone(kind, object).ok_or_else(|| ApiError::NotFound(kind, object.name.to_string()))
    }

    /// Trying without doing is not to be had yet; doing would be worse than saying so.
    fn check_not_dry(&self) -> Result<(), ApiError> {
        match self.query.get("dryRun") {
            None => Ok(()),
            Some(_) => Err(ApiError::BadRequest("the demo cluster does not support dryRun".into())),
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
