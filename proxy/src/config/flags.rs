//! The flags and their twins in the environment, as they were typed.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::{Parser, ValueEnum};

use crate::layers::proxy_subresource::ProxySubresource;

/// A web UI for your Kubernetes cluster, on your own machine.
///
/// pilothouse serves the app and passes its requests on to the API server of one context of your kubeconfig, with the
/// identity of that context's user. It listens on loopback only, and answers nobody who has not opened its link.
#[derive(Debug, Parser)]
#[command(name = "pilothouse", version, after_long_help = AFTER_HELP)]
pub struct Flags {
    /// What to serve, if not the cluster of the kubeconfig
    #[cfg(feature = "demo")]
    #[command(subcommand)]
    pub command: Option<Command>,

    /// The kubeconfig to read [default: $KUBECONFIG, else ~/.kube/config]
    #[arg(long, env = "PILOTHOUSE_KUBECONFIG", value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,

    /// The context to use [default: the kubeconfig's current one]
    #[arg(long, env = "PILOTHOUSE_CONTEXT", value_name = "NAME")]
    pub context: Option<String>,

    /// Where the current context's cluster is not there, serve a sample cluster, as `pilothouse demo` does
    #[cfg(feature = "demo")]
    #[arg(long, env = "PILOTHOUSE_OR_DEMO", value_parser = FalseyValueParser::new())]
    pub or_demo: bool,

    /// The loopback address to listen on; port 0 picks a free one [default: 127.0.0.1:7700]
    #[arg(long, global = true, env = "PILOTHOUSE_LISTEN", value_name = "ADDR:PORT")]
    pub listen: Option<SocketAddr>,

    /// Open the link in the browser
    #[arg(long, global = true, env = "PILOTHOUSE_OPEN", value_parser = FalseyValueParser::new())]
    pub open: bool,

    /// Let requests through to what runs in the cluster, by way of nodes/proxy, services/proxy or pods/proxy
    ///
    /// Off by default: what answers there is served from the app's own origin. May be given more than once, or with
    /// commas.
    #[arg(long, env = "PILOTHOUSE_ALLOW_PROXY_SUBRESOURCE", value_name = "RESOURCE", value_delimiter = ',')]
    pub allow_proxy_subresource: Vec<ProxySubresource>,

    /// How many seconds the API server may take to accept a connection, and to answer at the start
    #[arg(long, env = "PILOTHOUSE_CONNECT_TIMEOUT", value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub connect_timeout: Duration,

    /// How many seconds an exec plugin of the kubeconfig may take
    #[arg(long, env = "PILOTHOUSE_EXEC_TIMEOUT", value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    pub exec_timeout: Duration,

    /// How the log on standard error is written
    #[arg(
        long,
        global = true,
        env = "PILOTHOUSE_LOG_FORMAT",
        value_name = "FORMAT",
        value_enum,
        default_value = "text"
    )]
    pub log_format: LogFormat,

    /// How much is logged: error, warn, info, debug (every request) or trace
    #[arg(long, global = true, env = "PILOTHOUSE_LOG_LEVEL", value_name = "LEVEL", default_value = "info")]
    pub log_level: tracing::Level,
}

/// What to serve.
#[cfg(feature = "demo")]
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Serve a sample cluster that lives inside this process: nothing has to be installed, and what is changed or deleted in it is gone with the process
    Demo(DemoFlags),
}

/// What the sample cluster is like.
#[cfg(feature = "demo")]
#[derive(Debug, clap::Args)]
pub struct DemoFlags {
    /// How many nodes it has
    #[arg(long, env = "PILOTHOUSE_NODES", value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub nodes: u32,

    /// About how many pods it has
    #[arg(long, env = "PILOTHOUSE_PODS", value_name = "N", default_value_t = 300, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub pods: u32,

    /// What it is made from: the same seed gives the same cluster
    #[arg(long, env = "PILOTHOUSE_SEED", value_name = "S", default_value_t = 1)]
    pub seed: u64,

    /// How many times as fast as ours its time runs
    #[arg(long, env = "PILOTHOUSE_PACE", value_name = "X", default_value_t = 1.0, value_parser = pace)]
    pub pace: f64,

    /// Where to write a kubeconfig for it, with a context for each of its users [default: among the temporary files]
    #[arg(long, env = "PILOTHOUSE_WRITE_KUBECONFIG", value_name = "FILE")]
    pub write_kubeconfig: Option<PathBuf>,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

const AFTER_HELP: &str = "\
The link:
  pilothouse prints a link alone on a line of standard output. It signs one browser in, once; then the next link is
  printed, for a second browser. A browser stays signed in until it or pilothouse ends. The log goes to standard error.

The way to the cluster:
  pilothouse connects to the API server directly. HTTPS_PROXY is not followed, and a kubeconfig that names a proxy-url is
  refused.

Under /-/:
  /-/healthz   the process runs
  /-/readyz    the API server answers
  /-/metrics   counters for Prometheus

Exit codes:
  0   ended by Ctrl-C or SIGTERM, after requests under way had up to 10 s
  64  the configuration cannot work: one sentence on standard error says why
  1   anything else

Examples:
  pilothouse --open
  pilothouse demo --open
  pilothouse demo --nodes 5000 --pods 150000
  pilothouse --kubeconfig ./staging.yaml --context admin --listen 127.0.0.1:0
  PILOTHOUSE_LOG_FORMAT=json pilothouse 2>pilothouse.log";

#[cfg(feature = "demo")]
fn pace(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(pace) if pace > 0.0 && pace <= 100_000.0 => Ok(pace),
        _ => Err("a number above 0 and up to 100000 is expected".to_owned()),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "a number of seconds is expected".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if !duration.is_zero() && seconds <= 3600.0 => Ok(duration),
        _ => Err("between a moment and 3600 seconds is expected".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_flags_are_consistent_and_each_has_its_twin() {
        let command = Flags::command();
        command.clone().debug_assert();
        for flag in command.get_arguments().filter(|flag| !matches!(flag.get_id().as_str(), "help" | "version")) {
            let twin = format!("PILOTHOUSE_{}", flag.get_id().as_str().to_ascii_uppercase());
            assert_eq!(flag.get_env().unwrap().to_str().unwrap(), twin);
            assert_eq!(flag.get_long().unwrap(), flag.get_id().as_str().replace('_', "-"));
        }
    }

    #[test]
    fn seconds_are_bounded() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for text in ["", "x", "0", "-1", "NaN", "inf", "1e9", "3601"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn proxy_subresources_may_be_given_with_commas() {
        let flags = Flags::try_parse_from(["pilothouse", "--allow-proxy-subresource", "pods,services"]).unwrap();
        assert_eq!(flags.allow_proxy_subresource, [ProxySubresource::Pods, ProxySubresource::Services]);
        assert!(Flags::try_parse_from(["pilothouse", "--allow-proxy-subresource", "secrets"]).is_err());
    }
}
