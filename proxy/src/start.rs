//! From a configuration to a process that serves, and to its end.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
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
use crate::upstream::{Bounds, Upstream, UpstreamError};
use crate::users::Users;
use crate::workers::Workers;
use crate::{open, own};

/// Why the process did not start, or did not go on: each is a sentence for whom started it.
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
    /// The demo cluster does not go on.
    #[error("Nothing moves in the demo cluster any longer, by a fault of ours, which is told above.")]
    Standstill,
    /// The system failed us.
    #[error("The system refused what every program needs: {0}.")]
    System(#[from] io::Error),
}

impl StartError {
    /// The exit code: 64 for what whoever starts the program can put right, as in `sysexits.h`.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::System(_) | Self::Standstill => 1,
            _ => 64,
        }
    }
}

/// Serves until the process is asked to end.
pub async fn run(config: Config) -> Result<(), StartError> {
    let place = Place::find(config.cluster).await?;
    let listener = server::listen(config.listen).await?;
    let address = listener.local_addr()?;
    let Connected { names, upstream, users, standstill, _kubeconfig } = place.connect(config.bounds, address).await?;
    let site = Site::new(address, &names, upstream, config.proxy_subresources, users).map_err(io::Error::other)?;
    let site = Arc::new(site);
    let shutdown = site.shutdown.clone();
    let mut signals = Signals::new()?;
    let link = site.gate.session.link();
    let workers = Workers::start(&Arc::new(Routes::new(site)), &shutdown)?;
    let accepting = tokio::spawn(server::accept(listener, workers, shutdown.clone()));
    tracing::info!(%address, "open the link on standard output, once");
    own::print_link(&link);
    let ended = tokio::select! {
        () = signals.next() => Ok(()),
        never = show(&link, config.open) => match never {},
        () = standstill => Err(StartError::Standstill),
    };
    tracing::info!("ending; requests under way have {DRAIN_TIMEOUT:?}");
    tokio::select! {
        all = shutdown.drain(DRAIN_TIMEOUT) => if !all {
            tracing::warn!("some requests were cut off");
        },
        // Asked twice: at once.
        () = signals.next() => {}
    }
    accepting.abort();
    ended
}

/// Opens the link in the browser, if that is wanted, and keeps what leads to it for as long as this is awaited.
///
/// Where no browser runs yet, what opens the link may be the browser, and end with it.
async fn show(link: &str, open: bool) -> Infallible {
    let _opened = if open {
        open::open(link).await.inspect_err(|error| tracing::warn!(%error, "the browser could not be opened")).ok()
    } else {
        None
    };
    std::future::pending().await
}

/// A cluster that answers, what the page calls it, and the users of a demo.
struct Connected {
    names: Names,
    upstream: Upstream,
    users: Option<Users>,
    /// Comes when a demo does not go on, and never for other clusters.
    standstill: Standstill,
    _kubeconfig: Option<Written>,
}

/// Comes when a cluster cannot go on by a fault of ours.
pub type Standstill = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The kubeconfig of a demo, which is there as long as the demo is.
#[cfg(feature = "demo")]
type Written = demo::Written;
/// Without the demo nothing is written.
#[cfg(not(feature = "demo"))]
type Written = Infallible;

/// What is to be served, before anything listens.
enum Place {
    /// A context of the kubeconfig.
    Context(Box<Context>),
    /// A context of the kubeconfig, or a demo where its cluster does not answer.
    #[cfg(feature = "demo")]
    ContextOrDemo(Box<Context>),
    /// A demo.
    #[cfg(feature = "demo")]
    Demo(demo::Wish),
}

impl Place {
    async fn find(cluster: Cluster) -> Result<Self, StartError> {
        match cluster {
            Cluster::Kubeconfig { file, context } => {
                Ok(Self::Context(Box::new(Context::read(file.as_deref(), context).await?)))
            }
            #[cfg(feature = "demo")]
            Cluster::Demo(wish) => Ok(Self::Demo(wish)),
            #[cfg(feature = "demo")]
            Cluster::CurrentOrDemo => match Context::read(None, None).await {
                Ok(context) => Ok(Self::ContextOrDemo(Box::new(context))),
                Err(error) => Self::instead_of(error.into()),
            },
        }
    }

    #[cfg_attr(
        not(feature = "demo"),
        expect(unused_variables, reason = "only the kubeconfig of a demo names the address")
    )]
    async fn connect(self, bounds: Bounds, address: SocketAddr) -> Result<Connected, StartError> {
        match self {
            Self::Context(context) => connect(*context, bounds).await,
            #[cfg(feature = "demo")]
            Self::ContextOrDemo(context) => match connect(*context, bounds).await {
                Err(error) => Box::pin(Self::instead_of(error)?.connect(bounds, address)).await,
                connected => connected,
            },
            #[cfg(feature = "demo")]
            Self::Demo(wish) => {
                let demo::Started { names, upstream, users, kubeconfig, standstill } = demo::start(wish, address)?;
                Ok(Connected { names, upstream, users: Some(users), standstill, _kubeconfig: kubeconfig })
            }
        }
    }

    /// A demo, where there is just no cluster, and nothing that somebody would have to put right.
    #[cfg(feature = "demo")]
    fn instead_of(error: StartError) -> Result<Self, StartError> {
        let is_absence = matches!(
            error,
            StartError::Kubeconfig(
                KubeconfigError::Missing(_) | KubeconfigError::NoHome | KubeconfigError::NoCurrentContext(_)
            ) | StartError::Probe(ProbeError::Unreachable(..) | ProbeError::Slow(..))
        );
        if !is_absence {
            return Err(error);
        }
        tracing::info!(
            %error,
            "no cluster answers, so here is a sample of one; for yours name its kubeconfig with KUBECONFIG or --kubeconfig, or another of its contexts with --context"
        );
        Ok(Self::Demo(demo::Wish::default()))
    }
}

async fn connect(context: Context, bounds: Bounds) -> Result<Connected, StartError> {
    let names =
        Names { cluster: context.name.clone(), user: context.user.clone(), namespace: context.namespace.clone() };
    let upstream = Upstream::new(context, bounds).await?;
    let names_proxy = |name: &&str| std::env::var_os(name).is_some_and(|proxy| !proxy.is_empty());
    let followed_by_others = ["HTTPS_PROXY", "https_proxy"].into_iter().find(names_proxy);
    if let Some(variable) = followed_by_others.filter(|_| !upstream.is_near()) {
        tracing::warn!("{variable} is not followed: pilothouse connects to the API server directly");
    }
    let version = upstream.check(bounds.connect).await?;
    tracing::info!(
        cluster = names.cluster,
        user = names.user,
        api_server = upstream.authority(),
        version = version.as_deref().unwrap_or("unknown"),
        "connected"
    );
    let standstill = Box::pin(std::future::pending());
    Ok(Connected { names, upstream, users: None, standstill, _kubeconfig: None })
}

#[cfg(all(test, feature = "demo"))]
mod tests {
    use super::*;

    #[test]
    fn a_demo_takes_the_place_of_a_cluster_that_is_absent_and_of_no_other() {
        let check = |error: StartError, expect: bool| {
            let words = error.to_string();
            assert_eq!(Place::instead_of(error).is_ok(), expect, "{words}");
        };
        let uri = || axum::http::Uri::from_static("https://example.com");
        check(KubeconfigError::Missing("/none".into()).into(), true);
        check(KubeconfigError::NoHome.into(), true);
        check(ProbeError::Unreachable(uri(), "refused".into()).into(), true);
        check(ProbeError::Slow(uri(), std::time::Duration::from_secs(5)).into(), true);
        check(KubeconfigError::Malformed("x".into()).into(), false);
        check(ProbeError::Unusable(uri(), "certificate".into()).into(), false);
        check(ProbeError::Unauthorized(uri()).into(), false);
        check(ProbeError::Nonsense(uri(), "a page".into()).into(), false);
        check(StartError::System(io::Error::other("x")), false);
    }
}
