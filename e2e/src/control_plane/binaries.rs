//! Where the programs of the control plane lie.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

/// The folders to look in: envtest's, then our own cache.
#[derive(Debug)]
pub struct Binaries {
    envtest: Option<PathBuf>,
    cache: PathBuf,
}

impl Binaries {
    /// Asks the build script, which builds what is missing and otherwise answers at once.
    pub fn locate() -> Result<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/control-plane.sh");
        let output = Command::new(&script)
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("{} did not start", script.display()))?;
        let stdout = String::from_utf8(output.stdout)?;
        anyhow::ensure!(output.status.success(), "the control plane could not be built");
        let cache = stdout.lines().last().context("the build script named no folder")?;
        Ok(Self { envtest: std::env::var_os("KUBEBUILDER_ASSETS").map(PathBuf::from), cache: cache.into() })
    }

    /// A program of the control plane.
    pub fn program(&self, name: &str) -> PathBuf {
        self.envtest
            .iter()
            .map(|folder| folder.join(name))
            .find(|path| path.exists())
            .unwrap_or_else(|| self.cache.join(name))
    }

    /// kubectl.
    pub fn kubectl(&self) -> PathBuf {
        self.program("kubectl")
    }

    /// The stage files with which kwok plays nodes and pods.
    pub fn stages(&self) -> PathBuf {
        self.cache.join("stages")
    }
}
