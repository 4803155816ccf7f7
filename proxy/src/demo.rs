//! `pilothouse demo`: a sample cluster in the API server's place, and a kubeconfig for those who have other programs.

use std::fs::OpenOptions;
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use pilothouse_demo::error::ApiError;
use pilothouse_demo::{Demo, Settings};

use crate::site::Names;
use crate::upstream::Upstream;
use crate::users::{NAMES, Users};

/// What somebody wants of a demo.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// What it is like.
    pub settings: Settings,
    /// Where its kubeconfig is to be written; else among the temporary files.
    pub kubeconfig: Option<PathBuf>,
}

/// A demo that answers.
#[derive(Debug)]
pub struct Started {
    /// What the page calls it.
    pub names: Names,
    /// Its API.
    pub upstream: Upstream,
    /// Its users.
    pub users: Users,
    /// Their kubeconfig, which goes with the demo.
    pub kubeconfig: Written,
}

/// A file that is removed when this is dropped.
#[derive(Debug)]
pub struct Written(PathBuf);

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
    let users = Users::new()?;
    let file = wish
        .kubeconfig
        .unwrap_or_else(|| std::env::temp_dir().join(format!("pilothouse-demo-{}.kubeconfig", address.port())));
    write_private(&file, users.kubeconfig(address).to_string().as_bytes())
        .map_err(|error| DemoError::Kubeconfig(file.clone(), error))?;
    tracing::info!("kubectl sees the demo cluster with KUBECONFIG={}", file.display());
    let kubeconfig = Written(file);
    let user = NAMES.first().copied().unwrap_or_default().to_owned();
    let names = Names { cluster: "demo".to_owned(), user, namespace: None };
    Ok(Started { names, upstream: Upstream::demo(demo), users, kubeconfig })
}

impl Drop for Written {
    fn drop(&mut self) {
        // Somebody else may have cleaned up.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Writes a file that nobody else may read, in the place of one that was there.
fn write_private(file: &Path, text: &[u8]) -> std::io::Result<()> {
    // An earlier one, or a link that somebody put there, is not written through.
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?.write_all(text)
}
