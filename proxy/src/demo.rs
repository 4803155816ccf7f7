//! `pilothouse demo`: a sample cluster in the API server's place, and a kubeconfig for those who have other programs.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use pilothouse_demo::api::who::{DEVELOPERS_NAMESPACE, Who};
use pilothouse_demo::error::ApiError;
use pilothouse_demo::{Demo, Settings};
use serde_json::Value;

use crate::site::Names;
use crate::start::Standstill;
use crate::upstream::Upstream;
use crate::users::{Person, Users};

/// What somebody wants of a demo.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// What it is like.
    pub settings: Settings,
    /// Where its kubeconfig is to be written; else among the temporary files.
    pub kubeconfig: Option<PathBuf>,
}

/// A demo that answers.
pub struct Started {
    /// What the page calls it.
    pub names: Names,
    /// Its API.
    pub upstream: Upstream,
    /// Its users.
    pub users: Users,
    /// Their kubeconfig, which goes with the demo.
    pub kubeconfig: Option<Written>,
    /// Comes when nothing moves in it any longer, which is a fault of ours.
    pub standstill: Standstill,
}

/// A kubeconfig that is removed when this is dropped, unless it is another one by then.
#[derive(Debug)]
pub struct Written {
    file: PathBuf,
    text: String,
}

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Its objects contradict each other.
    #[error("The demo cluster could not be made: {0}")]
    Objects(#[from] ApiError),
    /// No random numbers.
    #[error("The system has no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// The kubeconfig cannot be written.
    #[error("The kubeconfig {} cannot be written: {}", .0.display(), .1)]
    Kubeconfig(PathBuf, std::io::Error),
}

/// Starts a demo cluster and writes its kubeconfig.
pub fn start(wish: Wish, address: SocketAddr) -> Result<Started, DemoError> {
    let demo = Arc::new(Demo::start(wish.settings, Timestamp::now())?);
    let users = Users::new(people())?;
    let text = users.kubeconfig(address).to_string();
    let kubeconfig = match wish.kubeconfig {
        Some(file) => Some(Written::new(file.clone(), text).map_err(|error| DemoError::Kubeconfig(file, error))?),
        // Nobody asked for it: without it, all but kubectl works.
        None => Written::new(usual_file(address), text)
            .inspect_err(
                |error| tracing::warn!(%error, "kubectl cannot see the demo cluster: no kubeconfig was written"),
            )
            .ok(),
    };
    if let Some(Written { file, .. }) = &kubeconfig {
        tracing::info!("kubectl sees the demo cluster with KUBECONFIG={}", file.display());
    }
    let user = users.chosen().to_owned();
    // Where the one starts who may not list all.
    let namespace = Some(DEVELOPERS_NAMESPACE.to_owned());
    let names = Names { cluster: "demo".to_owned(), user, namespace };
    let standstill = Box::pin(demo.standstill());
    Ok(Started { names, upstream: Upstream::demo(demo), users, kubeconfig, standstill })
}

impl Written {
    /// Writes a file that nobody else may read. One that is there is replaced only if a demo wrote it: it may be the
    /// kubeconfig that somebody works with.
    fn new(file: PathBuf, text: String) -> std::io::Result<Self> {
        match std::fs::read(&file) {
            Ok(old) if !is_of_a_demo(&old) => {
                return Err(std::io::Error::new(ErrorKind::AlreadyExists, "it is there, and no demo wrote it"));
            }
            // Not written through, in case it is a link.
            Ok(_) => std::fs::remove_file(&file)?,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file)?.write_all(text.as_bytes())?;
        Ok(Self { file, text })
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        // Another demo may have put its own there, and somebody else may have cleaned up.
        if std::fs::read(&self.file).is_ok_and(|text| text == self.text.as_bytes()) {
            let _ = std::fs::remove_file(&self.file);
        }
    }
}

/// The people of the demo.
fn people() -> [Person; Who::ALL.len()] {
    Who::ALL.map(|who| Person { name: who.short_name(), words: who.words() })
}

/// Whether a kubeconfig knows a demo and nothing else.
fn is_of_a_demo(kubeconfig: &[u8]) -> bool {
    let Ok(kubeconfig) = serde_json::from_slice::<Value>(kubeconfig) else { return false };
    let clusters = kubeconfig.get("clusters").and_then(Value::as_array);
    let is_demo = |cluster: &Value| cluster["name"].as_str().is_some_and(|name| name.starts_with("pilothouse-demo-"));
    clusters.is_some_and(|clusters| !clusters.is_empty() && clusters.iter().all(is_demo))
}

/// Where the kubeconfig lies when nobody says: in the user's own folder of running programs, where there is one.
fn usual_file(address: SocketAddr) -> PathBuf {
    let folder = std::env::var_os("XDG_RUNTIME_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
    folder.join(format!("pilothouse-demo-{}.kubeconfig", address.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> PathBuf {
        let file = std::env::temp_dir().join(format!("pilothouse-{name}-{}.kubeconfig", std::process::id()));
        let _ = std::fs::remove_file(&file);
        file
    }

    fn of_a_demo() -> String {
        Users::new(people()).unwrap().kubeconfig("127.0.0.1:7700".parse().unwrap()).to_string()
    }

    #[test]
    fn the_kubeconfig_that_somebody_works_with_is_neither_replaced_nor_removed() {
        let file = file("own");
        std::fs::write(&file, r#"{"clusters": [{"name": "pilothouse-demo-admin"}, {"name": "production"}]}"#).unwrap();
        let refused = Written::new(file.clone(), of_a_demo()).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::AlreadyExists);
        assert!(std::fs::read_to_string(&file).unwrap().contains("production"));
        std::fs::remove_file(&file).unwrap();
    }

    #[test]
    fn a_demo_replaces_the_file_of_an_earlier_one_and_leaves_that_of_a_later_one() {
        let file = file("turns");
        let earlier = Written::new(file.clone(), of_a_demo()).unwrap();
        let later = Written::new(file.clone(), of_a_demo()).unwrap();
        drop(earlier);
        assert!(file.exists());
        drop(later);
        assert!(!file.exists());
    }
}
