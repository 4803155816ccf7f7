//! What the landing page shows, counted from the store: the health sentence, capacity, the node picture, pods by state and by
//! namespace.

pub mod capacity;
pub mod change;
pub mod grouping;
pub mod namespaces;
pub mod nodes;
pub mod readings;
mod rollouts;
pub mod sentence;
pub mod states;

#[cfg(test)]
pub(crate) mod fixture;
