//! Writes into etcd, past the API server.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::Client;
use serde_json::{Value, json};

/// A client of etcd's gateway, which speaks JSON.
#[derive(Clone, Debug)]
pub struct EtcdClient {
    client: Client,
    url: String,
}

impl EtcdClient {
    pub(super) fn new(url: String) -> Result<Self> {
        crate::api::install_tls();
        Ok(Self { client: Client::builder().no_proxy().build()?, url })
    }

    /// Puts values under their keys, all in one transaction.
    pub async fn put(&self, pairs: &[(String, String)]) -> Result<()> {
        let mut body = "{\"success\":[".to_owned();
        for (at, (key, value)) in pairs.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            let (key, value) = (BASE64_STANDARD.encode(key), BASE64_STANDARD.encode(value));
            // Writing to a String cannot fail.
            let _ = write!(body, "{comma}{{\"requestPut\":{{\"key\":\"{key}\",\"value\":\"{value}\"}}}}");
        }
        body += "]}";
        self.call("txn", body).await.map(drop)
    }

    /// Deletes keys, all in one transaction.
    pub async fn delete(&self, keys: &[String]) -> Result<()> {
        let requests: Vec<Value> =
            keys.iter().map(|key| json!({ "requestDeleteRange": { "key": BASE64_STANDARD.encode(key) } })).collect();
        self.call("txn", json!({ "success": requests }).to_string()).await.map(drop)
    }

    /// Deletes all keys that begin so.
    pub async fn delete_below(&self, prefix: &str) -> Result<()> {
        // The first key that does not begin so any more: prefixes end in a slash or a letter, never in the last byte there is.
        let mut end = prefix.as_bytes().to_vec();
        let last = end.last_mut().context("a prefix of nothing")?;
        *last = last.saturating_add(1);
        let range = json!({ "key": BASE64_STANDARD.encode(prefix), "range_end": BASE64_STANDARD.encode(end) });
        self.call("deleterange", range.to_string()).await.map(drop)
    }

    /// The values of keys; what is not there is left out.
    pub async fn get(&self, keys: &[String]) -> Result<Vec<(String, String)>> {
        let requests: Vec<Value> =
            keys.iter().map(|key| json!({ "requestRange": { "key": BASE64_STANDARD.encode(key) } })).collect();
        let answer = self.call("txn", json!({ "success": requests }).to_string()).await?;
        let mut found = Vec::with_capacity(keys.len());
        for response in answer["responses"].as_array().into_iter().flatten() {
            for pair in response["response_range"]["kvs"].as_array().into_iter().flatten() {
                let text = |key: &str| -> Result<String> {
                    let encoded = pair[key].as_str().context("a pair without text")?;
                    Ok(String::from_utf8(BASE64_STANDARD.decode(encoded)?)?)
                };
                found.push((text("key")?, text("value")?));
            }
        }
        Ok(found)
    }

    async fn call(&self, what: &str, body: String) -> Result<Value> {
        let answer = self.client.post(format!("{}/v3/kv/{what}", self.url)).body(body).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        anyhow::ensure!(status.is_success(), "etcd: {status}: {}", text.chars().take(300).collect::<String>());
        Ok(serde_json::from_str(&text)?)
    }
}
