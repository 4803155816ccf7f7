//! The log on standard error.

use std::io;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry};

use crate::config::Logging;
use crate::config::flags::LogFormat;

/// Sends what the process logs to standard error.
///
/// Libraries speak from warnings up only: at their lower levels they may print headers and bodies.
pub fn start(logging: Logging) {
    let levels = Targets::new()
        .with_default(LevelFilter::WARN.min(logging.level.into()))
        .with_target("pilothouse", logging.level);
    let lines = tracing_subscriber::fmt::layer::<Registry>().with_writer(io::stderr);
    let lines = match logging.format {
        LogFormat::Text => lines.with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).boxed(),
    };
    tracing_subscriber::registry().with(lines.with_filter(levels)).init();
}
