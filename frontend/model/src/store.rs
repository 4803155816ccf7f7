//! What the tab knows of the cluster: columns or rows of packed numbers and interned strings, with indexes and tallies
//! kept at ingest, so that no page joins or counts by scanning.

pub mod changes;
mod column;
mod groups;
mod index;
pub mod memory;
pub mod names;
pub mod nodes;
pub mod pods;
pub mod rows;
pub mod tally;
pub mod usage;

use names::Names;
use nodes::Nodes;
use pods::Pods;
use usage::Usage;

/// Everything that is loaded of one cluster.
#[derive(Debug, Default)]
pub struct Store {
    /// Strings that many rows share.
    pub names: Names,
    /// Pods.
    pub pods: Pods,
    /// Nodes.
    pub nodes: Nodes,
    /// What nodes use, from metrics.k8s.io.
    pub usage: Usage,
}
