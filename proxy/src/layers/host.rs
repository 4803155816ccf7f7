//! Host allow-list: a name that an attacker made point to loopback (DNS rebinding) is refused.

use axum::http::header::HOST;
use axum::http::request::Parts;

use super::Gate;
use crate::error::Refusal;

/// Refuses a request whose Host is not exactly one of ours, and an absolute target that names another.
pub fn check(gate: &Gate, head: &Parts) -> Result<(), Refusal> {
    let mut values = head.headers.get_all(HOST).iter();
    let host = values.next().ok_or(Refusal::Host)?;
    let is_ours = |name: &[u8]| gate.hosts.iter().any(|ours| ours.as_bytes() == name);
    let target = head.uri.authority().is_none_or(|authority| is_ours(authority.as_str().as_bytes()));
    if values.next().is_none() && is_ours(host.as_bytes()) && target { Ok(()) } else { Err(Refusal::Host) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::fixture::{gate, head};

    #[track_caller]
    fn check_host(target: &str, hosts: &[&str], passes: bool) {
        let expect = if passes { Ok(()) } else { Err(Refusal::Host) };
        let headers: Vec<_> = hosts.iter().map(|host| ("host", *host)).collect();
        assert_eq!(check(&gate(), &head("GET", target, &headers)), expect, "{target} {hosts:?}");
    }

    #[test]
    fn only_our_own_names_with_our_port_pass() {
        check_host("/", &["127.0.0.1:7700"], true);
        check_host("/", &["localhost:7700"], true);
        check_host("/", &["[::1]:7700"], true);
        for other in ["evil.example:7700", "localhost", "localhost:7701", "localhost:07700", "LOCALHOST:7700", ""] {
            check_host("/", &[other], false);
        }
    }

    #[test]
    fn no_host_and_two_hosts_are_refused() {
        check_host("/", &[], false);
        check_host("/", &["localhost:7700", "localhost:7700"], false);
    }

    #[test]
    fn an_absolute_target_must_name_us_too() {
        check_host("http://localhost:7700/", &["localhost:7700"], true);
        check_host("http://evil.example/", &["localhost:7700"], false);
    }
}
