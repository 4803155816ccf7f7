//! A sample cluster in memory: the Kubernetes API over objects that live.
//!
//! A request goes through [`api`], which knows the protocol and no kind; [`kinds`] says what is served, and [`store`] keeps
//! it. `company` is what the cluster holds at the start, `life` is what moves it.

pub mod clock;
pub mod error;
pub mod kinds;
pub mod random;
pub mod store;
