//! Fetches `config.json`, which lies beside index.html.

use model::config::Config;
use model::failure::Failure;

use crate::web::fetch::{Ask, get};

/// Reads it.
pub async fn load() -> Result<Config, Failure> {
    let body = get(Ask { url: "config.json", accept: "application/json", mask: "" }, 10_000.0).await?;
    Config::parse(&body).map_err(|e| Failure::Malformed { message: e.to_string() })
}
