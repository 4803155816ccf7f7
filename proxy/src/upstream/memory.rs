//! The demo cluster in the API server's place: a connection to it is a pipe in memory, and all else stays as it is.

use std::convert::Infallible;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use pilothouse_demo::Demo;
use tokio::io::DuplexStream;

/// What lies in a pipe at most: a chunk of a list, and its frame.
const PIPE_BYTES: usize = 192 << 10;

/// Connects to a demo cluster.
pub fn connect(demo: Arc<Demo>) -> DuplexStream {
    let (ours, its) = tokio::io::duplex(PIPE_BYTES);
    tokio::spawn(async move {
        let service = service_fn(move |request| {
            let demo = Arc::clone(&demo);
            async move { Ok::<_, Infallible>(demo.answer(request).await) }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(its), service).with_upgrades();
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection to the demo cluster broke off");
        }
    });
    ours
}
