//! The body of a masked list: read, unpacked, masked and packed as the browser takes it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame};
use tokio::time::Instant;
use tower::BoxError;

use super::coding::{Packed, Unpacked};
use super::{LeanError, Masking};
use crate::metrics::Metrics;

/// A list that goes through a mask.
pub struct LeanBody<B> {
    list: B,
    unpacked: Unpacked,
    filter: Masking,
    packed: Packed,
    /// What was masked and waits to be packed; kept for its room.
    masked: Vec<u8>,
    /// When what had come was last let through.
    flushed: Option<Instant>,
    /// Whether more has come since.
    unflushed: bool,
    ended: bool,
    metrics: Arc<Metrics>,
}

/// What is sent at once.
const FRAME_BYTES: usize = 32 << 10;
/// After so many bytes the thread's other connections get their turn: about half a millisecond.
const TURN_BYTES: usize = 256 << 10;
/// While the API server pauses, what has come is let through, but no more often than this: a flush costs bytes.
const FLUSH_INTERVAL: Duration = Duration::from_millis(50);

impl<B> LeanBody<B> {
    /// Nothing has been read yet.
    pub fn new(list: B, unpacked: Unpacked, filter: Masking, packed: Packed, metrics: Arc<Metrics>) -> Self {
        let masked = Vec::new();
        Self { list, unpacked, filter, packed, masked, flushed: None, unflushed: false, ended: false, metrics }
    }

    fn feed(&mut self, bytes: &[u8]) -> Result<(), LeanError> {
        self.metrics.lean_bytes_read.add(bytes.len() as u64);
        let (filter, masked, packed) = (&mut self.filter, &mut self.masked, &mut self.packed);
        self.unpacked.feed(bytes, |bytes| {
            filter.feed(bytes, masked)?;
            packed.write(masked);
            masked.clear();
            Ok(())
        })?;
        self.unflushed = true;
        Ok(())
    }

    /// Without it, the browser sees an answer that was cut off: a part never looks like the whole.
    fn finish(&mut self) -> Result<(), LeanError> {
        self.ended = true;
        if !self.unpacked.is_whole() || !self.filter.is_whole() {
            return Err(LeanError::Cut);
        }
        self.packed.finish();
        Ok(())
    }

    fn flush(&mut self) {
        let now = Instant::now();
        if self.unflushed && self.flushed.is_none_or(|last| now.duration_since(last) >= FLUSH_INTERVAL) {
            self.packed.flush();
            self.unflushed = false;
            self.flushed = Some(now);
        }
    }

    fn frame(&mut self) -> Frame<Bytes> {
        let bytes = self.packed.take();
        self.metrics.lean_bytes_sent.add(bytes.len() as u64);
        Frame::data(bytes.into())
    }

    fn fail(&mut self, error: BoxError) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.ended = true;
        tracing::warn!(%error, "a list was cut off");
        Poll::Ready(Some(Err(error)))
    }
}

impl<B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin> Body for LeanBody<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let mut read = 0;
        while !self.ended {
            match Pin::new(&mut self.list).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => {
                    let Ok(bytes) = frame.into_data() else { continue };
                    read += bytes.len();
                    if let Err(error) = self.feed(&bytes) {
                        return self.fail(error.into());
                    }
                }
                Poll::Ready(Some(Err(error))) => return self.fail(error.into()),
                Poll::Ready(None) => {
                    if let Err(error) = self.finish() {
                        return self.fail(error.into());
                    }
                    return Poll::Ready(Some(Ok(self.frame())));
                }
                Poll::Pending => {
                    self.flush();
                    return if !self.packed.ready().is_empty() {
                        Poll::Ready(Some(Ok(self.frame())))
                    } else {
                        Poll::Pending
                    };
                }
            }
            if self.packed.ready().len() >= FRAME_BYTES {
                return Poll::Ready(Some(Ok(self.frame())));
            }
            if read >= TURN_BYTES {
                self.flush();
                if !self.packed.ready().is_empty() {
                    return Poll::Ready(Some(Ok(self.frame())));
                }
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        self.ended
    }
}
