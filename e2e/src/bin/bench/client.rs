//! One kept connection to a contestant, for what is not measured: the page's files, and signing in.

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{ACCEPT_ENCODING, CONTENT_TYPE, HOST, SET_COOKIE};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A connection that takes one request after the other.
pub struct Client {
    sender: SendRequest<Full<Bytes>>,
    address: String,
}

impl Client {
    /// Opens a connection.
    pub async fn connect(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { sender, address: address.to_owned() })
    }

    /// Fetches a file as a browser does, compressed where the server can.
    pub async fn fetch(&mut self, path: &str) -> Result<Bytes> {
        let request = Request::get(path)
            .header(HOST, &self.address)
            .header(ACCEPT_ENCODING, "gzip, deflate, br, zstd")
            .body(Full::default())?;
        Ok(self.send(request).await?.into_body().collect().await?.to_bytes())
    }

    /// Exchanges a one-time secret for a session; the cookie to send from now on.
    pub async fn sign_in(&mut self, secret: &str) -> Result<String> {
        let body = serde_json::json!({ "secret": secret }).to_string();
        let request = Request::post("/-/session")
            .header(HOST, &self.address)
            .header(CONTENT_TYPE, "application/json")
            .body(Full::from(body))?;
        let response = self.send(request).await?;
        let cookie = response.headers().get(SET_COOKIE).context("no cookie came")?.to_str()?;
        Ok(cookie.split(';').next().unwrap_or("").to_owned())
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Response<hyper::body::Incoming>> {
        self.sender.ready().await?;
        let path = request.uri().to_string();
        let response = self.sender.send_request(request).await?;
        let status = response.status();
        ensure!(status == StatusCode::OK || status == StatusCode::NO_CONTENT, "{path} answered {status}");
        Ok(response)
    }
}
