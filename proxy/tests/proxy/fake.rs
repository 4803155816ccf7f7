//! Fake API servers, one for each way in which a real one can behave.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use bytes::Bytes;
use http_body_util::BodyExt;
use http_body_util::channel::{Channel, Sender};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// How a fake API server behaves.
#[derive(Clone)]
pub enum Scenario {
    /// It is well, and has the paths of [`healthy`].
    Healthy,
    /// It is well, and speaks TLS.
    Tls(Arc<ServerConfig>),
    /// It answers every request with a code.
    Answers(StatusCode),
    /// It answers every request with a page.
    WebPage,
    /// It speaks another protocol.
    NotHttp,
    /// It takes connections and says nothing.
    Silent,
}

/// A fake API server; it ends with the test's runtime.
pub struct Fake {
    pub address: SocketAddr,
    pub seen: Arc<Seen>,
}

/// What a fake API server saw, and what it waits for.
#[derive(Default)]
pub struct Seen {
    /// Connections that were accepted.
    pub connections: AtomicUsize,
    /// Requests below `/api`.
    pub requests: AtomicUsize,
    /// Lets what follows the first half of `/api/halves` and `/api/breaks-off` go.
    pub second_half: Notify,
}

impl Fake {
    pub async fn start(scenario: Scenario) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let router = router(&scenario, Arc::clone(&seen));
        let accepted = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                accepted.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(converse(scenario.clone(), router.clone(), stream));
            }
        });
        Self { address, seen }
    }

    pub fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    pub fn requests(&self) -> usize {
        self.seen.requests.load(Ordering::SeqCst)
    }
}

async fn converse(scenario: Scenario, router: Router, mut stream: TcpStream) {
    match scenario {
        Scenario::NotHttp => drop(stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n").await),
        Scenario::Silent => drop(stream.read_to_end(&mut Vec::new()).await),
        Scenario::Tls(config) => {
            if let Ok(stream) = TlsAcceptor::from(config).accept(stream).await {
                serve(router, stream).await;
            }
        }
        _ => serve(router, stream).await,
    }
}

async fn serve(router: Router, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
    let service = TowerToHyperService::new(router);
    // Tests break connections off on purpose.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades().await;
}

fn router(scenario: &Scenario, seen: Arc<Seen>) -> Router {
    match scenario {
        Scenario::Answers(code) => {
            let code = *code;
            Router::new().fallback(move || async move { code })
        }
        Scenario::WebPage => Router::new().fallback(|| async { axum::response::Html("<h1>Welcome</h1>") }),
        _ => healthy(seen),
    }
}

fn healthy(seen: Arc<Seen>) -> Router {
    Router::new()
        .route("/version", get(|| async { r#"{"major":"1","minor":"37","gitVersion":"v1.37.2"}"# }))
        .route("/api/echo", any(echo))
        .route("/api/v1/nodes/n/proxy/", any(echo))
        .route("/prefix/api/echo", any(echo))
        .route("/prefix/version", get(|| async { r#"{"gitVersion":"v1.37.2"}"# }))
        .route("/api/speaks-for-us", get(speaks_for_us))
        .route("/api/redirect", get(|| async { (StatusCode::FOUND, [("location", "http://192.0.2.1/")]) }))
        .route("/api/mebibytes/{count}", get(mebibytes))
        .route("/api/halves", get(halves))
        .route("/api/breaks-off", get(breaks_off))
        .route("/api/count", any(count))
        .route("/api/pods/{count}", get(pods))
        .route("/api/pods-cut", get(pods_cut))
        .route("/api/pods-slowly", get(pods_slowly))
        .route("/api/socket", get(socket))
        .route("/api/switches-unasked", get(|| async { (StatusCode::SWITCHING_PROTOCOLS, [("upgrade", "websocket")]) }))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(axum::middleware::map_request_with_state(Arc::clone(&seen), note))
        .with_state(seen)
}

async fn note(State(seen): State<Arc<Seen>>, request: Request) -> Request {
    if request.uri().path().contains("/api") {
        seen.requests.fetch_add(1, Ordering::SeqCst);
    }
    request
}

/// What arrived: method, target and headers, one line each.
async fn echo(request: Request) -> String {
    let mut text = format!("{} {}\n", request.method(), request.uri());
    for (name, value) in request.headers() {
        text.push_str(&format!("{name}: {}\n", value.to_str().unwrap_or("?")));
    }
    text
}

async fn speaks_for_us() -> Response {
    let headers = [
        ("set-cookie", "pilothouse=1"),
        ("access-control-allow-origin", "*"),
        ("content-security-policy", "default-src *"),
        ("content-type", "text/html"),
        ("warning", "299 - \"deprecated\""),
        ("www-authenticate", "Basic"),
        ("x-pilothouse", "no-session"),
    ];
    (headers, "<script>alert(1)</script>").into_response()
}

async fn mebibytes(axum::extract::Path(count): axum::extract::Path<u64>) -> Response {
    let chunk = Bytes::from(vec![b'x'; 1 << 20]);
    streamed((0..count).map(move |_| chunk.clone()))
}

fn streamed(chunks: impl Iterator<Item = Bytes> + Send + 'static) -> Response {
    let (mut sender, body) = channel();
    tokio::spawn(async move {
        for chunk in chunks {
            if sender.send_data(chunk).await.is_err() {
                return;
            }
        }
    });
    Response::new(body)
}

fn channel() -> (Sender<Bytes, io::Error>, Body) {
    let (sender, body) = Channel::new(1);
    (sender, Body::new(body))
}

/// The second half comes only when the test has seen the first.
async fn halves(State(seen): State<Arc<Seen>>) -> Response {
    let (mut sender, body) = channel();
    tokio::spawn(async move {
        let _ = sender.send_data(Bytes::from_static(b"first")).await;
        seen.second_half.notified().await;
        let _ = sender.send_data(Bytes::from_static(b"second")).await;
    });
    Response::new(body)
}

/// It breaks off only when the test has seen the beginning.
async fn breaks_off(State(seen): State<Arc<Seen>>) -> Response {
    let (mut sender, body) = channel();
    tokio::spawn(async move {
        let _ = sender.send_data(Bytes::from_static(b"first")).await;
        seen.second_half.notified().await;
        sender.abort(io::Error::other("broken off"));
    });
    Response::new(body)
}

/// A list of pods of 5 KB, most of which no view needs; it says in its version which coding was asked for.
async fn pods(axum::extract::Path(count): axum::extract::Path<u64>, headers: HeaderMap) -> Response {
    let coding = headers.get("accept-encoding").map_or("none", |coding| coding.to_str().unwrap_or("?"));
    let has_mask = headers.contains_key("pilothouse-fields");
    let head = format!(
        r#"{{"kind":"PodList","metadata":{{"resourceVersion":"{coding} {has_mask}","continue":"c"}},"items":["#
    );
    let pods = (0..count).map(|number| {
        let comma = if number == 0 { "" } else { "," };
        let noise = "{\"f:x\":[1,\"}\"]},".repeat(250);
        Bytes::from(format!(
            r#"{comma}{{"metadata":{{"name":"pod-{number}","managedFields":[{noise}{{}}]}},"status":{{"phase":"Running"}}}}"#
        ))
    });
    let tail = [Bytes::from_static(b"]}\n")];
    let mut response = streamed([Bytes::from(head)].into_iter().chain(pods).chain(tail));
    for (name, value) in [("content-type", "application/json"), ("etag", "\"1\""), ("vary", "origin")] {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

fn json(body: Body) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().insert("content-type", "application/json".parse().unwrap());
    response
}

/// It ends in order, in the middle, when the test has seen the beginning.
async fn pods_cut(State(seen): State<Arc<Seen>>) -> Response {
    let (mut sender, body) = channel();
    tokio::spawn(async move {
        let _ = sender.send_data(Bytes::from_static(br#"{"kind":"PodList","items":[{"a":1},{"a":2}"#)).await;
        seen.second_half.notified().await;
    });
    json(body)
}

/// The second pod comes only when the test has seen the first.
async fn pods_slowly(State(seen): State<Arc<Seen>>) -> Response {
    let (mut sender, body) = channel();
    tokio::spawn(async move {
        let _ = sender.send_data(Bytes::from_static(br#"{"items":[{"a":1,"b":2},"#)).await;
        seen.second_half.notified().await;
        let _ = sender.send_data(Bytes::from_static(br#"{"a":3}]}"#)).await;
    });
    json(body)
}

/// How many bytes the body had.
async fn count(request: Request) -> String {
    let mut body = request.into_body();
    let mut total = 0;
    while let Some(Ok(frame)) = body.frame().await {
        total += frame.data_ref().map_or(0, Bytes::len);
    }
    total.to_string()
}

/// Switches, and sends back every byte that it gets.
async fn socket(headers: HeaderMap, mut request: Request) -> Response {
    if headers.get("sec-websocket-key").is_none() {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let mut both = TokioIo::new(upgrade.await.unwrap());
        let (mut read, mut write) = tokio::io::split(&mut both);
        let _ = tokio::io::copy(&mut read, &mut write).await;
        let _ = write.shutdown().await;
    });
    let names = [("connection", "Upgrade"), ("upgrade", "websocket"), ("sec-websocket-accept", "x")];
    (StatusCode::SWITCHING_PROTOCOLS, names).into_response()
}

/// A relay before a fake API server, which can be stopped with all its connections, as a server that is killed.
pub struct Switchable {
    pub address: SocketAddr,
    relaying: JoinHandle<()>,
}

impl Switchable {
    pub async fn before(target: SocketAddr) -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), target).await
    }

    pub async fn at(address: SocketAddr, target: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let relaying = tokio::spawn(async move {
            let mut relays = JoinSet::new();
            while let Ok((mut near, _)) = listener.accept().await {
                relays.spawn(async move {
                    let mut far = TcpStream::connect(target).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                });
            }
        });
        Self { address, relaying }
    }

    /// Stops it; the address is free afterwards.
    pub async fn stop(self) -> SocketAddr {
        self.relaying.abort();
        assert!(self.relaying.await.unwrap_err().is_cancelled());
        self.address
    }
}
