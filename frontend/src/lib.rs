//! The Pilothouse app: a Kubernetes cluster in one browser tab.
//!
//! `pages` and `ui` know views, `live` keeps the model up to date, `web` is the only place that touches the browser.

#![expect(clippy::needless_pass_by_value, reason = "a component owns its properties, also those that it only reads")]

pub mod app;
pub mod live;
pub mod pages;
pub mod ui;
pub mod web;
