//! Lean lists: of a list that the API server sends, the browser gets only the fields that it asked for.
//!
//! The app names them in the request header `Pilothouse-Fields`, for example `metadata(name,uid),status(phase)`. They are
//! copied while the list streams, in little memory whatever its length, and packed on the way: of a pod of 7 KB some 110 bytes travel. The
//! answer is the same JSON with members absent, or, where names have the numbers of protobuf (`metadata=1(name=1)`) and that is
//! accepted, the same messages with fields absent: never one made into the other. A mask never shows more than the API server
//! does, and whoever sends no such header gets the API server's own bytes.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderName, IF_MATCH,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, LAST_MODIFIED, RANGE, VARY,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri};
use http_body_util::Either;
use percent_encoding::percent_decode_str;

use crate::error::Refusal;
use crate::forward::headers::tokens;
use crate::metrics::Metrics;
use crate::router::AnswerBody;
use crate::upstream::answer::Answer;
use body::LeanBody;
use coding::{Packed, Unpacked};
use filter::Filter;
use mask::{Mask, MaskError};
use protobuf::ProtobufFilter;
use value::Malformed;

pub mod body;
pub mod coding;
pub mod filter;
pub mod mask;
pub mod protobuf;
pub mod value;

/// The request header that names the fields.
pub const FIELDS: HeaderName = HeaderName::from_static("pilothouse-fields");

const JSON: &str = "application/json";
const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";

/// A request for a list of which only some fields are wanted.
#[derive(Debug)]
pub struct Lean {
    mask: Mask,
    /// Whether the browser takes gzip.
    packs: bool,
}

/// Why a list cannot be handed on to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LeanError {
    /// The API server's answer is not what it says it is.
    #[error("the API server's list cannot be read: {0}")]
    Malformed(#[from] Malformed),
    /// It is not gzip, though it says so.
    #[error("the API server's list cannot be unpacked")]
    Packing,
    /// It ended early.
    #[error("the API server's list ended before it was complete")]
    Cut,
}

/// A list on its way through a mask.
#[derive(Debug)]
pub enum Masking {
    /// A list of JSON.
    Json(Filter),
    /// A list of protobuf.
    Protobuf(ProtobufFilter),
}

impl Masking {
    /// What masks an answer of this content type, if anything does.
    pub fn of(kind: &str, mask: Mask) -> Option<Self> {
        match kind.split(';').next().unwrap_or_default().trim_ascii() {
            JSON => Some(Self::Json(Filter::new(mask))),
            PROTOBUF => Some(Self::Protobuf(ProtobufFilter::new(mask))),
            _ => None,
        }
    }

    /// Reads the next bytes, and appends what is wanted of them.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
        match self {
            Self::Json(filter) => filter.feed(bytes, out),
            Self::Protobuf(filter) => filter.feed(bytes, out),
        }
    }

    /// Whether the list has come to its end.
    pub fn is_whole(&self) -> bool {
        match self {
            Self::Json(filter) => filter.is_whole(),
            Self::Protobuf(filter) => filter.is_whole(),
        }
    }
}

impl Lean {
    /// What a request asks for; nothing for those that are no lists of objects, which pass as they are.
    pub fn asked(head: &Parts) -> Result<Option<Self>, Refusal> {
        let mut masks = head.headers.get_all(FIELDS).iter();
        let Some(text) = masks.next() else { return Ok(None) };
        // A character that is no text is in no name.
        let text = text.to_str().map_err(|_| Refusal::Fields(MaskError::Name))?;
        let mask = Mask::parse(text).map_err(Refusal::Fields)?;
        if masks.next().is_some() {
            return Err(Refusal::Fields(MaskError::Twice));
        }
        let is_list = head.method == Method::GET && !is_watch(&head.uri) && accepts_objects(&head.headers, &mask);
        Ok(is_list.then(|| Self { mask, packs: accepts_gzip(&head.headers) }))
    }

    /// Lets the API server send what can be masked: the whole list, and nothing that depends on an earlier answer.
    ///
    /// Over a network it packs, since plain JSON is 18 times as long and unpacking it costs less than TLS; on the same
    /// machine packing would only take the time of a core.
    pub fn adapt(&self, headers: &mut HeaderMap, is_near: bool) {
        for name in [IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE] {
            headers.remove(name);
        }
        let coding = if self.packs && !is_near { "gzip" } else { "identity" };
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(coding));
        if !self.mask.has_numbers() {
            headers.insert(ACCEPT, HeaderValue::from_static(JSON));
        }
    }

    /// The answer with its fields masked, if it is a list that can be.
    pub fn answer(self, response: Response<Answer>, metrics: &Arc<Metrics>) -> Response<AnswerBody> {
        let (status, headers) = (response.status(), response.headers());
        let unpacked = match headers.get(CONTENT_ENCODING).map(HeaderValue::as_bytes) {
            None | Some(b"identity") => Unpacked::Plain,
            Some(b"gzip") => Unpacked::gzip(),
            Some(_) => return response.map(Either::Left),
        };
        if status != StatusCode::OK {
            return response.map(Either::Left);
        }
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let Some(masking) = Masking::of(kind, self.mask) else { return response.map(Either::Left) };
        let packed = if self.packs { Packed::gzip() } else { Packed::Plain(Vec::new()) };
        let (mut head, list) = response.into_parts();
        for name in [ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_LENGTH, ETAG, LAST_MODIFIED] {
            head.headers.remove(name);
        }
        if self.packs {
            head.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        head.headers.append(VARY, HeaderValue::from_static("accept, accept-encoding, pilothouse-fields"));
        metrics.lean_lists.add(1);
        let body = LeanBody::new(list, unpacked, masking, packed, Arc::clone(metrics));
        Response::from_parts(head, Either::Right(Body::new(body)))
    }
}

/// A watch streams documents without end. Only `0` and `false` mean no to the API server.
fn is_watch(uri: &Uri) -> bool {
    let pairs = uri.query().unwrap_or_default().split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let mut watches = pairs.filter(|(name, _)| percent_decode_str(name).eq(*b"watch"));
    watches.any(|(_, value)| !matches!(value, "0" | "false"))
}

/// Whether objects are asked for, and not a Table or their metadata (`application/json;as=Table;…`), in a form that this mask is for.
fn accepts_objects(headers: &HeaderMap, mask: &Mask) -> bool {
    let is_for = |kind: &str| kind == JSON || (kind == PROTOBUF && mask.has_numbers());
    tokens(headers, &ACCEPT).any(is_for) && tokens(headers, &ACCEPT).all(|kind| matches!(kind, JSON | PROTOBUF))
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    tokens(headers, &ACCEPT_ENCODING).any(|token| {
        let (name, quality) = token.split_once(';').unwrap_or((token, ""));
        name.trim_ascii_end().eq_ignore_ascii_case("gzip") && !matches!(quality.trim_ascii(), "q=0" | "q=0.0")
    })
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn head(uri: &str, headers: &[(&str, &str)]) -> Parts {
        let request = headers.iter().fold(Request::get(uri), |request, (name, value)| request.header(*name, *value));
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn only_a_list_of_objects_is_masked() {
        let check = |uri: &str, accept: &str, expect: bool| {
            let head = head(uri, &[("pilothouse-fields", "metadata"), ("accept", accept)]);
            assert_eq!(Lean::asked(&head).unwrap().is_some(), expect, "{uri} {accept}");
        };
        check("/api/v1/pods", "application/json", true);
        check("/api/v1/pods?limit=5&watch=0", "application/json", true);
        check("/api/v1/pods", "application/vnd.kubernetes.protobuf,application/json", true);
        // A mask of names alone says nothing of protobuf.
        check("/api/v1/pods", "application/vnd.kubernetes.protobuf", false);
        check("/api/v1/pods?watch=1", "application/json", false);
        check("/api/v1/pods?w%61tch=true", "application/json", false);
        check("/api/v1/pods?watch", "application/json", false);
        check("/api/v1/pods", "application/json;as=Table;v=v1;g=meta.k8s.io", false);
        check("/api/v1/pods", "application/json;as=Table;v=v1;g=meta.k8s.io, application/json", false);
        check("/api/v1/pods", "application/yaml", false);
        assert!(Lean::asked(&head("/api/v1/pods", &[("accept", "application/json")])).unwrap().is_none());
    }

    #[test]
    fn a_mask_that_cannot_be_read_is_refused() {
        let check = |masks: &[&str], expect: MaskError| {
            let headers: Vec<_> = masks.iter().map(|mask| ("pilothouse-fields", *mask)).collect();
            assert_eq!(Lean::asked(&head("/api", &headers)).unwrap_err(), Refusal::Fields(expect), "{masks:?}");
        };
        check(&["a("], MaskError::Name);
        check(&["a", "b"], MaskError::Twice);
        check(&[""], MaskError::Name);
    }

    #[test]
    fn gzip_is_used_where_it_is_taken() {
        let check = |value: &str, expect: bool| {
            assert_eq!(accepts_gzip(&head("/", &[("accept-encoding", value)]).headers), expect, "{value}");
        };
        check("gzip, deflate, br, zstd", true);
        check("br, GZIP;q=0.5", true);
        check("gzip;q=0, br", false);
        check("identity", false);
        check("", false);
    }

    #[test]
    fn the_api_server_is_asked_for_the_whole_list_again() {
        let lean = |encoding: &str| {
            let asked = [("pilothouse-fields", "a"), ("accept", "application/json"), ("accept-encoding", encoding)];
            Lean::asked(&head("/api/v1/pods", &asked)).unwrap().unwrap()
        };
        let check = |encoding: &str, is_near: bool, expect: &str| {
            let mut headers = head("/", &[("if-none-match", "x"), ("range", "bytes=0-1")]).headers;
            lean(encoding).adapt(&mut headers, is_near);
            assert_eq!(headers[ACCEPT_ENCODING].to_str().unwrap(), expect, "{encoding}");
            // A mask of names alone says nothing of protobuf.
            assert_eq!((headers.len(), headers[ACCEPT].to_str().unwrap()), (2, "application/json"));
        };
        check("gzip", false, "gzip");
        check("gzip", true, "identity");
        check("br", false, "identity");
    }
}
