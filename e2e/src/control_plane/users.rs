//! The users of the cluster: what they may do, their tokens and their kubeconfigs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rcgen::KeyPair;
use serde_json::json;

use super::kubeconfig::Kubeconfig;
use super::pki::Pki;
use crate::api::Api;

/// The one namespace that [`User::Dev`] may see.
pub const TEAM_NAMESPACE: &str = "team-a";

/// Someone who uses the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum User {
    /// May do everything.
    Admin,
    /// May read everything, except Secrets.
    Viewer,
    /// May edit one namespace; can list neither nodes nor namespaces.
    Dev,
    /// Is known, and may do nothing.
    Nobody,
}

/// The secret token of each user.
#[derive(Debug)]
pub struct UserTokens(BTreeMap<User, String>);

impl User {
    /// Everyone.
    pub const ALL: [Self; 4] = [Self::Admin, Self::Viewer, Self::Dev, Self::Nobody];

    /// The user's name in the cluster.
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Viewer => "viewer",
            Self::Dev => "dev",
            Self::Nobody => "nobody",
        }
    }

    fn groups(self) -> &'static str {
        match self {
            Self::Admin => "system:masters",
            Self::Viewer | Self::Dev | Self::Nobody => "",
        }
    }

    fn namespace(self) -> &'static str {
        match self {
            Self::Dev => TEAM_NAMESPACE,
            Self::Admin | Self::Viewer | Self::Nobody => "default",
        }
    }
}

impl UserTokens {
    /// Draws new tokens and writes them as the API server's token file.
    pub fn create(file: &Path) -> Result<Self> {
        let mut tokens = BTreeMap::new();
        let mut lines = String::new();
        for user in User::ALL {
            let (name, groups) = (user.name(), user.groups());
            // A new public key is as random as anything and made of what a token may hold.
            let token: String =
                KeyPair::generate()?.public_key_raw().iter().skip(1).map(|byte| format!("{byte:02x}")).collect();
            lines.push_str(&format!("{token},{name},{name},\"{groups}\"\n"));
            tokens.insert(user, token);
        }
        fs::write(file, lines)?;
        Ok(Self(tokens))
    }

    /// Where a user's kubeconfig lies.
    pub fn kubeconfig(&self, root: &Path, user: User) -> PathBuf {
        root.join(format!("{}.kubeconfig", user.name()))
    }

    /// Writes a user's kubeconfig.
    pub fn write_kubeconfig(&self, root: &Path, user: User, server: &str, pki: &Pki) -> Result<()> {
        self.write(user, server, &pki.ca, &self.kubeconfig(root, user))
    }

    /// Writes a user's kubeconfig with another server into another folder.
    pub fn kubeconfig_through(&self, root: &Path, user: User, server: &str, folder: &Path) -> Result<PathBuf> {
        let path = self.kubeconfig(folder, user);
        self.write(user, server, &root.join("pki/ca.crt"), &path)?;
        Ok(path)
    }

    /// A client with a user's identity.
    pub fn api(&self, root: &Path, user: User, server: &str) -> Result<Api> {
        let token = self.0.get(&user).context("every user has a token")?;
        Api::new(server, &fs::read(root.join("pki/ca.crt"))?, token)
    }

    fn write(&self, user: User, server: &str, ca: &Path, path: &Path) -> Result<()> {
        let token = self.0.get(&user).context("every user has a token")?;
        Kubeconfig { server, ca, user: user.name(), token, namespace: user.namespace() }.write(path)
    }
}

/// Gives the users their rights.
pub async fn grant(api: &Api) -> Result<()> {
    const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1";
    // The role `view` leaves out nodes and metrics of nodes.
    let reads_all = json!({
        "metadata": { "name": "reads-all" },
        "rules": [{
            "apiGroups": ["", "metrics.k8s.io", "storage.k8s.io"],
            "resources": ["nodes", "persistentvolumes", "storageclasses"],
            "verbs": ["get", "list", "watch"],
        }],
    });
    api.create(&format!("{RBAC}/clusterroles"), &reads_all).await?;
    for role in ["reads-all", "view"] {
        let binding = binding(&format!("viewer-{role}"), role, User::Viewer);
        api.create(&format!("{RBAC}/clusterrolebindings"), &binding).await?;
    }
    api.create("/api/v1/namespaces", &json!({ "metadata": { "name": TEAM_NAMESPACE } })).await?;
    let edits = binding("dev-edits", "edit", User::Dev);
    api.create(&format!("{RBAC}/namespaces/{TEAM_NAMESPACE}/rolebindings"), &edits).await?;
    Ok(())
}

fn binding(name: &str, role: &str, user: User) -> serde_json::Value {
    json!({
        "metadata": { "name": name },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role },
        "subjects": [{ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user.name() }],
    })
}
