//! Path rule: a path that two programs may read in two ways is refused, so that later rules see what the API server sees.

use std::borrow::Cow;

use axum::http::request::Parts;
use percent_encoding::percent_decode_str;

use super::Gate;
use crate::error::Refusal;

/// Refuses dot segments, empty segments, encoded separators and broken escapes; the query is not looked at.
pub fn check(_: &Gate, head: &Parts) -> Result<(), Refusal> {
    match fault(head.uri.path()) {
        Some(fault) => Err(Refusal::Path(fault)),
        None => Ok(()),
    }
}

/// The decoded segments of a path that has passed [`check`].
pub fn segments(path: &str) -> impl Iterator<Item = Cow<'_, str>> {
    path.split('/').skip(1).map(|segment| percent_decode_str(segment).decode_utf8_lossy())
}

fn fault(path: &str) -> Option<&'static str> {
    let Some(relative) = path.strip_prefix('/') else {
        return Some("it does not begin with a slash");
    };
    if path.bytes().any(|byte| !byte.is_ascii_graphic() || byte == b'\\') {
        return Some("it has a character that must be escaped");
    }
    // One slash at the end is as good as none.
    let inner = relative.strip_suffix('/').unwrap_or(relative);
    if path.contains("//") || (inner.is_empty() && !relative.is_empty()) {
        return Some("it has an empty segment");
    }
    relative.split('/').find_map(segment_fault)
}

fn segment_fault(segment: &str) -> Option<&'static str> {
    if !segment.contains('%') {
        return matches!(segment, "." | "..").then_some("it has a dot segment");
    }
    let mut decoded = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        let byte = if *first == b'%' {
            let Some(((high, low), tail)) = hex_pair(rest) else {
                return Some("it has a broken escape");
            };
            rest = tail;
            let byte = high << 4 | low;
            // An encoded percent sign may hide a second round of any of these.
            if matches!(byte, b'/' | b'\\' | b'%') || byte.is_ascii_control() {
                return Some("it has an escaped separator or control character");
            }
            byte
        } else {
            *first
        };
        decoded.push(byte);
    }
    match decoded.as_slice() {
        b"." | b".." => Some("it has a dot segment"),
        decoded if std::str::from_utf8(decoded).is_err() => Some("it is not UTF-8"),
        _ => None,
    }
}

fn hex_pair(bytes: &[u8]) -> Option<((u8, u8), &[u8])> {
    let ([high, low], rest) = bytes.split_first_chunk::<2>()?;
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(((digit(high)?, digit(low)?), rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_paths_of_the_api_pass() {
        for path in [
            "/api",
            "/api/",
            "/api/v1/namespaces/kube-system/pods/a-b.c",
            "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:node",
            "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode",
            "/apis/example.org/v1/things/%C3%A9",
            "/api/v1/namespaces/...",
        ] {
            assert_eq!(fault(path), None, "{path}");
        }
    }

    #[test]
    fn ambiguous_paths_are_refused() {
        for path in [
            "*",
            "",
            "//",
            "//evil.example/api",
            "/api//v1",
            "/api/v1//",
            "/api/./v1",
            "/api/../v1",
            "/api/%2e%2E/v1",
            "/api/.%2e",
            "/api%2Fv1",
            "/api/v1/nodes/a%2fproxy",
            "/api/v1/nodes/a%5cproxy",
            "/api/v1/nodes/a%252Fproxy",
            "/api\\v1",
            "/api/%",
            "/api/%2",
            "/api/%zz",
            "/api/%+1",
            "/api/%00",
            "/api/%0d%0a",
            "/api/%ff",
            "/api/é",
        ] {
            assert!(fault(path).is_some(), "{path}");
        }
    }

    proptest! {
        #[test]
        fn no_path_panics_and_one_that_passes_has_the_same_segments_after_decoding(path in "/[ -~é]{0,40}") {
            if fault(&path).is_none() {
                for segment in segments(&path) {
                    prop_assert!(!segment.contains(['/', '\\', '%', '\0']));
                    prop_assert!(segment != "." && segment != "..");
                }
            }
        }
    }
}
