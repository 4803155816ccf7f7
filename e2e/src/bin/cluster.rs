//! `make cluster`: a real control plane with nodes, workloads and troubles, until interrupted.

use anyhow::Result;
use clap::Parser;
use pilothouse_e2e::control_plane::{ControlPlane, User};
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
}

#[tokio::main]
async fn main() -> Result<()> {
    let flags = Flags::parse();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        ended = run(&flags) => ended,
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
    print_instructions(&control_plane);
    std::future::pending().await
}

fn print_instructions(control_plane: &ControlPlane) {
    println!("The cluster runs. Usage figures come after half a minute. In another terminal:");
    println!();
    println!("  export KUBECONFIG={}", control_plane.kubeconfig(User::Admin).display());
    println!("  make run");
    println!();
    println!("Other users, who may do less:");
    for user in [User::Viewer, User::Dev, User::Nobody] {
        println!("  {:7} {}", user.name(), control_plane.kubeconfig(user).display());
    }
    println!();
    println!("Logs are in {}. Ctrl-C ends it and leaves nothing behind.", control_plane.folder().display());
}
