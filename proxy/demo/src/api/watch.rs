//! Watches over HTTP: one event a line, for as long as the client reads.

use bytes::{BufMut, BytesMut};
use http::{Response, StatusCode};

use super::answer::{Body, JSON, answer, pieces};
use super::feed::Feed;

/// Answers with the events of a feed.
pub fn stream(feed: Feed) -> Response<Body> {
    let body = pieces(feed, |mut feed| async move {
        let frames = feed.next().await?;
        let mut lines = BytesMut::with_capacity(frames.iter().map(|frame| frame.len() + 1).sum());
        for frame in frames {
            lines.put_slice(&frame);
            lines.put_u8(b'\n');
        }
        Some((lines.freeze(), feed))
    });
    answer(StatusCode::OK, JSON, body)
}
