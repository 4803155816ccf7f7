//! Requests and answers to which something is done.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Frame, Incoming};
use hyper::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::{Request, Response, Uri};
use serde_json::{Value, json};

use super::rule::Deed;

/// The body of an answer.
pub(super) type Body = UnsyncBoxBody<Bytes, anyhow::Error>;

/// What is answered without asking the server, if anything.
pub(super) async fn instead(deed: &Deed, asked_for: &str) -> Result<Option<Response<Body>>> {
    match deed {
        Deed::Refuse { code, reason, message, retry_after_s } => {
            status(*code, reason, message, &json!({}), *retry_after_s).map(Some)
        }
        Deed::Expire => {
            // The token that came is as good as one that leads to what is left: the history is still there.
            let token = asked_for.split(['?', '&']).find_map(|pair| pair.strip_prefix("continue=")).unwrap_or_default();
            let metadata = json!({ "continue": token.replace("%3D", "=").replace("%3d", "=") });
            let message = "The provided continue parameter is too old to display a consistent list result.";
            status(410, "Expired", message, &metadata, None).map(Some)
        }
        // Its end comes with the connection's.
        Deed::Hold => std::future::pending().await,
        Deed::CutAfter(_) | Deed::StallAfter(_) | Deed::Instead(..) | Deed::Edit(_) => Ok(None),
    }
}

/// Changes what the server is asked.
pub(super) fn ask(deed: &Deed, request: &mut Request<Incoming>) -> Result<()> {
    match deed {
        Deed::Edit(_) => {
            request.headers_mut().remove(ACCEPT_ENCODING);
            let accept = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok());
            // Only JSON can be changed.
            if accept.is_some_and(|accept| accept.contains("protobuf")) {
                request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
            }
        }
        Deed::Instead(parameter, value) => {
            let uri = request.uri().path_and_query().context("a request without a path")?.as_str();
            let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
            let parts = query.split('&').map(|part| match part.split_once('=') {
                Some((of, _)) if of == *parameter => format!("{parameter}={value}"),
                _ => part.to_owned(),
            });
            let uri: Uri = format!("{path}?{}", parts.collect::<Vec<_>>().join("&")).parse()?;
            *request.uri_mut() = uri;
        }
        Deed::Refuse { .. } | Deed::Expire | Deed::Hold | Deed::CutAfter(_) | Deed::StallAfter(_) => {}
    }
    Ok(())
}

/// Changes what the server answered.
pub(super) async fn answer(deed: &Deed, answer: Response<Incoming>) -> Result<Response<Body>> {
    let (mut head, body) = answer.into_parts();
    let body = match deed {
        Deed::CutAfter(bytes) => Part { body, left: *bytes, breaks: true, flushed: false }.boxed_unsync(),
        Deed::StallAfter(bytes) => Part { body, left: *bytes, breaks: false, flushed: false }.boxed_unsync(),
        Deed::Edit(edit) => {
            let mut json: Value = serde_json::from_slice(&body.collect().await?.to_bytes())?;
            edit(&mut json);
            head.headers.remove(CONTENT_LENGTH);
            full(json.to_string())
        }
        Deed::Refuse { .. } | Deed::Expire | Deed::Hold | Deed::Instead(..) => {
            return Ok(whole(Response::from_parts(head, body)));
        }
    };
    Ok(Response::from_parts(head, body))
}

/// The answer as it came.
pub(super) fn whole(answer: Response<Incoming>) -> Response<Body> {
    answer.map(|body| body.map_err(anyhow::Error::from).boxed_unsync())
}

fn full(text: String) -> Body {
    Full::new(Bytes::from(text)).map_err(|never| match never {}).boxed_unsync()
}

/// A failure in the words of an API server.
fn status(
    code: u16,
    reason: &str,
    message: &str,
    metadata: &Value,
    retry_after_s: Option<u32>,
) -> Result<Response<Body>> {
    let status = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": metadata, "status": "Failure",
        "message": message, "reason": reason, "code": code,
    });
    let mut answer = Response::builder().status(code).header(CONTENT_TYPE, "application/json");
    if let Some(seconds) = retry_after_s {
        answer = answer.header(RETRY_AFTER, seconds);
    }
    Ok(answer.body(full(status.to_string()))?)
}

/// The first bytes of a body, which then breaks or says nothing more.
struct Part {
    body: Incoming,
    left: usize,
    breaks: bool,
    /// Whether what came before the break has had its chance to be sent.
    flushed: bool,
}

impl hyper::body::Body for Part {
    type Data = Bytes;
    type Error = anyhow::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        if this.left == 0 {
            if !this.breaks {
                return Poll::Pending;
            }
            if std::mem::replace(&mut this.flushed, true) {
                return Poll::Ready(Some(Err(anyhow::anyhow!("cut off as it was told"))));
            }
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let frame = ready!(Pin::new(&mut this.body).poll_frame(context));
        Poll::Ready(frame.map(|frame| {
            Ok(frame?.map_data(|mut data| {
                data.truncate(this.left);
                this.left -= data.len();
                data
            }))
        }))
    }
}
