//! HTTP/1.1 without a library: on two cores, whatever the upstream spends is taken from the contestants.

use anyhow::{Result, ensure};
use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::{Answer, answer};

/// More than any of the contestants sends.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// Answers one GET after the other until the contestant closes the connection.
pub async fn serve(mut stream: TlsStream<TcpStream>, chunk: &Bytes) -> Result<()> {
    let mut received = BytesMut::with_capacity(8 * 1024);
    loop {
        let end = received.windows(4).position(|window| window == b"\r\n\r\n");
        if let Some(end) = end {
            let head = received.split_to(end + 4);
            let path = str::from_utf8(&head)?.split(' ').nth(1).unwrap_or("");
            send(&mut stream, &answer(path, chunk)).await?;
        } else {
            ensure!(received.len() < MAX_HEAD_BYTES, "a head without an end");
            if stream.read_buf(&mut received).await? == 0 {
                return Ok(());
            }
        }
    }
}

/// Sends the head and the first part in one write, so that a small answer is one TLS record.
async fn send(stream: &mut TlsStream<TcpStream>, answer: &Answer) -> Result<()> {
    let mut sent = format!(
        "HTTP/1.1 {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        answer.status, answer.length
    )
    .into_bytes();
    let mut left = usize::try_from(answer.length)?;
    let part = answer.chunk.get(..left).unwrap_or(&answer.chunk);
    sent.extend_from_slice(part);
    left -= part.len();
    stream.write_all(&sent).await?;
    while left > 0 {
        let part = answer.chunk.get(..left).unwrap_or(&answer.chunk);
        stream.write_all(part).await?;
        left -= part.len();
    }
    Ok(stream.flush().await?)
}
