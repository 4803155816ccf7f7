//! The program as a whole, before fake API servers: each test starts its own, on free ports and in its own folder.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "clippy knows only #[test] functions as tests, and these are their parts"
)]

mod browser;
#[cfg(feature = "demo")]
mod demo;
mod embedded;
mod fake;
mod forwarding;
mod guards;
mod kubeconfig;
mod lean;
mod lifecycle;
mod odd;
mod pool;
mod program;
mod serving;
mod sockets;
mod starting;
