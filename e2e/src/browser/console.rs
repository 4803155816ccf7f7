//! What the console said.

use anyhow::Result;

use super::Browser;

/// An error in the console.
#[derive(Clone, Debug)]
pub struct ConsoleError {
    /// Who wrote it: `network`, `javascript`, `security`, `console-api`.
    pub source: String,
    /// What it says.
    pub message: String,
}

impl std::fmt::Display for ConsoleError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.source, self.message)
    }
}

impl Browser {
    /// The errors since the last time this was asked.
    pub async fn console_errors(&self) -> Result<Vec<ConsoleError>> {
        let entries = self.driver.browser_log().await?;
        Ok(entries
            .into_iter()
            .filter(|entry| entry.level == "SEVERE" || entry.message.contains("panicked at"))
            .map(|entry| ConsoleError { source: entry.source.unwrap_or_default(), message: entry.message })
            .collect())
    }
}
