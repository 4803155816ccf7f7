//! One single-threaded runtime for each core; a connection stays on one of them for its whole life.
//!
//! A request and its answer pass between two tasks, the browser's connection and the API server's. On one runtime with
//! many threads nearly each of these hand-overs wakes another thread. Here both tasks share one, and a small answer takes
//! a quarter less of the processor's time (70 µs against 52 µs in one run of `make bench`).

use std::cell::Cell;
use std::io;
use std::net::TcpStream;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread;

use tokio::sync::mpsc;

use crate::router::Routes;
use crate::server;
use crate::server::connections::{Place, Placed};
use crate::shutdown::Shutdown;

thread_local! {
    /// Zero is every thread that is no worker.
    static NUMBER: Cell<usize> = const { Cell::new(0) };
}

/// The threads that serve connections, to be given work in turn.
#[derive(Debug)]
pub struct Workers {
    inboxes: Vec<mpsc::UnboundedSender<Accepted>>,
    next: usize,
}

/// A connection, not yet of any thread, and its place.
type Accepted = (TcpStream, Place);

/// The number of the worker whose thread this is, from 1; 0 on any other thread.
pub fn current() -> usize {
    NUMBER.get()
}

/// How many workers there are: one for each core that this process may use.
pub fn count() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

impl Workers {
    /// Starts the threads; each ends when nothing more can come and the tasks of the shutdown have ended.
    pub fn start(routes: &Arc<Routes>, shutdown: &Shutdown) -> io::Result<Self> {
        let inboxes = (1..=count()).map(|number| start_one(number, Arc::clone(routes), shutdown.clone()));
        Ok(Self { inboxes: inboxes.collect::<io::Result<_>>()?, next: 0 })
    }

    /// Gives a connection to the worker whose turn it is.
    pub fn take(&mut self, stream: TcpStream, place: Place) {
        self.next = (self.next + 1) % self.inboxes.len().max(1);
        if let Some(inbox) = self.inboxes.get(self.next) {
            // A worker outlives its inbox, so this only fails when the process is about to end.
            let _ = inbox.send((stream, place));
        }
    }
}

fn start_one(number: usize, routes: Arc<Routes>, shutdown: Shutdown) -> io::Result<mpsc::UnboundedSender<Accepted>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (inbox, streams) = mpsc::unbounded_channel();
    thread::Builder::new().name(format!("worker-{number}")).spawn(move || {
        NUMBER.set(number);
        runtime.block_on(work(streams, routes, shutdown));
    })?;
    Ok(inbox)
}

async fn work(mut streams: mpsc::UnboundedReceiver<Accepted>, routes: Arc<Routes>, shutdown: Shutdown) {
    while let Some((stream, place)) = streams.recv().await {
        // It was registered with the acceptor's runtime, and moves to this one.
        match tokio::net::TcpStream::from_std(stream) {
            Ok(stream) => {
                // Small answers must not wait for the peer's acknowledgements; without it they are only slower.
                let _ = stream.set_nodelay(true);
                let stream = Placed::new(stream, place);
                shutdown.tasks.spawn(server::converse(stream, Arc::clone(&routes), shutdown.clone()));
            }
            Err(error) => tracing::warn!(%error, "a connection could not be taken over"),
        }
    }
    shutdown.tasks.wait().await;
}
