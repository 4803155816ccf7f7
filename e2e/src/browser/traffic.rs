//! What the page sent over the network.

use std::sync::PoisonError;

use anyhow::Result;
use serde_json::Value;

use super::Browser;

/// A request or a socket that the page opened.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its address.
    pub url: String,
    /// Whether it is a WebSocket.
    pub is_socket: bool,
    /// The address of what asked for it: a document, a script or a style.
    pub initiator: Option<String>,
}

/// Everything that the page sent, in order.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// The requests and sockets.
    pub requests: Vec<Request>,
}

impl Browser {
    /// What was sent since the last time this was asked.
    pub async fn traffic(&self) -> Result<Traffic> {
        let mut requests = Vec::new();
        for entry in self.driver.get_log("performance").await? {
            let entry: Value = serde_json::from_str(&entry.message)?;
            requests.extend(request(&entry["message"]));
        }
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).extend(requests.iter().cloned());
        Ok(Traffic { requests })
    }

    /// Everything that was sent since the browser started.
    pub async fn whole_traffic(&self) -> Result<Traffic> {
        self.traffic().await?;
        Ok(Traffic { requests: self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone() })
    }
}

impl Traffic {
    /// Those whose address holds `part`.
    pub fn with(&self, part: &str) -> Vec<&Request> {
        self.requests.iter().filter(|request| request.url.contains(part)).collect()
    }

    /// Those that went anywhere but to `address`, `HOST:PORT`.
    pub fn foreign(&self, address: &str) -> Vec<&Request> {
        let ours = [format!("http://{address}/"), format!("ws://{address}/")];
        self.requests.iter().filter(|request| !ours.iter().any(|origin| request.url.starts_with(origin))).collect()
    }
}

fn request(event: &Value) -> Option<Request> {
    let parameters = &event["params"];
    let initiator = &parameters["initiator"];
    let asked_by = initiator["url"].as_str().or_else(|| initiator["stack"]["callFrames"][0]["url"].as_str());
    let (url, is_socket) = match event["method"].as_str()? {
        "Network.requestWillBeSent" => (parameters["request"]["url"].as_str()?, false),
        "Network.webSocketCreated" => (parameters["url"].as_str()?, true),
        _ => return None,
    };
    // Neither the browser's own pages nor what a page carries in itself goes over the network.
    let is_sent = ["http:", "https:", "ws:", "wss:"].iter().any(|scheme| url.starts_with(scheme));
    is_sent.then(|| Request { url: url.to_owned(), is_socket, initiator: asked_by.map(str::to_owned) })
}
