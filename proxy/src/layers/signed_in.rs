//! The session rule: nothing of the Kubernetes API without the cookie that the one-time link was exchanged for, or, before
//! a demo cluster, a token of one of its users.

use axum::http::request::Parts;

use super::Gate;
use crate::error::Refusal;

/// Refuses a request without this process's session cookie: what the page asks of the proxy itself is no token's.
pub fn check_page(gate: &Gate, head: &Parts) -> Result<(), Refusal> {
    if gate.session.is_signed_in(&head.headers) { Ok(()) } else { Err(Refusal::NoSession) }
}

/// Refuses a request with neither this process's session cookie nor a user's token.
pub fn check(gate: &Gate, head: &Parts) -> Result<(), Refusal> {
    let has_token = || gate.users.as_ref().is_some_and(|users| users.by_token(&head.headers).is_some());
    if gate.session.is_signed_in(&head.headers) || has_token() { Ok(()) } else { Err(Refusal::NoSession) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::fixture::{gate, head};
    use crate::users::{Person, Users};

    #[test]
    fn a_token_is_for_the_api_and_not_for_what_the_page_asks_of_the_proxy() {
        let users = Users::new(["admin", "viewer"].map(|name| Person { name, words: "" })).unwrap();
        let text = users.kubeconfig("127.0.0.1:7700".parse().unwrap());
        let bearer = format!("Bearer {}", text["users"][1]["user"]["token"].as_str().unwrap());
        let gate = Gate { users: Some(users), ..gate() };
        let head = head("PUT", "/-/session/user", &[("authorization", &bearer)]);
        assert_eq!(check(&gate, &head), Ok(()));
        assert_eq!(check_page(&gate, &head), Err(Refusal::NoSession));
    }
}
