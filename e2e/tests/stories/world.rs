//! What all stories share: one control plane with nodes and workloads, and a folder for screenshots.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use pilothouse_e2e::control_plane::{ControlPlane, Storage};
use pilothouse_e2e::{fleet, process, troubles, workloads};
use tokio::runtime::Runtime;

/// How many nodes the cluster of the stories has.
pub const NODES: usize = 9;

/// About how many pods its workloads have.
const PODS: usize = 60;

/// The scratch folders, which an interrupt removes.
static SCRATCH: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// What stories measured, told at the end: times are the machine's, so nothing is asserted about them.
static FIGURES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Shared by all stories, which are told one after the other.
#[derive(Clone)]
pub struct World(Arc<Mutex<Inner>>);

struct Inner {
    runtime: Runtime,
    /// Started by the first story; a failure is remembered for the others.
    control_plane: Option<Result<ControlPlane, String>>,
}

impl World {
    /// Nothing runs yet.
    pub fn new() -> Self {
        let runtime = Runtime::new().expect("a machine on which tests run has threads");
        runtime.spawn(async {
            if tokio::signal::ctrl_c().await.is_ok() {
                process::kill_all();
                for folder in SCRATCH.lock().unwrap_or_else(PoisonError::into_inner).iter() {
                    let _left = std::fs::remove_dir_all(folder);
                }
                std::process::exit(130);
            }
        });
        Self(Arc::new(Mutex::new(Inner { runtime, control_plane: None })))
    }

    /// Tells a story: runs it to its end with the control plane.
    pub fn tell(&self, story: impl AsyncFnOnce(&mut ControlPlane) -> Result<()>) -> Result<()> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Inner { runtime, control_plane } = &mut *inner;
        runtime.block_on(async {
            if control_plane.is_none() {
                *control_plane = Some(furnished().await.map_err(|error| format!("{error:#}")));
            }
            match control_plane {
                Some(Ok(control_plane)) => story(control_plane).await,
                Some(Err(error)) => anyhow::bail!("no control plane: {error}"),
                None => anyhow::bail!("the control plane was just put there"),
            }
        })
    }

    /// Tells a story of an etcd and an API server of its own, where nothing else runs.
    pub fn tell_apart(&self, story: impl AsyncFnOnce(&Storage) -> Result<()>) -> Result<()> {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.runtime.block_on(async {
            let storage = Storage::start().await?;
            removed_after_an_interrupt(storage.folder());
            story(&storage).await
        })
    }

    /// Ends what runs.
    pub fn end(&self) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.control_plane.take().is_some() {
            for figure in FIGURES.lock().unwrap_or_else(PoisonError::into_inner).iter() {
                println!("{figure}");
            }
            println!("Screenshots are in {}", screens().display());
        }
    }
}

/// Tells a figure at the end of the run.
pub fn tell_figure(figure: String) {
    FIGURES.lock().unwrap_or_else(PoisonError::into_inner).push(figure);
}

/// Where screenshots go: `PILOTHOUSE_SCREENS`, or beside what cargo builds.
pub fn screens() -> PathBuf {
    let beside = || Path::new(env!("CARGO_TARGET_TMPDIR")).join("screens");
    std::env::var_os("PILOTHOUSE_SCREENS").map_or_else(beside, PathBuf::from)
}

fn removed_after_an_interrupt(folder: &Path) {
    SCRATCH.lock().unwrap_or_else(PoisonError::into_inner).push(folder.to_owned());
}

/// A control plane with nodes, workloads and some troubles.
async fn furnished() -> Result<ControlPlane> {
    let control_plane = ControlPlane::start().await?;
    removed_after_an_interrupt(control_plane.folder());
    let api = control_plane.api()?;
    fleet::create_nodes(&api, NODES, control_plane.kwok().port()).await?;
    control_plane.nodes_are_schedulable().await?;
    control_plane.write_some_logs()?;
    workloads::create_workloads(&api, PODS).await?;
    troubles::create_troubles(&api).await.context("troubles")?;
    troubles::make_not_ready(&api, &fleet::node_name(4)).await?;
    Ok(control_plane)
}
