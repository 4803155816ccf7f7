//! Origin allow-list: other web pages are refused, and a WebSocket must say where it comes from.

use axum::http::Method;
use axum::http::header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, SEC_WEBSOCKET_KEY, UPGRADE};
use axum::http::request::Parts;

use super::Gate;
use crate::error::Refusal;

/// Refuses an Origin that is not exactly one of ours, a WebSocket without one, and every CORS preflight.
///
/// Compared as text, port included, and never with Host: a rebinding page has both equal. Programs that are no
/// browser send no Origin; that is no proof of anything, so a session is asked of them all the same.
pub fn check(gate: &Gate, head: &Parts) -> Result<(), Refusal> {
    let mut origins = head.headers.get_all(ORIGIN).iter();
    let origin = origins.next();
    let is_socket = head.headers.contains_key(UPGRADE) || head.headers.contains_key(SEC_WEBSOCKET_KEY);
    let is_preflight = head.method == Method::OPTIONS && head.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let passes = match origin {
        Some(origin) => gate.origins.iter().any(|ours| ours.as_bytes() == origin.as_bytes()),
        None => !is_socket,
    };
    if passes && !is_preflight && origins.next().is_none() { Ok(()) } else { Err(Refusal::Origin) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::fixture::{gate, head};

    #[track_caller]
    fn check_origin(method: &str, headers: &[(&str, &str)], passes: bool) {
        let expect = if passes { Ok(()) } else { Err(Refusal::Origin) };
        assert_eq!(check(&gate(), &head(method, "/api", headers)), expect, "{method} {headers:?}");
    }

    #[test]
    fn only_our_own_origins_pass() {
        check_origin("GET", &[("origin", "http://127.0.0.1:7700")], true);
        check_origin("GET", &[("origin", "http://[::1]:7700")], true);
        for other in [
            "http://127.0.0.1:7701",
            "https://127.0.0.1:7700",
            "http://localhost",
            "http://localhost:7700/",
            "http://localhost:7700.evil.example",
            "null",
            "",
        ] {
            check_origin("GET", &[("origin", other)], false);
        }
        check_origin("GET", &[("origin", "http://localhost:7700"), ("origin", "null")], false);
    }

    #[test]
    fn a_web_socket_needs_an_origin_and_a_plain_request_does_not() {
        check_origin("GET", &[], true);
        check_origin("GET", &[("upgrade", "websocket")], false);
        check_origin("GET", &[("sec-websocket-key", "x")], false);
        check_origin("GET", &[("upgrade", "websocket"), ("origin", "http://localhost:7700")], true);
    }

    #[test]
    fn a_preflight_is_refused_even_from_us() {
        let ours = ("origin", "http://localhost:7700");
        check_origin("OPTIONS", &[ours, ("access-control-request-method", "PUT")], false);
        check_origin("OPTIONS", &[ours], true);
    }
}
