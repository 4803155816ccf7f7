//! What the program was told, after all that can be checked without asking others.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

#[cfg(feature = "demo")]
use pilothouse_demo::Settings;

#[cfg(feature = "demo")]
use crate::demo::Wish;
use crate::layers::proxy_subresource::ProxySubresource;
use crate::upstream::Bounds;
#[cfg(feature = "demo")]
use flags::Command;
use flags::{Flags, LogFormat};

pub mod flags;

/// The port that `pilothouse` takes where none is asked for.
pub const DEFAULT_PORT: u16 = 7700;

/// The configuration of one process.
#[derive(Debug, Clone)]
pub struct Config {
    /// Which cluster.
    pub cluster: Cluster,
    /// Where to listen.
    pub listen: Listen,
    /// Whether to open the browser.
    pub open: bool,
    /// The proxy subresources that are allowed.
    pub proxy_subresources: Vec<ProxySubresource>,
    /// How long others may take at the start.
    pub bounds: Bounds,
}

/// The cluster to serve.
#[derive(Debug, Clone)]
pub enum Cluster {
    /// One of a kubeconfig.
    Kubeconfig {
        /// The kubeconfig that was named; else kubectl's rules say which.
        file: Option<PathBuf>,
        /// The context that was named; else the current one.
        context: Option<String>,
    },
    /// One in this process.
    #[cfg(feature = "demo")]
    Demo(Wish),
    /// The kubeconfig's current one, or one in this process where that is not there.
    #[cfg(feature = "demo")]
    CurrentOrDemo,
}

/// The shape and the depth of the log.
#[derive(Debug, Clone, Copy)]
pub struct Logging {
    /// How it is written.
    pub format: LogFormat,
    /// How much of it.
    pub level: tracing::Level,
}

/// A loopback address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listen {
    /// The address; port 0 picks a free one.
    pub address: SocketAddr,
    /// Whether it was asked for, and not just taken by default.
    pub was_named: bool,
}

/// What was asked for and cannot be.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    /// Others could connect, and there is neither TLS nor an identity for them yet.
    #[error(
        "Pilothouse listens on loopback only: {0} can be reached by others, and TLS and their sign-in are yet to come."
    )]
    NotLoopback(SocketAddr),
}

impl TryFrom<Flags> for Config {
    type Error = ConfigError;

    fn try_from(flags: Flags) -> Result<Self, ConfigError> {
        let default = SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_PORT));
        let listen = Listen { address: flags.listen.unwrap_or(default), was_named: flags.listen.is_some() };
        if !listen.address.ip().is_loopback() {
            return Err(ConfigError::NotLoopback(listen.address));
        }
        Ok(Self {
            cluster: Cluster::of(&flags),
            listen,
            open: flags.open,
            proxy_subresources: flags.allow_proxy_subresource,
            bounds: Bounds { connect: flags.connect_timeout, plugin: flags.exec_timeout },
        })
    }
}

impl Cluster {
    fn of(flags: &Flags) -> Self {
        #[cfg(feature = "demo")]
        match &flags.command {
            Some(Command::Demo(demo)) => {
                let settings = Settings { nodes: demo.nodes, pods: demo.pods, seed: demo.seed, pace: demo.pace };
                return Self::Demo(Wish { settings, kubeconfig: demo.write_kubeconfig.clone() });
            }
            // Whoever names a cluster wants that one.
            None if flags.or_demo && flags.kubeconfig.is_none() && flags.context.is_none() => {
                return Self::CurrentOrDemo;
            }
            None => {}
        }
        Self::Kubeconfig { file: flags.kubeconfig.clone(), context: flags.context.clone() }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn config(arguments: &[&str]) -> Result<Config, ConfigError> {
        Config::try_from(Flags::try_parse_from(["pilothouse"].iter().chain(arguments)).unwrap())
    }

    #[test]
    fn it_listens_on_loopback_only() {
        let check = |address: &str, expect: bool| {
            assert_eq!(config(&["--listen", address]).is_ok(), expect, "{address}");
        };
        check("127.0.0.1:0", true);
        check("127.0.0.2:80", true);
        check("[::1]:7700", true);
        check("0.0.0.0:7700", false);
        check("[::]:7700", false);
        check("192.0.2.1:7700", false);
        check("[::ffff:127.0.0.1]:7700", false);
    }

    #[test]
    fn without_flags_it_takes_the_usual_port() {
        let listen = config(&[]).unwrap().listen;
        assert_eq!(listen, Listen { address: "127.0.0.1:7700".parse().unwrap(), was_named: false });
        assert!(config(&["--listen", "127.0.0.1:7700"]).unwrap().listen.was_named);
    }
}
