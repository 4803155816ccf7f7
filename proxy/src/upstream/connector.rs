//! Connections to the API server: TCP and TLS with a bound on the time that it takes to make one.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::Uri;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use kube_client::Config;
use kube_client::client::ConfigExt;
use tower::{BoxError, Service};

use crate::workers;

/// A client for the API server.
pub type ApiClient = Client<Bounded<HttpsConnector<HttpConnector>>, Body>;

/// Whether a request asks to leave HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exchange {
    /// A request and its answer.
    Plain,
    /// A request to switch to a WebSocket.
    Upgrade,
}

/// The clients of one identity: connections carry its certificate, so they are never shared with another.
#[derive(Debug, Clone)]
pub struct Clients {
    /// By the number of the thread: a pooled connection is a task of the thread that opened it.
    plain: Arc<[ApiClient]>,
    upgrade: ApiClient,
}

/// A connector that gives up after a while.
#[derive(Debug, Clone)]
pub struct Bounded<C> {
    inner: C,
    bound: Duration,
}

/// The bound of a [`Bounded`] connector has passed.
#[derive(Debug, thiserror::Error)]
#[error("no connection within {0:?}")]
pub struct ConnectTimeout(Duration);

/// Shorter than the API server's own patience with idle connections, so that it rarely closes one in our hands.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
/// A peer that vanished without a word is noticed after about a minute.
const KEEPALIVE: Duration = Duration::from_secs(30);

impl Clients {
    /// Clients with the trust and the client certificate of a configuration, which has no exec plugin left in it.
    pub fn new(config: &Config, bound: Duration) -> Result<Self, kube_client::Error> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(KEEPALIVE));
        tcp.set_keepalive_interval(Some(Duration::from_secs(10)));
        tcp.set_keepalive_retries(Some(3));
        let connector = Bounded { inner: config.rustls_https_connector_with_connector(tcp)?, bound };
        let mut builder = Client::builder(TokioExecutor::new());
        builder.pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE_TIMEOUT);
        let plain = (0..=workers::count()).map(|_| builder.build(connector.clone())).collect();
        // An answer other than 101 leaves both sides unsure where the next request would begin: a connection that was
        // asked to upgrade is used for nothing else.
        let upgrade = builder.pool_max_idle_per_host(0).build(connector);
        Ok(Self { plain, upgrade })
    }

    /// The client for a kind of exchange.
    pub fn of(&self, exchange: Exchange) -> &ApiClient {
        match exchange {
            Exchange::Plain => self.plain.get(workers::current()).unwrap_or(&self.upgrade),
            Exchange::Upgrade => &self.upgrade,
        }
    }
}

impl<C> Service<Uri> for Bounded<C>
where
    C: Service<Uri>,
    C::Error: Into<BoxError>,
    C::Future: Send + 'static,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<C::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let connecting = tokio::time::timeout(self.bound, self.inner.call(target));
        let timeout = ConnectTimeout(self.bound);
        Box::pin(async move { connecting.await.map_err(|_| timeout)?.map_err(Into::into) })
    }
}
