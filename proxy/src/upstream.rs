//! The API server: one fixed address, reached with the kubeconfig's identity and nobody else's.

use std::error::Error as _;
use std::time::Duration;

use axum::body::Body;
use axum::http::uri::{PathAndQuery, Uri};
use axum::http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper_util::client::legacy;

use crate::error::Refusal;
use connector::{ConnectTimeout, Exchange};
use identity::{Identity, IdentityError};

pub mod certificate;
pub mod connector;
pub mod identity;
pub mod kubeconfig;
pub mod plugin;
pub mod probe;

/// The API server of one context.
#[derive(Debug)]
pub struct Upstream {
    base: Uri,
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
        if !matches!(base.scheme_str(), Some("http" | "https")) || base.authority().is_none() {
            return Err(UpstreamError::Address(base));
        }
        if let Some(proxy) = context.proxy_url {
            return Err(UpstreamError::ProxyUrl(proxy));
        }
        let identity = Identity::new(context.config, bounds).await?;
        Ok(Self { base, identity, readiness: probe::Readiness::default() })
    }

    /// The address of the API server, as the kubeconfig has it.
    pub fn base(&self) -> &Uri {
        &self.base
    }

    /// Sends a request whose target is a path below the API server's address; its headers are already clean.
    pub async fn send(&self, mut request: Request<Body>, exchange: Exchange) -> Result<Response<Incoming>, Refusal> {
        *request.uri_mut() = self.target(request.uri().path_and_query());
        let armed = self.identity.armed().await.map_err(|error| Refusal::Credential(error.to_string()))?;
        for (name, value) in &armed.headers {
            request.headers_mut().append(name, value.clone());
        }
        let response =
            armed.clients.of(exchange).request(request).await.map_err(|error| refusal_from_client(&error))?;
        if response.status() == StatusCode::UNAUTHORIZED {
            self.identity.was_refused().await;
        }
        Ok(response)
    }

    /// The API server's URL for a path that was asked of the proxy.
    fn target(&self, asked: Option<&PathAndQuery>) -> Uri {
        let asked = asked.map_or("/", PathAndQuery::as_str);
        let prefix = self.base.path().trim_end_matches('/');
        let path = if prefix.is_empty() { asked.parse() } else { format!("{prefix}{asked}").parse::<PathAndQuery>() };
        let mut parts = self.base.clone().into_parts();
        parts.path_and_query = Some(path.expect("a path below a path is a path"));
        Uri::from_parts(parts).expect("scheme, authority and path make a URL")
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

fn refusal_from_client(error: &legacy::Error) -> Refusal {
    let mut cause = error.source();
    let mut last = error.to_string();
    while let Some(inner) = cause {
        if inner.is::<ConnectTimeout>() {
            return Refusal::UpstreamTimeout;
        }
        last = inner.to_string();
        cause = inner.source();
    }
    if error.is_connect() { Refusal::UpstreamUnreachable(last) } else { Refusal::UpstreamBroken(last) }
}
