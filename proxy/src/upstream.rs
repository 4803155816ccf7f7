//! The API server: one fixed address, reached with the kubeconfig's identity and nobody else's.

use std::error::Error;
use std::net::IpAddr;
#[cfg(feature = "demo")]
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "demo")]
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::http::uri::{PathAndQuery, Uri};
use axum::http::{HeaderValue, Request, Response, StatusCode};

use crate::error::Refusal;
use answer::Answer;
use connector::ConnectError;
#[cfg(feature = "demo")]
use connector::Connector;
#[cfg(feature = "demo")]
use identity::Armed;
use identity::{Identity, IdentityError};
#[cfg(feature = "demo")]
use pool::Pool;
use pool::{Exchange, RequestBody, SendError};

pub mod answer;
pub mod certificate;
pub mod connector;
pub mod identity;
pub mod kubeconfig;
#[cfg(feature = "demo")]
pub mod memory;
pub mod plugin;
pub mod pool;
pub mod probe;
pub mod stream;

/// The API server of one context.
#[derive(Debug)]
pub struct Upstream {
    base: Uri,
    host: HeaderValue,
    identity: Identity,
    readiness: probe::Readiness,
}

/// Why a context's API server cannot be addressed at all.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// The server's address is no http or https URL with a host.
    #[error("The address of the cluster is not a URL that begins with https://: {0}")]
    Address(Uri),
    /// The cluster is reached through a proxy of its own.
    #[error("The kubeconfig reaches this cluster through proxy-url {0}, which pilothouse does not support yet.")]
    ProxyUrl(String),
    /// The credential cannot be had.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

impl Upstream {
    /// The API server of a context; its credential is fetched now, so that a fault shows at the start.
    pub async fn new(context: kubeconfig::Context, bounds: Bounds) -> Result<Self, UpstreamError> {
        let base = context.config.cluster_url.clone();
        let Some(host) = host(&base) else {
            return Err(UpstreamError::Address(base));
        };
        if let Some(proxy) = context.proxy_url {
            return Err(UpstreamError::ProxyUrl(proxy));
        }
        let identity = Identity::new(context.config, bounds).await?;
        Ok(Self { base, host, identity, readiness: probe::Readiness::default() })
    }

    /// A demo cluster in this process.
    #[cfg(feature = "demo")]
    pub fn demo(demo: Arc<pilothouse_demo::Demo>) -> Self {
        let armed = Armed { headers: HeaderMap::new(), pool: Arc::new(Pool::new(Connector::Memory(demo))) };
        Self {
            // Nobody looks this name up.
            base: Uri::from_static("http://demo.invalid"),
            host: HeaderValue::from_static("demo.invalid"),
            identity: Identity::Fixed(Arc::new(armed)),
            readiness: probe::Readiness::default(),
        }
    }

    /// The address of the API server, as the kubeconfig has it.
    pub fn base(&self) -> &Uri {
        &self.base
    }

    /// Its host and port: what the log may tell, as a path may hold a token.
    pub fn authority(&self) -> &str {
        self.base.authority().map_or("", |authority| authority.as_str())
    }

    /// Whether it is on this machine, where bytes cost less than packing them.
    pub fn is_near(&self) -> bool {
        let host = self.base.host().unwrap_or_default();
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        address.map_or(matches!(host, "localhost" | "demo.invalid"), |address| address.is_loopback())
    }

    /// Sends a request whose target is a path below the API server's address; its headers are already clean.
    pub async fn send(
        &self,
        mut request: Request<RequestBody>,
        exchange: Exchange,
    ) -> Result<Response<Answer>, Refusal> {
        *request.uri_mut() = self.target(request.uri().path_and_query());
        request.headers_mut().insert(HOST, self.host.clone());
        let armed = self.identity.armed().await.map_err(|error| Refusal::Credential(error.to_string()))?;
        for (name, value) in &armed.headers {
            request.headers_mut().append(name, value.clone());
        }
        let response = armed.pool.send(request, exchange).await.map_err(|error| refusal(&error))?;
        if response.status() == StatusCode::UNAUTHORIZED {
            self.identity.was_refused(&armed);
        }
        Ok(response)
    }

    /// The target at the API server for a path that was asked of the proxy.
    fn target(&self, asked: Option<&PathAndQuery>) -> Uri {
        let asked = asked.cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
        let prefix = self.base.path().trim_end_matches('/');
        if prefix.is_empty() {
            return asked.into();
        }
        format!("{prefix}{asked}").parse().expect("a path below a path is a path")
    }
}

/// How long the start may wait for others.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// For a connection to the API server, TLS included.
    pub connect: Duration,
    /// For an exec plugin.
    pub plugin: Duration,
}

/// The value of Host for an address, if it is one that we can speak with.
fn host(base: &Uri) -> Option<HeaderValue> {
    let usual_port = match base.scheme_str()? {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let host = base.host()?;
    match base.port_u16().filter(|port| *port != usual_port) {
        Some(port) => HeaderValue::try_from(format!("{host}:{port}")),
        None => HeaderValue::try_from(host),
    }
    .ok()
}

fn refusal(error: &SendError) -> Refusal {
    match error {
        SendError::Connect(ConnectError::Timeout(_)) => Refusal::UpstreamTimeout,
        SendError::Connect(error @ ConnectError::Tls(_)) => Refusal::UpstreamUntrusted(root_cause(error)),
        SendError::Connect(error) => Refusal::UpstreamUnreachable(root_cause(error)),
        SendError::Http(error) => Refusal::UpstreamBroken(root_cause(error)),
    }
}

fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_named_as_a_browser_would() {
        let check = |base: &str, expect: Option<&str>| {
            let host = host(&base.parse().unwrap());
            assert_eq!(host.as_ref().map(|host| host.to_str().unwrap()), expect, "{base}");
        };
        check("https://api.example", Some("api.example"));
        check("https://api.example:443/prefix", Some("api.example"));
        check("https://api.example:6443", Some("api.example:6443"));
        check("http://api.example:443", Some("api.example:443"));
        check("https://[::1]:6443", Some("[::1]:6443"));
        check("https://user@api.example", Some("api.example"));
        check("ftp://api.example", None);
        check("/api", None);
    }
}
