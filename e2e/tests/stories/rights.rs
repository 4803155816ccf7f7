//! Rights that are taken away while somebody looks.

use anyhow::{Context as _, Result};
use pilothouse_e2e::control_plane::{ControlPlane, TEAM_NAMESPACE, User};
use pilothouse_e2e::fault::Fault;
use pilothouse_e2e::wait;
use serde_json::json;

use crate::story::{Cast, Story};
use crate::visit::{START, Visit};

const BINDINGS: &str = "/apis/rbac.authorization.k8s.io/v1/namespaces/team-a/rolebindings";
const PODS: &str = "/api/v1/namespaces/team-a/pods";

pub fn stories() -> Vec<Story> {
    let dev = Cast { user: User::Dev, expected: &["status of 403", "WebSocket connection to"] };
    vec![Story::with_fault("a user whose rights are taken away is told so at the next reconnect", dev, taken_away)]
}

async fn taken_away(control_plane: &mut ControlPlane, visit: &Visit, fault: &Fault) -> Result<()> {
    // pilothouse starts in the context's namespace; behind kubectl proxy the user names it.
    visit.open(&format!("pods?ns={TEAM_NAMESPACE}&q=search")).await?;
    visit.sees("search-", START).await?;
    visit.is_live(START).await?;
    visit.mark_page().await?;

    let api = control_plane.api()?;
    let binding = api.get(&format!("{BINDINGS}/dev-edits")).await?;
    api.delete(&format!("{BINDINGS}/dev-edits")).await?;
    let told = told(control_plane, visit, fault).await;
    // In any case, for the stories to come.
    let again = json!({
        "metadata": { "name": "dev-edits" }, "roleRef": binding["roleRef"], "subjects": binding["subjects"],
    });
    api.create(BINDINGS, &again).await?;
    told?;

    wait::until("the rights", START, async || may_list(control_plane)).await?;
    visit.browser.reload().await?;
    visit.sees("search-", START).await?;
    visit.is_live(START).await
}

async fn told(control_plane: &ControlPlane, visit: &Visit, fault: &Fault) -> Result<()> {
    wait::until("the loss of rights", START, async || {
        anyhow::ensure!(may_list(control_plane).is_err(), "the user may still list");
        Ok(())
    })
    .await?;
    let pod = visit.rows().await?.into_iter().flatten().find(|cell| cell.starts_with("search-")).context("no pod")?;
    // An open watch goes on; the next one is refused, in the server's words.
    fault.break_watches(PODS);
    visit.sees("cannot list resource \"pods\" in API group \"\" in the namespace \"team-a\"", START).await?;
    visit.page_is_the_same().await?;
    visit.picture("pods, rights taken away").await?;
    // So is whatever is asked for next.
    visit.open(&format!("pods/{TEAM_NAMESPACE}/{pod}/yaml")).await?;
    visit.sees("No pod to show: You may not see this.", START).await
}

fn may_list(control_plane: &ControlPlane) -> Result<()> {
    control_plane.kubectl_as(User::Dev).run(&format!("get pods -n {TEAM_NAMESPACE}")).map(drop)
}
