//! Watches over HTTP: one event a line, for as long as the client reads.

use bytes::{BufMut, BytesMut};
use http::{Response, StatusCode};

use super::answer::{Body, JSON, answer, pieces};
use super::feed::Feed;

/// Answers with the events of a feed.
pub fn stream(feed: Feed) -> Response<Body> {
    let body = pieces((feed, BytesMut::new()), |(mut feed, mut lines)| async move {
        let mut put = |frame: &[u8]| {
            lines.put_slice(frame);
            lines.put_u8(b'\n');
        };
        feed.next(&mut put).await?;
        Some((lines.split().freeze(), (feed, lines)))
    });
    answer(StatusCode::OK, JSON, body)
}
