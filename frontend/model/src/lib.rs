//! Pilothouse's pure middle: it decides, the edges act.
//!
//! Nothing here does IO, reads a clock, knows a browser or a framework, and nothing fails on odd input: time comes in
//! as an argument, bytes come in from the edges, and what to do goes out as values. So all of it runs and is tested
//! natively.

pub mod age;
pub mod backoff;
pub mod chart;
pub mod config;
pub mod demand;
pub mod detail;
pub mod explore;
pub mod failing;
pub mod failure;
#[cfg(test)]
mod faults;
pub mod feed;
pub mod filter;
pub mod format;
pub mod found;
pub mod frame;
pub mod k8s;
pub mod ledger;
pub mod letters;
pub mod link;
pub mod list;
pub mod loading;
pub mod logs;
pub mod order;
pub mod overview;
pub mod pages;
pub mod pulse;
pub mod quantity;
pub mod reflector;
pub mod route;
pub mod store;
pub mod table;
pub mod timestamp;
pub mod turns;
pub mod yaml;
