//! The two loads: many small answers, and one large one.

use std::time::Duration;

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use serde::Serialize;
use tokio::time::Instant;

use crate::contestant::Contestant;
use crate::requester::Requester;
use crate::upstream::{LARGE, LARGE_BYTES, SMALL, SMALL_BYTES};
use crate::usage;

/// What one measurement of small answers gave.
#[derive(Clone, Debug, Serialize)]
pub struct Small {
    /// Answers a second.
    pub per_s: f64,
    /// The time half of them took at most, in microseconds.
    pub p50_us: f64,
    /// The time 99 of 100 took at most, in microseconds.
    pub p99_us: f64,
    /// What the contestant spent of the processor on one answer, in microseconds; other work on the machine hardly moves it.
    pub cpu_us: f64,
}

/// Asks for the small answer again and again, over some connections at once.
pub async fn small(contestant: &Contestant, connections: usize, duration: Duration) -> Result<Small> {
    let connect = || Requester::connect(&contestant.address, SMALL, &contestant.cookie);
    let requesters = try_join_all((0..connections).map(|_| connect())).await?;
    let cpu = usage::cpu_time(contestant.pid)?;
    let start = Instant::now();
    let end = start + duration;
    let latencies = try_join_all(requesters.into_iter().map(|requester| ask_until(end, requester))).await?;
    let elapsed_s = start.elapsed().as_secs_f64();
    let cpu = usage::cpu_time(contestant.pid)?.saturating_sub(cpu);
    let mut latencies: Vec<Duration> = latencies.into_iter().flatten().collect();
    latencies.sort_unstable();
    ensure!(!latencies.is_empty(), "{} gave no answer in {duration:?}", contestant.name);
    Ok(Small {
        per_s: as_f64(latencies.len()) / elapsed_s,
        p50_us: percentile_us(&latencies, 50),
        p99_us: percentile_us(&latencies, 99),
        cpu_us: cpu.as_secs_f64() * 1e6 / as_f64(latencies.len()),
    })
}

/// Fetches the large answer once; megabytes a second.
pub async fn large(contestant: &Contestant) -> Result<f64> {
    let mut requester = Requester::connect(&contestant.address, LARGE, &contestant.cookie).await?;
    let start = Instant::now();
    let bytes = requester.ask().await?;
    let elapsed_s = start.elapsed().as_secs_f64();
    ensure!(bytes == LARGE_BYTES, "{} sent {bytes} bytes of {LARGE_BYTES}", contestant.name);
    Ok(as_f64(usize::try_from(bytes)?) / 1e6 / elapsed_s)
}

async fn ask_until(end: Instant, mut requester: Requester) -> Result<Vec<Duration>> {
    let mut latencies = Vec::new();
    loop {
        let asked = Instant::now();
        if asked >= end {
            return Ok(latencies);
        }
        let bytes = requester.ask().await?;
        latencies.push(asked.elapsed());
        ensure!(bytes == SMALL_BYTES, "{bytes} bytes of {SMALL_BYTES} came");
    }
}

fn percentile_us(sorted: &[Duration], percent: usize) -> f64 {
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).map_or(0.0, |latency| latency.as_secs_f64() * 1e6)
}

#[expect(clippy::cast_precision_loss, reason = "counts of a benchmark stay far below 2^52")]
fn as_f64(count: usize) -> f64 {
    count as f64
}
