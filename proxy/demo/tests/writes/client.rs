//! A demo cluster in which nothing happens by itself, and how it is asked.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use jiff::Timestamp;
use pilothouse_demo::api::answer::Body;
use pilothouse_demo::{Demo, Settings};
use serde_json::Value;

pub const MAPS: &str = "/api/v1/namespaces/shop/configmaps";
pub const PODS: &str = "/api/v1/namespaces/shop/pods";
pub const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/// A cluster and those who ask it.
pub struct Client(Demo);

impl Client {
    /// A cluster in which nothing happens by itself.
    pub fn still() -> Self {
        Self(Demo::start(Settings { pace: 1e-9, ..Settings::default() }, Timestamp::UNIX_EPOCH).unwrap())
    }

    pub async fn send(&self, method: &str, path: &str, body: impl Into<Bytes>) -> Response<Body> {
        let content_type = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
        let request = Request::builder().method(method).uri(path).header("content-type", content_type);
        self.0.answer(request.body(Full::new(body.into())).unwrap()).await
    }

    pub async fn ask(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let response = self.send(method, path, body).await;
        let code = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (code, serde_json::from_slice(&body).unwrap())
    }

    /// The code of the answer.
    pub async fn code(&self, method: &str, path: &str, body: Value) -> u16 {
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        self.send(method, path, body).await.status().as_u16()
    }

    pub async fn get(&self, path: &str) -> Value {
        self.ask("GET", path, Value::Null).await.1
    }

    /// The text of an answer.
    pub async fn text(&self, path: &str) -> (u16, String) {
        let response = self.send("GET", path, Bytes::new()).await;
        let code = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (code, String::from_utf8(body.to_vec()).unwrap())
    }
}

pub fn names(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| item["metadata"]["name"].as_str().unwrap().to_owned()).collect()
}
