//! A TCP relay on loopback that can be cut, or made to swallow what is sent without a word.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// How bytes flow now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Flow {
    /// Connections with a lower number stay open and carry nothing more.
    silent_below: usize,
    /// Connections are closed, and new ones too.
    is_cut: bool,
}

/// A relay between whoever connects to [`Wire::address`] and one server.
#[derive(Debug)]
pub struct Wire {
    address: String,
    flow: watch::Sender<Flow>,
    accepted: Arc<AtomicUsize>,
    relay: JoinHandle<()>,
}

impl Wire {
    /// A relay to the server at `target`, `HOST:PORT`.
    pub async fn to(target: &str) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?.to_string();
        let (flow, watched) = watch::channel(Flow { silent_below: 0, is_cut: false });
        let accepted = Arc::new(AtomicUsize::new(0));
        let relay = tokio::spawn(relay(listener, target.to_owned(), watched, Arc::clone(&accepted)));
        Ok(Self { address, flow, accepted, relay })
    }

    /// Where it listens, `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Makes all present connections carry nothing more, while they stay open; new ones work.
    pub fn silence(&self) {
        let silent_below = self.accepted.load(Ordering::SeqCst);
        self.flow.send_modify(|flow| flow.silent_below = silent_below);
    }

    /// Closes all connections and refuses new ones.
    pub fn cut(&self) {
        self.flow.send_modify(|flow| flow.is_cut = true);
    }

    /// Lets new connections through again.
    pub fn mend(&self) {
        self.flow.send_modify(|flow| flow.is_cut = false);
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.relay.abort();
    }
}

async fn relay(listener: TcpListener, target: String, flow: watch::Receiver<Flow>, accepted: Arc<AtomicUsize>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let number = accepted.fetch_add(1, Ordering::SeqCst);
        if !flow.borrow().is_cut {
            connections.spawn(join(client, target.clone(), number, flow.clone()));
        }
        while connections.try_join_next().is_some() {}
    }
}

/// Joins one connection to the server until one side closes or the wire is cut.
async fn join(mut client: TcpStream, target: String, number: usize, mut flow: watch::Receiver<Flow>) {
    let Ok(mut server) = TcpStream::connect(&target).await else {
        return;
    };
    // A failure of either side only ends this connection, as it would without a wire between.
    let mut silenced = flow.clone();
    tokio::select! {
        _ = copy_bidirectional(&mut client, &mut server) => return,
        _ = flow.wait_for(|flow| flow.is_cut) => return,
        _ = silenced.wait_for(|flow| number < flow.silent_below) => {}
    }
    // Both sockets stay open in silence.
    let _cut = flow.wait_for(|flow| flow.is_cut).await;
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::time::timeout;

    use super::*;

    /// Long enough for loopback, and what a test waits that expects nothing.
    const MOMENT: Duration = Duration::from_millis(300);

    /// A server that sends back what it gets, until the test ends.
    async fn echo() -> String {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (mut read, mut write) = stream.into_split();
                tokio::spawn(async move { tokio::io::copy(&mut read, &mut write).await });
            }
        });
        address
    }

    async fn is_echoed(stream: &mut TcpStream) -> bool {
        let mut byte = [0];
        if stream.write_all(b"x").await.is_err() {
            return false;
        }
        matches!(timeout(MOMENT, stream.read(&mut byte)).await, Ok(Ok(1)))
    }

    #[tokio::test]
    async fn a_silenced_connection_stays_open_and_new_ones_work() {
        let wire = Wire::to(&echo().await).await.unwrap();
        let mut old = TcpStream::connect(wire.address()).await.unwrap();
        assert!(is_echoed(&mut old).await);
        wire.silence();
        let mut byte = [0];
        old.write_all(b"x").await.unwrap();
        assert!(timeout(MOMENT, old.read(&mut byte)).await.is_err(), "neither a byte nor an end");
        let mut new = TcpStream::connect(wire.address()).await.unwrap();
        assert!(is_echoed(&mut new).await);
    }

    #[tokio::test]
    async fn a_cut_wire_closes_every_connection_until_it_is_mended() {
        let wire = Wire::to(&echo().await).await.unwrap();
        let mut old = TcpStream::connect(wire.address()).await.unwrap();
        assert!(is_echoed(&mut old).await);
        wire.cut();
        assert!(!is_echoed(&mut old).await);
        let mut refused = TcpStream::connect(wire.address()).await.unwrap();
        assert!(!is_echoed(&mut refused).await);
        wire.mend();
        let mut new = TcpStream::connect(wire.address()).await.unwrap();
        assert!(is_echoed(&mut new).await);
    }
}
