//! Work that would hold up whoever else is served on this thread: to copy the pointers of a long list takes milliseconds.

use crate::error::ApiError;

/// Does work on a thread that serves nobody.
pub async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The program ends, and nobody waits for the answer.
            Err(_) => std::future::pending().await,
        },
    }
}
