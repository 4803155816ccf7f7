//! kubectl, the oracle: what it says is what the page must say.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

/// kubectl with one user's identity.
#[derive(Clone, Debug)]
pub struct Kubectl {
    program: PathBuf,
    kubeconfig: PathBuf,
}

impl Kubectl {
    /// kubectl as a kubeconfig says.
    pub fn new(program: PathBuf, kubeconfig: PathBuf) -> Self {
        Self { program, kubeconfig }
    }

    /// The same program with another kubeconfig.
    pub fn with_kubeconfig(self, kubeconfig: PathBuf) -> Self {
        Self { kubeconfig, ..self }
    }

    /// What it prints for these arguments, separated by spaces.
    pub fn run(&self, arguments: &str) -> Result<String> {
        self.run_list(&arguments.split_whitespace().collect::<Vec<_>>())
    }

    /// What it prints for arguments that may hold spaces.
    pub fn run_list(&self, arguments: &[&str]) -> Result<String> {
        let output = self.command().args(arguments).output().context("kubectl did not start")?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(output.status.success(), "kubectl {}: {complaint}", arguments.join(" "));
        Ok(String::from_utf8(output.stdout)?)
    }

    /// The JSON it prints for these arguments, separated by spaces.
    pub fn json(&self, arguments: &str) -> Result<Value> {
        Ok(serde_json::from_str(&self.run(&format!("{arguments} -o json"))?)?)
    }

    /// The command with its identity, to add to.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(format!("--kubeconfig={}", self.kubeconfig.display()));
        command
    }
}
