//! What the turns gave, and the table of their medians.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use pilothouse_e2e::browser::Longest;
use serde::Serialize;

use super::Way;
use super::cluster::Cluster;
use crate::figures::Median;
use crate::machine::{self, Machine};

/// What one turn gave; what a way has not is absent.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Turn {
    /// From the navigation to the first chart.
    pub first_chart_s: Option<f64>,
    /// From the app's start to the first rows of the table of pods, where that is opened first.
    pub first_rows_s: Option<f64>,
    /// From the beginning to the last byte of the last list, and all of it shown.
    pub all_s: Option<f64>,
    /// Lists as they came over the wire, in megabytes.
    pub sent_mb: Option<f64>,
    /// Lists after they were unpacked; of curl all of them as the API server has them.
    pub plain_mb: Option<f64>,
    /// The tasks of the page's main thread up to then.
    pub tasks: Option<Longest>,
    /// What its process holds: a page's PSS with all kinds loaded, a program's peak.
    pub memory_mib: Option<f64>,
    /// The WebAssembly and script heaps, with all kinds loaded.
    pub heap_mib: Option<f64>,
    /// The peak of the proxy.
    pub proxy_peak_mib: Option<f64>,
}

/// All turns before one cluster.
#[derive(Serialize)]
pub struct Figures {
    title: String,
    machine: Machine,
    #[serde(skip)]
    ways: Vec<Way>,
    turns: Vec<(Way, Turn)>,
}

/// A row of the table.
struct Row {
    words: &'static str,
    figure: fn(&Turn) -> Option<f64>,
    decimals: usize,
}

const ROWS: [Row; 13] = [
    Row { words: "navigation to the first chart, s", figure: |turn| turn.first_chart_s, decimals: 2 },
    Row {
        words: "the app's start to the first rows, where pods are opened first, s",
        figure: |turn| turn.first_rows_s,
        decimals: 2,
    },
    Row { words: "everything loaded, s", figure: |turn| turn.all_s, decimals: 2 },
    Row { words: "lists on the wire, MB", figure: |turn| turn.sent_mb, decimals: 2 },
    Row { words: "the same unpacked, MB", figure: |turn| turn.plain_mb, decimals: 1 },
    Row { words: "tasks of the main thread", figure: |turn| Some(turn.tasks.as_ref()?.count as f64), decimals: 0 },
    Row { words: "the longest of them, ms", figure: |turn| Some(turn.tasks.as_ref()?.wall_ms), decimals: 0 },
    Row { words: "99 of 100 within, ms", figure: |turn| Some(turn.tasks.as_ref()?.wall_p99_ms), decimals: 1 },
    Row {
        words: "the longest, in ms of a processor",
        figure: |turn| Some(turn.tasks.as_ref()?.processor_ms),
        decimals: 0,
    },
    Row {
        words: "99 of 100 within, ms of a processor",
        figure: |turn| Some(turn.tasks.as_ref()?.processor_p99_ms),
        decimals: 1,
    },
    Row {
        words: "memory of the page's process (PSS) or the program (peak), MiB",
        figure: |turn| turn.memory_mib,
        decimals: 0,
    },
    Row { words: "WebAssembly and script heap, MiB", figure: |turn| turn.heap_mib, decimals: 1 },
    Row { words: "peak of the proxy, MiB", figure: |turn| turn.proxy_peak_mib, decimals: 1 },
];

impl Figures {
    /// No turn taken yet.
    pub fn new(cluster: &Cluster) -> Result<Self> {
        let title = format!("{}, {} nodes, {} pods", cluster.name(), cluster.nodes, cluster.pods);
        Ok(Self { title, machine: machine::describe(&[])?, ways: cluster.ways(), turns: Vec::new() })
    }

    /// Takes in one turn.
    pub fn push(&mut self, way: Way, turn: Turn) {
        self.turns.push((way, turn));
    }

    /// Writes everything as JSON, named by the day and the cluster.
    pub fn write(&self, folder: &Path) -> Result<PathBuf> {
        fs::create_dir_all(folder)?;
        let name = self.title.replace(", ", "-").replace(' ', "-");
        let file = folder.join(format!("{}-tab-{name}.json", self.machine.date));
        fs::write(&file, serde_json::to_string_pretty(self)? + "\n")?;
        Ok(file)
    }

    /// The table.
    pub fn markdown(&self) -> String {
        let names: Vec<_> = self.ways.iter().map(|way| way.name()).collect();
        let mut text = format!("| {} | {} |\n|---|{}\n", self.title, names.join(" | "), "---|".repeat(names.len()));
        for row in &ROWS {
            let cells: Vec<_> = self.ways.iter().map(|way| self.cell(*way, row)).collect();
            // Writing to a String cannot fail.
            let _ = writeln!(text, "| {} | {} |", row.words, cells.join(" | "));
        }
        let rounds = self.turns.len() / self.ways.len().max(1);
        let Machine { date, processor, cores, kernel, .. } = &self.machine;
        let _ = writeln!(
            text,
            "\nMedians of {rounds} turns (least–greatest), {date}; {processor}, {cores} cores for browser, proxy and API \
             server together, Linux {kernel}."
        );
        text
    }

    fn cell(&self, way: Way, row: &Row) -> String {
        let of_way = self.turns.iter().filter(|(of, _)| *of == way);
        let values: Vec<f64> = of_way.filter_map(|(_, turn)| (row.figure)(turn)).collect();
        if values.is_empty() {
            return "–".to_owned();
        }
        let median = Median::of(values);
        let decimals = row.decimals;
        format!("**{:.decimals$}** ({:.decimals$}–{:.decimals$})", median.middle, median.least, median.greatest)
    }
}
