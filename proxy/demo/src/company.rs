//! The company whose cluster this is: a shop with everything that keeps it going, and about a dozen troubles.
//!
//! All of it is worked out from a seed, a moment and a size. [`app`] is the table of what runs; what Kubernetes makes of an
//! app is in [`workload`], [`pod`] and the modules named after kinds; [`settle`](settle()) puts it into a store.

pub mod access;
pub mod app;
pub mod custom;
pub mod draft;
pub mod event;
pub mod fate;
pub mod hiring;
pub mod identity;
pub mod load;
pub mod logs;
pub mod managed;
pub mod moment;
pub mod network;
pub mod node;
pub mod origin;
pub mod placement;
pub mod pod;
pub mod policy;
pub mod quantity;
pub mod roster;
pub mod schedule;
pub mod settings;
mod settle;
pub mod storage;
pub mod trouble;
pub mod usage;
pub mod workload;

pub use settle::{Settled, settle};
