//! `make cluster`: a real control plane with nodes, workloads and troubles, until interrupted.

use anyhow::Result;
use clap::Parser;
use pilothouse_e2e::control_plane::{ControlPlane, Storage, User};
use pilothouse_e2e::pilothouse::Pilothouse;
use pilothouse_e2e::transplant::transplant;
use pilothouse_e2e::{fleet, troubles, workloads};
use tokio::signal::unix::{SignalKind, signal};

/// Starts a real Kubernetes control plane on this machine, with kwok's nodes and some workloads, and runs until interrupted.
#[derive(Debug, Parser)]
struct Flags {
    /// How many nodes.
    #[arg(long, default_value_t = 12)]
    nodes: usize,
    /// About how many pods.
    #[arg(long, default_value_t = 150)]
    pods: usize,
    /// Fill only etcd and an API server, with what `pilothouse demo` has: any size in minutes, and nothing moves in it.
    #[arg(long)]
    still: bool,
}

#[tokio::main]
async fn main() -> Result<()> {
    let flags = Flags::parse();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        ended = async { if flags.still { still(&flags).await } else { run(&flags).await } } => ended,
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
    }
}

async fn run(flags: &Flags) -> Result<()> {
    eprintln!("Starting the control plane");
    let control_plane = ControlPlane::start().await?;
    eprintln!("Creating {} nodes and about {} pods", flags.nodes, flags.pods);
    let api = control_plane.api()?;
    fleet::create_nodes(&api, flags.nodes, control_plane.kwok().port()).await?;
    control_plane.nodes_are_schedulable().await?;
    control_plane.write_some_logs()?;
    workloads::create_workloads(&api, flags.pods).await?;
    troubles::create_troubles(&api).await?;
    if flags.nodes >= 8 {
        troubles::make_not_ready(&api, &fleet::node_name(4)).await?;
        troubles::make_pressed(&api, &fleet::node_name(7)).await?;
    }
    print_instructions(control_plane.storage());
    std::future::pending().await
}

async fn still(flags: &Flags) -> Result<()> {
    eprintln!("Filling an API server with {} nodes and about {} pods", flags.nodes, flags.pods);
    let folder = tempfile::Builder::new().prefix("pilothouse-demo-").tempdir()?;
    let demo = Pilothouse::start_demo_of(folder.path(), flags.nodes, flags.pods).await?;
    let mut storage = Storage::start().await?;
    transplant(&demo.demo_api(folder.path())?, &mut storage).await?;
    drop(demo);
    print_instructions(&storage);
    std::future::pending().await
}

fn print_instructions(storage: &Storage) {
    println!("The cluster runs. Usage figures, if it has any, come after half a minute. In another terminal:");
    println!();
    println!("  export KUBECONFIG={}", storage.kubeconfig(User::Admin).display());
    println!("  make run");
    println!();
    println!("Other users, who may do less:");
    for user in [User::Viewer, User::Dev, User::Nobody] {
        println!("  {:7} {}", user.name(), storage.kubeconfig(user).display());
    }
    println!();
    println!("Logs are in {}. Ctrl-C ends it and leaves nothing behind.", storage.folder().display());
}
