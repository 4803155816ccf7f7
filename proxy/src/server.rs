//! Listens, and speaks HTTP/1.1 with whoever connects.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use crate::config::Listen;
use crate::router::Routes;
use crate::shutdown::Shutdown;
use crate::workers::Workers;
use connections::{Placed, Places};

pub mod connections;

/// Why the address cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Somebody else listens there.
    #[error("{0} is in use. Choose another address with --listen, or let --listen 127.0.0.1:0 pick a free port.")]
    InUse(std::net::SocketAddr),
    /// The system refuses it.
    #[error("Cannot listen on {0}: {1}.")]
    Refused(std::net::SocketAddr, io::Error),
}

/// A head that takes longer is given up: slow writers would hold connections for nothing.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// More than any head of the app's; it bounds the read buffer of each connection, too.
const MAX_HEAD_BYTES: usize = 64 << 10;
/// After a failed accept, which mostly means that file descriptors ran out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Takes the address.
pub async fn listen(listen: Listen) -> Result<TcpListener, ListenError> {
    TcpListener::bind(listen.address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => ListenError::InUse(listen.address),
        _ => ListenError::Refused(listen.address, error),
    })
}

/// Accepts connections for the workers, as many as there are places, until the shutdown begins.
pub async fn accept(listener: TcpListener, mut workers: Workers, shutdown: Shutdown) {
    let mut places = Places::new(connections::allowed());
    loop {
        let accepting = async {
            let place = places.take().await;
            let (stream, _) = listener.accept().await?;
            Ok::<_, io::Error>((stream.into_std()?, place))
        };
        let accepted = tokio::select! {
            accepted = accepting => accepted,
            () = shutdown.begun.cancelled() => return,
        };
        match accepted {
            Ok((stream, place)) => workers.take(stream, place),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Answers one connection's requests until its end, or until the shutdown lets it finish what is under way.
pub async fn converse(stream: Placed, routes: Arc<Routes>, shutdown: Shutdown) {
    let service = service_fn(move |request| {
        let routes = Arc::clone(&routes);
        async move { Ok::<_, Infallible>(routes.answer(request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let end = tokio::select! {
        end = connection.as_mut() => end,
        () = shutdown.begun.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = end {
        // A browser that goes away, or something that is not HTTP: nobody's fault here.
        tracing::debug!(%error, "a connection broke off");
    }
}
