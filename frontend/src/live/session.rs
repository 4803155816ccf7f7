//! The one-time link: its secret is exchanged for a session and leaves the address at once.

use model::failure::Failure;

use crate::web::{fetch, fragment};

/// Exchanges the secret in the fragment, if there is one. The secret leaves the address whatever comes of it.
pub async fn exchange() -> Result<(), Failure> {
    let text = fragment::read();
    let Some(secret) = text.strip_prefix("session=") else { return Ok(()) };
    fragment::replace("");
    let body = serde_json::json!({ "secret": secret }).to_string();
    fetch::post_json("-/session", &body).await.map(drop)
}
