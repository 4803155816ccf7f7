//! A watch over WebSocket, from its handshake to its end.

use anyhow::{Result, ensure};
use tokio::io::{AsyncRead, AsyncReadExt};

/// What asks for a WebSocket; the key is the standard's example.
pub const HANDSHAKE: [(&str, &str); 4] = [
    ("connection", "Upgrade"),
    ("upgrade", "websocket"),
    ("sec-websocket-version", "13"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
];

const CONTINUED: u8 = 0;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const MAX_FRAME_BYTES: u64 = 16 << 20;

/// The events of a watch, one a line, until the server closes.
pub async fn events(connection: &mut (impl AsyncRead + Unpin)) -> Result<Vec<u8>> {
    let mut lines = Vec::new();
    // The one whose last words get lost has ended, too.
    while let Ok(first) = connection.read_u8().await {
        let length = match connection.read_u8().await? {
            126 => u64::from(connection.read_u16().await?),
            127 => connection.read_u64().await?,
            short => u64::from(short),
        };
        ensure!(length <= MAX_FRAME_BYTES, "a frame of {length} bytes");
        let mut frame = vec![0; usize::try_from(length)?];
        connection.read_exact(&mut frame).await?;
        match first & 0x0F {
            CLOSE => break,
            TEXT | CONTINUED => {
                while frame.last() == Some(&b'\n') {
                    frame.pop();
                }
                lines.extend_from_slice(&frame);
                if first & 0x80 != 0 {
                    lines.push(b'\n');
                }
            }
            _ => {}
        }
    }
    Ok(lines)
}
