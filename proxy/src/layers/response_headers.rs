//! What every answer says to the browser: what it may load, who may frame it, and that it is what it says it is.

use axum::http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

/// The page's policy: our own files and our own API, WebAssembly but no eval, and nothing inline.
pub const PAGE_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

/// The policy of everything else: opened as a page it may do nothing, and is not of our origin.
pub const API_POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

const COMMON: [(HeaderName, &str); 7] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// Marks an answer as part of the page.
pub async fn for_page(mut response: Response) -> Response {
    add(response.headers_mut(), PAGE_POLICY);
    response
}

/// Marks an answer as something that is no page.
pub async fn for_api(mut response: Response) -> Response {
    add(response.headers_mut(), API_POLICY);
    response
}

/// Adds what every answer says, and a policy.
pub fn add(headers: &mut HeaderMap, policy: &'static str) {
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    for (name, value) in COMMON {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
