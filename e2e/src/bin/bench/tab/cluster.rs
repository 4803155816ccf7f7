//! The clusters that are loaded: the demo's, or a real API server with as many pods.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use pilothouse_e2e::api::Api;
use pilothouse_e2e::control_plane::{Binaries, CLUSTER_NAME, Storage, User};
use pilothouse_e2e::kubectl::Kubectl;
use pilothouse_e2e::pilothouse::Pilothouse;
use pilothouse_e2e::transplant::transplant;
use serde_json::Value;
use tempfile::TempDir;

use super::{Upstream, Way};

/// A cluster of a size that runs for as long as this value lives.
pub struct Cluster {
    running: Running,
    kubeconfig: PathBuf,
    /// How many there are, as its own list says.
    pub pods: usize,
    /// The same of nodes.
    pub nodes: usize,
    folder: TempDir,
}

enum Running {
    Demo(Pilothouse),
    Real(Box<Storage>),
}

impl Cluster {
    /// Starts and fills it.
    pub async fn start(upstream: Upstream, nodes: usize, pods: usize) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("pilothouse-bench-").tempdir()?;
        let (running, kubeconfig) = match upstream {
            Upstream::Demo => {
                let demo = Pilothouse::start_demo_of(folder.path(), nodes, pods).await?;
                (Running::Demo(demo), folder.path().join("demo.kubeconfig"))
            }
            Upstream::Real => {
                eprintln!("Filling a real API server with {nodes} nodes and {pods} pods, as the demo has them");
                let demo = Pilothouse::start_demo_of(folder.path(), nodes, pods).await?;
                let mut storage = Storage::start().await?;
                transplant(&demo.demo_api(folder.path())?, &mut storage).await?;
                drop(demo);
                let kubeconfig = storage.kubeconfig(User::Admin);
                (Running::Real(Box::new(storage)), kubeconfig)
            }
        };
        let mut cluster = Self { running, kubeconfig, pods: 0, nodes: 0, folder };
        let api = cluster.api()?;
        (cluster.pods, cluster.nodes) = (api.count("/api/v1/pods").await?, api.count("/api/v1/nodes").await?);
        Ok(cluster)
    }

    /// As it stands above the table.
    pub fn name(&self) -> &'static str {
        match self.running {
            Running::Demo(_) => "pilothouse demo",
            Running::Real(_) => "kube-apiserver",
        }
    }

    /// Its name in the fragments of the app.
    pub fn fragment(&self, way: Way) -> &'static str {
        match (&self.running, way) {
            (Running::Demo(_), _) => "demo",
            (Running::Real(_), Way::KubectlProxy) => "default",
            (Running::Real(_), _) => CLUSTER_NAME,
        }
    }

    /// Who can load it: the demo lets no web page in through `kubectl proxy`, since its token is in the kubeconfig.
    pub fn ways(&self) -> Vec<Way> {
        let is_demo = matches!(self.running, Running::Demo(_));
        Way::ALL.into_iter().filter(|way| !is_demo || *way != Way::KubectlProxy).collect()
    }

    /// The proxy that is a part of it.
    pub fn demo(&self) -> Option<&Pilothouse> {
        match &self.running {
            Running::Demo(demo) => Some(demo),
            Running::Real(_) => None,
        }
    }

    /// Its administrator's kubeconfig.
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// kubectl on it.
    pub fn kubectl(&self) -> Result<Kubectl> {
        Ok(Kubectl::new(Binaries::locate()?.kubectl(), self.kubeconfig.clone()))
    }

    /// A client of it.
    pub fn api(&self) -> Result<Api> {
        match &self.running {
            Running::Demo(demo) => demo.demo_api(self.folder.path()),
            Running::Real(storage) => storage.api(),
        }
    }

    /// Where its API is.
    pub fn server(&self) -> Result<String> {
        self.text("/clusters/0/cluster/server").context("a kubeconfig without a server")
    }

    /// A text of its kubeconfig, which is JSON.
    pub fn text(&self, pointer: &str) -> Option<String> {
        let kubeconfig: Value = serde_json::from_slice(&std::fs::read(&self.kubeconfig).ok()?).ok()?;
        Some(kubeconfig.pointer(pointer)?.as_str()?.to_owned())
    }

    /// What it runs on, where it is a real one.
    pub fn storage(&self) -> Option<&Storage> {
        match &self.running {
            Running::Demo(_) => None,
            Running::Real(storage) => Some(storage),
        }
    }

    /// From now on its kubeconfig leads through another address.
    pub fn go_through(&mut self, address: &str) -> Result<()> {
        if let Running::Real(storage) = &self.running {
            self.kubeconfig = storage.kubeconfig_through(User::Admin, address, self.folder.path())?;
        }
        Ok(())
    }

    /// A folder for what is written meanwhile.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}
