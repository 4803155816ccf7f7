//! Waiting for a condition: ask again until it is met or the deadline has passed.

use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::time::{Instant, sleep, timeout_at};

/// How long to pause between two questions.
const PAUSE: Duration = Duration::from_millis(50);

/// Asks until the answer is `Ok`; past the deadline the last `Err` says what was still missing.
pub async fn until<T>(what: &str, deadline: Duration, mut ask: impl AsyncFnMut() -> Result<T>) -> Result<T> {
    let end = Instant::now() + deadline;
    let mut missing = anyhow::anyhow!("not one answer came in time");
    loop {
        match timeout_at(end, ask()).await {
            Ok(Ok(met)) => return Ok(met),
            Ok(Err(error)) => missing = error,
            Err(_) => break,
        }
        if Instant::now() + PAUSE >= end {
            break;
        }
        sleep(PAUSE).await;
    }
    Err(missing).with_context(|| format!("waited {} s for {what}", deadline.as_secs_f32()))
}
