//! The end of the process: first it stops accepting, then what is under way is given a while.

use std::io;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The beginning of the end, and the tasks that it waits for.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    /// Cancelled when the process was asked to end.
    pub begun: CancellationToken,
    /// Connections and joined WebSockets.
    pub tasks: TaskTracker,
}

/// How long requests under way may take to end.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

impl Shutdown {
    /// Waits for the tasks that are under way, and says whether all have ended in time.
    pub async fn drain(&self, bound: Duration) -> bool {
        self.begun.cancel();
        self.tasks.close();
        tokio::time::timeout(bound, self.tasks.wait()).await.is_ok()
    }
}

/// Completes when the process is asked to end, by Ctrl-C or by a service manager.
pub async fn signalled() -> io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}
