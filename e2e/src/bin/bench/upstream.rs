//! The API server's part, played as fast as we can: TLS, small answers, one very large answer.

use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

mod http1;

/// The path of the small answer.
pub const SMALL: &str = "/api/v1/namespaces/default/pods/web-0";
/// The size of the small answer: a pod without managed fields.
pub const SMALL_BYTES: u64 = 5_000;
/// The path of the large answer.
pub const LARGE: &str = "/api/v1/pods";
/// The size of the large answer: about 40,000 pods.
pub const LARGE_BYTES: u64 = 200_000_000;
/// The token that every contestant presents, as an API server would want it.
pub const TOKEN: &str = "bench-token";

/// The running upstream; it ends with the program.
pub struct Upstream {
    /// `127.0.0.1:PORT`.
    pub address: String,
    /// Its certificate, which is its own authority.
    pub ca: PathBuf,
    /// A kubeconfig that names it.
    pub kubeconfig: PathBuf,
}

/// An answer: its body is the chunk, again and again up to the length.
struct Answer {
    status: StatusCode,
    chunk: Bytes,
    length: u64,
}

/// The same bytes again and again, up to a size.
struct Repeat {
    chunk: Bytes,
    left: u64,
}

impl Upstream {
    /// Starts it on a thread of its own, its certificate and kubeconfig in a folder.
    pub fn start(folder: &Path) -> Result<Self> {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()])?;
        let ca = folder.join("upstream.crt");
        fs::write(&ca, cert.pem())?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
        let mut tls = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![cert.der().clone()], key)?;
        // As a real API server offers them; each contestant takes what it likes best.
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];

        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?.to_string();
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::spawn(move || runtime.block_on(serve(listener, acceptor)));

        let kubeconfig = folder.join("kubeconfig");
        fs::write(&kubeconfig, kubeconfig_json(&address, &ca).to_string())?;
        Ok(Self { address, ca, kubeconfig })
    }
}

impl Body for Repeat {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let length = self.left.min(self.chunk.len() as u64);
        self.left -= length;
        // At most the length of the chunk, so it fits.
        let part = self.chunk.slice(..usize::try_from(length).unwrap_or(self.chunk.len()));
        Poll::Ready(Some(Ok(Frame::data(part))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

async fn serve(listener: std::net::TcpListener, acceptor: TlsAcceptor) -> Result<()> {
    let listener = TcpListener::from_std(listener)?;
    let chunk = Bytes::from("{\"kind\":\"Pod\"},\n".repeat(4096));
    loop {
        let (stream, _) = listener.accept().await.context("the upstream cannot accept")?;
        let (acceptor, chunk) = (acceptor.clone(), chunk.clone());
        tokio::spawn(async move {
            stream.set_nodelay(true)?;
            let stream = acceptor.accept(stream).await?;
            // A contestant that closes its connection is no failure of the upstream.
            if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                let service = service_fn(|request| {
                    let response = response(&answer(request.uri().path(), &chunk));
                    async move { Ok::<_, Infallible>(response) }
                });
                let _closed =
                    http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
            } else {
                let _closed = http1::serve(stream, &chunk).await;
            }
            anyhow::Ok(())
        });
    }
}

/// What a path is answered.
fn answer(path: &str, chunk: &Bytes) -> Answer {
    let whole = |status, text: &'static str| Answer {
        status,
        chunk: Bytes::from_static(text.as_bytes()),
        length: text.len() as u64,
    };
    match path {
        SMALL => Answer { status: StatusCode::OK, chunk: chunk.clone(), length: SMALL_BYTES },
        LARGE => Answer { status: StatusCode::OK, chunk: chunk.clone(), length: LARGE_BYTES },
        "/version" => whole(StatusCode::OK, r#"{"major":"1","minor":"37","gitVersion":"v1.37.2"}"#),
        "/readyz" => whole(StatusCode::OK, "ok"),
        _ => whole(StatusCode::NOT_FOUND, r#"{"kind":"Status","apiVersion":"v1","status":"Failure","code":404}"#),
    }
}

fn response(answer: &Answer) -> Response<Repeat> {
    let mut response = Response::new(Repeat { chunk: answer.chunk.clone(), left: answer.length });
    *response.status_mut() = answer.status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn kubeconfig_json(address: &str, ca: &Path) -> serde_json::Value {
    json!({
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "bench",
        "contexts": [{ "name": "bench", "context": { "cluster": "bench", "user": "bench" } }],
        "clusters": [{
            "name": "bench",
            "cluster": { "server": format!("https://{address}"), "certificate-authority": ca },
        }],
        "users": [{ "name": "bench", "user": { "token": TOKEN } }],
    })
}
