//! Where and with what the figures were measured.

use std::collections::BTreeMap;
use std::fs;

use anyhow::Result;
use serde::Serialize;

use crate::contestant::Contestant;

/// The machine and the versions, as they belong beside every figure.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// The day, in UTC.
    pub date: String,
    /// The processor's name.
    pub processor: String,
    /// How many of its cores there are for everything.
    pub cores: usize,
    /// Memory in KiB.
    pub memory_kib: u64,
    /// The kernel's release.
    pub kernel: String,
    /// What each contestant says of its version.
    pub versions: BTreeMap<&'static str, String>,
}

/// Asks the system.
pub fn describe(contestants: &[Contestant]) -> Result<Machine> {
    Ok(Machine {
        date: jiff::Timestamp::now().strftime("%Y-%m-%d").to_string(),
        processor: value_of("/proc/cpuinfo", "model name"),
        cores: std::thread::available_parallelism()?.get(),
        memory_kib: value_of("/proc/meminfo", "MemTotal").trim_end_matches(" kB").parse().unwrap_or(0),
        kernel: fs::read_to_string("/proc/sys/kernel/osrelease")?.trim().to_owned(),
        versions: contestants.iter().map(|contestant| (contestant.name, contestant.version.clone())).collect(),
    })
}

/// The first value of a key in a file of the kernel's; empty if it has none.
fn value_of(file: &str, key: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let mut pairs = text.lines().filter_map(|line| line.split_once(':'));
    pairs.find(|(found, _)| found.trim() == key).map_or_else(String::new, |(_, value)| value.trim().to_owned())
}
