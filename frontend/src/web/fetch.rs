//! Requests. An answer's body is either read whole, up to a bound, or handed on as its bytes arrive.

pub use gloo_net::http::Method;
use gloo_net::http::{Request, RequestBuilder, Response};
use js_sys::{ArrayBuffer, Reflect, Uint8Array};
use model::failure::Failure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::clock::now_ms;
use super::timer::{Timeout, breathe};

/// The most of an answer that is read whole.
const MAX_BODY_BYTES: usize = 32 << 20;
/// One read of a stream.
const READ_BYTES: u32 = 256 << 10;
/// As much is decoded before the clock is looked at: less than a millisecond's work.
const PART_BYTES: usize = 32 << 10;
/// A task may decode for this long, then the browser gets its turn.
const SLICE_MS: f64 = 4.0;

/// Ends its requests when it is dropped.
#[derive(Default)]
pub struct Abort(Option<web_sys::AbortController>);

/// What ties a request to its [`Abort`] without keeping that alive.
#[derive(Clone)]
pub struct AbortSignal(Option<web_sys::AbortSignal>);

/// Ends its requests when they take too long, or when it is dropped.
pub struct Deadline {
    signal: AbortSignal,
    /// Owns what ends them.
    _timeout: Timeout,
}

/// What to ask for.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// Relative to the page, or absolute.
    pub url: &'a str,
    /// The `Accept` header.
    pub accept: &'a str,
    /// The field mask, which our own proxy understands; empty for all fields.
    pub mask: &'a str,
}

impl Abort {
    /// Requests that are given its signal end when it is dropped.
    pub fn new() -> Self {
        Self(web_sys::AbortController::new().ok())
    }

    /// For a request.
    pub fn signal(&self) -> AbortSignal {
        AbortSignal(self.0.as_ref().map(web_sys::AbortController::signal))
    }

    fn abort(&self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

impl Deadline {
    /// So many milliseconds from now.
    pub fn new(ms: f64) -> Self {
        let abort = Abort::new();
        Self { signal: abort.signal(), _timeout: Timeout::new(ms, move || drop(abort)) }
    }

    /// For a request.
    pub fn signal(&self) -> AbortSignal {
        self.signal.clone()
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        self.abort();
    }
}

/// GETs a body whole; a request that takes longer than `timeout_ms` has failed.
pub async fn get(ask: Ask<'_>, timeout_ms: f64) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    let deadline = Deadline::new(timeout_ms);
    stream(ask, deadline.signal(), |bytes| {
        if body.len() + bytes.len() > MAX_BODY_BYTES {
            return Err(Failure::Malformed { message: "The answer is too large.".into() });
        }
        body.extend_from_slice(bytes);
        Ok(())
    })
    .await?;
    Ok(body)
}

/// Sends JSON and reads the answer whole.
pub async fn send_json(method: Method, url: &str, json: &str) -> Result<Vec<u8>, Failure> {
    let request = RequestBuilder::new(url)
        .method(method)
        .header("Accept", "application/json")
        .header("Content-Type", "application/json")
        .body(json)
        .map_err(|_| Failure::Unreachable)?;
    let response = request.send().await.map_err(|_| Failure::Unreachable)?;
    let ok = response.ok();
    let body = response.binary().await.map_err(|_| Failure::Unreachable)?;
    if ok { Ok(body) } else { Err(failure_of(&response, &body)) }
}

/// GETs a body and hands on its bytes as they arrive. Between two slices of work the browser gets its turn.
pub async fn stream(
    ask: Ask<'_>,
    abort: AbortSignal,
    mut take: impl FnMut(&[u8]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut request = Request::get(ask.url).header("Accept", ask.accept).abort_signal(abort.0.as_ref());
    if !ask.mask.is_empty() {
        request = request.header("Pilothouse-Fields", ask.mask);
    }
    let response = request.send().await.map_err(|_| Failure::Unreachable)?;
    if !response.ok() {
        let body = response.binary().await.unwrap_or_default();
        return Err(failure_of(&response, &body));
    }
    let Some(body) = response.body() else { return Ok(()) };
    let mut reader = Reader::new(&body)?;
    let mut buffer = Vec::new();
    let mut slice_began = now_ms();
    while reader.read(&mut buffer).await? {
        for part in buffer.chunks(PART_BYTES) {
            take(part)?;
            if now_ms() - slice_began > SLICE_MS {
                breathe().await;
                slice_began = now_ms();
            }
        }
    }
    Ok(())
}

fn failure_of(response: &Response, body: &[u8]) -> Failure {
    let header = |name: &str| response.headers().get(name);
    Failure::from_answer(response.status(), body, header("retry-after").as_deref(), header("x-pilothouse").as_deref())
}

/// Reads a stream, into one buffer where the browser can: with the ordinary reader the script heap grows with the list.
enum Reader {
    Byob(web_sys::ReadableStreamByobReader, Option<ArrayBuffer>),
    Default(web_sys::ReadableStreamDefaultReader),
}

impl Reader {
    fn new(stream: &web_sys::ReadableStream) -> Result<Self, Failure> {
        let options = web_sys::ReadableStreamGetReaderOptions::new();
        options.set_mode(web_sys::ReadableStreamReaderMode::Byob);
        // Called by name, since a browser without such readers throws, which the typed binding does not catch.
        let get_reader = Reflect::get(stream, &JsValue::from_str("getReader")).ok();
        let get_reader = get_reader.and_then(|f| f.dyn_into::<js_sys::Function>().ok()).ok_or(Failure::Unreachable)?;
        if let Ok(reader) = get_reader.call1(stream, &options) {
            return Ok(Self::Byob(reader.unchecked_into(), None));
        }
        let reader = get_reader.call0(stream).map_err(|_| Failure::Unreachable)?;
        Ok(Self::Default(reader.unchecked_into()))
    }

    /// Reads on; `false` at the end.
    async fn read(&mut self, into: &mut Vec<u8>) -> Result<bool, Failure> {
        let promise = match self {
            Self::Byob(reader, buffer) => {
                let buffer = buffer.take().unwrap_or_else(|| ArrayBuffer::new(READ_BYTES));
                reader.read_with_array_buffer_view(&Uint8Array::new(&buffer))
            }
            Self::Default(reader) => reader.read(),
        };
        let read = JsFuture::from(promise).await.map_err(|_| Failure::Unreachable)?;
        let field = |name: &str| Reflect::get(&read, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED);
        if field("done").is_truthy() {
            return Ok(false);
        }
        let Ok(bytes) = field("value").dyn_into::<Uint8Array>() else { return Ok(false) };
        into.resize(bytes.length() as usize, 0);
        bytes.copy_to(into);
        if let Self::Byob(_, buffer) = self {
            *buffer = Some(bytes.buffer().unchecked_into());
        }
        Ok(true)
    }
}
