//! What came of the comparison: kept whole in a file, told in one line.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Result, ensure};

use crate::table::{Row, SEPARATOR};

/// Every request with its outcome.
#[derive(Debug, Default)]
pub struct Report {
    lines: Vec<String>,
    alike: usize,
    reasoned: usize,
    wrong: Vec<String>,
}

/// Where the table goes, below the workspace.
const FILE: &str = "out/conformance.md";
/// Where it is kept.
const KEPT: &str = "docs/conformance.md";

impl Report {
    /// Notes how the answers to a request differ.
    pub fn note(&mut self, row: &Row, differences: &[String]) {
        let request = format!("{} {}", row.method, row.path);
        let found = differences.join("; ");
        let outcome = match &row.known {
            None if found.is_empty() => {
                self.alike += 1;
                "alike".to_owned()
            }
            Some(known) if known.difference == found => {
                self.reasoned += 1;
                format!("{found}{SEPARATOR}{}", known.reason)
            }
            known => {
                let expected = known.as_ref().map_or("", |known| &known.difference);
                self.wrong.push(format!("{request}: {found:?}, where {expected:?} is known"));
                format!("DIFFERENT: {found}")
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

    /// Writes the whole table, and fails if it is not the one that is kept.
    pub fn write(&self) -> Result<()> {
        let file = workspace().join(FILE);
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let text = self.text()?;
        std::fs::write(file, &text)?;
        let kept = std::fs::read_to_string(workspace().join(KEPT))?;
        ensure!(text == kept, "{KEPT} is not what came of this run: cp {FILE} {KEPT}");
        Ok(())
    }

    fn text(&self) -> Result<String> {
        let head = "| request | asked with | outcome |\n|---|---|---|";
        let mut text = format!("# Conformance of the demo cluster\n\n{}\n\n{head}\n", self.totals());
        for line in &self.lines {
            writeln!(text, "{line}")?;
        }
        Ok(text)
    }

    /// Fails where an answer differs otherwise than is known, with a reason.
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
