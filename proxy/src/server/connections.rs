//! How many connections there may be at once, and a connection that counts until it ends.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::workers;

/// The places for connections. Where all are taken, the system lets further ones wait until one is free: what is idle or slow
/// with its head gives its own up after half a minute.
#[derive(Debug)]
pub struct Places {
    free: Arc<Semaphore>,
    most: usize,
    told: bool,
}

/// One connection's place.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
}

/// A connection in its place, which it keeps as a WebSocket too.
#[derive(Debug)]
pub struct Placed {
    stream: TcpStream,
    _place: Place,
}

/// Far more than the tabs of one person need.
const MOST_CONNECTIONS: usize = 1024;
/// With fewer a page cannot work.
const LEAST_CONNECTIONS: usize = 16;
/// Files that are open for something else, and those of a worker's runtime.
const OTHER_FILES: usize = 32;
const FILES_PER_WORKER: usize = 4;
/// Where the system does not say how many files may be open; macOS' own limit.
const USUAL_FILES: usize = 256;

/// How many connections fit into this process.
pub fn allowed() -> usize {
    most_connections(open_files().unwrap_or(USUAL_FILES), workers::count())
}

/// How many connections fit where so many files may be open: each may need a second one, to the API server.
pub fn most_connections(files: usize, workers: usize) -> usize {
    let others = workers.saturating_mul(FILES_PER_WORKER).saturating_add(OTHER_FILES);
    (files.saturating_sub(others) / 2).clamp(LEAST_CONNECTIONS, MOST_CONNECTIONS)
}

impl Places {
    /// So many places.
    pub fn new(most: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(most)), most, told: false }
    }

    /// A place for the next connection, when one is free.
    pub async fn take(&mut self) -> Place {
        if self.free.available_permits() == 0 && !self.told {
            self.told = true;
            tracing::warn!("{} connections are open; further ones wait until one of them ends", self.most);
        }
        let permit = Arc::clone(&self.free).acquire_owned().await;
        Place { _permit: permit.expect("the semaphore is never closed") }
    }
}

impl Placed {
    /// A connection that takes a place.
    pub fn new(stream: TcpStream, place: Place) -> Self {
        Self { stream, _place: place }
    }
}

impl AsyncRead for Placed {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Placed {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

/// How many files this process may have open, where Linux says it.
fn open_files() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_ascii_whitespace().next()? {
        "unlimited" => Some(usize::MAX),
        number => number.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_places_as_files_allow() {
        let check = |files, workers, expect| assert_eq!(most_connections(files, workers), expect, "{files} {workers}");
        check(1024, 2, 492);
        check(1_048_576, 64, 1024);
        check(usize::MAX, usize::MAX, 16);
        check(0, 2, 16);
        assert!(!cfg!(target_os = "linux") || open_files().is_some());
    }
}
