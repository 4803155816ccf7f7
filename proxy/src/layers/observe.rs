//! Counts every request and writes it to the log: method, path, code and time, and nothing that could be a secret.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::http::{Request, Response};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::Instant;
use tower::BoxError;

use crate::error::SLUG_HEADER;
use crate::metrics::{Held, Metrics};
use crate::router::AnswerBody;
use crate::users::TOKEN_PATH;

/// Answers a request, and takes note of it: the outermost layer.
pub async fn observe<F: Future<Output = Response<AnswerBody>>>(
    metrics: Arc<Metrics>,
    request: Request<Incoming>,
    answer: impl FnOnce(Request<Incoming>) -> F,
) -> Response<Observed> {
    let in_flight = Held::new(metrics, |metrics| &metrics.requests_in_flight);
    let log = tracing::enabled!(tracing::Level::DEBUG)
        .then(|| (Instant::now(), request.method().clone(), without_token(request.uri().path())));
    let response = answer(request).await;
    if let Some((start, method, path)) = log {
        // The path only: a query may hold a token.
        tracing::debug!(%method, path, code = response.status().as_u16(), ms = start.elapsed().as_millis(), "request");
    }
    in_flight.metrics.count_answer(response.status());
    if let Some(slug) = response.headers().get(SLUG_HEADER).and_then(|slug| slug.to_str().ok()) {
        in_flight.metrics.count_upstream_error(slug);
    }
    response.map(|body| Observed { body, in_flight })
}

/// A path as it may stand in the log.
fn without_token(path: &str) -> String {
    if path.starts_with(TOKEN_PATH) { format!("{TOKEN_PATH}…") } else { path.to_owned() }
}

/// A body whose bytes are counted.
#[derive(Debug)]
pub struct Observed {
    body: AnswerBody,
    in_flight: Held,
}

impl Body for Observed {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let poll = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &poll
            && let Some(bytes) = frame.data_ref()
        {
            self.in_flight.metrics.response_bytes.add(bytes.len() as u64);
        }
        poll
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
