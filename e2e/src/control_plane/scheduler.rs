//! kube-scheduler.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;
use serde_json::json;

use super::binaries::Binaries;
use crate::process::Process;

/// Starts it as an administrator.
pub fn start(binaries: &Binaries, folder: &Path, kubeconfig: &Path) -> Result<Process> {
    let config = folder.join("kube-scheduler.json");
    let content = json!({
        "apiVersion": "kubescheduler.config.k8s.io/v1",
        "kind": "KubeSchedulerConfiguration",
        "clientConnection": { "kubeconfig": kubeconfig, "qps": 500, "burst": 1000 },
        "leaderElection": { "leaderElect": false },
    });
    fs::write(&config, content.to_string())?;
    let mut command = Command::new(binaries.program("kube-scheduler"));
    command.arg(format!("--config={}", config.display())).args(["--secure-port=0", "--v=1"]);
    Process::start("kube-scheduler", &command, folder)
}
