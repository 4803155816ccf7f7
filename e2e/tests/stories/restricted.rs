//! Users who may not see everything.

use anyhow::Result;
use pilothouse_e2e::control_plane::{ControlPlane, TEAM_NAMESPACE, User};
use pilothouse_e2e::site::Mode;

use crate::story::{Cast, Story};
use crate::visit::{START, Visit};

/// What is forbidden is answered with 403.
const FORBIDDEN: &[&str] = &["status of 403", "WebSocket connection to"];

pub fn stories() -> Vec<Story> {
    let user = |user| Cast { user, expected: FORBIDDEN };
    vec![
        Story::new("a user bound to one namespace sees their pods and why the rest is missing", user(User::Dev), dev),
        Story::new("a user who may do nothing is told so", user(User::Nobody), nobody),
        Story::new("a user who may only read sees nodes and pods", user(User::Viewer), viewer),
    ]
}

async fn dev(control_plane: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let pods = control_plane.kubectl().run(&format!("get pods -n {TEAM_NAMESPACE} --no-headers"))?.lines().count();
    // pilothouse tells the context's namespace; behind kubectl proxy the user names it, and the URL keeps it.
    let scope = match visit.site.mode() {
        Mode::Pilothouse => String::new(),
        Mode::KubectlProxy | Mode::SecretKubectlProxy | Mode::Demo => format!("?ns={TEAM_NAMESPACE}"),
    };
    visit.open(&format!("pods{scope}")).await?;
    visit.sees("search-", START).await?;
    let rows = visit.row_count().await?;
    anyhow::ensure!(rows == u64::try_from(pods)?, "{rows} rows, and kubectl shows {pods} pods");
    visit.picture("pods of one namespace").await?;

    visit.open(&format!("overview{scope}")).await?;
    visit.sees("pods run", START).await?;
    visit.sees("cannot list resource \"nodes\"", START).await?;
    visit.picture("overview of one namespace").await?;

    // Another namespace that they name is kept in the URL, and its failure is its own.
    visit.open(&format!("pods?ns={TEAM_NAMESPACE},shop")).await?;
    visit.sees("search-", START).await?;
    visit.sees("shop", START).await?;
    visit.browser.reload().await?;
    visit.sees("search-", START).await
}

async fn nobody(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    visit.open("overview").await?;
    visit.sees("cannot list resource \"pods\"", START).await?;
    visit.picture("overview of a user who may do nothing").await
}

async fn viewer(control_plane: &mut ControlPlane, visit: &Visit) -> Result<()> {
    visit.open("overview").await?;
    visit.sees("pods run", START).await?;
    crate::landing::says(&visit.health().await?, &crate::oracle::counts(&control_plane.kubectl())?)
}
