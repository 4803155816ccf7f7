//! The route table.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::header::AUTHORIZATION;
use axum::http::uri::{PathAndQuery, Uri};
use axum::http::{HeaderMap, HeaderValue, Request, Response};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::IntoResponse;
use axum::routing::{any, get, put};
use http_body_util::Either;
use hyper::body::Incoming;
use tower::ServiceExt;

use crate::layers::observe::{Observed, observe};
use crate::layers::{self, API, Guard, Guards, METRICS, OWN, PAGE, SESSION, guard, response_headers};
use crate::site::Site;
use crate::upstream::answer::Answer;
use crate::{assets, forward, own, users};

/// What answers: the API server, or this program.
pub type AnswerBody = Either<Answer, Body>;

/// Everything that this origin answers.
#[derive(Debug)]
pub struct Routes {
    site: Arc<Site>,
    own: Router,
}

impl Routes {
    /// The routes of a site.
    pub fn new(site: Arc<Site>) -> Self {
        Self { own: own_routes(&site), site }
    }

    /// Answers one request.
    pub async fn answer(&self, mut request: Request<Incoming>) -> Response<Observed> {
        if self.site.gate.users.is_some() {
            take_token_from_path(&mut request);
        }
        observe(Arc::clone(&self.site.metrics), request, |request| async {
            if is_own(request.uri().path()) {
                let Ok(response) = self.own.clone().oneshot(request.map(Body::new)).await;
                response.map(Either::Right)
            } else {
                self.answer_api(request).await
            }
        })
        .await
    }

    /// The Kubernetes API: guards, handler and headers in a row, since layers of axum box themselves, their future and
    /// their body for every request.
    async fn answer_api(&self, request: Request<Incoming>) -> Response<AnswerBody> {
        let (head, body) = request.into_parts();
        let answer = match layers::check(API, &self.site.gate, &head) {
            Ok(()) => forward::forward(&self.site, Request::from_parts(head, body)).await,
            Err(refusal) => Err(refusal),
        };
        let mut response = match answer {
            Ok(response) => response,
            Err(refusal) => refusal.into_response().map(Either::Right),
        };
        response_headers::add(response.headers_mut(), response_headers::API_POLICY);
        response
    }
}

/// Turns a token in the path, where programs have it that send none to a server without TLS, into a header.
fn take_token_from_path<B>(request: &mut Request<B>) {
    let target = request.uri().path_and_query().map_or("", PathAndQuery::as_str);
    let Some((token, path)) = users::split_token(target) else {
        return;
    };
    // Only the API lies below a token, and the guards see the rest of the target as it was sent.
    let (Ok(path), Ok(value)) = (path.parse::<PathAndQuery>(), HeaderValue::try_from(format!("Bearer {token}"))) else {
        return;
    };
    if is_own(path.path()) {
        return;
    }
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = Some(path);
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
        request.headers_mut().insert(AUTHORIZATION, value);
    }
}

/// Whether a path is this program's own; all others are the Kubernetes API's.
fn is_own(path: &str) -> bool {
    matches!(path, "/" | "/config.json")
        || path.starts_with("/-/")
        || assets::EMBEDDED.iter().any(|asset| asset.path == path)
}

fn own_routes(site: &Arc<Site>) -> Router {
    let guarded = |checks: &'static [Guard]| from_fn_with_state(Guards { gate: Arc::clone(&site.gate), checks }, guard);

    let mut page = Router::new().route("/config.json", get(own::page_config));
    for asset in assets::EMBEDDED {
        page = page.route(asset.path, get(move |headers: HeaderMap| async move { assets::answer(asset, &headers) }));
        if asset.path == "/index.html" {
            page = page.route("/", get(move |headers: HeaderMap| async move { assets::answer(asset, &headers) }));
        }
    }
    let page = page.layer(guarded(PAGE)).layer(map_response(response_headers::for_page));

    // Asked by service managers, under any name: they say nothing but yes or no.
    let health = Router::new().route("/-/healthz", get(own::healthz)).route("/-/readyz", get(own::readyz));
    let metrics = Router::new().route("/-/metrics", get(own::metrics)).layer(guarded(METRICS));
    let session = Router::new().route("/-/session", get(own::who_am_i).post(own::sign_in)).layer(guarded(SESSION));
    let user = Router::new().route("/-/session/user", put(own::choose_user)).layer(guarded(OWN));
    let nothing = any(own::not_found).layer(guarded(SESSION));
    let rest = Router::new()
        .merge(health)
        .merge(metrics)
        .merge(session)
        .merge(user)
        .fallback_service(nothing.with_state(Arc::clone(site)))
        .layer(map_response(response_headers::for_api));

    page.merge(rest).with_state(Arc::clone(site))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_in_the_path_leads_to_the_api_alone_and_keeps_the_rest_of_the_target() {
        let check = |target: &str, expect: &str, has_token: bool| {
            let mut request = Request::builder().uri(target).body(()).unwrap();
            take_token_from_path(&mut request);
            let got = (request.uri().to_string(), request.headers().contains_key(AUTHORIZATION));
            assert_eq!(got, (expect.to_owned(), has_token), "{target}");
        };
        check("/-/token/abc/api/v1/pods?limit=1", "/api/v1/pods?limit=1", true);
        // The guards are to see which host was meant.
        check("http://evil.example/-/token/abc/api", "http://evil.example/api", true);
        check("/-/token/abc/config.json", "/-/token/abc/config.json", false);
        check("/-/token/abc/-/session", "/-/token/abc/-/session", false);
        check("/api/v1/pods", "/api/v1/pods", false);
    }
}
