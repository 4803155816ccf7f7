//! The order of layers: what each group of routes must pass before its handler runs.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;

use crate::error::Refusal;
use crate::session::Session;
use crate::users::Users;
use proxy_subresource::ProxySubresource;

pub mod content_type;
pub mod fetch_site;
pub mod host;
pub mod method;
pub mod observe;
pub mod origin;
pub mod path;
pub mod proxy_subresource;
pub mod response_headers;
pub mod signed_in;

/// A check that a request passes, or is refused by; it never changes the request.
pub type Guard = fn(&Gate, &Parts) -> Result<(), Refusal>;

/// The page and its files: public, but only under our own names (against DNS rebinding).
pub const PAGE: &[Guard] = &[host::check];

/// Metrics: read by programs that have no session.
pub const METRICS: &[Guard] = &[host::check, origin::check, fetch_site::check];

/// The exchange of the one-time secret for a session, and the question whether there is one.
pub const SESSION: &[Guard] = &[host::check, method::check, origin::check, fetch_site::check, content_type::check];

/// What a signed-in page asks of the proxy itself.
pub const OWN: &[Guard] =
    &[host::check, method::check, origin::check, fetch_site::check, content_type::check, signed_in::check_page];

/// The Kubernetes API: the session stands last but one, so that a hostile page never learns whether there is one.
pub const API: &[Guard] = &[
    host::check,
    method::check,
    origin::check,
    fetch_site::check,
    content_type::check,
    path::check,
    signed_in::check,
    proxy_subresource::check,
];

/// What the guards compare a request with.
#[derive(Debug)]
pub struct Gate {
    /// The values of Host that are ours.
    pub hosts: Vec<String>,
    /// The values of Origin that are ours.
    pub origins: Vec<String>,
    /// The proxy subresources that were allowed by name.
    pub proxy_subresources: Vec<ProxySubresource>,
    /// Who is signed in.
    pub session: Session,
    /// The users of a demo cluster.
    pub users: Option<Users>,
}

impl Gate {
    /// The gate of a proxy that listens on a loopback address.
    pub fn new(address: SocketAddr, proxy_subresources: Vec<ProxySubresource>, session: Session) -> Self {
        let port = address.port();
        let mut hosts = vec![address.to_string()];
        for name in ["127.0.0.1", "localhost", "[::1]"] {
            hosts.push(format!("{name}:{port}"));
            // A browser leaves the scheme's own port out.
            if port == 80 {
                hosts.push(name.to_owned());
            }
        }
        let origins = hosts.iter().map(|host| format!("http://{host}")).collect();
        Self { hosts, origins, proxy_subresources, session, users: None }
    }
}

/// A row of guards and what they compare with, as the state of [`guard`].
#[derive(Clone)]
pub struct Guards {
    /// What the guards compare with.
    pub gate: Arc<Gate>,
    /// The guards in their order.
    pub checks: &'static [Guard],
}

/// Runs a row of guards in their order, up to the first refusal.
pub fn check(checks: &[Guard], gate: &Gate, head: &Parts) -> Result<(), Refusal> {
    checks.iter().try_for_each(|check| check(gate, head))
}

/// The middleware that runs a row of guards, and answers the first refusal.
pub async fn guard(State(guards): State<Guards>, request: Request, next: Next) -> Result<Response, Refusal> {
    let (head, body) = request.into_parts();
    check(guards.checks, &guards.gate, &head)?;
    Ok(next.run(Request::from_parts(head, body)).await)
}

#[cfg(test)]
pub(crate) mod fixture {
    //! A gate on port 7700 with nobody signed in, and requests' heads from a few strings.

    use axum::http::Request;
    use axum::http::request::Parts;

    use super::Gate;
    use crate::session::Session;

    pub fn gate() -> Gate {
        let address = "127.0.0.1:7700".parse().unwrap();
        Gate::new(address, Vec::new(), Session::new(address).unwrap())
    }

    pub fn head(method: &str, target: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }
}
