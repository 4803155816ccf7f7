//! Counts every request and writes it to the log: method, path, code and time, and nothing that could be a secret.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::Instant;

use crate::error::SLUG_HEADER;
use crate::metrics::{Held, Metrics};

/// The outermost middleware.
pub async fn observe(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let in_flight = Held::new(metrics, |metrics| &metrics.requests_in_flight);
    let log = tracing::enabled!(tracing::Level::DEBUG)
        .then(|| (Instant::now(), request.method().clone(), request.uri().path().to_owned()));
    let response = next.run(request).await;
    if let Some((start, method, path)) = log {
        // The path only: a query may hold a token.
        tracing::debug!(%method, path, code = response.status().as_u16(), ms = start.elapsed().as_millis(), "request");
    }
    in_flight.metrics.count_answer(response.status());
    if let Some(slug) = response.headers().get(SLUG_HEADER).and_then(|slug| slug.to_str().ok()) {
        in_flight.metrics.count_upstream_error(slug);
    }
    response.map(|body| Body::new(Observed { body, in_flight }))
}

/// A body whose bytes are counted.
struct Observed {
    body: Body,
    in_flight: Held,
}

impl http_body::Body for Observed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
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
