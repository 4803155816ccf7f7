//! What programs in a terminal need for the same lists.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::time::Instant;

use super::cluster::Cluster;
use super::figures::Turn;
use super::visit::LISTS;
use crate::usage;

/// One `curl --compressed` of each list that the app loads at first, one after the other.
pub fn curl(cluster: &Cluster) -> Result<Turn> {
    // In a file, so that no token stands in a list of processes.
    let config = cluster.folder().join("curl.config");
    let mut options = "silent\nfail\ncompressed\noutput = /dev/null\n".to_owned();
    if let Some(token) = cluster.text("/users/0/user/token") {
        options += &format!("header = \"Authorization: Bearer {token}\"\n");
    }
    if let Some(ca) = cluster.text("/clusters/0/cluster/certificate-authority") {
        options += &format!("cacert = \"{ca}\"\n");
    }
    fs::write(&config, options)?;
    let began = Instant::now();
    for (_, path) in LISTS {
        let url = format!("{}/{path}?pretty=0", cluster.server()?);
        let status = Command::new("curl").arg("--config").arg(&config).arg(url).status()?;
        ensure!(status.success(), "curl of {path}: {status}");
    }
    Ok(Turn { all_s: Some(began.elapsed().as_secs_f64()), ..Turn::default() })
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
