//! A reverse proxy before the API server that answers wrongly when it is told to, and passes all else through.

mod frames;
mod rule;
mod spoiled;

use std::path::Path;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::UPGRADE;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::api::install_tls;
use rule::Rule;
use spoiled::Body;

pub use rule::{Asked, Deed};

/// The proxy; it ends when it is dropped.
#[derive(Debug)]
pub struct Fault {
    address: String,
    state: Arc<State>,
    server: JoinHandle<()>,
}

/// What all of its connections share.
#[derive(Debug, Default)]
struct State {
    rules: Mutex<Vec<Rule>>,
    watches: Mutex<Vec<Watch>>,
}

/// A WebSocket that is open through it.
#[derive(Debug)]
struct Watch {
    asked_for: String,
    pushed: UnboundedSender<String>,
}

/// How both sides are reached.
#[derive(Clone)]
struct Ends {
    target: String,
    acceptor: TlsAcceptor,
    connector: TlsConnector,
}

impl Fault {
    /// A proxy to the server at `target`, `HOST:PORT`, with that server's certificate and authority in the folder `pki`.
    pub async fn before(target: &str, pki: &Path) -> Result<Self> {
        install_tls();
        let ends = Ends { target: target.to_owned(), acceptor: acceptor(pki)?, connector: connector(pki)? };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?.to_string();
        let state = Arc::<State>::default();
        let server = tokio::spawn(serve(listener, ends, Arc::clone(&state)));
        Ok(Self { address, state, server })
    }

    /// Where it listens, `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Does a deed to all such requests from now on. Where several would be done, the newest is.
    pub fn always(&self, asked: Asked, deed: Deed) {
        self.times(asked, usize::MAX, deed);
    }

    /// Does a deed to the next such requests.
    pub fn times(&self, asked: Asked, times: usize, deed: Deed) {
        locked(&self.state.rules).push(Rule::new(asked, times, deed));
    }

    /// Answers rightly again.
    pub fn heal(&self) {
        locked(&self.state.rules).clear();
    }

    /// Whether something has been done to such a request since the last healing.
    pub fn has_done(&self, asked: Asked) -> bool {
        locked(&self.state.rules).iter().any(|rule| rule.has_been_done_to(asked))
    }

    /// Adds a frame to the open watches of a path; to how many.
    pub fn push(&self, path: &str, frame: &Value) -> usize {
        self.push_text(path, &frame.to_string())
    }

    /// Adds a frame as it is to the open watches of a path; to how many.
    pub fn push_text(&self, path: &str, frame: &str) -> usize {
        let mut watches = locked(&self.state.watches);
        watches.retain(|watch| !watch.pushed.is_closed());
        let of_path = watches.iter().filter(|watch| Asked::Watch(path).is(&watch.asked_for));
        of_path.filter(|watch| watch.pushed.send(frame.to_owned()).is_ok()).count()
    }

    /// Closes the open watches of a path without a word, so that they are asked for again.
    pub fn break_watches(&self, path: &str) {
        locked(&self.state.watches).retain(|watch| !Asked::Watch(path).is(&watch.asked_for));
    }
}

impl Drop for Fault {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl State {
    fn deed(&self, asked_for: &str) -> Option<Deed> {
        locked(&self.rules).iter_mut().rev().find_map(|rule| rule.deed(asked_for))
    }
}

async fn serve(listener: TcpListener, ends: Ends, state: Arc<State>) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        // A connection that fails only ends, as it would without a proxy between.
        connections.spawn(connection(client, ends.clone(), Arc::clone(&state)));
        while connections.try_join_next().is_some() {}
    }
}

/// A client's connection, with one of its own to the server.
struct Connection {
    /// One request after the other comes, so that nobody waits for it.
    sender: tokio::sync::Mutex<SendRequest<Incoming>>,
    /// Whether the two connections are becoming a WebSocket.
    upgrades: AtomicBool,
    state: Arc<State>,
}

/// Joins a client's connection to one to the server, and closes it when the server closes its own.
async fn connection(client: TcpStream, ends: Ends, state: Arc<State>) -> Result<()> {
    client.set_nodelay(true)?;
    let server = TcpStream::connect(&ends.target).await?;
    server.set_nodelay(true)?;
    let name = ServerName::try_from("localhost")?;
    let (server, client) = tokio::try_join!(ends.connector.connect(name, server), ends.acceptor.accept(client))?;
    let (sender, server) = handshake(TokioIo::new(server)).await?;
    let mut server = tokio::spawn(server.with_upgrades());
    let connection = Arc::new(Connection { sender: sender.into(), upgrades: AtomicBool::new(false), state });
    let service = service_fn(|request: Request<Incoming>| {
        let connection = Arc::clone(&connection);
        async move { connection.answer(request).await }
    });
    let mut client = pin!(http1::Builder::new().serve_connection(TokioIo::new(client), service).with_upgrades());
    tokio::select! {
        done = client.as_mut() => return Ok(done?),
        _ = &mut server => {}
    }
    if !connection.upgrades.load(Ordering::SeqCst) {
        client.as_mut().graceful_shutdown();
    }
    Ok(client.await?)
}

impl Connection {
    /// Passes a request on, and its answer back, unless something is to be done to it.
    async fn answer(&self, mut request: Request<Incoming>) -> Result<Response<Body>> {
        let asked_for = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
        let deed = self.state.deed(&asked_for);
        if let Some(deed) = &deed {
            if let Some(answer) = spoiled::instead(deed, &asked_for).await? {
                return Ok(answer);
            }
            spoiled::ask(deed, &mut request)?;
        }
        let asks_to_upgrade = request.headers().contains_key(UPGRADE);
        self.upgrades.store(asks_to_upgrade, Ordering::SeqCst);
        let client = hyper::upgrade::on(&mut request);
        let mut answer = self.sender.lock().await.send_request(request).await?;
        if asks_to_upgrade && answer.status() == StatusCode::SWITCHING_PROTOCOLS {
            let server = hyper::upgrade::on(&mut answer);
            let (pushed, frames) = unbounded_channel();
            locked(&self.state.watches).push(Watch { asked_for, pushed });
            tokio::spawn(frames::join(client, server, frames));
        } else {
            self.upgrades.store(false, Ordering::SeqCst);
        }
        match deed {
            Some(deed) => spoiled::answer(&deed, answer).await,
            None => Ok(spoiled::whole(answer)),
        }
    }
}

fn acceptor(pki: &Path) -> Result<TlsAcceptor> {
    let certificates = CertificateDer::pem_file_iter(pki.join("server.crt"))?.collect::<Result<Vec<_>, _>>()?;
    let key = PrivateKeyDer::from_pem_file(pki.join("server.key"))?;
    let mut tls = ServerConfig::builder().with_no_client_auth().with_single_cert(certificates, key)?;
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(tls)))
}

fn connector(pki: &Path) -> Result<TlsConnector> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(pki.join("ca.crt"))?).context("the authority's certificate")?;
    let mut tls = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(tls)))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
