//! The program under test, as a process.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::browser::Browser;
use crate::fake::{Fake, Scenario};
use crate::kubeconfig::Kubeconfig;

/// A `pilothouse` that serves; it is killed when this is dropped.
pub struct Program {
    pub address: SocketAddr,
    pub link: String,
    pub child: Child,
    stdout: Lines<BufReader<ChildStdout>>,
}

/// How a `pilothouse` that does not serve ended.
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// The program that is tested if not the one of this build: the released one, which has the app inside.
pub fn released() -> Option<OsString> {
    std::env::var_os("PILOTHOUSE_PROGRAM")
}

/// The program with these arguments, in an environment with nothing in it.
fn command(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(released().unwrap_or_else(|| env!("CARGO_BIN_EXE_pilothouse").into()));
    command.args(arguments);
    isolated(command, home)
}

fn isolated(mut command: Command, home: &Path) -> Command {
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", home)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Runs the program to its end.
pub async fn run(home: &Path, arguments: &[&str]) -> Ended {
    run_with(home, arguments, &[]).await
}

/// Runs the program to its end with variables in its environment.
pub async fn run_with(home: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    let output = command(home, arguments).envs(variables.iter().copied()).output().await.unwrap();
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Program {
    /// Starts the program and waits for its link.
    pub async fn start(kubeconfig: &Kubeconfig, arguments: &[&str]) -> Self {
        let file = kubeconfig.path();
        let mut all = vec!["--kubeconfig", file.to_str().unwrap(), "--listen", "127.0.0.1:0"];
        all.extend(arguments);
        Self::run(kubeconfig.folder.path(), &all).await
    }

    /// Starts the program with nothing but these arguments, and waits for its link.
    pub async fn run(home: &Path, arguments: &[&str]) -> Self {
        Self::spawn(command(home, arguments)).await
    }

    /// Starts the program where its home folder's own programs come first.
    pub async fn run_beside(home: &Path, arguments: &[&str]) -> Self {
        let mut command = command(home, arguments);
        command.env("PATH", format!("{}:/usr/bin:/bin", home.display()));
        Self::spawn(command).await
    }

    /// Starts the program where a process may have no more than so many files open, connections among them.
    pub async fn run_with_files(home: &Path, files: usize, arguments: &[&str]) -> Self {
        let program = command(home, arguments);
        let program = program.as_std();
        let mut limited = Command::new("/bin/sh");
        limited
            .args(["-c", &format!("ulimit -n {files} && exec \"$0\" \"$@\"")])
            .arg(program.get_program())
            .args(program.get_args());
        Self::spawn(isolated(limited, home)).await
    }

    async fn spawn(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
        let Some(link) = stdout.next_line().await.unwrap() else {
            panic!("it did not start: {}", stderr(&mut child).await);
        };
        let address = link.strip_prefix("http://").unwrap().split('/').next().unwrap().parse().unwrap();
        Self { address, link, child, stdout }
    }

    /// A program before a fake API server, and that server.
    pub async fn before(scenario: Scenario) -> (Self, Fake) {
        let fake = Fake::start(scenario).await;
        (Self::start(&Kubeconfig::plain(fake.address), &[]).await, fake)
    }

    /// The next line of standard output.
    pub async fn next_line(&mut self) -> String {
        self.stdout.next_line().await.unwrap().unwrap()
    }

    /// Reads its log up to a line with these words.
    pub async fn says(&mut self, words: &str) {
        let mut lines = BufReader::new(self.child.stderr.as_mut().unwrap()).lines();
        while !lines.next_line().await.unwrap().expect("it goes on").contains(words) {}
    }

    /// A browser that has opened the link.
    pub async fn signed_in(&self) -> Browser {
        let mut browser = Browser::new(self.address);
        browser.sign_in(&self.link).await;
        browser
    }

    /// Sends a signal by its name.
    pub async fn signal(&self, name: &str) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().await.unwrap().success());
    }

    /// Waits for its end, and gives what it said on standard error.
    pub async fn end(mut self) -> (ExitStatus, String) {
        let said = stderr(&mut self.child).await;
        (self.child.wait().await.unwrap(), said)
    }

    /// The most memory that it has had resident, in KiB.
    pub fn peak_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id().unwrap())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().strip_suffix(" kB").unwrap().trim().parse().unwrap()
    }
}

async fn stderr(child: &mut Child) -> String {
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).await.unwrap();
    said
}
