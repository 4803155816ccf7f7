//! What was measured of the demo cluster, and whether it is enough.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::Serialize;

use crate::figures::Median;
use crate::machine::Machine;

/// Everything that one run gave.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// Where it was measured.
    pub machine: Machine,
    /// From the start of the default demo to its first answer.
    pub start_ms: Vec<f64>,
    /// The same of the large one.
    pub large_start_ms: Vec<f64>,
    /// What is resident of it then.
    pub large_resident_kib: Vec<u64>,
    /// The most that was resident of it, through all lists and changes.
    pub large_peak_kib: u64,
    /// Its whole list of pods.
    pub lists_of_demo: Vec<Download>,
    /// The whole list of pods of a real API server.
    pub lists_of_real: Vec<Download>,
    /// Changes that the large one sustains while ten watches read them all.
    pub changes_per_s: Vec<f64>,
    /// The length of the binary.
    pub with_demo_bytes: u64,
    /// The length of the binary without the demo.
    pub without_demo_bytes: u64,
}

/// A list that was read to its end.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Download {
    /// From the beginning, the connection included, to the first byte.
    pub first_byte_ms: f64,
    /// Its length.
    pub mb: f64,
    /// Its length by the time from the beginning to the last byte.
    pub mb_per_s: f64,
}

impl Figures {
    /// Nothing measured yet.
    pub fn new(machine: Machine) -> Self {
        Self {
            machine,
            start_ms: Vec::new(),
            large_start_ms: Vec::new(),
            large_resident_kib: Vec::new(),
            large_peak_kib: 0,
            lists_of_demo: Vec::new(),
            lists_of_real: Vec::new(),
            changes_per_s: Vec::new(),
            with_demo_bytes: 0,
            without_demo_bytes: 0,
        }
    }

    /// Writes everything as JSON, named by the day.
    pub fn write(&self, folder: &Path) -> Result<PathBuf> {
        fs::create_dir_all(folder)?;
        let file = folder.join(format!("demo-{}.json", self.machine.date));
        fs::write(&file, serde_json::to_string_pretty(self)? + "\n")?;
        Ok(file)
    }

    /// The table, and whether all is reached.
    pub fn markdown(&self) -> (String, bool) {
        let of =
            |downloads: &[Download], figure: fn(&Download) -> f64| Median::of(downloads.iter().map(figure).collect());
        let speeds = [&self.lists_of_demo, &self.lists_of_real].map(|lists| of(lists, |list| list.mb_per_s));
        let [of_demo, of_real] = speeds;
        let first_byte = of(&self.lists_of_demo, |list| list.first_byte_ms);
        let length = of(&self.lists_of_demo, |list| list.mb);
        let resident = Median::of(self.large_resident_kib.iter().map(|kib| kib_as_mb(*kib)).collect());
        let large_start = Median::of(self.large_start_ms.iter().map(|ms| ms / 1e3).collect());
        let (start, changes) = (Median::of(self.start_ms.clone()), Median::of(self.changes_per_s.clone()));
        let ratio = of_demo.middle / of_real.middle;
        #[expect(clippy::cast_precision_loss, reason = "lengths of files stay far below 2^52")]
        let added_mb = (self.with_demo_bytes as f64 - self.without_demo_bytes as f64) / 1e6;
        let mut text = "| the demo cluster | measured | wanted | |\n|---|---|---|---|\n".to_owned();
        let mut all_reached = true;
        let mut row = |words: &str, measured: String, wanted: &str, is_reached: bool| {
            all_reached &= is_reached;
            let verdict = match (wanted, is_reached) {
                ("", _) => "",
                (_, true) => "reached",
                (_, false) => "missed",
            };
            // Writing to a String cannot fail.
            let _ = writeln!(text, "| {words} | {measured} | {wanted} | {verdict} |");
        };
        row("start of the default to the first answer, ms", spread(start, 0), "≤ 300", start.middle <= 300.0);
        row("the large one: ready, s", spread(large_start, 2), "≤ 5", large_start.middle <= 5.0);
        row("resident then, MB", spread(resident, 0), "≤ 1,000", resident.middle <= 1000.0);
        let peak = kib_as_mb(self.large_peak_kib);
        row("peak through all that follows, MB", format!("{peak:.0}"), "≤ 1,000", peak <= 1000.0);
        row("whole list to curl, MB/s", spread(of_demo, 0), "", true);
        row("the same of a real API server, MB/s", spread(of_real, 0), "", true);
        row("the first by the second", format!("{ratio:.1}"), "≥ 3", ratio >= 3.0);
        row("first byte of the list, ms", spread(first_byte, 1), "≤ 50", first_byte.middle <= 50.0);
        row("changes a second, ten watches open", spread(changes, 0), "≥ 5,000", changes.middle >= 5000.0);
        row("what it adds to the binary, MB", format!("{added_mb:.2}"), "≤ 3", added_mb <= 3.0);
        let Machine { date, processor, cores, kernel, .. } = &self.machine;
        let _ = writeln!(
            text,
            "\nMedians of {} turns (least–greatest), {date}; {processor}, {cores} cores for clients and servers together, \
             Linux {kernel}. The demo's list has {:.0} MB and comes without TLS, as nobody is to be kept from reading on \
             loopback; a real API server has no other way than TLS.",
            self.lists_of_demo.len(),
            length.middle,
        );
        (text, all_reached)
    }
}

fn spread(median: Median, decimals: usize) -> String {
    format!("**{:.decimals$}** ({:.decimals$}–{:.decimals$})", median.middle, median.least, median.greatest)
}

#[expect(clippy::cast_precision_loss, reason = "memory in KiB stays far below 2^52")]
fn kib_as_mb(kib: u64) -> f64 {
    kib as f64 * 1024.0 / 1e6
}
