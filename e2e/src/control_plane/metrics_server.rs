//! metrics-server, which answers for `metrics.k8s.io` from what kwok serves.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use serde_json::json;

use super::binaries::Binaries;
use super::pki::Pki;
use crate::api::Api;
use crate::ports::free_port;
use crate::process::Process;

/// The registration of the metrics API; without it there are no metrics.
pub const API_SERVICE: &str = "/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io";

/// Starts it as an administrator; returns its port too.
pub fn start(binaries: &Binaries, folder: &Path, kubeconfig: &Path, pki: &Pki) -> Result<(Process, u16)> {
    let port = free_port()?;
    let mut command = Command::new(binaries.program("metrics-server"));
    let kubeconfig = kubeconfig.display();
    command
        .args([format!("--kubeconfig={kubeconfig}"), format!("--authentication-kubeconfig={kubeconfig}")])
        .args([format!("--authorization-kubeconfig={kubeconfig}"), format!("--secure-port={port}")])
        .args(["--bind-address=127.0.0.1", "--kubelet-insecure-tls", "--kubelet-use-node-status-port"])
        // Less than 15 s is refused.
        .args(["--kubelet-preferred-address-types=InternalIP", "--metric-resolution=15s"])
        .arg(format!("--tls-cert-file={}", pki.server.cert.display()))
        .arg(format!("--tls-private-key-file={}", pki.server.key.display()));
    Ok((Process::start("metrics-server", &command, folder)?, port))
}

/// Tells the API server where metrics come from.
pub async fn register(api: &Api, port: u16) -> Result<()> {
    const SERVICES: &str = "/api/v1/namespaces/kube-system/services";
    let service = json!({
        "metadata": { "name": "metrics-server" },
        "spec": { "type": "ExternalName", "externalName": "localhost", "ports": [{ "port": port }] },
    });
    if !api.exists(&format!("{SERVICES}/metrics-server")).await? {
        api.create(SERVICES, &service).await?;
    }
    let api_service = json!({
        "metadata": { "name": "v1beta1.metrics.k8s.io" },
        "spec": {
            "group": "metrics.k8s.io",
            "version": "v1beta1",
            "service": { "name": "metrics-server", "namespace": "kube-system", "port": port },
            "insecureSkipTLSVerify": true,
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
        },
    });
    api.create("/apis/apiregistration.k8s.io/v1/apiservices", &api_service).await?;
    Ok(())
}
