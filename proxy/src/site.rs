//! What the handlers share: one site on one address, before one API server.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;

use crate::layers::Gate;
use crate::layers::proxy_subresource::ProxySubresource;
use crate::metrics::Metrics;
use crate::session::Session;
use crate::shutdown::Shutdown;
use crate::upstream::Upstream;
use crate::users::{Person, Users};

/// The state of the router.
#[derive(Debug)]
pub struct Site {
    /// What requests are compared with.
    pub gate: Arc<Gate>,
    /// The API server.
    pub upstream: Upstream,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// The end of the process.
    pub shutdown: Shutdown,
    /// The kubeconfig's name of whom the proxy acts as.
    pub user: String,
    /// `config.json`, which tells the page where the API is.
    pub page_config: Bytes,
}

/// The names that the page shows.
#[derive(Debug, Clone)]
pub struct Names {
    /// The context's name.
    pub cluster: String,
    /// The name of its user.
    pub user: String,
    /// Its namespace, where it names one.
    pub namespace: Option<String>,
}

/// `config.json` as the page reads it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PageConfig<'a> {
    mode: &'static str,
    /// Relative to the page.
    api_base: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    cluster: &'a str,
    user: &'a str,
    version: &'static str,
    /// As whom one may act, before a demo cluster.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    users: Vec<Person>,
}

impl Site {
    /// A site on a loopback address.
    pub fn new(
        address: SocketAddr,
        names: &Names,
        upstream: Upstream,
        proxy_subresources: Vec<ProxySubresource>,
        users: Option<Users>,
    ) -> Result<Self, getrandom::Error> {
        let page_config = PageConfig {
            mode: if users.is_some() { "demo" } else { "local" },
            api_base: "./",
            namespace: names.namespace.as_deref(),
            cluster: &names.cluster,
            user: &names.user,
            version: env!("CARGO_PKG_VERSION"),
            users: users.iter().flat_map(Users::people).collect(),
        };
        let page_config = serde_json::to_vec(&page_config).expect("a struct of strings always serialises");
        let gate = Gate { users, ..Gate::new(address, proxy_subresources, Session::new(address)?) };
        Ok(Self {
            gate: Arc::new(gate),
            upstream,
            metrics: Arc::default(),
            shutdown: Shutdown::default(),
            user: names.user.clone(),
            page_config: page_config.into(),
        })
    }
}
