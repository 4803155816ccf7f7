//! Proxy subresources: nodes, services and pods could serve script on our origin, so they are off unless allowed by name.

use std::fmt;

use axum::http::request::Parts;

use super::{Gate, path};
use crate::error::Refusal;

/// A core resource whose `proxy` subresource passes a request on to a program in the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ProxySubresource {
    /// `nodes/proxy`: the kubelet's own API, which can run commands in every pod of the node.
    Nodes,
    /// `services/proxy`.
    Services,
    /// `pods/proxy`.
    Pods,
}

impl fmt::Display for ProxySubresource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nodes => "nodes",
            Self::Services => "services",
            Self::Pods => "pods",
        })
    }
}

/// Refuses a proxy subresource that was not allowed by name, and the deprecated proxy paths always.
///
/// It relies on [`path::check`]: the segments that it compares are those that the API server will see.
pub fn check(gate: &Gate, head: &Parts) -> Result<(), Refusal> {
    let segments: Vec<_> = path::segments(head.uri.path()).collect();
    let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    let subresource = match segments.as_slice() {
        ["api", _, "proxy", ..] => return Err(Refusal::DeprecatedProxyPath),
        ["api", _, "nodes", _, "proxy", ..] => ProxySubresource::Nodes,
        ["api", _, "namespaces", _, "services", _, "proxy", ..] => ProxySubresource::Services,
        ["api", _, "namespaces", _, "pods", _, "proxy", ..] => ProxySubresource::Pods,
        _ => return Ok(()),
    };
    if gate.proxy_subresources.contains(&subresource) { Ok(()) } else { Err(Refusal::ProxySubresource(subresource)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::fixture::{gate, head};

    fn outcome(path: &str, allowed: &[ProxySubresource]) -> Result<(), Refusal> {
        let gate = Gate { proxy_subresources: allowed.to_vec(), ..gate() };
        check(&gate, &head("GET", path, &[]))
    }

    #[test]
    fn proxy_subresources_are_off_unless_allowed_by_name() {
        use ProxySubresource::{Nodes, Pods, Services};
        let cases = [
            ("/api/v1/nodes/n/proxy", Nodes),
            ("/api/v1/nodes/n/proxy/", Nodes),
            ("/api/v1/nodes/n/proxy/run/x", Nodes),
            ("/api/v1/nodes/n/%70roxy", Nodes),
            ("/api/v1/namespaces/d/services/https:s:443/proxy/index.html", Services),
            ("/api/v1/namespaces/d/pods/p/proxy", Pods),
            ("/api/v1/namespaces/d/pods/p/proxy/a/proxy", Pods),
        ];
        for (path, subresource) in cases {
            assert_eq!(outcome(path, &[]), Err(Refusal::ProxySubresource(subresource)));
            assert_eq!(outcome(path, &[subresource]), Ok(()));
        }
        assert_eq!(outcome("/api/v1/nodes/n/proxy", &[Pods, Services]), Err(Refusal::ProxySubresource(Nodes)));
    }

    #[test]
    fn the_deprecated_paths_stay_off() {
        for path in ["/api/v1/proxy/nodes/n", "/api/v1/proxy/namespaces/d/pods/p"] {
            assert_eq!(
                outcome(path, &[ProxySubresource::Nodes, ProxySubresource::Pods]),
                Err(Refusal::DeprecatedProxyPath)
            );
        }
    }

    #[test]
    fn objects_that_are_called_proxy_pass() {
        for path in [
            "/api/v1/nodes/proxy",
            "/api/v1/namespaces/proxy/pods",
            "/api/v1/namespaces/d/pods/proxy",
            "/api/v1/namespaces/d/pods/proxy/log",
            "/apis/apps/v1/namespaces/d/deployments/proxy/scale",
        ] {
            assert_eq!(outcome(path, &[]), Ok(()));
        }
    }
}
