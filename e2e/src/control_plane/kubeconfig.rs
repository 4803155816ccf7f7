//! Kubeconfig files.

use std::fs;
use std::path::Path;

use anyhow::Result;
use serde_json::json;

/// The name of the cluster and of the context in every kubeconfig written here.
pub const CLUSTER_NAME: &str = "pilothouse-e2e";

/// What one kubeconfig says.
#[derive(Debug)]
pub struct Kubeconfig<'a> {
    /// The API server.
    pub server: &'a str,
    /// The authority that signed its certificate.
    pub ca: &'a Path,
    /// The user's name.
    pub user: &'a str,
    /// The user's token.
    pub token: &'a str,
    /// The namespace the context starts in.
    pub namespace: &'a str,
}

impl Kubeconfig<'_> {
    /// Writes the file; JSON is YAML too.
    pub fn write(&self, path: &Path) -> Result<()> {
        let content = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": CLUSTER_NAME,
            "contexts": [{
                "name": CLUSTER_NAME,
                "context": { "cluster": CLUSTER_NAME, "user": self.user, "namespace": self.namespace },
            }],
            "clusters": [{
                "name": CLUSTER_NAME,
                "cluster": { "server": self.server, "certificate-authority": self.ca },
            }],
            "users": [{ "name": self.user, "user": { "token": self.token } }],
        });
        Ok(fs::write(path, content.to_string())?)
    }
}
