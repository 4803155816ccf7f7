//! The kubeconfig and the context that was asked for, with a sentence for each way in which they can be wrong.

use std::path::{Path, PathBuf};

use kube_client::Config;
use kube_client::config::{KubeConfigOptions, Kubeconfig, KubeconfigError as ReadError};

/// A context of the kubeconfig, ready to connect with.
#[derive(Debug)]
pub struct Context {
    /// The context's name.
    pub name: String,
    /// The name of its user, empty where it has none.
    pub user: String,
    /// Its namespace, where it names one.
    pub namespace: Option<String>,
    /// The proxy that the cluster's entry names; the environment's is not followed.
    pub proxy_url: Option<String>,
    /// Address, trust and credentials.
    pub config: Config,
}

/// Why there is no usable context.
#[derive(Debug, thiserror::Error)]
pub enum KubeconfigError {
    /// No file at the place where it should be.
    #[error("There is no kubeconfig at {}. Name one with --kubeconfig FILE, or with KUBECONFIG.", .0.display())]
    Missing(PathBuf),
    /// The home folder, and with it the default place, is unknown.
    #[error("There is no home folder to look for a kubeconfig in. Name one with --kubeconfig FILE.")]
    NoHome,
    /// The file cannot be read.
    #[error("The kubeconfig {} cannot be read: {}", .0.display(), .1)]
    Unreadable(PathBuf, std::io::Error),
    /// The file is no kubeconfig.
    #[error("The kubeconfig is malformed: {0}")]
    Malformed(String),
    /// No context was named and the file has no current one.
    #[error("The kubeconfig has no current context. Name one with --context NAME; it has: {0}.")]
    NoCurrentContext(Names),
    /// A context that the file does not have.
    #[error("The kubeconfig has no context {0:?}. It has: {1}.")]
    UnknownContext(String, Names),
    /// The context's cluster is missing or incomplete.
    #[error("The context {0:?} cannot be used: {1}")]
    Incomplete(String, String),
}

/// The names of the contexts that there are.
#[derive(Debug)]
pub struct Names(Vec<String>);

impl std::fmt::Display for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() { f.write_str("none") } else { f.write_str(&self.0.join(", ")) }
    }
}

impl Context {
    /// Reads the kubeconfig as kubectl does: the file that is named, else `KUBECONFIG`, else the home folder's.
    pub async fn read(file: Option<&Path>, context: Option<String>) -> Result<Self, KubeconfigError> {
        let kubeconfig = match file {
            Some(file) => Kubeconfig::read_from(file),
            None => Kubeconfig::read(),
        }
        .map_err(KubeconfigError::from_read)?;
        Self::choose(kubeconfig, context).await
    }

    async fn choose(kubeconfig: Kubeconfig, context: Option<String>) -> Result<Self, KubeconfigError> {
        let names = || Names(kubeconfig.contexts.iter().map(|context| context.name.clone()).collect());
        let current = kubeconfig.current_context.clone().filter(|name| !name.is_empty());
        let name = context.or(current).ok_or_else(|| KubeconfigError::NoCurrentContext(names()))?;
        let chosen = kubeconfig
            .contexts
            .iter()
            .find(|context| context.name == name)
            .and_then(|named| named.context.clone())
            .ok_or_else(|| KubeconfigError::UnknownContext(name.clone(), names()))?;
        let proxy_url = kubeconfig
            .clusters
            .iter()
            .find(|cluster| cluster.name == chosen.cluster)
            .and_then(|named| named.cluster.as_ref()?.proxy_url.clone())
            .filter(|url| !url.is_empty());
        let options = KubeConfigOptions { context: Some(name.clone()), ..KubeConfigOptions::default() };
        let config = Config::from_custom_kubeconfig(kubeconfig, &options)
            .await
            .map_err(|error| KubeconfigError::Incomplete(name.clone(), error.to_string()))?;
        Ok(Self {
            name,
            user: chosen.user.unwrap_or_default(),
            namespace: chosen.namespace.filter(|namespace| !namespace.is_empty()),
            proxy_url,
            config,
        })
    }
}

impl KubeconfigError {
    fn from_read(error: ReadError) -> Self {
        match error {
            ReadError::ReadConfig(error, file) if error.kind() == std::io::ErrorKind::NotFound => Self::Missing(file),
            ReadError::ReadConfig(error, file) => Self::Unreadable(file, error),
            ReadError::FindPath => Self::NoHome,
            // The lines after the first show the place in the file, and a token may stand there.
            error => Self::Malformed(error.to_string().lines().next().unwrap_or_default().to_owned()),
        }
    }
}
