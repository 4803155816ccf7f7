//! A request that was understood, and whose body waits to be read.

use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{Response, StatusCode};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;

use super::accept::{Accepted, Format, Shape};
use super::answer::{self, Body};
use super::managed::Manager;
use super::query::Query;
use super::view::View;
use super::who::Who;
use crate::clock::rfc3339;
use crate::error::ApiError;
use crate::kinds::Kind;
use crate::store::Store;
use crate::store::object::Object;

/// A request without its body.
pub struct Asked<'a> {
    /// Its head.
    pub head: &'a mut Parts,
    /// Who asks.
    pub who: Who,
    /// Its parameters.
    pub query: Query,
    /// How the answer is wanted.
    pub accepted: Accepted,
}

/// The body of a request.
pub type Sent = UnsyncBoxBody<Bytes, BoxError>;
/// What a client's body may fail with.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Longer bodies are refused, as the API server does.
const MAX_BODY_BYTES: usize = 3 << 20;

impl Asked<'_> {
    /// Answers with an object in the shape and format that was asked for.
    pub fn show(
        &self,
        code: StatusCode,
        store: &Store,
        kind: &'static Kind,
        object: &Object,
    ) -> Result<Response<Body>, ApiError> {
        show(code, store, kind, object, self.accepted, &self.query)
    }

    /// Trying without doing is not to be had yet; doing would be worse than saying so.
    pub fn check_not_dry(&self) -> Result<(), ApiError> {
        match self.query.get("dryRun") {
            None => Ok(()),
            Some(_) => Err(ApiError::BadRequest("the demo cluster does not support dryRun".into())),
        }
    }

    /// Who is noted as the writer.
    pub fn manager(&self, store: &Store, sub: Option<&'static str>) -> Manager {
        Manager::of(&self.query, &self.head.headers, sub, rfc3339(store.clock().now()))
    }
}

/// Answers with an object, as a kind, in the shape and format that was asked for.
pub fn show(
    code: StatusCode,
    store: &Store,
    kind: &'static Kind,
    object: &Object,
    Accepted { shape, format, .. }: Accepted,
    query: &Query,
) -> Result<Response<Body>, ApiError> {
    let view = View::of(store, kind, shape, query)?;
    if (shape, format) == (Shape::Whole, Format::Json) && object.kind == kind {
        let mut text = BytesMut::with_capacity(object.body.len() + 64);
        view.write_alone(object, &mut text);
        return Ok(answer::answer(code, answer::JSON, answer::full(text.freeze())));
    }
    let value = view.alone(kind, object).ok_or_else(|| ApiError::NotFound(kind, object.name.to_string()))?;
    Ok(answer::object(code, format, &value))
}

/// Refuses a verb that a resource does not have.
pub fn check_verb(verbs: &[&str], verb: &str) -> Result<(), ApiError> {
    if verbs.contains(&verb) { Ok(()) } else { Err(ApiError::MethodNotAllowed) }
}

/// Reads a body to its end, up to a bound.
pub async fn read(mut body: Sent) -> Result<Bytes, ApiError> {
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
