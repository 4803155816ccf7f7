//! etcd, where the objects lie.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::binaries::Binaries;
use super::etcd_client::EtcdClient;
use crate::ports::free_port;
use crate::process::Process;
use crate::{api, wait};

/// A running etcd.
#[derive(Debug)]
pub struct Etcd {
    process: Process,
    port: u16,
}

impl Etcd {
    /// Starts a single member without disk syncs: nothing in it outlives the run.
    pub fn start(binaries: &Binaries, folder: &Path) -> Result<Self> {
        let (port, peer_port) = (free_port()?, free_port()?);
        let (client, peer) = (format!("http://127.0.0.1:{port}"), format!("http://127.0.0.1:{peer_port}"));
        let mut command = Command::new(binaries.program("etcd"));
        command
            .arg(format!("--data-dir={}", folder.join("etcd").display()))
            .args([format!("--listen-client-urls={client}"), format!("--advertise-client-urls={client}")])
            .args([format!("--listen-peer-urls={peer}"), format!("--initial-advertise-peer-urls={peer}")])
            .arg(format!("--initial-cluster=default={peer}"))
            .args(["--unsafe-no-fsync", "--quota-backend-bytes=8589934592", "--log-level=warn"]);
        Ok(Self { process: Process::start("etcd", &command, folder)?, port })
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A client of it.
    pub fn client(&self) -> Result<EtcdClient> {
        EtcdClient::new(self.url())
    }

    /// Waits until it answers.
    pub async fn ready(&self, deadline: Duration) -> Result<()> {
        wait::until("etcd", deadline, async || self.call("/v3/maintenance/status", &json!({})).await)
            .await
            .with_context(|| self.process.log_end())?;
        Ok(())
    }

    /// Drops the history before the present revision.
    pub async fn compact(&self) -> Result<()> {
        let status = self.call("/v3/maintenance/status", &json!({})).await?;
        let revision = &status["header"]["revision"];
        self.call("/v3/kv/compaction", &json!({ "revision": revision, "physical": true })).await?;
        Ok(())
    }

    async fn call(&self, path: &str, body: &Value) -> Result<Value> {
        api::post_plain(&format!("{}{path}", self.url()), body).await
    }
}
