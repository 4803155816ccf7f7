//! New connections to the API server: TCP and TLS, with a bound on the time that it takes to make one.

use std::sync::Arc;
use std::time::Duration;

use axum::http::Uri;
use axum::http::uri::Scheme;
use hyper_util::client::legacy::connect::HttpConnector;
use kube_client::Config;
use kube_client::client::ConfigExt;
use rustls::pki_types::ServerName;
use tokio::io::BufReader;
use tokio_rustls::TlsConnector;
use tower::{BoxError, ServiceExt};

use super::identity::IdentityError;
#[cfg(feature = "demo")]
use super::memory;
use super::stream::Stream;

/// Makes connections to one API server.
#[derive(Clone)]
pub enum Connector {
    /// One that is somewhere else.
    Network(Network),
    /// The demo cluster in this process.
    #[cfg(feature = "demo")]
    Memory(Arc<pilothouse_demo::Demo>),
}

/// Makes connections with the trust and the client certificate of one configuration.
#[derive(Clone)]
pub struct Network {
    target: Uri,
    tcp: HttpConnector,
    /// Absent where the server's address begins with http.
    tls: Option<(TlsConnector, ServerName<'static>)>,
    bound: Duration,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The bound has passed.
    #[error("no connection within {0:?}")]
    Timeout(Duration),
    /// Nobody answers at the address, or its name is unknown.
    #[error("no connection")]
    Tcp(#[source] BoxError),
    /// Who answers speaks no TLS, or is not whom we trust, or does not trust us.
    #[error("no TLS")]
    Tls(#[source] std::io::Error),
}

/// A peer that vanished without a word is noticed after about a minute.
const KEEPALIVE: Duration = Duration::from_secs(30);
/// One TLS record of the greatest size, and its frame.
const READ_BUFFER_BYTES: usize = 17 << 10;

impl Connector {
    /// A connector for a configuration, which has no exec plugin left in it.
    pub fn new(config: &Config, bound: Duration) -> Result<Self, IdentityError> {
        let target = config.cluster_url.clone();
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(KEEPALIVE));
        tcp.set_keepalive_interval(Some(Duration::from_secs(10)));
        tcp.set_keepalive_retries(Some(3));
        // Made for http, too: a credential that is of no use is told at the start.
        let tls = TlsConnector::from(Arc::new(config.rustls_client_config()?));
        let tls = if target.scheme() == Some(&Scheme::HTTPS) {
            let host = target.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
            let name = config.tls_server_name.as_deref().unwrap_or(host);
            Some((tls, ServerName::try_from(name.to_owned())?))
        } else {
            None
        };
        Ok(Self::Network(Network { target, tcp, tls, bound }))
    }

    /// Makes a connection.
    pub async fn connect(&self) -> Result<Stream, ConnectError> {
        match self {
            Self::Network(network) => network.connect().await,
            #[cfg(feature = "demo")]
            Self::Memory(demo) => Ok(Stream::Memory(memory::connect(Arc::clone(demo)))),
        }
    }
}

impl Network {
    async fn connect(&self) -> Result<Stream, ConnectError> {
        let connecting = tokio::time::timeout(self.bound, self.connect_unbounded());
        connecting.await.map_err(|_| ConnectError::Timeout(self.bound))?
    }

    async fn connect_unbounded(&self) -> Result<Stream, ConnectError> {
        let connecting = self.tcp.clone().oneshot(self.target.clone());
        let tcp = connecting.await.map_err(|error| ConnectError::Tcp(error.into()))?.into_inner();
        let Some((tls, name)) = &self.tls else {
            return Ok(Stream::Tcp(tcp));
        };
        let buffered = BufReader::with_capacity(READ_BUFFER_BYTES, tcp);
        let stream = tls.connect(name.clone(), buffered).await.map_err(ConnectError::Tls)?;
        Ok(Stream::Tls(Box::new(stream)))
    }
}

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Network(network) => {
                f.debug_struct("Network").field("target", &network.target).finish_non_exhaustive()
            }
            #[cfg(feature = "demo")]
            Self::Memory(_) => f.write_str("Memory"),
        }
    }
}
