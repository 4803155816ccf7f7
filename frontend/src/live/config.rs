//! `config.json`, beside index.html: where the API is and how the app is hosted.

use model::failure::Failure;
use serde::Deserialize;

use crate::web::fetch::{Ask, get};

/// How this app is hosted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Config {
    /// Who serves the app.
    pub mode: Mode,
    /// Where the Kubernetes API is, relative to the page or absolute; ends in a slash.
    pub api_base: String,
    /// Where a user without rights on all namespaces starts.
    #[serde(default)]
    pub namespace: Option<String>,
    /// The cluster's name in URLs.
    #[serde(default = "default_cluster")]
    pub cluster: String,
    /// The name of the user in the kubeconfig.
    #[serde(default)]
    pub user: Option<String>,
}

/// Who serves the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Plain files, for example behind `kubectl proxy`.
    Static,
    /// `pilothouse` on this machine.
    Local,
}

impl Config {
    /// Reads it.
    pub async fn load() -> Result<Self, Failure> {
        let body = get(Ask { url: "config.json", accept: "application/json" }, 10_000.0).await?;
        let mut config: Self =
            serde_json::from_slice(&body).map_err(|e| Failure::Malformed { message: format!("config.json: {e}") })?;
        if !config.api_base.ends_with('/') {
            config.api_base.push('/');
        }
        Ok(config)
    }
}

fn default_cluster() -> String {
    "default".into()
}
