//! Users who may not see everything.

use anyhow::Result;
use pilothouse_e2e::control_plane::{ControlPlane, TEAM_NAMESPACE, User};
use pilothouse_e2e::site::Mode;
use pilothouse_e2e::wait;

use crate::landing::says;
use crate::oracle;
use crate::story::{Cast, Story};
use crate::visit::{SOON, START, Visit};

/// What is forbidden is answered with 403.
const FORBIDDEN: &[&str] = &["status of 403", "WebSocket connection to"];

pub fn stories() -> Vec<Story> {
    let user = |user| Cast { user, expected: FORBIDDEN };
    vec![
        Story::new("a user bound to one namespace sees their pods and why the rest is missing", user(User::Dev), dev)
            .and_the_demo(),
        Story::new(
            "a user bound to one namespace names it in the bar, and what happens there shows",
            user(User::Dev),
            named,
        )
        .and_the_demo(),
        Story::new("a user who may do nothing is told so", user(User::Nobody), nobody),
        Story::new("a user who may only read sees nodes and pods", user(User::Viewer), viewer).and_the_demo(),
    ]
}

async fn dev(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let (own, app, other) = match visit.site.mode() {
        Mode::Demo => ("shop", "cart-", "data"),
        Mode::Pilothouse | Mode::KubectlProxy | Mode::SecretKubectlProxy => (TEAM_NAMESPACE, "search-", "shop"),
    };
    // pilothouse tells the context's namespace; behind kubectl proxy the user names it, and the URL keeps it.
    let scope = match visit.site.mode() {
        Mode::Pilothouse | Mode::Demo => String::new(),
        Mode::KubectlProxy | Mode::SecretKubectlProxy => format!("?ns={own}"),
    };
    visit.open(&format!("pods{scope}")).await?;
    visit.sees(app, START).await?;
    let listed = || Ok(visit.kubectl().run(&format!("get pods -n {own} --no-headers"))?.lines().count());
    visit.has_as_many_rows_as(listed, START).await?;
    visit.picture("pods of one namespace").await?;

    visit.open(&format!("overview{scope}")).await?;
    visit.sees("pods run", START).await?;
    visit.sees("cannot list resource \"nodes\"", START).await?;
    visit.picture("overview of one namespace").await?;

    // Another namespace that they name is kept in the URL, and its failure is its own.
    visit.open(&format!("pods?ns={own},{other}")).await?;
    let refused = format!("cannot list resource \"pods\" in API group \"\" in the namespace \"{other}\"");
    visit.sees(app, START).await?;
    visit.sees(&refused, START).await?;
    visit.browser.reload().await?;
    visit.sees(app, START).await?;
    visit.sees(&refused, START).await
}

async fn named(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    const OPEN: &str = "document.querySelector('header details.menu').open = true";
    let kubectl = visit.kubectl();
    let own = if visit.site.mode() == Mode::Demo { "shop" } else { TEAM_NAMESPACE };
    let pods = async || {
        let listed = || Ok(kubectl.run(&format!("get pods -n {own} --no-headers"))?.lines().count());
        visit.has_as_many_rows_as(listed, START).await
    };
    // No namespace is named: pilothouse knows the context's, and behind kubectl proxy it is the default one.
    visit.open("pods").await?;
    match visit.site.mode() {
        Mode::Pilothouse | Mode::Demo => pods().await?,
        Mode::KubectlProxy | Mode::SecretKubectlProxy => {
            visit.sees("cannot list resource \"pods\" in API group \"\" in the namespace \"default\"", START).await?;
        }
    }
    visit.browser.script(OPEN, Vec::new()).await?;
    visit.browser.type_into("textbox", "Namespace", own).await?;
    visit.browser.press("Enter").await?;
    pods().await?;
    let url = wait::until("the address to follow", SOON, async || {
        let url = visit.browser.url().await?;
        anyhow::ensure!(url.ends_with(&format!("pods?ns={own}")), "the address is {url}");
        Ok(url)
    })
    .await?;
    visit.browser.reload().await?;
    pods().await?;
    let now = visit.browser.url().await?;
    anyhow::ensure!(now == url, "the address was {url} and is {now}");

    visit.open(&format!("pods?ns={own}&q=walker")).await?;
    visit.is_live(START).await?;
    visit.mark_page().await?;
    kubectl.run(&format!("run walker --image=registry.example/walker:1 -n {own}"))?;
    let shown = wait::until("the new pod", SOON, async || visit.row("walker").await).await;
    kubectl.run(&format!("delete pod walker -n {own} --wait=true"))?;
    shown?;
    visit.sees("None of", SOON).await?;
    visit.page_is_the_same().await
}

async fn nobody(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    visit.open("overview").await?;
    visit.sees("cannot list resource \"pods\"", START).await?;
    visit.picture("overview of a user who may do nothing").await
}

async fn viewer(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    visit.open("overview").await?;
    visit.sees("pods run", START).await?;
    let counts = async || says(&visit.health().await?, &oracle::counts(visit.kubectl())?);
    wait::until("the numbers of kubectl", START, counts).await
}
