//! A real Kubernetes control plane on loopback: etcd, API server, controllers, scheduler, kwok's kubelets, metrics.

mod api_server;
mod binaries;
mod controller_manager;
mod etcd;
mod etcd_client;
mod kubeconfig;
mod kwok;
mod metrics_server;
mod pki;
mod scheduler;
mod storage;
mod users;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use jiff::{SignedDuration, Timestamp};

use crate::api::Api;
use crate::fault::Fault;
use crate::kubectl::Kubectl;
use crate::process::Process;
use crate::wait;

use storage::START;

pub use binaries::Binaries;
pub use etcd::Etcd;
pub use etcd_client::EtcdClient;
pub use kubeconfig::CLUSTER_NAME;
pub use kwok::{BY_HAND_LABEL, STUCK, USAGE_ANNOTATION};
pub use metrics_server::{API_SERVICE as METRICS_API_SERVICE, register as register_metrics};
pub use storage::Storage;
pub use users::{TEAM_NAMESPACE, User};

/// A running control plane; all its processes end when it is dropped.
#[derive(Debug)]
pub struct ControlPlane {
    // Fields are dropped in order: what the others speak with goes last.
    metrics_server: Process,
    metrics_port: u16,
    kwok: kwok::Kwok,
    scheduler: Process,
    controller_manager: Process,
    storage: Storage,
}

impl ControlPlane {
    /// Starts everything on free ports in a scratch folder; ready when the API server and the users' rights are.
    pub async fn start() -> Result<Self> {
        let storage = Storage::start().await?;
        let (binaries, root, pki) = (storage.binaries(), storage.folder(), &storage.pki);
        let (admin, api) = (storage.kubeconfig(User::Admin), storage.api()?);

        let mut controller_manager = controller_manager::start(binaries, root, &admin, pki)?;
        let mut scheduler = scheduler::start(binaries, root, &admin)?;
        let mut kwok = kwok::Kwok::start(binaries, root, &admin, pki)?;
        let (mut metrics_server, metrics_port) = metrics_server::start(binaries, root, &admin, pki)?;
        metrics_server::register(&api, metrics_port).await?;
        kwok.ready(START).await?;
        for process in [&mut controller_manager, &mut scheduler, &mut metrics_server] {
            process.check_running()?;
        }
        Ok(Self { metrics_server, metrics_port, kwok, scheduler, controller_manager, storage })
    }

    /// The scratch folder, with a log for each process.
    pub fn folder(&self) -> &Path {
        self.storage.folder()
    }

    /// Its etcd and API server.
    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    /// The address of the API server, `127.0.0.1:PORT`.
    pub fn api_address(&self) -> String {
        self.storage.api_address()
    }

    /// A user's kubeconfig.
    pub fn kubeconfig(&self, user: User) -> PathBuf {
        self.storage.kubeconfig(user)
    }

    /// A user's kubeconfig that reaches the API server through another address, such as a wire that can be cut.
    pub fn kubeconfig_through(&self, user: User, address: &str, folder: &Path) -> Result<PathBuf> {
        self.storage.kubeconfig_through(user, address, folder)
    }

    /// A proxy before the API server that answers wrongly when it is told to.
    pub async fn fault(&self) -> Result<Fault> {
        Fault::before(&self.api_address(), &self.folder().join("pki")).await
    }

    /// A client with an administrator's rights.
    pub fn api(&self) -> Result<Api> {
        self.storage.api()
    }

    /// kubectl with an administrator's rights.
    pub fn kubectl(&self) -> Kubectl {
        self.kubectl_as(User::Admin)
    }

    /// kubectl as a user.
    pub fn kubectl_as(&self, user: User) -> Kubectl {
        self.storage.kubectl_as(user)
    }

    /// Fills the log that every container shows, as of the last minutes.
    pub fn write_some_logs(&self) -> Result<()> {
        let now = Timestamp::now();
        for minute in 0..60_i64 {
            let time = now - SignedDuration::from_mins(60 - minute);
            self.kwok.log(&time.to_string(), &format!("level=info msg=\"request served\" id={minute} status=200"))?;
        }
        let before = now - SignedDuration::from_hours(2);
        self.kwok.log_previous(&before.to_string(), "level=info msg=\"starting\"")?;
        self.kwok.log_previous(&before.to_string(), "level=error msg=\"connection refused\" peer=postgres:5432")
    }

    /// What plays the kubelets.
    pub fn kwok(&self) -> &kwok::Kwok {
        &self.kwok
    }

    /// The port at which the metrics server answers.
    pub fn metrics_port(&self) -> u16 {
        self.metrics_port
    }

    /// Kills the API server as a crash would.
    pub fn kill_api_server(&mut self) {
        self.storage.kill_api_server();
    }

    /// Starts the API server again on its old port and waits until it answers.
    pub async fn restart_api_server(&mut self) -> Result<()> {
        self.storage.restart_api_server().await
    }

    /// Forgets the history of every object up to now, so that a watch from an old resourceVersion is answered with 410.
    pub async fn forget_history(&self) -> Result<()> {
        self.storage.etcd().compact().await
    }

    /// Waits until nodes can take pods: kwok made them ready and the controllers noticed.
    pub async fn nodes_are_schedulable(&self) -> Result<()> {
        let api = self.api()?;
        wait::until("schedulable nodes", START, async || {
            let nodes = api.list("/api/v1/nodes").await?;
            let tainted = nodes.iter().filter(|node| node["spec"]["taints"].is_array()).count();
            anyhow::ensure!(tainted == 0, "{tainted} of {} nodes are tainted", nodes.len());
            Ok(())
        })
        .await
        .with_context(|| format!("controllers: {}", self.controller_manager.log_end()))
        .with_context(|| format!("scheduler: {}", self.scheduler.log_end()))
    }

    /// What the metrics server said last.
    pub fn metrics_log_end(&self) -> String {
        self.metrics_server.log_end()
    }
}
