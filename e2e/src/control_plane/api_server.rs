//! kube-apiserver, which can be killed and started again.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::binaries::Binaries;
use super::etcd::Etcd;
use super::pki::{FRONT_PROXY, Pki};
use crate::api::Api;
use crate::ports::free_port;
use crate::process::Process;
use crate::wait;

/// An API server on a port that it keeps over restarts.
#[derive(Debug)]
pub struct ApiServer {
    process: Option<Process>,
    command: Command,
    port: u16,
}

impl ApiServer {
    /// Starts it in front of `etcd`.
    pub fn start(binaries: &Binaries, folder: &Path, pki: &Pki, etcd: &Etcd) -> Result<Self> {
        let port = free_port()?;
        let mut command = Command::new(binaries.program("kube-apiserver"));
        let service_account = &pki.service_account;
        command
            .args([format!("--etcd-servers={}", etcd.url()), format!("--secure-port={port}")])
            .args(["--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none"])
            .arg(format!("--tls-cert-file={}", pki.server.cert.display()))
            .arg(format!("--tls-private-key-file={}", pki.server.key.display()))
            .arg(format!("--token-auth-file={}", folder.join("tokens.csv").display()))
            .arg(format!("--client-ca-file={}", pki.ca.display()))
            .args(["--authorization-mode=RBAC", "--anonymous-auth=true", "--allow-privileged=true"])
            // Pods here have no use for tokens, and need not wait for service accounts.
            .args(["--disable-admission-plugins=ServiceAccount", "--service-cluster-ip-range=10.96.0.0/16"])
            .arg("--service-account-issuer=https://kubernetes.default.svc")
            .arg(format!("--service-account-key-file={}", service_account.cert.display()))
            .arg(format!("--service-account-signing-key-file={}", service_account.key.display()))
            .arg(format!("--kubelet-client-certificate={}", pki.kubelet_client.cert.display()))
            .arg(format!("--kubelet-client-key={}", pki.kubelet_client.key.display()))
            .args(["--kubelet-preferred-address-types=InternalIP", "--profiling=false", "--v=1"])
            // Aggregation, for the metrics server.
            .arg(format!("--requestheader-client-ca-file={}", pki.ca.display()))
            .arg(format!("--requestheader-allowed-names={FRONT_PROXY}"))
            .args(["--requestheader-username-headers=X-Remote-User", "--requestheader-group-headers=X-Remote-Group"])
            .arg("--requestheader-extra-headers-prefix=X-Remote-Extra-")
            .arg(format!("--proxy-client-cert-file={}", pki.front_proxy.cert.display()))
            .arg(format!("--proxy-client-key-file={}", pki.front_proxy.key.display()));
        let process = Process::start("kube-apiserver", &command, folder)?;
        Ok(Self { process: Some(process), command, port })
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("https://{}", self.address())
    }

    /// Waits until it says that it is ready.
    pub async fn ready(&mut self, api: &Api, deadline: Duration) -> Result<()> {
        let process = self.process.as_mut().context("the API server was killed")?;
        let ready = wait::until("the API server", deadline, async || api.text("/readyz").await).await;
        process.check_running()?;
        ready.with_context(|| process.log_end())?;
        Ok(())
    }

    /// Ends it at once, connections and all.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Starts it again, once its port is free.
    pub async fn restart(&mut self, folder: &Path) -> Result<()> {
        self.kill();
        wait::until("the API server's port", Duration::from_secs(60), async || {
            TcpListener::bind(("127.0.0.1", self.port))?;
            Ok(())
        })
        .await?;
        self.process = Some(Process::start("kube-apiserver", &self.command, folder)?);
        Ok(())
    }
}
