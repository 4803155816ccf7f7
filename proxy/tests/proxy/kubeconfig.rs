//! Kubeconfigs in a folder of the test's own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A folder with a kubeconfig in it.
pub struct Kubeconfig {
    pub folder: TempDir,
}

impl Kubeconfig {
    /// A kubeconfig of one context, `test`, whose cluster and user are given as YAML in flow style.
    pub fn new(cluster: &str, user: &str) -> Self {
        let text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: test\n\
             clusters: [{{name: c, cluster: {cluster}}}]\n\
             users: [{{name: alice, user: {user}}}]\n\
             contexts: [{{name: test, context: {{cluster: c, user: alice, namespace: team-a}}}}]\n"
        );
        Self::of_text(&text)
    }

    pub fn of_text(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config"), text).unwrap();
        Self { folder }
    }

    /// A kubeconfig for a fake API server without TLS, with a token.
    pub fn plain(api_server: SocketAddr) -> Self {
        Self::new(&format!("{{server: 'http://{api_server}'}}"), "{token: s3cret-token}")
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("config")
    }

    /// Writes another file beside it.
    pub fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

/// Makes a file a program.
pub fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}
