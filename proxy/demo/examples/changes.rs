//! How many changes a second a demo cluster sustains while ten watches read each of them.
//!
//! `cargo run --release -p pilothouse-demo --example changes` asks a demo in this process through a pipe in memory; with the
//! path of the kubeconfig that `pilothouse demo --write-kubeconfig` wrote, it asks that one over HTTP. Three changes of four
//! are merge patches of a pod's status, the fourth replaces a status.

use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use pilothouse_demo::{Demo, Settings};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Where the demo is.
#[derive(Clone)]
enum Place {
    /// In this process.
    Here(Arc<Demo>),
    /// At an address, below a path.
    There(String, String),
}

/// What one watch has read.
#[derive(Default)]
struct Read {
    events: AtomicU64,
    bytes: AtomicU64,
}

const WATCHES: usize = 10;
const WRITERS: usize = 8;
const PODS: usize = 1000;
const DURATION: Duration = Duration::from_secs(10);
/// How long the watches may take for what is still under way.
const REST: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> Outcome<()> {
    let place = match std::env::args().nth(1) {
        Some(kubeconfig) => Place::of(&std::fs::read(kubeconfig)?)?,
        None => Place::Here(Arc::new(Demo::start(
            Settings { pods: 3000, nodes: 120, ..Settings::default() },
            Timestamp::now(),
        )?)),
    };
    let mut sender = place.connect().await?;
    let list = sender.ask(Method::GET, &format!("/api/v1/pods?limit={PODS}"), "", Bytes::new()).await?;
    let list: Value = serde_json::from_slice(&list)?;
    let version =
        list.pointer("/metadata/resourceVersion").and_then(Value::as_str).ok_or("a list without a version")?;
    let pods = list.get("items").and_then(Value::as_array).cloned().unwrap_or_default();

    let reads: Vec<Arc<Read>> = (0..WATCHES).map(|_| Arc::default()).collect();
    for read in &reads {
        let mut sender = place.connect().await?;
        let path = format!("/api/v1/pods?watch=1&resourceVersion={version}");
        let watch = sender.send(Method::GET, &path, "", Bytes::new()).await?;
        tokio::spawn(follow(watch, Arc::clone(read), sender));
    }

    let (pods, next, waits) = (Arc::new(pods), Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(Vec::new())));
    let began = Instant::now();
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| {
            tokio::spawn(write(
                place.clone(),
                Arc::clone(&pods),
                Arc::clone(&next),
                Arc::clone(&waits),
                began + DURATION,
            ))
        })
        .collect();
    let mut changes = 0;
    for writer in writers {
        changes += writer.await??;
    }
    let took = began.elapsed();
    let is_read = async {
        while reads.iter().any(|read| read.events.load(Ordering::Relaxed) < changes) {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(REST, is_read).await.map_err(|_| "a watch has not read every change")?;
    let late = began.elapsed() - took;
    report(changes, took, late, &reads, &mut waits.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn report(changes: u64, took: Duration, late: Duration, reads: &[Arc<Read>], waits: &mut [Duration]) {
    let seconds = took.as_secs_f64();
    let bytes: u64 = reads.iter().map(|read| read.bytes.load(Ordering::Relaxed)).sum();
    waits.sort_unstable();
    let quantile = |part: usize| waits.get(waits.len() * part / 100).copied().unwrap_or_default();
    println!(
        "{:.0} changes a second with {WATCHES} watches open, which read {:.0} MB/s and were done {} ms after the last; \
         a change took {:.2} ms (median), {:.2} ms (99 of 100)",
        changes as f64 / seconds,
        bytes as f64 / seconds / 1e6,
        late.as_millis(),
        quantile(50).as_secs_f64() * 1e3,
        quantile(99).as_secs_f64() * 1e3,
    );
}

/// Changes one pod after the other until the end; how many.
async fn write(
    place: Place,
    pods: Arc<Vec<Value>>,
    next: Arc<AtomicU64>,
    waits: Arc<Mutex<Vec<Duration>>>,
    end: Instant,
) -> Outcome<u64> {
    let mut sender = place.connect().await?;
    let (mut changes, mut own) = (0, Vec::new());
    while Instant::now() < end {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let pod = pods.get(usize::try_from(number)? % pods.len().max(1)).ok_or("no pods")?;
        let text = |path: &str| pod.pointer(path).and_then(Value::as_str).unwrap_or_default();
        let path = format!("/api/v1/namespaces/{}/pods/{}/status", text("/metadata/namespace"), text("/metadata/name"));
        let message = format!("change {number}");
        let (method, content_type, body) = if number % 4 == 3 {
            let mut pod = pod.clone();
            if let Some(metadata) = pod.get_mut("metadata").and_then(Value::as_object_mut) {
                metadata.remove("resourceVersion");
            }
            if let Some(status) = pod.get_mut("status").and_then(Value::as_object_mut) {
                status.insert("message".into(), message.into());
            }
            (Method::PUT, "application/json", pod)
        } else {
            (Method::PATCH, "application/merge-patch+json", json!({ "status": { "message": message } }))
        };
        let asked = Instant::now();
        sender.ask(method, &path, content_type, body.to_string().into()).await?;
        own.push(asked.elapsed());
        changes += 1;
    }
    waits.lock().unwrap_or_else(PoisonError::into_inner).extend(own);
    Ok(changes)
}

/// Counts what a watch brings.
async fn follow(mut watch: Response<Incoming>, read: Arc<Read>, _open: Sender) {
    while let Some(Ok(frame)) = watch.body_mut().frame().await {
        let Ok(piece) = frame.into_data() else { continue };
        // The only line ends are those of events.
        let ends = |part: &[u8]| part.iter().map(|byte| u8::from(*byte == b'\n')).sum::<u8>();
        let lines = piece.chunks(255).map(|part| usize::from(ends(part))).sum::<usize>();
        read.bytes.fetch_add(u64::try_from(piece.len()).unwrap_or(0), Ordering::Relaxed);
        read.events.fetch_add(u64::try_from(lines).unwrap_or(0), Ordering::Relaxed);
    }
}

/// A connection.
struct Sender {
    inner: http1::SendRequest<Full<Bytes>>,
    host: String,
    base: String,
}

impl Place {
    fn of(kubeconfig: &[u8]) -> Outcome<Self> {
        let kubeconfig: Value = serde_json::from_slice(kubeconfig)?;
        let server = kubeconfig.pointer("/clusters/0/cluster/server").and_then(Value::as_str).ok_or("no server")?;
        let rest = server.strip_prefix("http://").ok_or("not the kubeconfig of a demo")?;
        let (address, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        Ok(Self::There(address.to_owned(), path.to_owned()))
    }

    async fn connect(&self) -> Outcome<Sender> {
        match self {
            Self::There(address, base) => {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                let (inner, connection) = http1::handshake(TokioIo::new(stream)).await?;
                tokio::spawn(connection);
                Ok(Sender { inner, host: address.clone(), base: base.clone() })
            }
            Self::Here(demo) => {
                let (ours, its) = tokio::io::duplex(192 << 10);
                let demo = Arc::clone(demo);
                tokio::spawn(async move {
                    let answer = service_fn(move |request| {
                        let demo = Arc::clone(&demo);
                        async move { Ok::<_, std::convert::Infallible>(demo.answer(request).await) }
                    });
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(its), answer).await
                });
                let (inner, connection) = http1::handshake(TokioIo::new(ours)).await?;
                tokio::spawn(connection);
                Ok(Sender { inner, host: "demo".into(), base: String::new() })
            }
        }
    }
}

impl Sender {
    async fn send(
        &mut self,
        method: Method,
        path: &str,
        content_type: &str,
        body: Bytes,
    ) -> Outcome<Response<Incoming>> {
        self.inner.ready().await?;
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("host", &self.host)
            .header("content-type", content_type)
            .header("x-pilothouse-request", "1");
        let answer = self.inner.send_request(request.body(Full::new(body))?).await?;
        if answer.status() != StatusCode::OK {
            let status = answer.status();
            let body = answer.into_body().collect().await?.to_bytes();
            return Err(format!("{path}: {status}: {}", String::from_utf8_lossy(&body)).into());
        }
        Ok(answer)
    }

    async fn ask(&mut self, method: Method, path: &str, content_type: &str, body: Bytes) -> Outcome<Bytes> {
        Ok(self.send(method, path, content_type, body).await?.into_body().collect().await?.to_bytes())
    }
}
