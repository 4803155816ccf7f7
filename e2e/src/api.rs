//! A small client of the Kubernetes API: JSON in, JSON out.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Certificate, Client, Method, StatusCode};
use serde_json::{Value, json};

/// How many writes are under way at once when many are asked for.
const WRITERS: usize = 32;

/// A client with the identity of one user.
#[derive(Clone, Debug)]
pub struct Api {
    client: Client,
    server: String,
}

impl Api {
    /// A client of the server at `server`, whose certificate `ca` signed (PEM), with a bearer token.
    pub fn new(server: &str, ca: &[u8], token: &str) -> Result<Self> {
        install_tls();
        let mut authorization = HeaderValue::from_str(&format!("Bearer {token}"))?;
        authorization.set_sensitive(true);
        let client = Client::builder()
            .tls_certs_only([Certificate::from_pem(ca)?])
            .default_headers(HeaderMap::from_iter([(AUTHORIZATION, authorization)]))
            .timeout(Duration::from_secs(30))
            .no_proxy()
            .build()?;
        Ok(Self { client, server: server.to_owned() })
    }

    /// A client of a server without TLS that knows us by the path in its address.
    pub fn plain(server: &str) -> Result<Self> {
        install_tls();
        let client = Client::builder().timeout(Duration::from_secs(30)).no_proxy().build()?;
        Ok(Self { client, server: server.to_owned() })
    }

    /// The object at `path`.
    pub async fn get(&self, path: &str) -> Result<Value> {
        self.send(Method::GET, path, "", None).await
    }

    /// The answer at `path` as text.
    pub async fn text(&self, path: &str) -> Result<String> {
        let answer = self.client.get(format!("{}{path}", self.server)).send().await?;
        Ok(answer.error_for_status()?.text().await?)
    }

    /// The answer at `path` in a form, as it comes.
    pub async fn bytes(&self, path: &str, accept: &str) -> Result<Vec<u8>> {
        let answer = self.client.get(format!("{}{path}", self.server)).header(ACCEPT, accept).send().await?;
        Ok(answer.error_for_status()?.bytes().await?.to_vec())
    }

    /// Whether there is an object at `path`.
    pub async fn exists(&self, path: &str) -> Result<bool> {
        let answer = self.client.get(format!("{}{path}", self.server)).send().await?;
        match answer.status() {
            StatusCode::NOT_FOUND => Ok(false),
            _ => Ok(answer.error_for_status().map(|_| true)?),
        }
    }

    /// The items of the list at `path`.
    pub async fn list(&self, path: &str) -> Result<Vec<Value>> {
        let mut list = self.get(path).await?;
        match list["items"].take() {
            Value::Array(items) => Ok(items),
            _ => anyhow::bail!("{path} is no list"),
        }
    }

    /// The server's own Table of the collection at `path`: of each object what its columns say, and itself.
    pub async fn table(&self, path: &str) -> Result<Vec<(BTreeMap<String, Value>, Value)>> {
        let url = format!("{}{path}?includeObject=Object", self.server);
        let request = self.client.get(url).header(ACCEPT, "application/json;as=Table;v=v1;g=meta.k8s.io");
        let mut table: Value = request.send().await?.error_for_status()?.json().await?;
        let columns: Vec<String> = table["columnDefinitions"]
            .as_array()
            .with_context(|| format!("{path} is no table"))?
            .iter()
            .map(|column| column["name"].as_str().unwrap_or_default().to_owned())
            .collect();
        // A table without rows has null.
        let rows = table["rows"].as_array_mut().map(std::mem::take).unwrap_or_default();
        let row = |mut row: Value| {
            let cells = row["cells"].as_array_mut().map(std::mem::take).unwrap_or_default();
            (columns.iter().cloned().zip(cells).collect(), row["object"].take())
        };
        Ok(rows.into_iter().map(row).collect())
    }

    /// How many objects the collection at `path` has.
    pub async fn count(&self, path: &str) -> Result<usize> {
        let first = self.get(&format!("{path}?limit=1")).await?;
        let rest = first["metadata"]["remainingItemCount"].as_u64().unwrap_or(0);
        Ok(usize::try_from(rest)? + first["items"].as_array().map_or(0, Vec::len))
    }

    /// Namespace and name of each object in the collection at `path`.
    pub async fn names(&self, path: &str) -> Result<Vec<(String, String)>> {
        const PAGE: usize = 5_000;
        let (mut names, mut continue_token) = (Vec::new(), String::new());
        loop {
            let url = format!("{}{path}?limit={PAGE}&continue={continue_token}", self.server);
            let request =
                self.client.get(url).header(ACCEPT, "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io");
            let page: Value = request.send().await?.error_for_status()?.json().await?;
            for item in page["items"].as_array().into_iter().flatten() {
                let text = |key: &str| item["metadata"][key].as_str().unwrap_or_default().to_owned();
                names.push((text("namespace"), text("name")));
            }
            match page["metadata"]["continue"].as_str() {
                Some(token) if !token.is_empty() => continue_token = token.to_owned(),
                _ => return Ok(names),
            }
        }
    }

    /// Creates an object in the collection at `path`.
    pub async fn create(&self, path: &str, object: &Value) -> Result<Value> {
        self.send(Method::POST, path, "application/json", Some(object)).await
    }

    /// Creates many objects, several at a time: pairs of a collection's path and an object.
    pub async fn create_all(&self, objects: Vec<(String, Value)>) -> Result<()> {
        stream::iter(objects.into_iter().map(Ok))
            .try_for_each_concurrent(WRITERS, async |(path, object)| self.create(&path, &object).await.map(drop))
            .await
    }

    /// Merges a patch into the object at `path`.
    pub async fn patch(&self, path: &str, patch: &Value) -> Result<Value> {
        self.send(Method::PATCH, path, "application/merge-patch+json", Some(patch)).await
    }

    /// Merges many patches, several at a time: pairs of an object's path and its patch.
    pub async fn patch_all(&self, patches: Vec<(String, Value)>) -> Result<()> {
        stream::iter(patches)
            .map(Ok)
            .try_for_each_concurrent(WRITERS, async |(path, patch)| self.patch(&path, &patch).await.map(drop))
            .await
    }

    /// Deletes the object or collection at `path`.
    pub async fn delete(&self, path: &str) -> Result<Value> {
        // Our own proxy wants a content type with whatever changes something.
        self.send(Method::DELETE, path, "application/json", Some(&json!({}))).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        content_type: &'static str,
        body: Option<&Value>,
    ) -> Result<Value> {
        let what = format!("{method} {path}");
        let mut request = self.client.request(method, format!("{}{path}", self.server));
        if let Some(body) = body {
            let content_type = HeaderValue::from_static(content_type);
            request = request.header(CONTENT_TYPE, content_type).body(serde_json::to_vec(body)?);
        }
        let answer = request.send().await.context(what.clone())?;
        let status = answer.status();
        let object: Value = answer.json().await.context(what.clone())?;
        anyhow::ensure!(status.is_success(), "{what}: {status}: {}", object["message"]);
        Ok(object)
    }
}

/// Says which TLS every client of this process uses, as reqwest asks for even where none is used.
pub fn install_tls() {
    // The first caller installs it; all want the same one.
    let _installed = rustls::crypto::ring::default_provider().install_default();
}

/// One POST of JSON over plain HTTP, for servers that need no identity.
pub async fn post_plain(url: &str, body: &Value) -> Result<Value> {
    install_tls();
    let answer = Client::builder().no_proxy().build()?.post(url).json(body).send().await?;
    Ok(answer.error_for_status()?.json().await?)
}
