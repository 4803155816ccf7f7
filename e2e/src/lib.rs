//! Pilothouse end to end: a real control plane, the two hosting modes and a real browser, for stories and benchmarks.

#![expect(clippy::indexing_slicing, reason = "a serde_json::Value answers null for what is not there")]

pub mod api;
pub mod browser;
pub mod control_plane;
pub mod crowd;
pub mod fault;
pub mod fleet;
pub mod kubectl;
pub mod kubectl_proxy;
pub mod pilothouse;
pub mod ports;
pub mod process;
pub mod site;
pub mod transplant;
pub mod troubles;
pub mod wait;
pub mod wire;
pub mod workloads;
