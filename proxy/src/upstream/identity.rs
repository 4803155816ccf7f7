//! Who the API server takes us for: the headers and the certificate of the kubeconfig's user, renewed when they end.

use std::sync::Arc;
use std::time::Duration;

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue, Request, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http_body_util::Empty;
use jiff::Timestamp;
use kube_client::Config;
use kube_client::client::ConfigExt;
use kube_client::config::ExecConfig;
use rustls::pki_types::InvalidDnsNameError;
use secrecy::ExposeSecret;
use tokio::sync::Mutex;
use tower::util::BoxCloneSyncService;
use tower::{BoxError, ServiceBuilder, ServiceExt};

use super::Bounds;
use super::certificate::{self, CertificateError};
use super::connector::Connector;
use super::plugin::{self, PluginCredential, PluginError};
use super::pool::Pool;

/// The source of what every request carries.
#[derive(Debug)]
pub enum Identity {
    /// The same for as long as the process runs: a token, a password, a certificate, or nothing.
    Fixed(Arc<Armed>),
    /// A token that changes by itself: a token file, or an auth provider.
    Changing(Box<Changing>),
    /// An exec plugin.
    Plugin(Box<Plugin>),
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

/// An exec plugin and its latest credential.
#[derive(Debug)]
pub struct Plugin {
    exec: ExecConfig,
    config: Config,
    bounds: Bounds,
    latest: Mutex<Option<Dated>>,
}

/// A credential and when to ask for the next.
#[derive(Debug)]
struct Dated {
    armed: Arc<Armed>,
    asked: Timestamp,
    expires: Option<Timestamp>,
    was_refused: bool,
}

type HeaderSource = BoxCloneSyncService<Request<Empty<Bytes>>, Response<()>, BoxError>;

/// How long an auth provider may take to renew a token.
const TOKEN_BOUND: Duration = Duration::from_secs(10);
/// A credential is renewed this long before its end, so that none ends under way.
const RENEWAL_MARGIN_S: i64 = 60;
/// A plugin is not asked more often than this, whatever the API server thinks of its credential.
const MIN_PLUGIN_INTERVAL_S: i64 = 10;

impl Identity {
    /// The identity of a context's user.
    pub async fn new(mut config: Config, bounds: Bounds) -> Result<Self, IdentityError> {
        // kube-client would run the plugin without a bound.
        if let Some(exec) = config.auth_info.exec.take() {
            let plugin = Plugin { exec, config, bounds, latest: Mutex::new(None) };
            plugin.armed().await?;
            return Ok(Self::Plugin(Box::new(plugin)));
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
            Self::Plugin(plugin) => plugin.armed().await,
        }
    }

    /// Notes that the API server answered 401 to a credential, so that a plugin is asked again before the next request. A
    /// late answer to an older one says nothing of the newest.
    pub async fn was_refused(&self, armed: &Arc<Armed>) {
        if let Self::Plugin(plugin) = self
            && let Some(dated) = plugin.latest.lock().await.as_mut()
            && Arc::ptr_eq(&dated.armed, armed)
        {
            dated.was_refused = true;
        }
    }
}

impl Plugin {
    async fn armed(&self) -> Result<Arc<Armed>, IdentityError> {
        let mut latest = self.latest.lock().await;
        let now = Timestamp::now();
        if let Some(dated) = latest.as_ref().filter(|dated| dated.is_good(now)) {
            return Ok(Arc::clone(&dated.armed));
        }
        // The lock is held meanwhile: the plugin runs once, and the others wait for what it says.
        let renewed = match plugin::run(&self.exec, self.bounds.plugin).await {
            Ok(credential) => {
                let expires = credential.expires;
                self.arm(credential).await.map(|armed| (Arc::new(armed), expires))
            }
            Err(error) => Err(error.into()),
        };
        let (armed, expires) = match (renewed, latest.as_mut()) {
            (Ok(renewed), _) => renewed,
            (Err(error), None) => return Err(error),
            // The API server is the judge of the old one; and a broken plugin is not run for every request.
            (Err(error), Some(dated)) => {
                tracing::warn!(%error, "the credential could not be renewed");
                dated.asked = now;
                return Ok(Arc::clone(&dated.armed));
            }
        };
        *latest = Some(Dated { armed: Arc::clone(&armed), asked: now, expires, was_refused: false });
        Ok(armed)
    }

    async fn arm(&self, credential: PluginCredential) -> Result<Armed, IdentityError> {
        let mut config = self.config.clone();
        if let Some((certificate, key)) = &credential.certificate {
            config.auth_info.client_certificate_data = Some(BASE64_STANDARD.encode(certificate));
            config.auth_info.client_key_data = Some(BASE64_STANDARD.encode(key.expose_secret()).into());
        }
        certificate::check(&config.auth_info)?;
        let mut headers = headers_from(header_source(&config)?, TOKEN_BOUND).await?;
        if let Some(token) = &credential.token {
            let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))
                .map_err(|error| IdentityError::Token(error.into()))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        Ok(Armed { headers, pool: Arc::new(Pool::new(Connector::new(&config, self.bounds.connect)?)) })
    }
}

impl Dated {
    fn is_good(&self, now: Timestamp) -> bool {
        let since = now.as_second().saturating_sub(self.asked.as_second());
        let ends = self.expires.is_some_and(|end| end.as_second().saturating_sub(now.as_second()) < RENEWAL_MARGIN_S);
        !(self.was_refused || ends) || since < MIN_PLUGIN_INTERVAL_S
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plugins_credential_is_good_until_shortly_before_its_end() {
        let config = Config::new("http://localhost".parse().unwrap());
        let pool = Arc::new(Pool::new(Connector::new(&config, TOKEN_BOUND).unwrap()));
        let armed = Arc::new(Armed { headers: HeaderMap::new(), pool });
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let check = |now: i64, expires: Option<i64>, was_refused: bool, expect: bool| {
            let dated = Dated { armed: Arc::clone(&armed), asked: at(1000), expires: expires.map(at), was_refused };
            assert_eq!(dated.is_good(at(now)), expect, "{now} {expires:?} {was_refused}");
        };
        check(9999, None, false, true);
        check(1100, Some(1160), false, true);
        check(1101, Some(1160), false, false);
        check(1100, None, true, false);
        check(1009, None, true, true);
        check(1009, Some(1000), false, true);
    }
}
