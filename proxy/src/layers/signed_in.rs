//! The session rule: nothing of the Kubernetes API without the cookie that the one-time link was exchanged for.

use axum::http::request::Parts;

use super::Gate;
use crate::error::Refusal;

/// Refuses a request without this process's session cookie.
pub fn check(gate: &Gate, head: &Parts) -> Result<(), Refusal> {
    if gate.session.is_signed_in(&head.headers) { Ok(()) } else { Err(Refusal::NoSession) }
}
