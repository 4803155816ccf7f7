//! Method allow-list: what HTTP offers beyond the Kubernetes API's verbs is refused.

use axum::http::Method;
use axum::http::request::Parts;

use super::Gate;
use crate::error::Refusal;

/// Refuses methods that the Kubernetes API does not have, CONNECT and TRACE among them.
pub fn check(_: &Gate, head: &Parts) -> Result<(), Refusal> {
    match head.method {
        Method::GET | Method::HEAD | Method::OPTIONS | Method::POST | Method::PUT | Method::PATCH | Method::DELETE => {
            Ok(())
        }
        _ => Err(Refusal::Method),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::fixture::{gate, head};

    #[test]
    fn only_the_verbs_of_the_api_pass() {
        for method in ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"] {
            assert_eq!(check(&gate(), &head(method, "/api", &[])), Ok(()), "{method}");
        }
        for method in ["TRACE", "PROPFIND", "get", "X"] {
            assert_eq!(check(&gate(), &head(method, "/api", &[])), Err(Refusal::Method), "{method}");
        }
    }
}
