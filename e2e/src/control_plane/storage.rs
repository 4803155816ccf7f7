//! The part of the control plane that keeps objects and serves them: etcd and the API server, with users and their rights.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use tempfile::TempDir;

use super::api_server::ApiServer;
use super::binaries::Binaries;
use super::etcd::Etcd;
use super::pki::Pki;
use super::users::{self, User, UserTokens};
use crate::api::Api;
use crate::kubectl::Kubectl;

/// Starting on a cold, busy machine takes some seconds; a minute and a half means that something is wrong.
pub const START: Duration = Duration::from_secs(90);
/// An API server reads all there is in etcd before it says that it is ready.
const START_FULL: Duration = Duration::from_secs(300);

/// A running etcd and API server; both end when it is dropped.
#[derive(Debug)]
pub struct Storage {
    // Fields are dropped in order: etcd goes last, so that nothing complains in its log about a store that is gone.
    api_server: ApiServer,
    etcd: Etcd,
    binaries: Binaries,
    users: UserTokens,
    pub(super) pki: Pki,
    folder: TempDir,
}

impl Storage {
    /// Starts both on free ports in a scratch folder; ready when the API server and the users' rights are.
    pub async fn start() -> Result<Self> {
        let binaries = Binaries::locate()?;
        let folder = tempfile::Builder::new().prefix("pilothouse-e2e-").tempdir()?;
        let root = folder.path();
        let pki = Pki::create(&root.join("pki"))?;
        let users = UserTokens::create(&root.join("tokens.csv"))?;

        let etcd = Etcd::start(&binaries, root)?;
        etcd.ready(START).await?;
        let mut api_server = ApiServer::start(&binaries, root, &pki, &etcd)?;
        for user in User::ALL {
            users.write_kubeconfig(root, user, &api_server.url(), &pki)?;
        }
        let api = users.api(root, User::Admin, &api_server.url())?;
        api_server.ready(&api, START).await?;
        users::grant(&api).await?;
        Ok(Self { api_server, etcd, binaries, users, pki, folder })
    }

    /// The scratch folder, with a log for each process.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the programs lie.
    pub fn binaries(&self) -> &Binaries {
        &self.binaries
    }

    /// The address of the API server, `127.0.0.1:PORT`.
    pub fn api_address(&self) -> String {
        self.api_server.address()
    }

    /// A user's kubeconfig.
    pub fn kubeconfig(&self, user: User) -> PathBuf {
        self.users.kubeconfig(self.folder(), user)
    }

    /// A user's kubeconfig that reaches the API server through another address, such as a wire that can be cut.
    pub fn kubeconfig_through(&self, user: User, address: &str, folder: &Path) -> Result<PathBuf> {
        self.users.kubeconfig_through(self.folder(), user, &format!("https://{address}"), folder)
    }

    /// A client with an administrator's rights.
    pub fn api(&self) -> Result<Api> {
        self.users.api(self.folder(), User::Admin, &self.api_server.url())
    }

    /// kubectl as a user.
    pub fn kubectl_as(&self, user: User) -> Kubectl {
        Kubectl::new(self.binaries.kubectl(), self.kubeconfig(user))
    }

    /// Where the objects lie.
    pub fn etcd(&self) -> &Etcd {
        &self.etcd
    }

    /// Kills the API server as a crash would.
    pub fn kill_api_server(&mut self) {
        self.api_server.kill();
    }

    /// Starts the API server again on its old port and waits until it answers.
    pub async fn restart_api_server(&mut self) -> Result<()> {
        self.api_server.restart(self.folder.path()).await?;
        let api = self.api()?;
        self.api_server.ready(&api, START_FULL).await
    }
}
