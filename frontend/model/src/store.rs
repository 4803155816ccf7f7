//! What the tab knows of the cluster: columns or rows of packed numbers and interned strings, with indexes and tallies
//! kept at ingest, so that no page joins or counts by scanning.

pub mod annotations;
#[cfg(test)]
mod any_order;
pub mod changes;
mod column;
mod disuse;
pub mod events;
mod groups;
pub(crate) mod index;
pub mod known;
pub mod memory;
pub mod names;
pub mod namespaces;
pub mod nodes;
pub mod pods;
pub mod rows;
pub mod scope;
pub mod services;
mod standing;
pub mod symptoms;
pub mod tally;
pub mod usage;
pub mod workloads;

use annotations::Annotations;
use events::Events;
use names::Names;
use namespaces::Namespaces;
use nodes::Nodes;
use pods::Pods;
use services::Services;
use usage::Usage;
use workloads::Workloads;

/// Everything that is loaded of one cluster.
#[derive(Debug, Default)]
pub struct Store {
    /// Strings that many rows share.
    pub names: Names,
    /// Pods.
    pub pods: Pods,
    /// Nodes.
    pub nodes: Nodes,
    /// Namespaces.
    pub namespaces: Namespaces,
    /// Deployments, stateful sets, daemon sets, replica sets, jobs and cron jobs, as far as somebody looks at them.
    pub workloads: Workloads,
    /// Services, as far as somebody looks at them.
    pub services: Services,
    /// Events, the newest.
    pub events: Events,
    /// What nodes use, from metrics.k8s.io.
    pub usage: Usage,
    /// The annotations that somebody asks for.
    pub annotations: Annotations,
}
