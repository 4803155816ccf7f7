//! What somebody who visits a cluster may see of it.

use anyhow::Result;
use pilothouse_e2e::api::Api;
use pilothouse_e2e::control_plane::{TEAM_NAMESPACE, User};
use pilothouse_e2e::wait;
use serde_json::{Value, json};

use crate::visit::START;

const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1";

/// Rights, the largest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rights {
    /// All.
    All,
    /// To read.
    View,
    /// To read, but no nodes.
    ViewWithoutNodes,
    /// All in one namespace, and to read nodes.
    NamespaceAndNodes,
    /// All in one namespace.
    Namespace,
    /// None.
    Nothing,
}

impl Rights {
    /// Who has them.
    pub fn user(self) -> User {
        match self {
            Self::All => User::Admin,
            Self::View | Self::ViewWithoutNodes => User::Viewer,
            Self::NamespaceAndNodes | Self::Namespace => User::Dev,
            Self::Nothing => User::Nobody,
        }
    }

    /// Whether nodes may be listed.
    pub fn sees_nodes(self) -> bool {
        matches!(self, Self::All | Self::View | Self::NamespaceAndNodes)
    }

    /// Whether the pods of a namespace may be listed.
    pub fn sees_pods_of(self, namespace: &str) -> bool {
        match self {
            Self::All | Self::View | Self::ViewWithoutNodes => true,
            Self::NamespaceAndNodes | Self::Namespace => namespace == TEAM_NAMESPACE,
            Self::Nothing => false,
        }
    }

    /// Whether the pods of all namespaces may be listed.
    pub fn sees_all_pods(self) -> bool {
        self.sees_pods_of("any")
    }

    /// Gives the user just these, and waits until the API server knows.
    pub async fn grant(self, api: &Api) -> Result<()> {
        let user = self.user().name();
        if !matches!(self, Self::All | Self::Nothing) {
            bind(api, user, self.sees_nodes()).await?;
        }
        let questions = [("nodes", "", self.sees_nodes()), ("pods", "", self.sees_all_pods())];
        for (resource, namespace, may) in questions.into_iter().chain([("pods", TEAM_NAMESPACE, self != Self::Nothing)])
        {
            wait::until(&format!("the rights of {user}"), START, async || {
                let asked = json!({ "spec": {
                    "user": user, "groups": if self == Self::All { json!(["system:masters"]) } else { json!([]) },
                    "resourceAttributes": { "verb": "list", "resource": resource, "namespace": namespace },
                } });
                let review = api.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", &asked).await?;
                anyhow::ensure!(review["status"]["allowed"].as_bool() == Some(may), "{resource}: {}", review["status"]);
                Ok(())
            })
            .await?;
        }
        Ok(())
    }
}

/// Fills the roles that a controller would sum up from others.
pub async fn fill_roles(api: &Api) -> Result<()> {
    let rules = async |role: &str| -> Result<Vec<Value>> {
        let mut role = api.get(&format!("{RBAC}/clusterroles/system:aggregate-to-{role}")).await?;
        Ok(role["rules"].as_array_mut().map(std::mem::take).unwrap_or_default())
    };
    let (view, edit) = (rules("view").await?, rules("edit").await?);
    let both: Vec<&Value> = view.iter().chain(&edit).collect();
    api.patch(&format!("{RBAC}/clusterroles/view"), &json!({ "rules": view })).await?;
    api.patch(&format!("{RBAC}/clusterroles/edit"), &json!({ "rules": both })).await.map(drop)
}

/// Binds a user to the role that reads nodes, or takes it away.
async fn bind(api: &Api, user: &str, sees_nodes: bool) -> Result<()> {
    let bindings = format!("{RBAC}/clusterrolebindings");
    let name = format!("{user}-reads-all");
    let of = format!("{bindings}/{name}");
    match (sees_nodes, api.exists(&of).await?) {
        (true, false) => {
            let binding = json!({
                "metadata": { "name": name },
                "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "reads-all" },
                "subjects": [{ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user }],
            });
            api.create(&bindings, &binding).await.map(drop)
        }
        (false, true) => api.delete(&of).await.map(drop),
        _ => Ok(()),
    }
}
