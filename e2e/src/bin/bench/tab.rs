//! `bench tab`: a tab that loads a large cluster, beside what curl and kubectl need for the same lists.

pub mod cluster;
mod figures;
mod terminal;
pub mod visit;

use std::time::Duration;

use anyhow::Result;
use clap::{Args, ValueEnum};
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The app, through pilothouse.
    Pilothouse,
    /// The app, through `kubectl proxy`.
    KubectlProxy,
    /// `curl --compressed` of each list that the app loads at first.
    Curl,
    /// `kubectl get pods -A`.
    Kubectl,
}

impl Way {
    /// All, in the order of the table.
    pub const ALL: [Self; 4] = [Self::Pilothouse, Self::KubectlProxy, Self::Curl, Self::Kubectl];

    /// As it stands in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pilothouse => "pilothouse",
            Self::KubectlProxy => "kubectl proxy",
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
        for round in 1..=flags.rounds {
            for way in cluster.ways() {
                eprintln!("{}, round {round} of {}: {}", cluster.name(), flags.rounds, way.name());
                figures.push(way, turn(&cluster, way).await?);
                // The next one begins with idle cores.
                sleep(Duration::from_secs(1)).await;
            }
        }
        println!("{}", figures.markdown());
    }
    Ok(())
}

async fn turn(cluster: &Cluster, way: Way) -> Result<Turn> {
    match way {
        Way::Pilothouse | Way::KubectlProxy => visit::load(cluster, way).await,
        Way::Curl => terminal::curl(cluster),
        Way::Kubectl => terminal::kubectl(cluster),
    }
}
