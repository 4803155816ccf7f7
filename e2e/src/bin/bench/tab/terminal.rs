//! What programs in a terminal need for the same lists.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tokio::time::Instant;

use super::cluster::Cluster;
use super::figures::Turn;
use super::visit::LISTS;
use crate::usage;

/// One `curl --compressed` of each list that the app loads at first, one after the other.
pub fn curl(cluster: &Cluster) -> Result<Turn> {
    let began = Instant::now();
    let sent_mb = Some(bytes(cluster, "compressed\n")? as f64 / 1e6);
    Ok(Turn { all_s: Some(began.elapsed().as_secs_f64()), sent_mb, ..Turn::default() })
}

/// The same lists as the API server has them, in megabytes of JSON.
pub fn plain_mb(cluster: &Cluster) -> Result<f64> {
    Ok(bytes(cluster, "")? as f64 / 1e6)
}

/// Reads the lists with curl; how many bytes came over the wire.
fn bytes(cluster: &Cluster, options: &str) -> Result<u64> {
    // In a file, so that no token stands in a list of processes.
    let config = cluster.folder().join("curl.config");
    let mut options = format!("silent\nfail\noutput = /dev/null\nwrite-out = \"%{{size_download}}\"\n{options}");
    if let Some(token) = cluster.text("/users/0/user/token") {
        options += &format!("header = \"Authorization: Bearer {token}\"\n");
    }
    if let Some(ca) = cluster.text("/clusters/0/cluster/certificate-authority") {
        options += &format!("cacert = \"{ca}\"\n");
    }
    fs::write(&config, options)?;
    let mut bytes = 0;
    for (_, path) in LISTS {
        let url = format!("{}/{path}?pretty=0", cluster.server()?);
        let output = Command::new("curl").arg("--config").arg(&config).arg(url).output()?;
        ensure!(output.status.success(), "curl of {path}: {}", output.status);
        bytes += String::from_utf8(output.stdout)?.trim().parse::<u64>().context("curl names no size")?;
    }
    Ok(bytes)
}

/// One `kubectl get pods -A`, with its peak of memory.
pub fn kubectl(cluster: &Cluster) -> Result<Turn> {
    let began = Instant::now();
    let mut command = cluster.kubectl()?.command();
    let mut child = command.args(["get", "pods", "-A"]).stdout(Stdio::null()).spawn()?;
    let mut peak_kib = 0;
    let status = loop {
        // The kernel keeps the peak for as long as the process runs; a little of its end may be missed.
        peak_kib = usage::peak_kib(child.id()).unwrap_or(0).max(peak_kib);
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    ensure!(status.success(), "kubectl get pods -A: {status}");
    let memory_mib = Some(peak_kib as f64 / 1024.0);
    Ok(Turn { all_s: Some(began.elapsed().as_secs_f64()), memory_mib, ..Turn::default() })
}
