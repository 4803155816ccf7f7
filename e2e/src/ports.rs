//! Free TCP ports on loopback.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

use anyhow::{Context as _, Result};

/// Below the range from which the kernel takes ports for outgoing connections, so that none of those can take the port of a
/// server that is down for a moment.
const RANGE: std::ops::Range<u16> = 18_000..32_000;

/// A port that nobody listens on now and that this process has not given out before.
pub fn free_port() -> Result<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let width = RANGE.end - RANGE.start;
    // Processes start at different places, so that two test runs seldom meet.
    let offset = u16::try_from(std::process::id() % u32::from(width))?;
    (0..width)
        .map(|_| RANGE.start + (offset + NEXT.fetch_add(1, Ordering::Relaxed) % width) % width)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .context("no free port on loopback")
}
