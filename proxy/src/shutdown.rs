//! The end of the process: first it stops accepting, then what is under way is given a while.

use std::io;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
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

/// The signals that ask the process to end: Ctrl-C's, and a service manager's.
#[derive(Debug)]
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
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

impl Signals {
    /// Takes the signals over; until then they end the process at once.
    pub fn new() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Completes with the next signal.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
