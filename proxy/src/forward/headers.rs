//! Header hygiene: which headers cross the proxy, in both directions, as lists of those that may.
//!
//! Lists of what may pass, not of what may not: an API server takes identity from whatever headers its operator
//! named (`--requestheader-username-headers`), and a browser acts on headers that are yet to be invented.

use axum::http::header::{CONNECTION, HeaderName, UPGRADE};
use axum::http::{HeaderMap, HeaderValue, Method};

use crate::upstream::pool::Exchange;

/// Whether a request asks to switch to a WebSocket; any other protocol is left unmentioned to the API server.
pub fn exchange(method: &Method, headers: &HeaderMap) -> Exchange {
    let upgrades = tokens(headers, &CONNECTION).any(|token| token.eq_ignore_ascii_case("upgrade"));
    let to_web_socket = tokens(headers, &UPGRADE).any(|token| token.eq_ignore_ascii_case("websocket"));
    if method == Method::GET && upgrades && to_web_socket { Exchange::Upgrade } else { Exchange::Plain }
}

/// The headers that the API server sees of a browser's request; the identity is added after this.
///
/// Origin, which has been checked here, only with a WebSocket: the API server refuses to watch over one without it, and
/// does not care which it is.
pub fn for_api_server(headers: &HeaderMap, exchange: Exchange) -> HeaderMap {
    cross(headers, exchange, may_reach_api_server)
}

/// The headers that the browser sees of the API server's answer.
///
/// Not `Set-Cookie`, CORS, HSTS, `Clear-Site-Data` or a password prompt: they would speak for our origin.
pub fn for_browser(headers: &HeaderMap, exchange: Exchange) -> HeaderMap {
    cross(headers, exchange, may_reach_browser)
}

/// Room for the headers that are added to those that cross, on either side.
const ADDED: usize = 10;

fn cross(headers: &HeaderMap, exchange: Exchange, may_cross: fn(&str) -> bool) -> HeaderMap {
    let is_upgrade = exchange == Exchange::Upgrade;
    let mut crossed = HeaderMap::with_capacity(headers.len() + ADDED);
    for (name, value) in headers {
        let name_text = name.as_str();
        if (may_cross(name_text) || is_upgrade && is_of_web_socket(name_text)) && !is_named_by_connection(headers, name)
        {
            crossed.append(name, value.clone());
        }
    }
    if is_upgrade {
        crossed.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        crossed.insert(UPGRADE, HeaderValue::from_static("websocket"));
    }
    crossed
}

fn may_reach_api_server(name: &str) -> bool {
    matches!(
        name,
        "accept"
            | "accept-encoding"
            | "cache-control"
            | "content-encoding"
            | "content-length"
            | "content-type"
            | "if-match"
            | "if-modified-since"
            | "if-none-match"
            | "if-range"
            | "if-unmodified-since"
            | "range"
            | "user-agent"
    )
}

fn may_reach_browser(name: &str) -> bool {
    matches!(
        name,
        "accept-patch"
            | "accept-ranges"
            | "age"
            | "allow"
            | "audit-id"
            | "cache-control"
            | "content-disposition"
            | "content-encoding"
            | "content-language"
            | "content-length"
            | "content-range"
            | "content-type"
            | "date"
            | "etag"
            | "expires"
            | "last-modified"
            | "location"
            | "retry-after"
            | "vary"
            | "warning"
            | "x-kubernetes-pf-flowschema-uid"
            | "x-kubernetes-pf-prioritylevel-uid"
    )
}

fn is_of_web_socket(name: &str) -> bool {
    matches!(
        name,
        "origin"
            | "sec-websocket-accept"
            | "sec-websocket-extensions"
            | "sec-websocket-key"
            | "sec-websocket-protocol"
            | "sec-websocket-version"
    )
}

/// A header that `Connection` names is for the next hop only, whatever it is.
fn is_named_by_connection(headers: &HeaderMap, name: &HeaderName) -> bool {
    tokens(headers, &CONNECTION).any(|token| token.eq_ignore_ascii_case(name.as_str()))
}

/// The parts of a header whose value is a list with commas, over all its lines.
pub(crate) fn tokens<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim_ascii)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn map(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())).collect()
    }

    fn names(headers: &HeaderMap) -> Vec<&str> {
        headers.keys().map(HeaderName::as_str).collect()
    }

    #[test]
    fn only_a_get_that_asks_for_a_web_socket_is_an_upgrade() {
        let check = |method: Method, pairs: &[(&str, &str)], expect: Exchange| {
            assert_eq!(exchange(&method, &map(pairs)), expect, "{method} {pairs:?}");
        };
        let asks = [("connection", "keep-alive, Upgrade"), ("upgrade", "WebSocket")];
        check(Method::GET, &asks, Exchange::Upgrade);
        check(Method::POST, &asks, Exchange::Plain);
        check(Method::GET, &[("upgrade", "websocket")], Exchange::Plain);
        check(Method::GET, &[("connection", "upgrade"), ("upgrade", "h2c")], Exchange::Plain);
        check(Method::GET, &[("connection", "upgrade"), ("upgrade", "SPDY/3.1")], Exchange::Plain);
        check(Method::GET, &[], Exchange::Plain);
    }

    #[test]
    fn identity_and_hop_by_hop_headers_never_reach_the_api_server() {
        let sent = map(&[
            ("accept", "application/json"),
            ("authorization", "Bearer x"),
            ("connection", "keep-alive, range"),
            ("content-length", "3"),
            ("cookie", "pilothouse-7700=x"),
            ("forwarded", "for=x"),
            ("host", "localhost:7700"),
            ("impersonate-extra-a", "x"),
            ("impersonate-group", "system:masters"),
            ("impersonate-user", "admin"),
            ("keep-alive", "timeout=5"),
            ("origin", "http://localhost:7700"),
            ("proxy-authorization", "x"),
            ("range", "bytes=0-1"),
            ("referer", "x"),
            ("sec-fetch-site", "same-origin"),
            ("sec-websocket-key", "x"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "h2c"),
            ("x-forwarded-for", "x"),
            ("x-pilothouse-request", "1"),
            ("x-remote-user", "admin"),
        ]);
        assert_eq!(names(&for_api_server(&sent, Exchange::Plain)), ["accept", "content-length"]);
    }

    #[test]
    fn a_web_sockets_handshake_crosses_in_both_directions() {
        let sent = map(&[
            ("connection", "Upgrade"),
            ("upgrade", "websocket"),
            ("origin", "http://localhost:7700"),
            ("sec-websocket-key", "k"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-protocol", "v5.channel.k8s.io"),
        ]);
        let crossed = for_api_server(&sent, Exchange::Upgrade);
        let handshake = ["origin", "sec-websocket-key", "sec-websocket-version", "sec-websocket-protocol"];
        assert_eq!(names(&crossed), [&handshake[..], &["connection", "upgrade"]].concat());
        let answer = map(&[("connection", "Upgrade"), ("sec-websocket-accept", "a"), ("set-cookie", "x=y")]);
        assert_eq!(names(&for_browser(&answer, Exchange::Upgrade)), ["sec-websocket-accept", "connection", "upgrade"]);
    }

    #[test]
    fn what_would_speak_for_our_origin_never_reaches_the_browser() {
        let answer = map(&[
            ("access-control-allow-origin", "*"),
            ("audit-id", "a"),
            ("clear-site-data", "*"),
            ("content-security-policy", "default-src *"),
            ("content-type", "application/json"),
            ("set-cookie", "pilothouse-7700=x"),
            ("service-worker-allowed", "/"),
            ("strict-transport-security", "max-age=1"),
            ("trailer", "x"),
            ("transfer-encoding", "chunked"),
            ("warning", "299 - \"old\""),
            ("www-authenticate", "Basic"),
            ("x-pilothouse", "no-session"),
        ]);
        assert_eq!(names(&for_browser(&answer, Exchange::Plain)), ["audit-id", "content-type", "warning"]);
    }

    proptest! {
        #[test]
        fn no_identity_crosses_whatever_else_is_sent(
            pairs in proptest::collection::vec(("[a-zA-Z0-9-]{1,24}", "[ -~]{0,24}"), 0..12),
            identity in "(Impersonate|X-Remote|X-Forwarded)-[a-zA-Z]{1,8}|Cookie|AUTHORIZATION",
            connection in "[ -~]{0,40}",
            upgrade in any::<bool>(),
        ) {
            let mut sent: HeaderMap = pairs
                .iter()
                .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()))
                .collect();
            sent.append(identity.parse::<HeaderName>().unwrap(), HeaderValue::from_static("x"));
            sent.append(CONNECTION, connection.parse().unwrap());
            let exchange = if upgrade { Exchange::Upgrade } else { Exchange::Plain };
            let crossed = for_api_server(&sent, exchange);
            for name in crossed.keys() {
                let name = name.as_str();
                prop_assert!(may_reach_api_server(name) || upgrade);
                prop_assert!(!name.starts_with("impersonate-") && !name.starts_with("x-"));
                prop_assert!(!matches!(name, "cookie" | "authorization" | "host" | "transfer-encoding" | "te"));
            }
        }
    }
}
