//! `make bench`: what the product is measured by, each beside what others do with the same thing in the same run.
//!
//! Every figure is the median of several runs, and the runs of the contestants take turns, so that whatever else the
//! machine does falls on all of them alike. Seconds differ from machine to machine; ratios of one run are what counts.

#![expect(clippy::indexing_slicing, reason = "a serde_json::Value answers null for what is not there")]

mod answers;
mod client;
mod contestant;
mod demo;
mod figures;
mod machine;
mod page;
mod paint;
mod proxies;
mod requester;
mod tab;
mod table;
mod updates;
mod upstream;
mod usage;

use anyhow::{Context as _, Result};
use clap::Parser;

/// Measures Pilothouse beside others, and prints the tables for the README.
#[derive(Debug, Parser)]
enum Bench {
    /// The proxy beside kubectl proxy and nginx.
    Proxies(proxies::Flags),
    /// A tab that loads a large cluster, beside curl and kubectl.
    Tab(tab::Flags),
    /// The demo cluster against what it must reach.
    Demo(demo::Flags),
    /// A tab that follows many changes a second.
    Updates(updates::Flags),
    /// Frames of the node picture, hover, and groups that open.
    Paint(paint::Flags),
}

// One thread for the client, and one more for the upstream: the contestants have the rest of the machine.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let bench = Bench::parse();
    rustls::crypto::ring::default_provider().install_default().ok().context("a TLS provider was there already")?;
    match bench {
        Bench::Proxies(flags) => proxies::run(&flags).await,
        Bench::Tab(flags) => tab::run(&flags).await,
        Bench::Demo(flags) => demo::run(&flags).await,
        Bench::Updates(flags) => updates::run(&flags).await,
        Bench::Paint(flags) => paint::run(&flags).await,
    }
}
