//! What pods write: lines that are worked out from the pod, the container and the time.

/// How an app's log reads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Voice {
    /// One line a request, in JSON.
    Service,
    /// One line a request, as web servers write it.
    Access,
    /// One line a piece of work.
    Worker,
    /// What a database tells.
    Database,
    /// What controllers tell, in klog's format.
    Control,
}
