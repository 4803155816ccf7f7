//! Whether the API server is there and is one: asked once at the start, and for readiness.

use std::time::Duration;

use axum::http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt, Either, Empty, Limited};
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Upstream;
use super::pool::Exchange;
use crate::error::Refusal;

/// Why the process does not start with this API server.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// No connection.
    #[error("The API server {0} cannot be reached: {1}.")]
    Unreachable(Uri, String),
    /// It is there, but its certificate or our credential is not as it should be.
    #[error("The API server {0} cannot be reached: {1}.")]
    Unusable(Uri, String),
    /// No answer in time.
    #[error("The API server {0} did not answer within {1:?}. Wait longer with --connect-timeout SECONDS.")]
    Slow(Uri, Duration),
    /// It does not take the credential.
    #[error("The API server {0} refused the kubeconfig's credentials (401 Unauthorized).")]
    Unauthorized(Uri),
    /// It is something else.
    #[error("What answers at {0} is not a Kubernetes API server: {1}.")]
    Nonsense(Uri, String),
}

/// The latest answer to whether the API server is ready, for the few who ask at the same time.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Option<(Instant, bool)>>);

/// As long as an answer about readiness is good for.
const READINESS_AGE: Duration = Duration::from_secs(2);
const READINESS_BOUND: Duration = Duration::from_secs(2);
const MAX_ANSWER_BYTES: usize = 64 << 10;

/// `version.Info`, as much as tells an API server from another program.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    git_version: String,
}

enum Answer {
    Version(String),
    /// A server that hides its version from us, and is one all the same.
    Forbidden,
}

impl Upstream {
    /// Asks the API server for its version within a bound, and says what it is, or why it is none.
    pub async fn check(&self, bound: Duration) -> Result<Option<String>, ProbeError> {
        let url = || self.base().clone();
        match tokio::time::timeout(bound, self.ask_version()).await {
            Err(_) | Ok(Err(Fault::Refusal(Refusal::UpstreamTimeout))) => Err(ProbeError::Slow(url(), bound)),
            Ok(Err(Fault::Refusal(Refusal::UpstreamUnreachable(cause)))) => Err(ProbeError::Unreachable(url(), cause)),
            Ok(Err(Fault::Refusal(Refusal::UpstreamBroken(cause)))) => Err(ProbeError::Nonsense(url(), cause)),
            Ok(Err(Fault::Refusal(Refusal::UpstreamUntrusted(cause)))) => Err(ProbeError::Unusable(url(), cause)),
            Ok(Err(Fault::Refusal(other))) => Err(ProbeError::Unusable(url(), other.to_string())),
            Ok(Err(Fault::Unauthorized)) => Err(ProbeError::Unauthorized(url())),
            Ok(Err(Fault::Nonsense(what))) => Err(ProbeError::Nonsense(url(), what)),
            Ok(Ok(Answer::Forbidden)) => Ok(None),
            Ok(Ok(Answer::Version(version))) => Ok(Some(version)),
        }
    }

    /// Whether the API server answers now, or did within the last two seconds.
    pub async fn is_ready(&self) -> bool {
        let mut latest = self.readiness.0.lock().await;
        if let Some((when, answer)) = *latest
            && when.elapsed() < READINESS_AGE
        {
            return answer;
        }
        let answer = matches!(tokio::time::timeout(READINESS_BOUND, self.ask_version()).await, Ok(Ok(_)));
        *latest = Some((Instant::now(), answer));
        answer
    }

    async fn ask_version(&self) -> Result<Answer, Fault> {
        let mut request = Request::new(Either::Right(Empty::new()));
        *request.uri_mut() = Uri::from_static("/version");
        let response = self.send(request, Exchange::Plain).await.map_err(Fault::Refusal)?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED => return Err(Fault::Unauthorized),
            StatusCode::FORBIDDEN => return Ok(Answer::Forbidden),
            other => return Err(Fault::Nonsense(format!("/version answers {other}"))),
        }
        let body = Limited::new(response.into_body(), MAX_ANSWER_BYTES)
            .collect()
            .await
            .map_err(|error| Fault::Nonsense(format!("/version breaks off ({error})")))?;
        let version: Version = serde_json::from_slice(&body.to_bytes())
            .map_err(|_| Fault::Nonsense("/version answers no version".to_owned()))?;
        Ok(Answer::Version(version.git_version))
    }
}

enum Fault {
    Refusal(Refusal),
    Unauthorized,
    Nonsense(String),
}
