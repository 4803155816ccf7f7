//! From a configuration to a process that serves, and to its end.

use std::io;
use std::sync::Arc;

use crate::config::{Cluster, Config, ConfigError};
#[cfg(feature = "demo")]
use crate::demo;
use crate::router::Routes;
use crate::server::{self, ListenError};
use crate::shutdown::{DRAIN_TIMEOUT, Signals};
use crate::site::{Names, Site};
use crate::upstream::kubeconfig::{Context, KubeconfigError};
use crate::upstream::probe::ProbeError;
use crate::upstream::{Upstream, UpstreamError};
use crate::workers::Workers;
use crate::{open, own};

/// Why the process did not start: each is a sentence for whom started it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The flags contradict what is possible.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The kubeconfig has no usable context.
    #[error(transparent)]
    Kubeconfig(#[from] KubeconfigError),
    /// The context's credentials are of no use.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// The demo cluster could not be set up.
    #[cfg(feature = "demo")]
    #[error(transparent)]
    Demo(#[from] demo::DemoError),
    /// The address is taken.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The API server is none, or not there.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// The system failed us.
    #[error("The system refused what every program needs: {0}.")]
    System(#[from] io::Error),
}

impl StartError {
    /// The exit code: 64 for what whoever starts the program can put right, as in `sysexits.h`.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::System(_) => 1,
            _ => 64,
        }
    }
}

/// Serves until the process is asked to end.
pub async fn run(config: Config) -> Result<(), StartError> {
    let place = match config.cluster {
        Cluster::Kubeconfig { file, context } => Place::Context(Context::read(file.as_deref(), context).await?),
        #[cfg(feature = "demo")]
        Cluster::Demo { settings, kubeconfig } => Place::Demo(settings, kubeconfig),
    };
    let listener = server::listen(config.listen).await?;
    let address = listener.local_addr()?;
    let (names, upstream, users) = match place {
        Place::Context(context) => {
            let (cluster, user, namespace) = (context.name.clone(), context.user.clone(), context.namespace.clone());
            (Names { cluster, user, namespace }, Upstream::new(context, config.bounds).await?, None)
        }
        #[cfg(feature = "demo")]
        Place::Demo(settings, kubeconfig) => demo::start(settings, kubeconfig, address)?,
    };
    let version = upstream.check(config.bounds.connect).await?;
    tracing::info!(
        cluster = names.cluster,
        user = names.user,
        api_server = %upstream.base(),
        version = version.as_deref().unwrap_or("unknown"),
        "connected"
    );
    let site = Site::new(address, &names, upstream, config.proxy_subresources, users).map_err(io::Error::other)?;
    let site = Arc::new(site);
    let shutdown = site.shutdown.clone();
    let mut signals = Signals::new()?;
    let link = site.gate.session.link();
    let workers = Workers::start(&Arc::new(Routes::new(site)), &shutdown)?;
    let accepting = tokio::spawn(server::accept(listener, workers, shutdown.clone()));
    tracing::info!(%address, "open the link on standard output, once");
    own::print_link(&link);
    let _opened = if config.open {
        open::open(&link).await.inspect_err(|error| tracing::warn!(%error, "the browser could not be opened")).ok()
    } else {
        None
    };

    signals.next().await;
    tracing::info!("ending; requests under way have {DRAIN_TIMEOUT:?}");
    tokio::select! {
        all = shutdown.drain(DRAIN_TIMEOUT) => if !all {
            tracing::warn!("some requests were cut off");
        },
        // Asked twice: at once.
        () = signals.next() => {}
    }
    accepting.abort();
    Ok(())
}

/// What is to be served, before anything listens.
enum Place {
    Context(Context),
    #[cfg(feature = "demo")]
    Demo(pilothouse_demo::Settings, Option<std::path::PathBuf>),
}
