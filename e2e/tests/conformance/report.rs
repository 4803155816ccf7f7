//! What came of the comparison: kept whole in a file, told in one line.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Result, ensure};

use crate::table::Row;

/// Every request with its outcome.
#[derive(Debug, Default)]
pub struct Report {
    lines: Vec<String>,
    alike: usize,
    reasoned: usize,
    wrong: Vec<String>,
}

/// Where the table goes, below the workspace; `cp out/conformance.md docs/` keeps it.
const FILE: &str = "out/conformance.md";

impl Report {
    /// Notes how the answers to a request differ.
    pub fn note(&mut self, row: &Row, differences: &[String]) {
        let request = format!("{} {}", row.method, row.path);
        let outcome = match (&row.reason, differences.is_empty()) {
            (None, true) => {
                self.alike += 1;
                "alike".to_owned()
            }
            (Some(reason), false) => {
                self.reasoned += 1;
                format!("{} — {reason}", differences.join("; "))
            }
            (None, false) => {
                let wrong = differences.join("; ");
                self.wrong.push(format!("{request}: {wrong}"));
                format!("DIFFERENT: {wrong}")
            }
            (Some(reason), true) => {
                self.wrong.push(format!("{request}: alike by now, though it is said: {reason}"));
                "alike, though a reason is given".to_owned()
            }
        };
        let sent = row.body.as_deref().map(|body| format!(" `{}`", short(body))).unwrap_or_default();
        let how = row.words.join(", ");
        self.lines.push(format!("| `{}`{sent} | {how} | {outcome} |", request.replace('|', "\\|")));
    }

    /// One line.
    pub fn totals(&self) -> String {
        format!(
            "conformance: {} requests to the demo and to a real API server, {} alike, {} different for a reason, {} wrong",
            self.lines.len(),
            self.alike,
            self.reasoned,
            self.wrong.len()
        )
    }

    /// Writes the whole table.
    pub fn write(&self) -> Result<()> {
        let file = workspace().join(FILE);
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(std::fs::write(file, self.text()?)?)
    }

    fn text(&self) -> Result<String> {
        let head = "| request | asked with | outcome |\n|---|---|---|";
        let mut text = format!("# Conformance of the demo cluster\n\n{}\n\n{head}\n", self.totals());
        for line in &self.lines {
            writeln!(text, "{line}")?;
        }
        Ok(text)
    }

    /// Fails where a difference has no reason, or a reason no difference.
    pub fn check(&self, min_requests: usize) -> Result<()> {
        ensure!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        ensure!(self.lines.len() >= min_requests, "only {} requests", self.lines.len());
        Ok(())
    }
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".."))
}

/// The beginning of a body, fit for a cell of the table.
fn short(body: &str) -> String {
    let mut text: String = body.chars().take(60).collect();
    if text.len() < body.len() {
        text.push('…');
    }
    text.replace('|', "\\|")
}
