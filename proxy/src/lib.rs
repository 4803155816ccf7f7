//! The Pilothouse proxy: serves the app, and passes its requests on to the Kubernetes API server with the identity of
//! the kubeconfig's user.
//!
//! A request goes through [`server`] on one of the [`workers`], [`router`], the guards of [`layers`], and ends in
//! [`assets`], [`own`] or [`forward`], where [`lean`] leaves out of a list what the
//! app does not want; [`upstream`] is the API server. What the proxy answers itself in the API's place is
//! an [`error::Refusal`]. [`start`] builds all of it from a [`config::Config`].

pub mod assets;
pub mod config;
#[cfg(feature = "demo")]
pub mod demo;
pub mod error;
pub mod forward;
pub mod layers;
pub mod lean;
pub mod log;
pub mod metrics;
pub mod open;
pub mod own;
pub mod router;
pub mod server;
pub mod session;
pub mod shutdown;
pub mod site;
pub mod start;
pub mod upstream;
pub mod users;
pub mod workers;
