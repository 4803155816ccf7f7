//! What a browser sends: requests with Host, Origin, fetch metadata and the session's cookie.

use std::net::SocketAddr;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A browser at the program's own page.
#[derive(Clone)]
pub struct Browser {
    pub address: SocketAddr,
    /// Sent with every request unless the request has its own.
    pub headers: HeaderMap,
}

/// An answer that was read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Browser {
    pub fn new(address: SocketAddr) -> Self {
        let mut browser = Self { address, headers: HeaderMap::new() };
        browser.set("host", &address.to_string());
        browser.set("sec-fetch-site", "same-origin");
        browser
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.headers.insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
    }

    /// The same browser with a header of another value, or without it.
    pub fn with(&self, name: &str, value: Option<&str>) -> Self {
        let mut other = self.clone();
        match value {
            Some(value) => other.set(name, value),
            None => drop(other.headers.remove(name)),
        }
        other
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Offers a link's secret for a session.
    pub async fn offer(&self, link: &str) -> Answer {
        let secret = link.split_once("#session=").unwrap().1;
        let body = serde_json::json!({ "secret": secret }).to_string();
        let request =
            Request::post("/-/session").header("content-type", "application/json").header("origin", self.origin());
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Opens a link and keeps the cookie.
    pub async fn sign_in(&mut self, link: &str) {
        let answer = self.offer(link).await;
        assert_eq!(answer.status, 204, "{answer:?}");
        let cookie = answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        self.set("cookie", &cookie);
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (head, body) = self.stream(request).await.into_parts();
        Answer { status: head.status, headers: head.headers, body: body.collect().await.unwrap().to_bytes() }
    }

    /// Sends a request over a connection of its own, and hands the answer over while it streams.
    pub async fn stream(&self, mut request: Request<Body>) -> Response<Incoming> {
        for (name, value) in &self.headers {
            if !request.headers().contains_key(name) {
                request.headers_mut().insert(name, value.clone());
            }
        }
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection.with_upgrades());
        sender.send_request(request).await.unwrap()
    }

    /// Asks to switch to a WebSocket.
    pub async fn upgrade(&self, path: &str, origin: Option<&str>) -> Response<Incoming> {
        let mut request = Request::get(path)
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        // Chromium sends no fetch metadata with a handshake to loopback.
        self.with("sec-fetch-site", None).stream(request.body(Body::empty()).unwrap()).await
    }
}

impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(HeaderValue::to_str).transpose().unwrap()
    }

    /// Asserts that the proxy itself refused, with a Status and a slug.
    #[track_caller]
    pub fn assert_refused(&self, code: u16, slug: &str) {
        assert_eq!((self.status.as_u16(), self.header("x-pilothouse")), (code, Some(slug)), "{self:?}");
        let status = self.json();
        assert_eq!((status["kind"].as_str(), status["code"].as_u64()), (Some("Status"), Some(code.into())));
    }
}

/// Sends bytes as they are, says that nothing follows, and gives all that comes back until the connection ends.
pub async fn send_raw(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The program may answer and close before it has read everything.
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}
