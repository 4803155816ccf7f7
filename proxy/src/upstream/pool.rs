//! Connections to the API server that are kept for the next request.
//!
//! Each thread has a row of its own, since a connection is a task of the thread that opened it. hyper-util's client does
//! the same for any number of hosts and both versions of HTTP, and spends more on it than on the request.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use axum::http::{Request, Response};
use bytes::Bytes;
use http_body_util::{Either, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::time::Instant;

use super::answer::Answer;
use super::connector::{ConnectError, Connector};
use crate::workers;

/// The body of a request: the browser's, or nothing where the proxy asks for itself.
pub type RequestBody = Either<Incoming, Empty<Bytes>>;

/// Whether a request asks to leave HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exchange {
    /// A request and its answer.
    Plain,
    /// A request to switch to a WebSocket.
    Upgrade,
}

/// The connections of one identity: they carry its certificate, so they are never shared with another.
#[derive(Debug)]
pub struct Pool {
    connector: Connector,
    /// By the number of the thread.
    rows: Box<[Arc<Row>]>,
}

/// A connection on which a request is under way, and the row that it goes back to.
#[derive(Debug)]
pub struct Lease {
    sender: SendRequest<RequestBody>,
    /// Absent when it is not to be kept.
    row: Option<Arc<Row>>,
}

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// No connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The connection broke, or what came over it is not HTTP.
    #[error(transparent)]
    Http(#[from] hyper::Error),
}

/// The idle connections of one thread; the one that was used last comes last.
#[derive(Debug, Default)]
struct Row(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    idle: Vec<Idle>,
    /// Whether a task runs that closes those which nobody wants.
    is_swept: bool,
}

#[derive(Debug)]
struct Idle {
    sender: SendRequest<RequestBody>,
    since: Instant,
}

/// Shorter than the API server's own patience with idle connections, so that it rarely closes one in our hands.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
const SWEEP_INTERVAL: Duration = Duration::from_secs(5);
/// Of one thread; more are closed as soon as they are idle.
const MAX_IDLE: usize = 64;

impl Pool {
    /// No connection yet.
    pub fn new(connector: Connector) -> Self {
        Self { connector, rows: (0..=workers::count()).map(|_| Arc::default()).collect() }
    }

    /// Sends a request over a kept connection, or a new one.
    ///
    /// A kept connection may have been closed by the other side meanwhile. A request that had not left by then goes over
    /// a new one; one that had may have had its effect, and is never sent again.
    pub async fn send(
        &self,
        mut request: Request<RequestBody>,
        exchange: Exchange,
    ) -> Result<Response<Answer>, SendError> {
        // An answer other than 101 leaves both sides unsure where the next request would begin: a connection that was
        // asked to upgrade is used for nothing else.
        let row = self.rows.get(workers::current()).filter(|_| exchange == Exchange::Plain);
        if let Some(mut sender) = row.and_then(|row| row.take()) {
            match sender.try_send_request(request).await {
                Ok(response) => return Ok(leased(response, sender, row)),
                Err(mut error) => match error.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(error.into_error().into()),
                },
            }
        }
        let mut sender = self.open().await?;
        let response = sender.send_request(request).await?;
        Ok(leased(response, sender, row))
    }

    async fn open(&self) -> Result<SendRequest<RequestBody>, SendError> {
        let stream = self.connector.connect().await?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let connection = connection.with_upgrades();
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                // The request that it broke, if any, tells.
                tracing::debug!(%error, "a connection to the API server broke off");
            }
        });
        Ok(sender)
    }
}

impl Lease {
    /// Keeps the connection for the next request, if it is of use for one.
    pub fn give_back(self) {
        if let Some(row) = self.row
            && self.sender.is_ready()
        {
            row.keep(self.sender);
        }
    }
}

impl Row {
    fn take(&self) -> Option<SendRequest<RequestBody>> {
        let mut kept = self.kept();
        while let Some(Idle { sender, since }) = kept.idle.pop() {
            if sender.is_ready() && since.elapsed() < IDLE_TIMEOUT {
                return Some(sender);
            }
        }
        None
    }

    fn keep(self: Arc<Self>, sender: SendRequest<RequestBody>) {
        let mut kept = self.kept();
        if kept.idle.len() < MAX_IDLE {
            kept.idle.push(Idle { sender, since: Instant::now() });
        }
        if !kept.is_swept {
            kept.is_swept = true;
            tokio::spawn(sweep(Arc::downgrade(&self)));
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Nothing is left half done, so a poisoned lock still holds a whole row.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn leased(response: Response<Incoming>, sender: SendRequest<RequestBody>, row: Option<&Arc<Row>>) -> Response<Answer> {
    response.map(|body| Answer::new(body, Lease { sender, row: row.cloned() }))
}

/// Closes what has been idle for long, until nothing is left.
async fn sweep(row: Weak<Row>) {
    loop {
        tokio::time::sleep(SWEEP_INTERVAL).await;
        let Some(row) = row.upgrade() else {
            return;
        };
        let mut kept = row.kept();
        kept.idle.retain(|idle| !idle.sender.is_closed() && idle.since.elapsed() < IDLE_TIMEOUT);
        if kept.idle.is_empty() {
            kept.is_swept = false;
            return;
        }
    }
}
