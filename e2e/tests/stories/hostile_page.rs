//! A web server of somebody else: an empty page for scripts to run in.

use anyhow::Result;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const ANSWER: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 49\r\nConnection: close\r\n\r\n\
    <!doctype html><title>Win a prize</title><p>Hello";

/// Serves the page on loopback until it is dropped.
pub struct HostilePage {
    port: u16,
    server: JoinHandle<()>,
}

impl HostilePage {
    /// Starts to serve on a free port, for any host name.
    pub async fn serve() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let server = tokio::spawn(async move {
            while let Ok((mut visitor, _)) = listener.accept().await {
                tokio::spawn(async move {
                    // Whoever leaves early misses the page.
                    let _request = visitor.read(&mut [0; 4096]).await;
                    let _answer = visitor.write_all(ANSWER.as_bytes()).await;
                });
            }
        });
        Ok(Self { port, server })
    }

    /// The page's address under a host name that leads here.
    pub fn url(&self, host: &str) -> String {
        format!("http://{host}:{}/", self.port)
    }
}

impl Drop for HostilePage {
    fn drop(&mut self) {
        self.server.abort();
    }
}
