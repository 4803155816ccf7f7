//! Answers: their bodies and their heads.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use http_body::Frame;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use serde_json::Value;

use super::accept::Format;
use super::yaml;
use crate::error::ApiError;

/// The body of an answer.
pub type Body = UnsyncBoxBody<Bytes, Infallible>;

/// The content type of JSON.
pub const JSON: &str = "application/json";
const YAML: &str = "application/yaml";
const PLAIN: &str = "text/plain; charset=utf-8";

/// A body that is made piece by piece, when the client has taken what was there.
struct Pieces<Next, Making> {
    next: Next,
    making: Pin<Box<Making>>,
}

impl Format {
    /// Its content type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json => JSON,
            Self::Yaml => YAML,
        }
    }
}

/// An answer of a content type.
pub fn answer(code: StatusCode, content_type: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = code;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache, private"));
    response
}

/// An object as it is.
pub fn object(code: StatusCode, format: Format, value: &Value) -> Response<Body> {
    let text = match format {
        Format::Json => serde_json::to_vec(value).expect("a JSON value is written to memory without fail"),
        Format::Yaml => yaml::write(value).into_bytes(),
    };
    answer(code, format.content_type(), full(text))
}

/// Words.
pub fn text(code: StatusCode, text: impl Into<Bytes>) -> Response<Body> {
    answer(code, PLAIN, full(text))
}

/// No words.
pub fn empty(code: StatusCode) -> Response<Body> {
    let mut response = Response::new(full(Bytes::new()));
    *response.status_mut() = code;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache, private"));
    response
}

/// What the API server says where nothing is.
pub fn no_page() -> Response<Body> {
    text(StatusCode::NOT_FOUND, "404 page not found\n")
}

/// A refusal.
pub fn refusal(error: &ApiError, format: Format) -> Response<Body> {
    let mut response = object(error.code(), format, &error.status());
    if matches!(error, ApiError::Future(..)) {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// A body that is there already.
pub fn full(text: impl Into<Bytes>) -> Body {
    Full::new(text.into()).boxed_unsync()
}

/// A body of pieces: `next` makes one of a state, and gives the state for the next; none is the end.
pub fn pieces<State, Next, Making>(state: State, mut next: Next) -> Body
where
    State: 'static,
    Next: FnMut(State) -> Making + Unpin + Send + 'static,
    Making: Future<Output = Option<(Bytes, State)>> + Send + 'static,
{
    let making = Box::pin(next(state));
    Pieces { next, making }.boxed_unsync()
}

impl<State, Next, Making> http_body::Body for Pieces<Next, Making>
where
    Next: FnMut(State) -> Making + Unpin,
    Making: Future<Output = Option<(Bytes, State)>>,
{
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = &mut *self;
        match std::task::ready!(this.making.as_mut().poll(cx)) {
            Some((piece, state)) => {
                let next = (this.next)(state);
                this.making.set(next);
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            None => Poll::Ready(None),
        }
    }
}
