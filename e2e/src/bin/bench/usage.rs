//! What a process and its children hold in memory and have spent of the processor, as the kernel counts it.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// `USER_HZ` is 100 on every architecture that Linux runs on today.
const MS_PER_TICK: u64 = 10;

/// Makes the present size the peak from which the next is counted.
pub fn reset_peak(pid: u32) -> Result<()> {
    for pid in family(pid) {
        fs::write(format!("/proc/{pid}/clear_refs"), "5")?;
    }
    Ok(())
}

/// The most that was resident at a time, in KiB; of several processes the sum.
pub fn peak_kib(pid: u32) -> Result<u64> {
    family(pid).into_iter().map(|pid| status_kib(pid, "VmHWM:")).sum()
}

/// What is resident now, in KiB; of several processes the sum.
pub fn resident_kib(pid: u32) -> Result<u64> {
    family(pid).into_iter().map(|pid| status_kib(pid, "VmRSS:")).sum()
}

/// The processor's time spent so far; of several processes the sum.
pub fn cpu_time(pid: u32) -> Result<Duration> {
    family(pid).into_iter().map(cpu_time_of_one).sum()
}

/// A process and its children: nginx has a worker for each core.
fn family(pid: u32) -> Vec<u32> {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    std::iter::once(pid).chain(children.split_whitespace().filter_map(|child| child.parse().ok())).collect()
}

fn status_kib(pid: u32, key: &str) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(key)).context("the kernel does not say")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

fn cpu_time_of_one(pid: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name in parentheses may hold spaces; user and system time are the 12th and 13th fields after it.
    let (_, fields) = stat.rsplit_once(") ").context("the kernel does not say")?;
    let ticks: u64 = fields.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(ticks * MS_PER_TICK))
}
