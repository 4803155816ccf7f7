//! Lists: chosen in one moment, written while the client reads.

use std::convert::Infallible;
use std::io::Write;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{CONTENT_ENCODING, VARY};
use http::{HeaderValue, Response, StatusCode};
use http_body::Frame;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::accept::{Accepted, Format, Shape};
use super::answer::{self, Body};
use super::metrics;
use super::page::Page;
use super::query::Query;
use super::selector::Selector;
use super::view::View;
use super::yaml;
use crate::error::ApiError;
use crate::kinds::{self, Kind};
use crate::store::Store;
use crate::store::object::Object;
use crate::tree;

/// Answers a list.
pub fn list(
    store: &Store,
    kind: &'static Kind,
    namespace: Option<&str>,
    query: &Query,
    accepted: Accepted,
    view: View,
) -> Result<Response<Body>, ApiError> {
    if accepted.shape == Shape::Partial {
        return Err(ApiError::FormOfOne(kind));
    }
    let selector = Selector::of(kind, query)?;
    // Metrics are of the objects of the core.
    let listed = if kind.group == metrics::GROUP { kinds::builtin("", kind.plural) } else { kind };
    let page = Page::read(store, listed, namespace, query, &selector)?;
    Ok(answer(kind, accepted, view, page))
}

/// Answers with the objects of a page.
pub fn answer(kind: &'static Kind, accepted: Accepted, view: View, page: Page) -> Response<Body> {
    let is_long = page.objects.len() > MIN_GZIP_OBJECTS;
    let gzip = accepted.gzip && is_long;
    let body = ListBody {
        parts: Parts::of(kind, accepted, &view, &page),
        objects: page.objects.into_iter(),
        state: State::Head,
        format: accepted.format,
        // What is made takes long, and others want their turn.
        pauses: gzip || accepted.format == Format::Yaml || view.is_dear(),
        has_paused: false,
        gzip: gzip.then(|| GzEncoder::new(Vec::new(), Compression::fast())),
        view,
    };
    let mut response = answer::answer(StatusCode::OK, accepted.format.content_type(), body.boxed_unsync());
    if gzip {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        response.headers_mut().insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    }
    response
}

/// A list that is written in chunks.
struct ListBody {
    parts: Parts,
    objects: std::vec::IntoIter<Arc<Object>>,
    state: State,
    format: Format,
    view: View,
    gzip: Option<GzEncoder<Vec<u8>>>,
    /// Whether all else on this thread is done before each chunk.
    pauses: bool,
    has_paused: bool,
}

/// What stands around the objects.
struct Parts {
    head: Vec<u8>,
    tail: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Head,
    First,
    Further,
    End,
}

/// The first chunk is small, so that the first byte is early; then this.
const CHUNK_BYTES: usize = 128 << 10;
/// How long making a chunk may take: whoever else is served on this thread waits for so long.
const SLICE: Duration = Duration::from_millis(1);
/// How many objects are written between two looks at the clock.
const OBJECTS_A_LOOK: usize = 8;
/// Where compressing begins to pay: about the API server's 128 KiB.
const MIN_GZIP_OBJECTS: usize = 30;

impl ListBody {
    /// The next chunk; empty at the end.
    fn chunk(&mut self) -> Bytes {
        let mut buffer = BytesMut::with_capacity(CHUNK_BYTES + (16 << 10));
        if self.state == State::Head {
            buffer.put_slice(&self.parts.head);
            self.state = State::First;
        }
        let began = Instant::now();
        for number in 0.. {
            let is_time_up = self.pauses && number % OBJECTS_A_LOOK == 0 && began.elapsed() >= SLICE;
            if buffer.len() >= CHUNK_BYTES || is_time_up {
                break;
            }
            let Some(object) = self.objects.next() else {
                buffer.put_slice(&self.parts.tail);
                self.state = State::End;
                break;
            };
            self.write(&object, &mut buffer);
        }
        self.compressed(buffer.freeze())
    }

    fn write(&mut self, object: &Object, buffer: &mut BytesMut) {
        let wrote = match self.format {
            Format::Json => {
                let separator: &[u8] = if self.state == State::Further { b"," } else { b"" };
                self.view.write_item(object, buffer, separator)
            }
            Format::Yaml => self.view.item(object).is_some_and(|item| {
                let mut text = String::new();
                yaml::write_item(&mut text, &item);
                buffer.put_slice(text.as_bytes());
                true
            }),
        };
        if wrote {
            self.state = State::Further;
        }
    }

    fn compressed(&mut self, chunk: Bytes) -> Bytes {
        let Some(gzip) = &mut self.gzip else {
            return chunk;
        };
        // Memory takes everything.
        let _ = gzip.write_all(&chunk);
        if self.state == State::End {
            let _ = gzip.try_finish();
        }
        std::mem::take(gzip.get_mut()).into()
    }
}

impl http_body::Body for ListBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        while self.state != State::End {
            self.has_paused = self.pauses && !self.has_paused;
            if self.has_paused {
                // Wakes this task when the thread has looked after all others.
                let _ = pin!(tokio::task::yield_now()).poll(cx);
                return Poll::Pending;
            }
            let chunk = self.chunk();
            if !chunk.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(chunk))));
            }
        }
        Poll::Ready(None)
    }
}

impl Parts {
    fn of(kind: &Kind, accepted: Accepted, view: &View, page: &Page) -> Self {
        let mut list = match accepted.shape {
            Shape::Table => json!({ "kind": "Table", "apiVersion": "meta.k8s.io/v1", "rows": [] }),
            Shape::Partial | Shape::PartialList => {
                json!({ "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "items": [] })
            }
            Shape::Whole | Shape::Aggregated => {
                json!({ "kind": format!("{}List", kind.name), "apiVersion": kind.api_version(), "items": [] })
            }
        };
        // What is measured has no version.
        tree::put(&mut list, &["metadata"], if kind.group == metrics::GROUP { json!({}) } else { page.metadata() });
        if let Some(columns) = view.columns() {
            tree::put(&mut list, &["columnDefinitions"], columns.clone());
        }
        let items = if accepted.shape == Shape::Table { "rows" } else { "items" };
        match accepted.format {
            Format::Json => Self::json(list, items),
            Format::Yaml => Self::yaml(&list, items, page.objects.is_empty()),
        }
    }

    /// The version stands before the items, so that whoever reads a list as it comes knows it first.
    fn json(mut list: Value, items: &str) -> Self {
        if let Some(members) = list.as_object_mut() {
            members.remove(items);
        }
        let mut head = serde_json::to_vec(&list).expect("a JSON value is written to memory without fail");
        head.pop();
        head.extend_from_slice(format!(",\"{items}\":[").as_bytes());
        Self { head, tail: b"]}\n".to_vec() }
    }

    fn yaml(list: &Value, items: &str, is_empty: bool) -> Self {
        let (mut head, mut tail) = (String::new(), String::new());
        for (name, value) in list.as_object().into_iter().flatten() {
            let part = if name.as_str() <= items { &mut head } else { &mut tail };
            if name == items && !is_empty {
                part.push_str(name);
                part.push_str(":\n");
            } else {
                yaml::write_member(part, name, value);
            }
        }
        Self { head: head.into_bytes(), tail: tail.into_bytes() }
    }
}
