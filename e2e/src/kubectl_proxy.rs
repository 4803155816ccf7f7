//! `kubectl proxy --www`, the hosting mode that needs nothing of ours but files.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::kubectl::Kubectl;
use crate::process::Process;
use crate::wait;

/// A running `kubectl proxy`.
#[derive(Debug)]
pub struct KubectlProxy {
    process: Process,
    site_path: String,
}

impl KubectlProxy {
    /// The plain form: the API at `/`, the site at `/static/`, open to every program and page on the machine.
    pub async fn start(kubectl: &Kubectl, site: &Path, folder: &Path) -> Result<Self> {
        Self::start_with(kubectl, site, folder, "0", "/", "/static/".to_owned()).await
    }

    /// The safer form: everything under a path that others cannot guess.
    pub async fn start_under(kubectl: &Kubectl, site: &Path, folder: &Path, secret: &str) -> Result<Self> {
        Self::start_with(kubectl, site, folder, "0", &format!("/{secret}/"), format!("/{secret}/static/")).await
    }

    /// Ends it at once, as a crash would.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts it again on its old port.
    pub async fn start_again(&mut self, kubectl: &Kubectl, site: &Path, folder: &Path) -> Result<()> {
        let address = self.address()?;
        let port = address.rsplit(':').next().context("an address without a port")?;
        let api_prefix = self.site_path.strip_suffix("static/").context("a site at another path")?;
        *self = Self::start_with(kubectl, site, folder, port, api_prefix, self.site_path.clone()).await?;
        Ok(())
    }

    async fn start_with(
        kubectl: &Kubectl,
        site: &Path,
        folder: &Path,
        port: &str,
        api_prefix: &str,
        site_path: String,
    ) -> Result<Self> {
        let mut command = kubectl.command();
        command
            .args(["proxy", &format!("--port={port}"), &format!("--api-prefix={api_prefix}")])
            .args([format!("--www-prefix={site_path}"), format!("--www={}", site.display())]);
        let mut process = Process::start("kubectl-proxy", &command, folder)?;
        let started = wait::until("kubectl proxy", Duration::from_secs(20), async || address(&process).map(drop)).await;
        process.check_running()?;
        started.with_context(|| process.log_end())?;
        Ok(Self { process, site_path })
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> Result<String> {
        address(&self.process)
    }

    /// Its process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// The page.
    pub fn link(&self) -> Result<String> {
        Ok(format!("http://{}{}", self.address()?, self.site_path))
    }
}

fn address(process: &Process) -> Result<String> {
    let output = process.output()?;
    let line = output.lines().next().context("nothing on standard output")?;
    let address = line.strip_prefix("Starting to serve on ").context("no address on standard output")?;
    Ok(address.to_owned())
}
