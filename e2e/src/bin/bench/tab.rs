//! `bench tab`: a tab that loads a large cluster, beside what curl and kubectl need for the same lists.

pub mod cluster;
mod figures;
mod terminal;
pub mod visit;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::{Args, ValueEnum};
use pilothouse_e2e::browser::Longest;
use serde::Serialize;
use tokio::time::sleep;

use cluster::Cluster;
use figures::{Figures, Turn};

/// How the load is measured.
#[derive(Debug, Args)]
pub struct Flags {
    /// Which clusters are loaded; all of them if none is named.
    #[arg(long, value_enum)]
    upstream: Vec<Upstream>,
    /// How many nodes.
    #[arg(long, default_value_t = 200)]
    nodes: usize,
    /// About how many pods.
    #[arg(long, default_value_t = 10_000)]
    pods: usize,
    /// How often each is measured; they take turns.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Where the raw figures go.
    #[arg(long, default_value = "e2e/bench/results")]
    results: PathBuf,
}

/// What is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Upstream {
    /// The sample cluster of `pilothouse demo`.
    Demo,
    /// A real API server, filled for this.
    Real,
}

/// Who loads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Way {
    /// The app, through pilothouse.
    Pilothouse,
    /// The app, through `kubectl proxy`.
    KubectlProxy,
    /// An empty page, through pilothouse, that reads the same lists and throws them away.
    Empty,
    /// `curl --compressed` of each list that the app loads at first.
    Curl,
    /// `kubectl get pods -A`.
    Kubectl,
}

impl Way {
    /// All, in the order of the table.
    pub const ALL: [Self; 5] = [Self::Pilothouse, Self::KubectlProxy, Self::Empty, Self::Curl, Self::Kubectl];

    /// As it stands in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pilothouse => "pilothouse",
            Self::KubectlProxy => "kubectl proxy",
            Self::Empty => "an empty page",
            Self::Curl => "curl --compressed",
            Self::Kubectl => "kubectl get pods -A",
        }
    }
}

/// Measures and prints a table for each cluster.
pub async fn run(flags: &Flags) -> Result<()> {
    let all = [Upstream::Demo, Upstream::Real];
    let upstreams = if flags.upstream.is_empty() { &all[..] } else { &flags.upstream };
    for upstream in upstreams {
        let cluster = Cluster::start(*upstream, flags.nodes, flags.pods).await?;
        let mut figures = Figures::new(&cluster)?;
        let plain_mb = terminal::plain_mb(&cluster)?;
        for round in 1..=flags.rounds {
            for way in cluster.ways() {
                eprintln!("{}, round {round} of {}: {}", cluster.name(), flags.rounds, way.name());
                let turn = turn(&cluster, way, plain_mb).await?;
                if let Some(tasks) = &turn.tasks {
                    let Longest { began_ms, wall_ms, inside, .. } = tasks;
                    eprintln!("the longest task: {wall_ms:.1} ms after {began_ms:.0} ms: {inside:.1?}");
                }
                figures.push(way, turn);
                // The next one begins with idle cores.
                sleep(Duration::from_secs(1)).await;
            }
        }
        let file = figures.write(&flags.results)?;
        eprintln!("raw figures: {}", file.display());
        println!("{}", figures.markdown());
    }
    Ok(())
}

async fn turn(cluster: &Cluster, way: Way, plain_mb: f64) -> Result<Turn> {
    match way {
        Way::Pilothouse | Way::KubectlProxy => visit::load(cluster, way).await,
        Way::Empty => visit::empty(cluster).await,
        Way::Curl => Ok(Turn { plain_mb: Some(plain_mb), ..terminal::curl(cluster)? }),
        Way::Kubectl => terminal::kubectl(cluster),
    }
}
