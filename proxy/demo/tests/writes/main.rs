//! What writes bring about: deletions and what goes with them, definitions of kinds, quotas, logs that are followed, bounds.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "clippy knows only #[test] functions as tests, and these are their parts"
)]

mod client;
mod definitions;
mod deletions;
mod logs;
mod objects;
mod quotas;
