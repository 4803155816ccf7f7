//! Kubernetes JSON, and nothing else knows it: projections that borrow from the bytes they were decoded from.
//!
//! A projection names only the fields that some view needs; `serde_json` skips the rest at memory speed. Every
//! field may be absent or `null`, because what a cluster sends is not ours to trust.

pub mod annotated;
pub mod event;
pub mod identity;
pub mod image;
pub mod json;
pub mod label_selector;
pub mod meta;
pub mod metrics;
pub mod namespace;
pub mod node;
pub mod pod;
pub mod pod_state;
pub mod pod_status;
pub mod projection;
pub mod resources;
pub mod scaling;
pub mod service;
pub mod status;
pub mod workload;
pub mod workload_state;
