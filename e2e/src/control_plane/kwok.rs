//! kwok, which plays every kubelet: nodes become ready, pods run, and it serves their logs and usage.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tokio::net::TcpStream;

use super::binaries::Binaries;
use super::pki::Pki;
use crate::ports::free_port;
use crate::process::Process;
use crate::wait;

/// Nodes and pods with this label keep the status that somebody wrote; kwok only plays their deletion.
pub const BY_HAND_LABEL: &str = "pilothouse.dev/by-hand";

/// Annotations that start so, with `cpu` and `memory`, say what each container of a pod uses.
pub const USAGE_ANNOTATION: &str = "kwok.x-k8s.io/usage-";

/// The value of the label for what is not even deleted.
pub const STUCK: &str = "stuck";

/// The stages and metrics that kwok runs with, from its own repository.
const STAGES: [&str; 6] = [
    "node-initialize.yaml",
    "node-heartbeat-with-lease.yaml",
    "pod-ready.yaml",
    "pod-complete.yaml",
    "pod-delete.yaml",
    "metrics-resource.yaml",
];

/// A running kwok.
#[derive(Debug)]
pub struct Kwok {
    process: Process,
    port: u16,
    logs: PathBuf,
}

impl Kwok {
    /// Starts it as an administrator.
    pub fn start(binaries: &Binaries, folder: &Path, kubeconfig: &Path, pki: &Pki) -> Result<Self> {
        let port = free_port()?;
        let logs = folder.join("container-logs");
        let config = folder.join("kwok");
        fs::create_dir_all(&logs)?;
        fs::create_dir_all(&config)?;
        for name in ["app", "app-previous"] {
            fs::write(logs.join(name), "")?;
        }

        let mut command = Command::new(binaries.program("kwok"));
        command
            .args([format!("--kubeconfig={}", kubeconfig.display()), format!("--node-port={port}")])
            .args(["--manage-all-nodes=true", "--cidr=10.0.0.0/12", "--node-ip=127.0.0.1"])
            .args([format!("--server-address=127.0.0.1:{port}"), "--node-lease-duration-seconds=40".to_owned()])
            .arg(format!("--tls-cert-file={}", pki.server.cert.display()))
            .arg(format!("--tls-private-key-file={}", pki.server.key.display()));
        for name in STAGES {
            let stage = fs::read_to_string(binaries.stages().join(name)).with_context(|| name.to_owned())?;
            let file = config.join(name);
            fs::write(&file, leaving_by_hand_alone(&stage, name))?;
            command.arg(format!("--config={}", file.display()));
        }
        for (name, object) in [("logs.json", cluster_logs(&logs)), ("usage.json", usage())] {
            let file = config.join(name);
            fs::write(&file, object.to_string())?;
            command.arg(format!("--config={}", file.display()));
        }
        Ok(Self { process: Process::start("kwok", &command, folder)?, port, logs })
    }

    /// Where the kubelets of all nodes listen.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Waits until it serves.
    pub async fn ready(&mut self, deadline: Duration) -> Result<()> {
        let served = wait::until("kwok", deadline, async || {
            TcpStream::connect(("127.0.0.1", self.port)).await?;
            Ok(())
        })
        .await;
        self.process.check_running()?;
        served.with_context(|| self.process.log_end())
    }

    /// Adds a line to the log of every container, as of `time` (RFC 3339).
    pub fn log(&self, time: &str, line: &str) -> Result<()> {
        append(&self.logs.join("app"), time, line)
    }

    /// Adds a line to the log of what ran before in every container.
    pub fn log_previous(&self, time: &str, line: &str) -> Result<()> {
        append(&self.logs.join("app-previous"), time, line)
    }
}

/// The stage with a condition more. Somebody must play deletion, so that stays but for what is stuck.
fn leaving_by_hand_alone(stage: &str, name: &str) -> String {
    const CONDITIONS: &str = "    matchExpressions:\n";
    let operator = match name {
        "pod-delete.yaml" => format!("operator: 'NotIn'\n      values: ['{STUCK}']"),
        _ => "operator: 'DoesNotExist'".to_owned(),
    };
    let unlabelled = format!("    - key: '.metadata.labels[\"{BY_HAND_LABEL}\"]'\n      {operator}\n");
    stage.replacen(CONDITIONS, &format!("{CONDITIONS}{unlabelled}"), 1)
}

fn cluster_logs(logs: &Path) -> Value {
    json!({
        "apiVersion": "kwok.x-k8s.io/v1alpha1",
        "kind": "ClusterLogs",
        "metadata": { "name": "all" },
        "spec": { "logs": [{
            "logsFile": logs.join("app"),
            "previousLogsFile": logs.join("app-previous"),
            "follow": true,
        }] },
    })
}

/// What pods use: what their annotations say, and some more or less each time that it is asked.
fn usage() -> Value {
    let around = |resource: &str, otherwise: &str, spread: &str| {
        let annotation = format!("pod.metadata.annotations[\"{USAGE_ANNOTATION}{resource}\"]");
        format!(
            "(\"{USAGE_ANNOTATION}{resource}\" in pod.metadata.annotations ? Quantity({annotation}) : \
             Quantity(\"{otherwise}\")) * ({spread})"
        )
    };
    json!({
        "apiVersion": "kwok.x-k8s.io/v1alpha1",
        "kind": "ClusterResourceUsage",
        "metadata": { "name": "all" },
        "spec": { "usages": [{ "usage": {
            "cpu": { "expression": around("cpu", "10m", "0.7 + 0.6 * Rand()") },
            "memory": { "expression": around("memory", "20Mi", "0.95 + 0.1 * Rand()") },
        } }] },
    })
}

/// One line in the format of container runtimes.
fn append(file: &Path, time: &str, line: &str) -> Result<()> {
    use std::io::Write as _;
    let mut file = fs::File::options().append(true).open(file)?;
    Ok(writeln!(file, "{time} stdout F {line}")?)
}
