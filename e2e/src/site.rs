//! The app as somebody hosts it: the same pages in each hosting mode.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;
use tempfile::TempDir;

use crate::api::Api;
use crate::control_plane::{CLUSTER_NAME, ControlPlane, Storage, User};
use crate::kubectl::Kubectl;
use crate::kubectl_proxy::KubectlProxy;
use crate::pilothouse::{self, Pilothouse};
use crate::wire::Wire;

/// A hosting mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Our own proxy serves the site and the API.
    Pilothouse,
    /// `kubectl proxy` serves the site's files beside the API.
    KubectlProxy,
    /// The same under a secret path, as the app's warning suggests.
    SecretKubectlProxy,
    /// Our own proxy with a sample cluster inside it, one for each visit; the control plane has no part in it.
    Demo,
}

/// A hosted app, with a wire between it and the API server.
#[derive(Debug)]
pub struct Site {
    mode: Mode,
    server: Server,
    wire: Wire,
    /// Of the user for whom it is hosted.
    kubeconfig: PathBuf,
    own_kubectl: Kubectl,
    kubectl: Kubectl,
    api: Api,
    folder: TempDir,
}

#[derive(Debug)]
enum Server {
    Pilothouse(Pilothouse),
    KubectlProxy(KubectlProxy),
}

impl Mode {
    /// The two modes that every story is told in.
    pub const BOTH: [Self; 2] = [Self::Pilothouse, Self::KubectlProxy];

    /// The mode's name, for the names of stories and screenshots.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pilothouse => "pilothouse",
            Self::KubectlProxy => "kubectl-proxy",
            Self::SecretKubectlProxy => "secret-kubectl-proxy",
            Self::Demo => "demo",
        }
    }
}

impl Site {
    /// Hosts the app for `user`.
    pub async fn start(mode: Mode, control_plane: &ControlPlane, user: User) -> Result<Self> {
        Self::start_behind(&control_plane.api_address(), mode, control_plane.storage(), user).await
    }

    /// The same, with what listens at `upstream` in the API server's place.
    pub async fn start_behind(upstream: &str, mode: Mode, storage: &Storage, user: User) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("site-").tempdir_in(storage.folder())?;
        let wire = Wire::to(upstream).await?;
        let kubeconfig = storage.kubeconfig_through(user, wire.address(), folder.path())?;
        let kubectl = storage.kubectl_as(user).with_kubeconfig(kubeconfig.clone());
        let (mut oracle, mut api) = (storage.kubectl_as(User::Admin), storage.api()?);
        let server = match mode {
            Mode::Pilothouse => Server::Pilothouse(Pilothouse::start(&kubeconfig, folder.path()).await?),
            Mode::Demo => {
                let (pilothouse, kubeconfig) = Pilothouse::start_demo(folder.path()).await?;
                api = Api::plain(&server_of(&kubeconfig)?)?;
                oracle = oracle.with_kubeconfig(kubeconfig);
                Server::Pilothouse(pilothouse)
            }
            Mode::KubectlProxy | Mode::SecretKubectlProxy => {
                Server::KubectlProxy(start_kubectl_proxy(mode, &kubectl, folder.path()).await?)
            }
        };
        Ok(Self { mode, server, wire, kubeconfig, own_kubectl: kubectl, kubectl: oracle, api, folder })
    }

    /// Ends what serves the app at once, as a crash would.
    pub fn kill_server(&mut self) {
        match &mut self.server {
            Server::Pilothouse(pilothouse) => pilothouse.kill(),
            Server::KubectlProxy(proxy) => proxy.kill(),
        }
    }

    /// Starts what serves the app again at its old address; not for a demo, which would be another one.
    pub async fn start_server_again(&mut self) -> Result<()> {
        let folder = self.folder.path();
        match &mut self.server {
            Server::Pilothouse(pilothouse) => pilothouse.start_again(&self.kubeconfig, folder).await,
            Server::KubectlProxy(proxy) => proxy.start_again(&self.own_kubectl, &pilothouse::site(), folder).await,
        }
    }

    /// kubectl with an administrator's rights on the cluster that is shown.
    pub fn kubectl(&self) -> &Kubectl {
        &self.kubectl
    }

    /// A client with an administrator's rights on the cluster that is shown.
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// How it is hosted.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> Result<String> {
        match &self.server {
            Server::Pilothouse(pilothouse) => pilothouse.address(),
            Server::KubectlProxy(proxy) => proxy.address(),
        }
    }

    /// The link that a person would open first.
    pub fn link(&self) -> Result<String> {
        match &self.server {
            Server::Pilothouse(pilothouse) => pilothouse.link(),
            Server::KubectlProxy(proxy) => proxy.link(),
        }
    }

    /// The address of the page, without a fragment.
    pub fn home(&self) -> Result<String> {
        let link = self.link()?;
        Ok(link.split('#').next().context("a link has a start")?.to_owned())
    }

    /// The fragment of a route such as `pods?ns=shop`.
    pub fn fragment(&self, route: &str) -> String {
        let cluster = match self.mode {
            Mode::Pilothouse => CLUSTER_NAME,
            Mode::KubectlProxy | Mode::SecretKubectlProxy => "default",
            Mode::Demo => "demo",
        };
        format!("#/c/{cluster}/{route}")
    }

    /// The wire between the server and the API server.
    pub fn wire(&self) -> &Wire {
        &self.wire
    }

    /// Our proxy, where this is its mode.
    pub fn pilothouse(&self) -> Option<&Pilothouse> {
        match &self.server {
            Server::Pilothouse(pilothouse) => Some(pilothouse),
            Server::KubectlProxy(_) => None,
        }
    }
}

/// The server of the first cluster of a kubeconfig that is JSON, as the demo's is.
fn server_of(kubeconfig: &Path) -> Result<String> {
    let kubeconfig: Value = serde_json::from_slice(&std::fs::read(kubeconfig)?)?;
    let server = kubeconfig.pointer("/clusters/0/cluster/server").and_then(Value::as_str);
    Ok(server.context("a kubeconfig without a server")?.to_owned())
}

async fn start_kubectl_proxy(mode: Mode, kubectl: &Kubectl, folder: &Path) -> Result<KubectlProxy> {
    let site = pilothouse::site();
    anyhow::ensure!(site.join("index.html").exists(), "no site at {}: run make build", site.display());
    match mode {
        Mode::SecretKubectlProxy => KubectlProxy::start_under(kubectl, &site, folder, "f3c9a1d07b52").await,
        Mode::Pilothouse | Mode::KubectlProxy | Mode::Demo => KubectlProxy::start(kubectl, &site, folder).await,
    }
}
