//! Content-type rule: a write must be of a kind that another web page cannot send without a preflight.

use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;

use super::Gate;
use crate::error::Refusal;

/// The header that says instead of a content type that our own app sent the request: for a DELETE without a body.
pub const OWN_REQUEST_HEADER: &str = "x-pilothouse-request";

/// Refuses an unsafe method without a content type of the Kubernetes API and without our own header.
///
/// A browser sends a form, text or nothing across origins without asking; the API server takes JSON without a type.
pub fn check(_: &Gate, head: &Parts) -> Result<(), Refusal> {
    let is_safe = matches!(head.method, Method::GET | Method::HEAD | Method::OPTIONS);
    let is_own = head.headers.get(OWN_REQUEST_HEADER).is_some_and(|value| value == "1");
    let mut types = head.headers.get_all(CONTENT_TYPE).iter();
    let is_typed = match (types.next(), types.next()) {
        (Some(one), None) => one.to_str().is_ok_and(needs_preflight),
        _ => false,
    };
    if is_safe || is_own || is_typed { Ok(()) } else { Err(Refusal::ContentType) }
}

/// Whether a content type is one of the API's, all of which a browser asks about first.
fn needs_preflight(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim_ascii().to_ascii_lowercase();
    let Some(subtype) = essence.strip_prefix("application/") else {
        return false;
    };
    let is_token = subtype.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-_".contains(&byte));
    let (_, suffix) = subtype.rsplit_once('+').unwrap_or(("", subtype));
    is_token && matches!(suffix, "json" | "yaml" | "cbor" | "vnd.kubernetes.protobuf")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::layers::fixture::{gate, head};

    #[track_caller]
    fn check_write(headers: &[(&str, &str)], passes: bool) {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            assert_eq!(check(&gate(), &head(method, "/api", headers)).is_ok(), passes, "{method} {headers:?}");
        }
        assert_eq!(check(&gate(), &head("GET", "/api", headers)), Ok(()));
    }

    #[test]
    fn a_write_needs_a_type_that_other_pages_cannot_send() {
        for good in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/yaml",
            "application/merge-patch+json",
            "application/strategic-merge-patch+json",
            "application/apply-patch+yaml",
            "application/vnd.kubernetes.protobuf",
        ] {
            check_write(&[("content-type", good)], true);
        }
        for bad in [
            "",
            "text/plain",
            "text/plain; application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=application/json",
            "application/json, text/plain",
            "text/plain, application/json",
            "application/",
            "json",
        ] {
            check_write(&[("content-type", bad)], false);
        }
        check_write(&[], false);
        check_write(&[("content-type", "application/json"), ("content-type", "text/plain")], false);
    }

    #[test]
    fn our_own_header_stands_for_a_type() {
        check_write(&[("x-pilothouse-request", "1")], true);
        check_write(&[("x-pilothouse-request", "0")], false);
    }

    proptest! {
        #[test]
        fn what_a_form_can_send_never_passes(
            base in "(?i)(text/plain|multipart/form-data|application/x-www-form-urlencoded)",
            tail in "([;, ][ -~]{0,40})?",
        ) {
            let content_type = format!("{base}{tail}");
            prop_assert!(!needs_preflight(&content_type), "{}", content_type);
        }
    }
}
