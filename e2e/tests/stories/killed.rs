//! What serves the app is killed in the middle of a list, and started again.

use anyhow::Result;
use pilothouse_e2e::control_plane::{ControlPlane, User};
use pilothouse_e2e::fault::{Asked, Deed, Fault};
use pilothouse_e2e::site::Mode;
use pilothouse_e2e::wait;

use crate::faults::{PODS, pods};
use crate::outage::{RECOVERY, badge_tells};
use crate::story::Story;
use crate::visit::{SOON, START, Visit};

const NAME: &str = "the proxy is killed in the middle of a list and started again on its port";

/// What the console holds of it; pilothouse knows nobody when it comes back.
const EXPECTED: &[&str] = &["WebSocket connection to", "Failed to load resource", "status of 401"];

pub fn stories() -> Vec<Story> {
    vec![Story::without_visit(NAME, killed)]
}

async fn killed(control_plane: &mut ControlPlane, mode: Mode) -> Result<()> {
    let fault = control_plane.fault().await?;
    let mut visit = Visit::start_behind(fault.address(), NAME, mode, control_plane.storage(), User::Admin).await?;
    let told = told(&mut visit, &fault).await;
    visit.end(told, EXPECTED).await
}

async fn told(visit: &mut Visit, fault: &Fault) -> Result<()> {
    fault.always(Asked::List(PODS), Deed::StallAfter(60_000));
    visit.open("pods").await?;
    wait::until("a list on its way", START, async || {
        anyhow::ensure!(fault.has_done(Asked::List(PODS)), "nobody has asked for it");
        // Until the API server was heard there is nothing to miss.
        visit.is_live(SOON).await
    })
    .await?;
    visit.mark_page().await?;
    visit.site.kill_server();
    badge_tells(visit).await?;
    fault.heal();
    visit.site.start_server_again().await?;
    if visit.site.mode() == Mode::Pilothouse {
        // Sessions end with it: the page says how to get in again, and shows nothing of the cluster.
        visit.sees("Open the link that pilothouse printed", RECOVERY).await?;
        anyhow::ensure!(visit.rows().await?.is_empty(), "rows are shown without a session");
        visit.picture("pods, the session has ended").await?;
        visit.browser.goto(&visit.site.link()?).await?;
        wait::until("the page of the new session", START, async || {
            let same = visit.page_is_the_same().await.is_ok();
            anyhow::ensure!(!same, "it is still the old page");
            let url = visit.browser.url().await?;
            anyhow::ensure!(url.contains("#/c/"), "the address is {url}");
            Ok(())
        })
        .await?;
        visit.open("pods").await?;
        visit.has_rows(pods(visit)?, START).await?;
        return visit.is_live(START).await;
    }
    visit.is_live(RECOVERY).await?;
    visit.has_rows(pods(visit)?, RECOVERY).await?;
    visit.page_is_the_same().await
}
