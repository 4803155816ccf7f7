//! What names may be like.

use serde_json::Value;

use crate::error::{ApiError, Cause};
use crate::kinds::Kind;

const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', \
     and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
     '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start \
     and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is \
     '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

/// Checks the name of an object that is to be created.
pub fn check(kind: &'static Kind, object: &Value) -> Result<(), ApiError> {
    let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
    let cause = |reason, message: String| {
        let causes = vec![Cause { reason, message, field: "metadata.name".into() }];
        Err(ApiError::Invalid(kind, name.to_owned(), causes))
    };
    if name.is_empty() {
        return cause("FieldValueRequired", "Required value: name or generateName is required".into());
    }
    let invalid = |why: &str| cause("FieldValueInvalid", format!("Invalid value: \"{name}\": {why}"));
    match (kind.group, kind.plural) {
        ("rbac.authorization.k8s.io", _) if name.contains(['/', '%']) || matches!(name, "." | "..") => {
            invalid("may not contain '/' or '%'")
        }
        ("rbac.authorization.k8s.io", _) => Ok(()),
        ("", "namespaces" | "services") if !is_label(name) => invalid(LABEL),
        _ if name.len() > 253 => invalid("must be no more than 253 bytes"),
        _ if !name.split('.').all(is_label_text) => invalid(SUBDOMAIN),
        _ => Ok(()),
    }
}

fn is_label(text: &str) -> bool {
    text.len() <= 63 && is_label_text(text)
}

fn is_label_text(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}
