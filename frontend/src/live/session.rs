//! The one-time link: its secret is exchanged for a session and leaves the address at once.

use model::failure::Failure;

use crate::web::fetch::{self, Method};
use crate::web::fragment;

/// Exchanges the secret in the fragment, if there is one. The secret leaves the address whatever comes of it.
pub async fn exchange() -> Result<(), Failure> {
    let text = fragment::read();
    let Some(secret) = text.strip_prefix("session=") else { return Ok(()) };
    fragment::replace("");
    // The secret is base64 for addresses. Anything else is none of ours, and would have to be escaped.
    if !secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
        let message = "This is not a whole link of pilothouse, or more than one. Open the newest link that it printed in the terminal, alone.";
        return Err(Failure::StaleLink { message: message.to_owned() });
    }
    let body = format!(r#"{{"secret":"{secret}"}}"#);
    fetch::send_json(Method::POST, "-/session", &body).await.map(drop)
}

/// Acts as somebody else from now on; only a demo cluster allows it.
pub async fn act_as(name: &str) -> Result<(), Failure> {
    fetch::send_json(Method::PUT, "-/session/user", &format!(r#"{{"user":"{name}"}}"#)).await.map(drop)
}
