//! Asks one thing again and again over one kept connection, as cheaply as can be: what the client spends is taken from
//! the contestants, who share the machine with it.

use anyhow::{Context as _, Result, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Room for a head and a small answer in one read.
const BUFFER_BYTES: usize = 64 * 1024;

/// A connection and the request that is sent over it.
pub struct Requester {
    stream: TcpStream,
    request: String,
    buffer: Vec<u8>,
}

impl Requester {
    /// Opens a connection for GETs of a path.
    pub async fn connect(address: &str, path: &str, cookie: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let cookie = if cookie.is_empty() { String::new() } else { format!("cookie: {cookie}\r\n") };
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\naccept: application/json\r\n{cookie}\r\n");
        Ok(Self { stream, request, buffer: vec![0; BUFFER_BYTES] })
    }

    /// Asks, and takes the whole answer, which must be 200; the length of its body.
    pub async fn ask(&mut self) -> Result<u64> {
        self.stream.write_all(self.request.as_bytes()).await?;
        let (head_length, mut received) = self.read_head().await?;
        let body_length = body_length(self.buffer.get(..head_length).unwrap_or_default())?;
        received -= head_length;
        let mut left = body_length.checked_sub(received as u64).context("more came than was announced")?;
        while left > 0 {
            let read = self.stream.read(&mut self.buffer).await? as u64;
            ensure!(read > 0, "the answer ended early");
            left = left.checked_sub(read).context("more came than was announced")?;
        }
        Ok(body_length)
    }

    /// Reads until the head is whole; its length, and how much has come by then.
    async fn read_head(&mut self) -> Result<(usize, usize)> {
        let mut received = 0;
        loop {
            let free = self.buffer.get_mut(received..).unwrap_or_default();
            let read = self.stream.read(free).await?;
            ensure!(read > 0, "the connection ended, or the head has no end");
            received += read;
            let so_far = self.buffer.get(..received).unwrap_or_default();
            if let Some(end) = so_far.windows(4).position(|window| window == b"\r\n\r\n") {
                return Ok((end + 4, received));
            }
        }
    }
}

fn body_length(head: &[u8]) -> Result<u64> {
    let head = str::from_utf8(head)?;
    ensure!(head.starts_with("HTTP/1.1 200 "), "answered {}", head.lines().next().unwrap_or(""));
    let mut headers = head.lines().filter_map(|line| line.split_once(": "));
    let length =
        headers.find(|(name, _)| name.eq_ignore_ascii_case("content-length")).context("no length announced")?;
    Ok(length.1.parse()?)
}
