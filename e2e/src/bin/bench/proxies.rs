//! `bench proxies`: the proxy against `kubectl proxy` and nginx, each in front of the same fast upstream.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use tokio::time::sleep;

use crate::contestant::{self, Contestant};
use crate::figures::{Figures, Sample};
use crate::upstream::Upstream;
use crate::{answers, machine, page, table, usage};

/// How the proxies are measured.
#[derive(Debug, Args)]
pub struct Flags {
    /// How often each thing is measured; the contestants take turns.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How many seconds of small answers one measurement takes.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// How many seconds after a page load the resident memory is read.
    #[arg(long, default_value_t = 30)]
    rest: u64,
    /// Where the raw figures go.
    #[arg(long, default_value = "e2e/bench/results")]
    results: PathBuf,
}

/// Measures and prints the table.
pub async fn run(flags: &Flags) -> Result<()> {
    let folder = tempfile::Builder::new().prefix("pilothouse-bench-").tempdir()?;
    let upstream = Upstream::start(folder.path())?;

    let page = page::measure(&upstream, folder.path(), Duration::from_secs(flags.rest)).await?;
    let contestants = contestant::start_all(&upstream, folder.path()).await?;
    let mut figures = Figures::new(machine::describe(&contestants)?, page);
    for round in 1..=flags.rounds {
        for contestant in &contestants {
            eprintln!("round {round} of {}: {}", flags.rounds, contestant.name);
            figures.push(contestant.name, measure(contestant, Duration::from_secs(flags.seconds)).await?);
        }
    }
    let file = figures.write(&flags.results)?;
    eprintln!("raw figures: {}", file.display());
    println!("{}", table::markdown(&figures));
    Ok(())
}

/// One turn of one contestant.
async fn measure(contestant: &Contestant, duration: Duration) -> Result<Sample> {
    // Connections, pools and caches are made before anything counts.
    answers::small(contestant, 64, Duration::from_millis(500)).await?;
    let one = answers::small(contestant, 1, duration).await?;
    let many = answers::small(contestant, 64, duration).await?;
    usage::reset_peak(contestant.pid)?;
    let large_mb_per_s = answers::large(contestant).await?;
    let large_peak_kib = usage::peak_kib(contestant.pid)?;
    // The next one begins with idle cores.
    sleep(Duration::from_millis(200)).await;
    Ok(Sample { one, many, large_mb_per_s, large_peak_kib })
}
