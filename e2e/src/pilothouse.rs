//! The product: `pilothouse` in front of the cluster.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::api::Api;
use crate::process::Process;
use crate::wait;

/// A running `pilothouse`.
#[derive(Debug)]
pub struct Pilothouse {
    process: Process,
}

/// The binary under test: `PILOTHOUSE_BIN`, or what `make build` leaves.
pub fn binary() -> PathBuf {
    std::env::var_os("PILOTHOUSE_BIN").map_or_else(|| workspace().join("out/pilothouse"), PathBuf::from)
}

/// The built site: `PILOTHOUSE_SITE`, or what `make build` leaves.
pub fn site() -> PathBuf {
    std::env::var_os("PILOTHOUSE_SITE").map_or_else(|| workspace().join("dist"), PathBuf::from)
}

/// The checkout of the cargo that runs this; where none does, the one that it was built in. One target folder serves several checkouts,
/// so that these may differ.
fn workspace() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR");
    let package = package.map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    package.join("..")
}

impl Pilothouse {
    /// Starts it on a free port with a kubeconfig, its output under `folder`.
    pub async fn start(kubeconfig: &Path, folder: &Path) -> Result<Self> {
        Self::listen("127.0.0.1:0", kubeconfig, folder).await
    }

    /// Ends it at once, as a crash would.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts it again at its old address.
    pub async fn start_again(&mut self, kubeconfig: &Path, folder: &Path) -> Result<()> {
        *self = Self::listen(&self.address()?, kubeconfig, folder).await?;
        Ok(())
    }

    /// Starts it on a free port with a sample cluster, whose kubeconfig comes along.
    pub async fn start_demo(folder: &Path) -> Result<(Self, PathBuf)> {
        let kubeconfig = folder.join("demo.kubeconfig");
        let mut command = Command::new(binary());
        command.args(["demo", "--listen", "127.0.0.1:0", "--write-kubeconfig"]).arg(&kubeconfig);
        Ok((Self::run(&command, folder).await?, kubeconfig))
    }

    /// Starts it on a free port with a sample cluster of a size.
    pub async fn start_demo_of(folder: &Path, nodes: usize, pods: usize) -> Result<Self> {
        let mut command = Command::new(binary());
        command.args(["demo", "--listen", "127.0.0.1:0", "--write-kubeconfig"]).arg(folder.join("demo.kubeconfig"));
        command.args(["--nodes", &nodes.to_string(), "--pods", &pods.to_string()]);
        Self::run(&command, folder).await
    }

    /// A client of the sample cluster whose kubeconfig lies in `folder`.
    pub fn demo_api(&self, folder: &Path) -> Result<Api> {
        let kubeconfig: Value = serde_json::from_slice(&fs::read(folder.join("demo.kubeconfig"))?)?;
        let server = kubeconfig.pointer("/clusters/0/cluster/server").and_then(Value::as_str);
        Api::plain(server.context("the demo's kubeconfig names no server")?)
    }

    async fn listen(address: &str, kubeconfig: &Path, folder: &Path) -> Result<Self> {
        let mut command = Command::new(binary());
        command.arg("--kubeconfig").arg(kubeconfig).args(["--listen", address]);
        Self::run(&command, folder).await
    }

    async fn run(command: &Command, folder: &Path) -> Result<Self> {
        let mut process = Process::start("pilothouse", command, folder)?;
        let started = wait::until("pilothouse's link", Duration::from_secs(20), async || link(&process)).await;
        process.check_running()?;
        started.with_context(|| process.log_end())?;
        Ok(Self { process })
    }

    /// The link that was printed last: each opens one session.
    pub fn link(&self) -> Result<String> {
        link(&self.process)
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> Result<String> {
        let link = self.link()?;
        let address = link.strip_prefix("http://").and_then(|rest| rest.split('/').next());
        Ok(address.context("the link names no address")?.to_owned())
    }

    /// Its process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Everything it has written to standard error.
    pub fn log(&self) -> Result<String> {
        self.process.log()
    }
}

fn link(process: &Process) -> Result<String> {
    let output = process.output()?;
    let link = output.lines().rfind(|line| line.starts_with("http://")).context("no link on standard output")?;
    Ok(link.to_owned())
}
