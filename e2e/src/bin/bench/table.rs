//! The figures as Markdown, ready for the README.

use std::fmt::Write as _;

use crate::figures::{Figures, Median, Sample};

/// A row of the table: its words, where its figure comes from, and how many decimals make sense.
struct Row {
    words: &'static str,
    figure: fn(&Sample) -> f64,
    decimals: usize,
}

const ROWS: [Row; 10] = [
    Row { words: "5 KB, 64 connections: requests/s", figure: |sample| sample.many.per_s, decimals: 0 },
    Row { words: "p50, ms", figure: |sample| sample.many.p50_us / 1e3, decimals: 2 },
    Row { words: "p99, ms", figure: |sample| sample.many.p99_us / 1e3, decimals: 2 },
    Row { words: "processor time for an answer, µs", figure: |sample| sample.many.cpu_us, decimals: 0 },
    Row { words: "5 KB, 1 connection: requests/s", figure: |sample| sample.one.per_s, decimals: 0 },
    Row { words: "p50, ms", figure: |sample| sample.one.p50_us / 1e3, decimals: 3 },
    Row { words: "p99, ms", figure: |sample| sample.one.p99_us / 1e3, decimals: 3 },
    Row { words: "processor time for an answer, µs", figure: |sample| sample.one.cpu_us, decimals: 0 },
    Row { words: "one 200 MB answer: MB/s", figure: |sample| sample.large_mb_per_s, decimals: 0 },
    Row { words: "peak memory meanwhile, MiB", figure: |sample| kib_as_mib(sample.large_peak_kib), decimals: 1 },
];

/// The table, the ratios and the targets.
pub fn markdown(figures: &Figures) -> String {
    let names = ["pilothouse", "kubectl proxy", "nginx"];
    let mut text = format!("| | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    for row in &ROWS {
        let cells = names.map(|name| cell(figures.median(name, row.figure), row.decimals));
        line(&mut text, row.words, &cells);
    }
    let resident = names.map(|name| {
        let kib = figures.page.resident_kib.get(name);
        kib.map_or_else(|| "–".to_owned(), |kib| format!("{:.1}", kib_as_mib(*kib)))
    });
    line(&mut text, "resident after a page load, MiB", &resident);
    text.push_str(&targets(figures));
    text.push_str(&size(figures));
    text.push_str(&conditions(figures));
    text
}

fn line(text: &mut String, words: &str, cells: &[String]) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "| {words} | {} |", cells.join(" | "));
}

fn cell(median: Median, decimals: usize) -> String {
    format!("**{:.decimals$}** ({:.decimals$}–{:.decimals$})", median.middle, median.least, median.greatest)
}

/// What the proxy must reach, and whether it did.
fn targets(figures: &Figures) -> String {
    let ratio = |to: &str, figure: fn(&Sample) -> f64| {
        figures.median("pilothouse", figure).middle / figures.median(to, figure).middle
    };
    let peak = figures.median("pilothouse", |sample| kib_as_mib(sample.large_peak_kib)).middle;
    let resident = figures.page.resident_kib.get("pilothouse").map_or(f64::NAN, |kib| kib_as_mib(*kib));
    let requests = ratio("kubectl proxy", |sample| sample.many.per_s);
    let p99 = ratio("kubectl proxy", |sample| sample.many.p99_us);
    let large = ratio("nginx", |sample| sample.large_mb_per_s);
    let mut text = String::new();
    for (words, value, reached, target) in [
        ("requests/s with 64 connections, times `kubectl proxy`", requests, requests >= 4.0, "≥ 4"),
        ("p99 with 64 connections, times `kubectl proxy`", p99, p99 <= 0.5, "≤ 0.5"),
        ("MB/s of one 200 MB answer, times nginx", large, large >= 0.9, "≥ 0.9"),
        ("peak memory meanwhile, MiB", peak, peak <= 30.0, "≤ 30"),
        ("resident after a page load, MiB", resident, resident <= 15.0, "≤ 15"),
    ] {
        let verdict = if reached { "reached" } else { "missed" };
        let _ = writeln!(text, "- {words}: {value:.2} ({verdict}: {target})");
    }
    format!("\nThe proxy against its targets:\n\n{text}")
}

fn size(figures: &Figures) -> String {
    let mut files = String::new();
    for (name, bytes) in &figures.page.file_bytes {
        let _ = write!(files, "{}{name} {bytes}", if files.is_empty() { "" } else { ", " });
    }
    let (first, later) = (figures.page.first_bytes(), figures.page.later_bytes());
    format!("\nThe app on the wire: {first} bytes up to the first chart, {later} after it ({files}).\n")
}

fn conditions(figures: &Figures) -> String {
    let machine = &figures.machine;
    let rounds = figures.samples.values().map(Vec::len).max().unwrap_or(0);
    let versions: Vec<&str> = machine.versions.values().map(String::as_str).collect();
    format!(
        "\nMedians of {rounds} turns (least–greatest), {}; {}, {} cores for client, contestant and upstream together, \
         Linux {}; {}.\n",
        machine.date,
        machine.processor,
        machine.cores,
        machine.kernel,
        versions.join("; ")
    )
}

#[expect(clippy::cast_precision_loss, reason = "memory in KiB stays far below 2^52")]
fn kib_as_mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}
