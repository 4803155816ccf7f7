//! Child processes: each in a group of its own, with its output in files, ended when it is dropped.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context as _, Result};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::wait;

/// The process groups that run now, so that an interrupt can end them all.
static RUNNING: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// A child process that ends with its owner.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
}

/// Kills every process that still runs; for the way out after an interrupt.
pub fn kill_all() {
    let running = RUNNING.lock().map(|groups| groups.clone()).unwrap_or_default();
    for group in running {
        signal(group, Signal::KILL);
    }
}

impl Process {
    /// Starts `command`, with its output in `NAME.out` and `NAME.log` under `folder`.
    pub fn start(name: &str, command: &Command, folder: &Path) -> Result<Self> {
        let stdout = folder.join(format!("{name}.out"));
        let stderr = folder.join(format!("{name}.log"));
        let child = tied(command)
            .stdin(Stdio::null())
            .stdout(File::create(&stdout)?)
            .stderr(File::options().create(true).append(true).open(&stderr)?)
            .spawn()
            .with_context(|| format!("{name} did not start"))?;
        if let Ok(mut groups) = RUNNING.lock() {
            groups.insert(child.id());
        }
        Ok(Self { name: name.to_owned(), child, stdout, stderr })
    }

    /// The process's id, which is also its group's.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether the process still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// An error with the end of the log if the process has ended.
    pub fn check_running(&mut self) -> Result<()> {
        anyhow::ensure!(self.is_running(), "{} ended early: {}", self.name, self.log_end());
        Ok(())
    }

    /// Everything the process has written to standard output.
    pub fn output(&self) -> Result<String> {
        Ok(fs::read_to_string(&self.stdout)?)
    }

    /// Everything the process has written to standard error.
    pub fn log(&self) -> Result<String> {
        Ok(fs::read_to_string(&self.stderr)?)
    }

    /// The last lines of the log, for error messages.
    pub fn log_end(&self) -> String {
        let log = self.log().unwrap_or_default();
        let skip = log.lines().count().saturating_sub(8);
        log.lines().skip(skip).collect::<Vec<_>>().join("\n")
    }

    /// Ends the process at once, as a crash would; what it wrote can still be read.
    pub fn kill(&mut self) {
        signal(self.child.id(), Signal::KILL);
        let _status = self.child.wait();
    }

    /// Ends the process politely, and by force once `patience` has passed.
    pub async fn end(mut self, patience: Duration) {
        signal(self.child.id(), Signal::TERM);
        let _gone = wait::until("the end of a process", patience, async || {
            anyhow::ensure!(!self.is_running(), "{} still runs", self.name);
            Ok(())
        })
        .await;
        // What is left is killed by the drop.
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.is_running() {
            self.kill();
        }
        if let Ok(mut groups) = RUNNING.lock() {
            groups.remove(&self.child.id());
        }
    }
}

/// The same command in a process group of its own, so that an interrupt at the terminal reaches only us and we decide; and
/// tied to us, so that it dies even when we are killed.
fn tied(command: &Command) -> Command {
    use std::os::unix::process::CommandExt as _;
    let mut tied = Command::new("setpriv");
    tied.args(["--pdeathsig", "KILL", "--"]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => tied.env(name, value),
            None => tied.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        tied.current_dir(folder);
    }
    tied.process_group(0);
    tied
}

fn signal(group: u32, signal: Signal) {
    if let Some(group) = i32::try_from(group).ok().and_then(Pid::from_raw) {
        // The group may be gone already.
        let _gone = kill_process_group(group, signal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn is_there(id: u32) -> bool {
        Path::new(&format!("/proc/{id}/status")).exists()
    }

    #[tokio::test]
    async fn a_process_ends_with_its_owner_and_takes_its_children_along() {
        let folder = tempfile::tempdir().unwrap();
        let process = Process::start("parent", &shell("sleep 100 & echo $!; wait"), folder.path()).unwrap();
        let child: u32 =
            wait::until("the child", Duration::from_secs(5), async || Ok(process.output()?.trim().parse()?))
                .await
                .unwrap();
        assert!(is_there(child));
        drop(process);
        wait::until("the child's end", Duration::from_secs(5), async || {
            anyhow::ensure!(!is_there(child), "it is still there");
            Ok(())
        })
        .await
        .unwrap();
    }

    #[tokio::test]
    async fn a_process_that_ends_early_is_told_with_the_end_of_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let mut process = Process::start("short", &shell("echo trouble >&2; exit 3"), folder.path()).unwrap();
        wait::until("its end", Duration::from_secs(5), async || {
            anyhow::ensure!(!process.is_running(), "it still runs");
            Ok(())
        })
        .await
        .unwrap();
        assert_eq!(process.check_running().unwrap_err().to_string(), "short ended early: trouble");
    }
}
