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

/// The proportional share of memory of the largest process below `pid` that runs pages, in KiB: what it shares with others
/// counts in part.
pub fn renderer_pss_kib(pid: u32) -> Result<u64> {
    let renders = |pid: &u32| {
        // Chromium writes its arguments anew, with spaces between them.
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains("--type=renderer")
    };
    let shares = descendants(pid).into_iter().filter(renders).filter_map(|pid| pss_kib(pid).ok());
    shares.max().context("the browser has no renderer")
}

fn descendants(pid: u32) -> Vec<u32> {
    let mut found = vec![pid];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        found.extend(family(parent).into_iter().skip(1));
        next += 1;
    }
    found
}

fn pss_kib(pid: u32) -> Result<u64> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).context("the kernel does not say")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// A process and its children: nginx has a worker for each core, and any thread of a browser may start processes.
fn family(pid: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lists = tasks.map(|task| fs::read_to_string(task.path().join("children")).unwrap_or_default());
    let children: Vec<u32> =
        lists.flat_map(|list| list.split_whitespace().filter_map(|c| c.parse().ok()).collect::<Vec<_>>()).collect();
    std::iter::once(pid).chain(children).collect()
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
