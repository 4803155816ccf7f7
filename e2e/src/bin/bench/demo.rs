//! `bench demo`: the demo cluster against what it must reach, its list of pods beside a real API server's.

mod figures;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use pilothouse_e2e::api::Api;
use pilothouse_e2e::pilothouse;
use pilothouse_e2e::process::Process;
use serde_json::Value;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::tab::Upstream;
use crate::tab::cluster::Cluster;
use crate::{machine, usage};
use figures::{Download, Figures};

/// How the demo cluster is measured.
#[derive(Debug, Args)]
pub struct Flags {
    /// How many nodes the large one has.
    #[arg(long, default_value_t = 5000)]
    nodes: usize,
    /// About how many pods the large one has.
    #[arg(long, default_value_t = 150_000)]
    pods: usize,
    /// With how many pods the real API server is filled.
    #[arg(long, default_value_t = 10_000)]
    real_pods: usize,
    /// How often each thing is measured; the two servers take turns.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Where the raw figures go.
    #[arg(long, default_value = "e2e/bench/results")]
    results: PathBuf,
}

/// A demo that has given its first answer.
struct Demo {
    process: Process,
    kubeconfig: PathBuf,
    /// From the start of its process to that answer.
    started_ms: f64,
    _folder: TempDir,
}

/// Nobody waits longer for a start.
const START: Duration = Duration::from_secs(120);
const NODES_OF_REAL: usize = 200;
const PODS: &str = "api/v1/pods?pretty=0";

/// Measures and prints the table.
pub async fn run(flags: &Flags) -> Result<()> {
    let mut figures = Figures::new(machine::describe(&[])?);
    for _ in 0..flags.rounds {
        figures.start_ms.push(Demo::start(&[]).await?.started_ms);
    }
    let large = ["--nodes".to_owned(), flags.nodes.to_string(), "--pods".to_owned(), flags.pods.to_string()];
    for _ in 0..flags.rounds {
        let demo = Demo::start(&large).await?;
        figures.large_start_ms.push(demo.started_ms);
        figures.large_resident_kib.push(usage::resident_kib(demo.process.id())?);
    }
    let demo = Demo::start(&large).await?;
    let real = Cluster::start(Upstream::Real, NODES_OF_REAL, flags.real_pods).await?;
    for round in 1..=flags.rounds {
        eprintln!("whole lists, round {round} of {}", flags.rounds);
        figures.lists_of_demo.push(download(&demo.kubeconfig)?);
        sleep(Duration::from_secs(1)).await;
        figures.lists_of_real.push(download(real.kubeconfig())?);
        sleep(Duration::from_secs(1)).await;
    }
    drop(real);
    for round in 1..=flags.rounds {
        eprintln!("changes, round {round} of {}", flags.rounds);
        figures.changes_per_s.push(changes(&demo.kubeconfig)?);
    }
    figures.large_peak_kib = usage::peak_kib(demo.process.id())?;
    drop(demo);
    (figures.with_demo_bytes, figures.without_demo_bytes) = sizes()?;
    let file = figures.write(&flags.results)?;
    eprintln!("raw figures: {}", file.display());
    let (table, all_reached) = figures.markdown();
    println!("{table}");
    ensure!(all_reached, "not all is reached");
    Ok(())
}

impl Demo {
    async fn start(arguments: &[String]) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("pilothouse-bench-").tempdir()?;
        let kubeconfig = folder.path().join("demo.kubeconfig");
        let mut command = Command::new(pilothouse::binary());
        command.args(["demo", "--listen", "127.0.0.1:0", "--write-kubeconfig"]).arg(&kubeconfig).args(arguments);
        let began = Instant::now();
        let mut process = Process::start("demo", &command, folder.path())?;
        loop {
            ensure!(began.elapsed() < START, "no answer: {}", process.log_end());
            // The kubeconfig is there before anybody listens.
            if let Some(server) = text(&kubeconfig, "/clusters/0/cluster/server")
                && Api::plain(&server)?.text("/api/v1/namespaces/shop/pods?limit=1").await.is_ok()
            {
                break;
            }
            process.check_running()?;
            sleep(Duration::from_millis(1)).await;
        }
        let started_ms = began.elapsed().as_secs_f64() * 1e3;
        Ok(Self { process, kubeconfig, started_ms, _folder: folder })
    }
}

/// The whole list of pods, read by curl as it comes.
fn download(kubeconfig: &Path) -> Result<Download> {
    let server = text(kubeconfig, "/clusters/0/cluster/server").context("a kubeconfig without a server")?;
    let mut options = "silent\nfail\noutput = /dev/null\n".to_owned();
    // In a file, so that no token stands in a list of processes.
    if let Some(token) = text(kubeconfig, "/users/0/user/token") {
        options += &format!("header = \"Authorization: Bearer {token}\"\n");
    }
    if let Some(ca) = text(kubeconfig, "/clusters/0/cluster/certificate-authority") {
        options += &format!("cacert = \"{ca}\"\n");
    }
    let folder = tempfile::tempdir()?;
    let config = folder.path().join("curl.config");
    fs::write(&config, options)?;
    let mut command = Command::new("curl");
    command.arg("--config").arg(&config).args(["--write-out", "%{time_starttransfer} %{time_total} %{size_download}"]);
    let output = command.arg(format!("{server}/{PODS}")).output().context("curl did not start")?;
    ensure!(output.status.success(), "curl: {}", output.status);
    let said = String::from_utf8(output.stdout)?;
    let numbers: Vec<f64> = said.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let [first_byte_s, total_s, bytes] = numbers[..] else { anyhow::bail!("curl said {said:?}") };
    Ok(Download { first_byte_ms: first_byte_s * 1e3, mb: bytes / 1e6, mb_per_s: bytes / 1e6 / total_s })
}

/// How many changes a second a demo sustains while ten watches read them all, as the demo's own example measures it.
fn changes(kubeconfig: &Path) -> Result<f64> {
    let mut command = cargo();
    command.args(["run", "--locked", "--release", "--quiet", "-p", "pilothouse-demo", "--example", "changes", "--"]);
    let output = command.arg(kubeconfig).output()?;
    let said = String::from_utf8(output.stdout)?;
    ensure!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    eprint!("{said}");
    said.split(' ').next().and_then(|number| number.parse().ok()).with_context(|| format!("no number in {said:?}"))
}

/// The lengths of the binary with the demo and of one that is built without it.
fn sizes() -> Result<(u64, u64)> {
    eprintln!("building without the demo");
    let mut command = cargo();
    command.args(["build", "--locked", "--release", "--quiet", "-p", "pilothouse", "--no-default-features"]);
    let status = command.env("PILOTHOUSE_DIST", pilothouse::site()).status()?;
    ensure!(status.success(), "cargo build: {status}");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let length = |file: &Path| fs::metadata(file).map(|file| file.len()).with_context(|| file.display().to_string());
    Ok((length(&pilothouse::binary())?, length(&target.join("release/pilothouse"))?))
}

fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A text of a kubeconfig, which is JSON.
fn text(kubeconfig: &Path, pointer: &str) -> Option<String> {
    let kubeconfig: Value = serde_json::from_slice(&fs::read(kubeconfig).ok()?).ok()?;
    Some(kubeconfig.pointer(pointer)?.as_str()?.to_owned())
}
