//! Watches over WebSocket: one event a text frame, as the API server frames them.
//!
//! Only what a watch needs of RFC 6455: we send text, answer pings, and read on to notice a close.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::answer::{Body, full};
use super::feed::Feed;
use crate::error::ApiError;

/// What a client sent, as far as we care.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Heard {
    /// Whole messages, which a watch has no use for.
    Nothing,
    /// It wants a sign of life with this text.
    Ping(Bytes),
    /// It is done.
    Close,
}

/// Why a client is not listened to any longer.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
enum FrameError {
    /// Clients have to mask what they send.
    #[error("a frame without a mask")]
    Unmasked,
    /// Nobody sends a watch that much.
    #[error("a frame that is too long")]
    TooLong,
    /// Control frames are short and in one piece.
    #[error("a malformed control frame")]
    Control,
}

const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;
const PONG: u8 = 0x8A;
/// What RFC 6455 appends to the key of a handshake.
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const MAX_FRAME_BYTES: u64 = 64 << 10;
/// How long a client may take for its last frames, after its time is up.
const LAST_FRAMES: Duration = Duration::from_secs(10);

/// Whether a request asks for a WebSocket.
pub fn is_asked(headers: &HeaderMap) -> bool {
    let has = |name, token: &str| {
        let values = headers.get_all(name).iter().filter_map(|value: &HeaderValue| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|part| part.trim().eq_ignore_ascii_case(token))
    };
    has(CONNECTION, "upgrade") && has(UPGRADE, "websocket")
}

/// Takes a connection over for a feed.
pub fn serve(headers: &HeaderMap, upgrade: OnUpgrade, feed: Feed) -> Result<Response<Body>, ApiError> {
    let key = headers.get(SEC_WEBSOCKET_KEY).and_then(|key| key.to_str().ok()).unwrap_or_default();
    if headers.get(SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") || key.is_empty() {
        return Err(ApiError::BadRequest("not a WebSocket handshake of version 13".into()));
    }
    let mut response = Response::new(full(Bytes::new()));
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let answer = response.headers_mut();
    answer.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    answer.insert(UPGRADE, HeaderValue::from_static("websocket"));
    answer.insert(SEC_WEBSOCKET_ACCEPT, accept(key));
    if let Some(protocol) = protocol(headers) {
        answer.insert(SEC_WEBSOCKET_PROTOCOL, protocol);
    }
    tokio::spawn(async move {
        if let Ok(connection) = upgrade.await {
            talk(TokioIo::new(connection), feed).await;
        }
    });
    Ok(response)
}

/// Tells a client what happens, until the end of its time at the latest, even if it reads nothing.
async fn talk<Io>(io: Io, feed: Feed)
where
    Io: tokio::io::AsyncRead + tokio::io::AsyncWrite,
{
    let end = feed.end() + LAST_FRAMES;
    // Whoever goes away without a word is nobody's fault here.
    let _ = tokio::time::timeout_at(end, converse(io, feed)).await;
}

async fn converse<Io>(io: Io, mut feed: Feed) -> std::io::Result<()>
where
    Io: tokio::io::AsyncRead + tokio::io::AsyncWrite,
{
    let (mut reader, mut writer) = tokio::io::split(io);
    let (mut received, mut text) = (BytesMut::with_capacity(1024), BytesMut::new());
    loop {
        let mut put = |frame: &[u8]| put_frame(&mut text, TEXT, frame);
        tokio::select! {
            more = feed.next(&mut put) => {
                if more.is_none() {
                    return writer.write_all(&[CLOSE, 2, 3, 232]).await;
                }
                writer.write_all(&text).await?;
                text.clear();
            }
            read = reader.read_buf(&mut received) => {
                if read? == 0 {
                    return Ok(());
                }
                while let Some(heard) = hear(&mut received).map_err(std::io::Error::other)? {
                    match heard {
                        Heard::Nothing => {}
                        Heard::Ping(text) => {
                            let mut pong = BytesMut::new();
                            put_frame(&mut pong, PONG, &text);
                            writer.write_all(&pong).await?;
                        }
                        Heard::Close => return writer.write_all(&[CLOSE, 2, 3, 232]).await,
                    }
                }
            }
        }
    }
}

/// Takes one whole frame from the front of what was received; none while it is not whole.
fn hear(received: &mut BytesMut) -> Result<Option<Heard>, FrameError> {
    let mut head = received.as_ref();
    if head.remaining() < 2 {
        return Ok(None);
    }
    let (first, second) = (head.get_u8(), head.get_u8());
    let is_control = first & 0x08 != 0;
    if second & 0x80 == 0 {
        return Err(FrameError::Unmasked);
    }
    if is_control && (second & 0x7F > 125 || first & 0x80 == 0) {
        return Err(FrameError::Control);
    }
    let length = match second & 0x7F {
        126 if head.remaining() < 2 => return Ok(None),
        127 if head.remaining() < 8 => return Ok(None),
        126 => u64::from(head.get_u16()),
        127 => head.get_u64(),
        short => u64::from(short),
    };
    if length > MAX_FRAME_BYTES {
        return Err(FrameError::TooLong);
    }
    let length = usize::try_from(length).map_err(|_| FrameError::TooLong)?;
    if head.remaining() < 4 + length {
        return Ok(None);
    }
    let mask = head.get_u32().to_be_bytes();
    let skipped = received.len() - head.remaining();
    received.advance(skipped);
    let mut text = received.split_to(length);
    for (byte, mask) in text.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
    Ok(Some(match first & 0x0F {
        8 => Heard::Close,
        9 => Heard::Ping(text.freeze()),
        _ => Heard::Nothing,
    }))
}

fn put_frame(buffer: &mut BytesMut, head: u8, text: &[u8]) {
    buffer.put_u8(head);
    match (u8::try_from(text.len()), u16::try_from(text.len())) {
        (Ok(short @ ..=125), _) => buffer.put_u8(short),
        (_, Ok(length)) => {
            buffer.put_u8(126);
            buffer.put_u16(length);
        }
        _ => {
            buffer.put_u8(127);
            buffer.put_u64(u64::try_from(text.len()).unwrap_or(u64::MAX));
        }
    }
    buffer.put_slice(text);
}

fn accept(key: &str) -> HeaderValue {
    let digest = sha1_smol::Sha1::from(format!("{key}{GUID}")).digest().bytes();
    HeaderValue::try_from(BASE64_STANDARD.encode(digest)).expect("base64 is a header value")
}

/// The first protocol that a client offers is good for a watch, as for the API server.
fn protocol(headers: &HeaderMap) -> Option<HeaderValue> {
    let offered = headers.get(SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
    HeaderValue::from_str(offered.split(',').next()?.trim()).ok().filter(|protocol| !protocol.is_empty())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::accept::Shape;
    use super::super::query::Query;
    use super::super::view::View;
    use super::*;
    use crate::clock::Clock;
    use crate::kinds::builtin;
    use crate::store::Store;

    fn masked(first: u8, text: &[u8]) -> BytesMut {
        let mut frame = BytesMut::new();
        put_frame(&mut frame, first, text);
        let length = text.len();
        let body = frame.split_off(frame.len() - length);
        frame[1] |= 0x80;
        frame.put_slice(&[1, 2, 3, 4]);
        frame.extend(body.iter().zip([1, 2, 3, 4].iter().cycle()).map(|(byte, mask)| byte ^ mask));
        frame
    }

    #[test]
    fn the_handshake_answers_as_the_standards_example() {
        assert_eq!(accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn frames_are_heard_when_they_are_whole() {
        let whole = masked(0x89, b"hello");
        for length in 0..whole.len() {
            assert_eq!(hear(&mut BytesMut::from(&whole[..length])), Ok(None), "{length}");
        }
        assert_eq!(hear(&mut whole.clone()), Ok(Some(Heard::Ping("hello".into()))));
        assert_eq!(hear(&mut masked(0x88, b"")), Ok(Some(Heard::Close)));
        assert_eq!(hear(&mut masked(0x81, &[b'x'; 300])), Ok(Some(Heard::Nothing)));
        assert_eq!(hear(&mut masked(0x81, &[b'x'; 70_000])), Err(FrameError::TooLong));
        assert_eq!(hear(&mut masked(0x89, &[b'x'; 200])), Err(FrameError::Control));
        assert_eq!(hear(&mut BytesMut::from(&[0x81, 0x01, b'x'][..])), Err(FrameError::Unmasked));
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_reads_nothing_outlived_its_time() {
        let (kind, store) = (builtin("", "configmaps"), Store::new(Clock::new(Timestamp::UNIX_EPOCH, 0.0), 1));
        store.create(kind, json!({ "metadata": { "namespace": "a", "name": "a" } })).unwrap();
        let query = Query::parse("watch=1&timeoutSeconds=30");
        let view = View::of(&store, kind, Shape::Whole, &query).unwrap();
        let feed = Feed::open(&store, kind, None, &query, view).unwrap();
        let (_client, server) = tokio::io::duplex(16);
        let began = tokio::time::Instant::now();
        talk(server, feed).await;
        assert_eq!(began.elapsed().as_secs(), 40);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut received = BytesMut::from(&bytes[..]);
            while let Ok(Some(_)) = hear(&mut received) {}
            prop_assert!(received.len() <= bytes.len());
        }
    }
}
