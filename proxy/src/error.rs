//! What the proxy answers when it does not forward: a Kubernetes `Status`, and a slug in a header.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::layers::proxy_subresource::ProxySubresource;
use crate::lean::mask::MaskError;

/// The header that tells the proxy's own answers from the API server's; its value is a slug.
pub const SLUG_HEADER: &str = "x-pilothouse";

/// A request that the proxy answers itself, with the reason that a person can act on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The Host is not one that this proxy listens on: another name was made to point here.
    #[error("Pilothouse does not serve this host name. Open the link that pilothouse printed when it started.")]
    Host,
    /// The Origin is not the proxy's own.
    #[error("Requests from other web pages are refused.")]
    Origin,
    /// A method that neither the app nor the Kubernetes API has.
    #[error("This method is not supported.")]
    Method,
    /// A path that two programs may read in two ways.
    #[error("The path is ambiguous: {0}.")]
    Path(&'static str),
    /// The header that names the fields of a lean list cannot be read.
    #[error("The header Pilothouse-Fields cannot be read: {0}.")]
    Fields(MaskError),
    /// A write that another web page could have sent without asking first.
    #[error(
        "A request that changes something needs a content type such as application/json, or the header \
         X-Pilothouse-Request: 1."
    )]
    ContentType,
    /// Nobody is signed in.
    #[error("No session. Open the link that pilothouse printed when it started.")]
    NoSession,
    /// The one-time secret is wrong, or was used before.
    #[error(
        "This link was used before, or is of an earlier start. Open the newest link that pilothouse printed in the terminal."
    )]
    StaleLink,
    /// The request for a session, or for another user of a demo, cannot be read.
    #[error(
        "Asked for is a JSON object: {{\"secret\": \"…\"}} for a session, {{\"user\": \"…\"}} for a user of a demo."
    )]
    MalformedSessionRequest,
    /// The demo cluster has no such user.
    #[error("The demo cluster has no such user: choose admin, viewer or dev.")]
    UnknownUser,
    /// A path of ours that is nothing.
    #[error("There is nothing at this path of pilothouse.")]
    NotFound,
    /// A proxy subresource that was not allowed by name.
    #[error(
        "Pilothouse does not pass on {0}/proxy: what answers there could act as this page. Whoever starts pilothouse \
         can allow it with --allow-proxy-subresource {0}."
    )]
    ProxySubresource(ProxySubresource),
    /// The deprecated proxy paths, which nothing needs.
    #[error("The deprecated proxy paths are not passed on.")]
    DeprecatedProxyPath,
    /// No connection to the API server.
    #[error("The API server cannot be reached: {0}.")]
    UpstreamUnreachable(String),
    /// It is there, but not the one that the kubeconfig trusts.
    #[error("The API server cannot be reached: {0}.")]
    UpstreamUntrusted(String),
    /// The API server did not take the connection in time.
    #[error("The API server did not answer in time.")]
    UpstreamTimeout,
    /// The API server broke off, or spoke something other than HTTP.
    #[error("The API server's answer could not be read: {0}.")]
    UpstreamBroken(String),
    /// The kubeconfig's credential could not be had.
    #[error("The credential for the API server could not be obtained: {0}.")]
    Credential(String),
}

impl Refusal {
    /// The status code, the `Status` reason and the slug of this refusal.
    pub fn terms(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Host => (StatusCode::MISDIRECTED_REQUEST, "Forbidden", "host"),
            Self::Origin => (StatusCode::FORBIDDEN, "Forbidden", "origin"),
            Self::Method => (StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", "method"),
            Self::Path(_) => (StatusCode::BAD_REQUEST, "BadRequest", "path"),
            Self::Fields(_) => (StatusCode::BAD_REQUEST, "BadRequest", "fields"),
            Self::ContentType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", "content-type"),
            Self::NoSession => (StatusCode::UNAUTHORIZED, "Unauthorized", "no-session"),
            Self::StaleLink => (StatusCode::UNAUTHORIZED, "Unauthorized", "stale-link"),
            Self::UnknownUser => (StatusCode::UNPROCESSABLE_ENTITY, "Invalid", "unknown-user"),
            Self::MalformedSessionRequest => (StatusCode::BAD_REQUEST, "BadRequest", "session-request"),
            Self::NotFound => (StatusCode::NOT_FOUND, "NotFound", "not-found"),
            Self::ProxySubresource(_) | Self::DeprecatedProxyPath => {
                (StatusCode::FORBIDDEN, "Forbidden", "proxy-subresource")
            }
            Self::UpstreamUnreachable(_) | Self::UpstreamUntrusted(_) => {
                (StatusCode::BAD_GATEWAY, "ServiceUnavailable", "upstream-unreachable")
            }
            Self::UpstreamTimeout => (StatusCode::GATEWAY_TIMEOUT, "Timeout", "upstream-timeout"),
            Self::UpstreamBroken(_) => (StatusCode::BAD_GATEWAY, "InternalError", "upstream-broken"),
            Self::Credential(_) => (StatusCode::BAD_GATEWAY, "Unauthorized", "credential"),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (code, reason, slug) = self.terms();
        let status = Status {
            kind: "Status",
            api_version: "v1",
            metadata: Metadata {},
            status: "Failure",
            message: self.to_string(),
            reason,
            code: code.as_u16(),
        };
        let body = serde_json::to_vec(&status).expect("a Status of strings always serialises");
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = code;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(SLUG_HEADER, HeaderValue::from_static(slug));
        response
    }
}

/// `metav1.Status`, as much of it as a refusal needs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    kind: &'static str,
    api_version: &'static str,
    metadata: Metadata,
    status: &'static str,
    message: String,
    reason: &'static str,
    code: u16,
}

#[derive(Serialize)]
struct Metadata {}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn a_refusal_is_a_status_with_its_slug_in_a_header() {
        let response = Refusal::NoSession.into_response();
        assert_eq!(response.status(), 401);
        assert_eq!(response.headers()[SLUG_HEADER], "no-session");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let status: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(status["kind"], "Status");
        assert_eq!(status["status"], "Failure");
        assert_eq!(status["reason"], "Unauthorized");
        assert_eq!(status["code"], 401);
        assert_eq!(status["message"], "No session. Open the link that pilothouse printed when it started.");
    }
}
