//! The answers under our own prefix `/-/`, and the page's configuration.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::Refusal;
use crate::site::Site;

const JSON: &str = "application/json";
const PLAIN: &str = "text/plain; charset=utf-8";
/// Prometheus' own name for its text format.
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";
/// A secret and its quotes are far shorter.
const MAX_SESSION_REQUEST_BYTES: usize = 4 << 10;
/// Anybody may ask for a session, and must not hold a connection with the beginning of that.
const SESSION_REQUEST_BOUND: Duration = Duration::from_secs(10);

/// `GET /config.json`: where the API is, and whom the page talks to it as.
pub async fn page_config(State(site): State<Arc<Site>>) -> Response {
    ([(CONTENT_TYPE, JSON), (CACHE_CONTROL, "no-cache")], site.page_config.clone()).into_response()
}

/// `GET /-/healthz`: the process answers.
pub async fn healthz() -> Response {
    ([(CONTENT_TYPE, PLAIN), (CACHE_CONTROL, "no-store")], "ok").into_response()
}

/// `GET /-/readyz`: the API server answers too.
pub async fn readyz(State(site): State<Arc<Site>>) -> Response {
    let (code, text) = if site.upstream.is_ready().await {
        (StatusCode::OK, "ok")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the API server does not answer")
    };
    (code, [(CONTENT_TYPE, PLAIN), (CACHE_CONTROL, "no-store")], text).into_response()
}

/// `GET /-/metrics`: the counters.
pub async fn metrics(State(site): State<Arc<Site>>) -> Response {
    ([(CONTENT_TYPE, PROMETHEUS), (CACHE_CONTROL, "no-store")], site.metrics.text()).into_response()
}

/// `GET /-/session`: whom this browser is signed in as.
pub async fn who_am_i(State(site): State<Arc<Site>>, headers: HeaderMap) -> Result<Response, Refusal> {
    if !site.gate.session.is_signed_in(&headers) {
        return Err(Refusal::NoSession);
    }
    let body = match &site.gate.users {
        Some(users) => {
            serde_json::json!({ "user": users.chosen(), "users": users.people().map(|person| person.name).collect::<Vec<_>>() })
        }
        None => serde_json::json!({ "user": site.user }),
    };
    let body = body.to_string();
    Ok(([(CONTENT_TYPE, JSON), (CACHE_CONTROL, "no-store")], body).into_response())
}

/// `POST /-/session`: the one-time secret for a cookie.
pub async fn sign_in(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Refusal> {
    let (head, body) = request.into_parts();
    let offer: Offer = read(body).await?;
    let sign_in = site.gate.session.exchange(&offer.secret, &head.headers)?;
    if let Some(link) = &sign_in.next_link {
        tracing::info!("a browser signed in; the link for another follows on standard output");
        print_link(link);
    }
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, sign_in.cookie)]).into_response())
}

/// `PUT /-/session/user`: as whom the page acts from now on, before a demo cluster.
pub async fn choose_user(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Refusal> {
    let users = site.gate.users.as_ref().ok_or(Refusal::NotFound)?;
    let choice: Choice = read(request.into_body()).await?;
    if users.choose(&choice.user) { Ok(StatusCode::NO_CONTENT.into_response()) } else { Err(Refusal::UnknownUser) }
}

/// Anything else under our prefix: it is ours, so it never reaches the API server.
pub async fn not_found() -> Refusal {
    Refusal::NotFound
}

/// Prints a link alone on a line of standard output, and nowhere else.
pub fn print_link(link: &str) {
    // A closed standard output is the user's choice, and no reason to end.
    let _ = writeln!(std::io::stdout().lock(), "{link}");
}

#[derive(Deserialize)]
struct Offer {
    secret: String,
}

#[derive(Deserialize)]
struct Choice {
    user: String,
}

async fn read<T: DeserializeOwned>(body: Body) -> Result<T, Refusal> {
    let reading = axum::body::to_bytes(body, MAX_SESSION_REQUEST_BYTES);
    match tokio::time::timeout(SESSION_REQUEST_BOUND, reading).await {
        Ok(Ok(body)) => serde_json::from_slice(&body).map_err(|_| Refusal::MalformedSessionRequest),
        Ok(Err(_)) | Err(_) => Err(Refusal::MalformedSessionRequest),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http_body_util::channel::Channel;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_comes_does_not_hold_a_connection_for_ever() {
        let (_sender, body) = Channel::<Bytes>::new(1);
        let refused = read::<Offer>(Body::new(body)).await.err();
        assert_eq!(refused, Some(Refusal::MalformedSessionRequest));
    }
}
