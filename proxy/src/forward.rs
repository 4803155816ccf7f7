//! Passes a request on to the API server and streams the answer back; WebSockets are joined byte for byte.

use std::sync::Arc;

use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::Either;
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;

use crate::error::Refusal;
use crate::lean::Lean;
use crate::router::AnswerBody;
use crate::site::Site;
use crate::upstream::answer::Answer;
use crate::upstream::pool::Exchange;
use crate::users::USER_HEADER;

pub mod headers;
pub mod join;

/// Answers a request that has passed the guards of the Kubernetes API.
///
/// Redirects are handed back, never followed: what a redirect names has not passed the guards.
pub async fn forward(site: &Arc<Site>, mut request: Request<Incoming>) -> Result<Response<AnswerBody>, Refusal> {
    let exchange = headers::exchange(request.method(), request.headers());
    let browser = (exchange == Exchange::Upgrade).then(|| hyper::upgrade::on(&mut request));
    let (head, body) = request.into_parts();
    let lean = Lean::asked(&head)?.filter(|_| exchange == Exchange::Plain);
    // Nothing that travelled with the browser's request but these goes on.
    let mut onward = Request::new(Either::Left(body));
    *onward.headers_mut() = headers::for_api_server(&head.headers, exchange);
    if let Some(users) = &site.gate.users {
        onward.headers_mut().insert(USER_HEADER, users.of(&head.headers));
    }
    if let Some(lean) = &lean {
        lean.adapt(onward.headers_mut(), site.upstream.is_near());
    }
    *onward.method_mut() = head.method;
    *onward.uri_mut() = head.uri;
    let answer = match site.upstream.send(onward, exchange).await {
        Ok(answer) => answer,
        Err(refusal) => {
            tracing::warn!(%refusal, "not forwarded");
            return Err(refusal);
        }
    };
    match (browser, answer.status()) {
        (Some(browser), StatusCode::SWITCHING_PROTOCOLS) => Ok(switch(site, browser, answer).map(Either::Left)),
        (None, StatusCode::SWITCHING_PROTOCOLS) => {
            Err(Refusal::UpstreamBroken("it switched protocols without being asked".to_owned()))
        }
        (None, _) => {
            let response = pass_back(answer, Exchange::Plain);
            Ok(match lean {
                Some(lean) => lean.answer(response, &site.metrics),
                None => response.map(Either::Left),
            })
        }
        // Not upgraded: whatever the browser sends next is no request, so its connection ends with this answer.
        (Some(_), _) => {
            let mut response = pass_back(answer, Exchange::Plain);
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            Ok(response.map(Either::Left))
        }
    }
}

fn switch(site: &Arc<Site>, browser: OnUpgrade, mut answer: Response<Answer>) -> Response<Answer> {
    let api_server = hyper::upgrade::on(&mut answer);
    join::spawn(site, browser, api_server);
    pass_back(answer, Exchange::Upgrade)
}

fn pass_back(answer: Response<Answer>, exchange: Exchange) -> Response<Answer> {
    let (head, body) = answer.into_parts();
    let mut response = Response::new(body);
    *response.status_mut() = head.status;
    *response.headers_mut() = headers::for_browser(&head.headers, exchange);
    response
}
