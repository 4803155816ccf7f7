//! The app's files, embedded at build with their compressed forms.

use axum::body::Body;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;

use crate::forward::headers::tokens;

pub mod naming;

/// A file of the app.
#[derive(Debug)]
pub struct Asset {
    /// Its path below the origin.
    pub path: &'static str,
    /// Its media type.
    pub content_type: &'static str,
    /// Whether its name changes with its content, so that a browser may keep it for ever.
    pub is_immutable: bool,
    /// Its bytes.
    pub identity: Form,
    /// Its bytes after brotli, where those are fewer.
    pub brotli: Option<Form>,
}

/// A file's bytes in one encoding, and the tag that names them.
#[derive(Debug)]
pub struct Form {
    /// The bytes.
    pub bytes: &'static [u8],
    /// A strong entity tag; each encoding has its own.
    pub etag: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Answers a file in the best form that the browser takes, or 304 if it has that.
pub fn answer(asset: &Asset, request: &HeaderMap) -> Response {
    let (form, encoding) = match &asset.brotli {
        Some(brotli) if takes_brotli(request) => (brotli, Some("br")),
        _ => (&asset.identity, None),
    };
    let is_fresh = has_tag(request, form.etag);
    let body = if is_fresh { Body::empty() } else { Body::from(Bytes::from_static(form.bytes)) };
    let mut response = Response::new(body);
    if is_fresh {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let cache = if asset.is_immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut put = |name: HeaderName, value| response.headers_mut().insert(name, HeaderValue::from_static(value));
    put(CONTENT_TYPE, asset.content_type);
    put(CACHE_CONTROL, cache);
    put(ETAG, form.etag);
    put(VARY, "accept-encoding");
    if let Some(encoding) = encoding {
        put(CONTENT_ENCODING, encoding);
    }
    response
}

fn takes_brotli(request: &HeaderMap) -> bool {
    tokens(request, &ACCEPT_ENCODING).any(|coding| {
        let mut parts = coding.split(';').map(str::trim_ascii);
        let is_brotli = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br"));
        // A weight of zero means "not this one".
        let is_refused = parts.any(|weight| {
            weight.strip_prefix("q=").is_some_and(|weight| weight.parse::<f32>().is_ok_and(|weight| weight == 0.0))
        });
        is_brotli && !is_refused
    })
}

fn has_tag(request: &HeaderMap, etag: &str) -> bool {
    tokens(request, &IF_NONE_MATCH).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASSET: Asset = Asset {
        path: "/app-0123456789abcdef.js",
        content_type: "text/javascript",
        is_immutable: true,
        identity: Form { bytes: b"plain", etag: "\"plain\"" },
        brotli: Some(Form { bytes: b"br", etag: "\"br\"" }),
    };

    fn ask(pairs: &[(HeaderName, &'static str)]) -> Response {
        let headers = pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect();
        answer(&ASSET, &headers)
    }

    #[test]
    fn brotli_goes_to_whom_takes_it() {
        let check = |accept: &'static str, expect: &str| {
            let response = ask(&[(ACCEPT_ENCODING, accept)]);
            assert_eq!(response.headers()[ETAG], expect, "{accept:?}");
            assert_eq!(response.headers().contains_key(CONTENT_ENCODING), expect == "\"br\"", "{accept:?}");
            assert_eq!(response.headers()[VARY], "accept-encoding");
        };
        check("gzip, deflate, br, zstd", "\"br\"");
        check("BR;q=0.5", "\"br\"");
        check("gzip", "\"plain\"");
        check("br;q=0", "\"plain\"");
        check("br; q=0.0", "\"plain\"");
        check("brotli", "\"plain\"");
        check("", "\"plain\"");
    }

    #[test]
    fn a_browser_that_has_the_form_gets_none() {
        let check = |tag: &'static str, expect: u16| {
            assert_eq!(ask(&[(ACCEPT_ENCODING, "br"), (IF_NONE_MATCH, tag)]).status(), expect, "{tag}");
        };
        check("\"br\"", 304);
        check("W/\"br\"", 304);
        check("\"x\", \"br\"", 304);
        check("*", 304);
        check("\"plain\"", 200);
        check("", 200);
    }

    #[test]
    fn the_page_is_embedded_and_never_kept_without_asking() {
        let page = EMBEDDED.iter().find(|asset| asset.path == "/index.html").unwrap();
        assert!(!page.is_immutable);
        assert_eq!(answer(page, &HeaderMap::new()).headers()[CACHE_CONTROL], "no-cache");
        assert!(EMBEDDED.iter().all(|asset| asset.path != "/config.json"), "it is made by the proxy");
    }
}
