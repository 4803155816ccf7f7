//! Passes a request on to the API server and streams the answer back; WebSockets are joined byte for byte.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Response, StatusCode, Version};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;

use crate::error::Refusal;
use crate::site::Site;
use crate::upstream::connector::Exchange;

pub mod headers;
pub mod join;

/// The handler of everything that belongs to the Kubernetes API.
///
/// Redirects are handed back, never followed: what a redirect names has not passed the guards.
pub async fn forward(State(site): State<Arc<Site>>, mut request: Request) -> Result<Response<Body>, Refusal> {
    let exchange = headers::exchange(request.method(), request.headers());
    let browser = (exchange == Exchange::Upgrade).then(|| hyper::upgrade::on(&mut request));
    let (mut head, body) = request.into_parts();
    head.headers = headers::for_api_server(&head.headers, exchange);
    // Nothing that travelled with the browser's request but these goes on.
    let mut onward = Request::new(body);
    *onward.method_mut() = head.method;
    *onward.uri_mut() = head.uri;
    *onward.headers_mut() = head.headers;
    let answer = match site.upstream.send(onward, exchange).await {
        Ok(answer) => answer,
        Err(refusal) => {
            tracing::warn!(%refusal, "not forwarded");
            return Err(refusal);
        }
    };
    match (browser, answer.status()) {
        (Some(browser), StatusCode::SWITCHING_PROTOCOLS) => Ok(switch(&site, browser, answer)),
        (None, StatusCode::SWITCHING_PROTOCOLS) => {
            Err(Refusal::UpstreamBroken("it switched protocols without being asked".to_owned()))
        }
        (None, _) => Ok(pass_back(answer, Exchange::Plain)),
        // Not upgraded: whatever the browser sends next is no request, so its connection ends with this answer.
        (Some(_), _) => {
            let mut response = pass_back(answer, Exchange::Plain);
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            Ok(response)
        }
    }
}

fn switch(site: &Arc<Site>, browser: OnUpgrade, mut answer: Response<Incoming>) -> Response<Body> {
    let api_server = hyper::upgrade::on(&mut answer);
    join::spawn(site, browser, api_server);
    pass_back(answer, Exchange::Upgrade)
}

fn pass_back(answer: Response<Incoming>, exchange: Exchange) -> Response<Body> {
    let (head, body) = answer.into_parts();
    let mut response = Response::new(Body::new(body));
    *response.status_mut() = head.status;
    *response.version_mut() = Version::HTTP_11;
    *response.headers_mut() = headers::for_browser(&head.headers, exchange);
    response
}
