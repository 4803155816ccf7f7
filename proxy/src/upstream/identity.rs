//! Who the API server takes us for: the headers and the certificate of the kubeconfig's user, renewed when they end.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, Request, Response};
use bytes::Bytes;
use http_body_util::Empty;
use kube_client::Config;
use kube_client::client::ConfigExt;
use rustls::pki_types::InvalidDnsNameError;
use tower::util::BoxCloneSyncService;
use tower::{BoxError, ServiceBuilder, ServiceExt};

use super::Bounds;
use super::certificate::{self, CertificateError};
use super::connector::Connector;
use super::plugin::PluginError;
use super::pool::Pool;
use renewal::Renewal;

pub mod renewal;

/// The source of what every request carries.
#[derive(Debug)]
pub enum Identity {
    /// The same for as long as the process runs: a token, a password, a certificate, or nothing.
    Fixed(Arc<Armed>),
    /// A token that changes by itself: a token file, or an auth provider.
    Changing(Box<Changing>),
    /// An exec plugin.
    Plugin(Arc<Renewal>),
}

/// Headers and connections that carry one credential.
#[derive(Debug)]
pub struct Armed {
    /// Authorization, and whom the kubeconfig impersonates.
    pub headers: HeaderMap,
    /// Connections that show the certificate, if there is one.
    pub pool: Arc<Pool>,
}

/// Why there is no identity.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The client certificate is of no use.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The exec plugin gave none.
    #[error(transparent)]
    Plugin(#[from] PluginError),
    /// TLS cannot be set up: a key that is missing or of another certificate, or a CA that cannot be read.
    #[error("The kubeconfig's certificates or credentials cannot be used: {0}")]
    Credentials(#[from] kube_client::Error),
    /// The name that the API server's certificate should have is none.
    #[error("The name of the cluster's server cannot stand in a certificate: {0}")]
    ServerName(#[from] InvalidDnsNameError),
    /// The token cannot be read or renewed.
    #[error("The kubeconfig's token cannot be had: {0}")]
    Token(BoxError),
}

/// A token that kube-client renews.
#[derive(Debug)]
pub struct Changing {
    source: HeaderSource,
    pool: Arc<Pool>,
}

type HeaderSource = BoxCloneSyncService<Request<Empty<Bytes>>, Response<()>, BoxError>;

/// How long an auth provider may take to renew a token.
const TOKEN_BOUND: Duration = Duration::from_secs(10);

impl Identity {
    /// The identity of a context's user.
    pub async fn new(mut config: Config, bounds: Bounds) -> Result<Self, IdentityError> {
        // kube-client would run the plugin without a bound.
        if let Some(exec) = config.auth_info.exec.take() {
            return Ok(Self::Plugin(Arc::new(Renewal::start(exec, config, bounds).await?)));
        }
        certificate::check(&config.auth_info)?;
        let pool = Arc::new(Pool::new(Connector::new(&config, bounds.connect)?));
        let source = header_source(&config)?;
        let headers = headers_from(source.clone(), bounds.connect).await?;
        let user = &config.auth_info;
        if user.token_file.is_some() && user.token.is_none() || user.auth_provider.is_some() {
            return Ok(Self::Changing(Box::new(Changing { source, pool })));
        }
        Ok(Self::Fixed(Arc::new(Armed { headers, pool })))
    }

    /// What the next request carries.
    pub async fn armed(&self) -> Result<Arc<Armed>, IdentityError> {
        match self {
            Self::Fixed(armed) => Ok(Arc::clone(armed)),
            Self::Changing(token) => {
                let headers = headers_from(token.source.clone(), TOKEN_BOUND).await?;
                Ok(Arc::new(Armed { headers, pool: Arc::clone(&token.pool) }))
            }
            Self::Plugin(renewal) => Ok(renewal.armed().await),
        }
    }

    /// Notes that the API server answered 401 to a credential, so that a plugin is asked again before the next request.
    pub fn was_refused(&self, armed: &Arc<Armed>) {
        if let Self::Plugin(renewal) = self {
            renewal.was_refused(armed);
        }
    }
}

/// kube-client's own layers, around a service that answers with the headers that they gave an empty request.
fn header_source(config: &Config) -> Result<HeaderSource, kube_client::Error> {
    let echo = ServiceBuilder::new()
        .option_layer(config.auth_layer()?)
        .layer(config.extra_headers_layer()?)
        .service_fn(|request: Request<Empty<Bytes>>| async {
            let mut response = Response::new(());
            *response.headers_mut() = request.into_parts().0.headers;
            Ok::<_, BoxError>(response)
        });
    Ok(BoxCloneSyncService::new(echo))
}

async fn headers_from(source: HeaderSource, bound: Duration) -> Result<HeaderMap, IdentityError> {
    let asked = tokio::time::timeout(bound, source.oneshot(Request::new(Empty::new())));
    let answer = asked.await.map_err(|slow| IdentityError::Token(slow.into()))?.map_err(IdentityError::Token)?;
    Ok(answer.into_parts().0.headers)
}
