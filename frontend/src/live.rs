//! Keeps the model up to date: does what the reflectors decide, and tells the pages what has changed.

pub mod annotated;
pub mod api;
pub mod cluster;
pub mod config;
pub mod identity;
pub mod kinds;
pub mod lists;
pub mod loading;
pub mod logs;
pub mod metrics;
pub mod object;
pub mod scoped;
pub mod session;
pub mod sink;
pub mod watched;

pub use cluster::Cluster;
pub use model::feed::{Feed, Phase};
