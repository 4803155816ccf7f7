//! The session rule: nothing of the Kubernetes API without the cookie that the one-time link was exchanged for, or, before
//! a demo cluster, a token of one of its users.

use axum::http::request::Parts;

use super::Gate;
use crate::error::Refusal;

/// Refuses a request with neither this process's session cookie nor a user's token.
pub fn check(gate: &Gate, head: &Parts) -> Result<(), Refusal> {
    let has_token = || gate.users.as_ref().is_some_and(|users| users.by_token(&head.headers).is_some());
    if gate.session.is_signed_in(&head.headers) || has_token() { Ok(()) } else { Err(Refusal::NoSession) }
}
