//! The API server goes and comes back, forgets its history, or falls silent.

use std::time::Duration;

use anyhow::Result;
use pilothouse_e2e::control_plane::{ControlPlane, User};
use pilothouse_e2e::site::Mode;
use pilothouse_e2e::wait;
use serde_json::json;

use crate::story::{Cast, Story};
use crate::visit::{START, Visit};

/// What an outage leaves in the console.
pub const CUT_OFF: &[&str] = &["WebSocket connection to", "Failed to load resource"];

/// How soon after its return the page must be right again.
pub const RECOVERY: Duration = Duration::from_secs(5);

/// A watch that hears nothing is opened anew after 75 s; the rest is for a slow machine.
const SILENCE: Duration = Duration::from_secs(90);

pub fn stories() -> Vec<Story> {
    let cut_off = Cast { user: User::Admin, expected: CUT_OFF };
    vec![
        Story::new("the API server is killed and started again, and the page is right again", cut_off, restart),
        Story::new("a watch that has expired lists again", cut_off, expired),
        Story::new("a laptop that slept, its sockets dead, is right again at once", cut_off, slept),
        // Both modes at once, since it takes more than a minute.
        Story::without_visit("a socket that dies silently is noticed", silence).only_in(Mode::Pilothouse),
    ]
}

async fn restart(control_plane: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let namespace = namespace(control_plane, "restart", visit.site.mode()).await?;
    let kubectl = control_plane.kubectl();
    kubectl.run(&format!("run before --image=registry.example/app:1 -n {namespace}"))?;
    visit.open(&format!("pods?ns={namespace}")).await?;
    visit.row_says("before", "Running", START).await?;
    visit.mark_page().await?;

    control_plane.kill_api_server();
    let told = badge_tells(visit).await;
    // What is shown stays.
    let shown = visit.row("before").await;
    visit.picture("pods, reconnecting").await?;
    // In any case, for the stories to come.
    control_plane.restart_api_server().await?;
    told?;
    shown?;

    visit.is_live(RECOVERY).await?;
    kubectl.run(&format!("delete pod before -n {namespace} --wait=true --timeout=20s"))?;
    visit.row_is_gone("before", RECOVERY).await?;
    visit.page_is_the_same().await
}

/// Waits until the badge says that the API server is away.
pub async fn badge_tells(visit: &Visit) -> Result<()> {
    wait::until("the badge to tell", START, async || {
        let freshness = visit.freshness().await?;
        anyhow::ensure!(freshness.contains("old, reconnecting"), "the badge says {freshness:?}");
        Ok(())
    })
    .await
}

async fn expired(control_plane: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let namespace = namespace(control_plane, "expired", visit.site.mode()).await?;
    let kubectl = control_plane.kubectl();
    kubectl.run(&format!("run goes --image=registry.example/app:1 -n {namespace}"))?;
    visit.open(&format!("pods?ns={namespace}")).await?;
    visit.row_says("goes", "Running", START).await?;
    visit.mark_page().await?;

    // While the page is cut off, much happens, and then the server has no memory of it.
    visit.site.wire().cut();
    kubectl.run(&format!("delete pod goes -n {namespace} --wait=true --timeout=20s"))?;
    kubectl.run(&format!("run comes --image=registry.example/app:1 -n {namespace}"))?;
    control_plane.forget_history().await?;
    control_plane.restart_api_server().await?;
    visit.browser.traffic().await?;
    visit.site.wire().mend();

    visit.row_says("comes", "Running", START).await?;
    visit.row_is_gone("goes", RECOVERY).await?;
    visit.is_live(RECOVERY).await?;
    let lists = visit.browser.traffic().await?;
    let lists: Vec<_> = lists.with("/api/v1/pods?").into_iter().filter(|request| !request.is_socket).cloned().collect();
    anyhow::ensure!(!lists.is_empty(), "the pods were not listed again");
    visit.page_is_the_same().await
}

async fn slept(control_plane: &mut ControlPlane, visit: &Visit) -> Result<()> {
    // While it sleeps only the wall clock goes on.
    const SLEEP: &str = "const now = Date.now; Date.now = () => now() + 600000";
    let namespace = namespace(control_plane, "slept", visit.site.mode()).await?;
    let kubectl = control_plane.kubectl();
    visit.open(&format!("pods?ns={namespace}")).await?;
    visit.is_live(START).await?;
    visit.mark_page().await?;
    visit.site.wire().silence();
    kubectl.run(&format!("run late --image=registry.example/app:1 -n {namespace}"))?;
    visit.browser.script(SLEEP, Vec::new()).await?;
    visit.row_says("late", "Running", START).await?;
    visit.is_live(RECOVERY).await?;
    visit.page_is_the_same().await
}

async fn silence(control_plane: &mut ControlPlane, _: Mode) -> Result<()> {
    let [one, two] = Mode::BOTH;
    let one = Visit::start("silence", one, control_plane, User::Admin).await?;
    let two = Visit::start("silence", two, control_plane, User::Admin).await?;
    let told = silenced(control_plane, &[&one, &two]).await;
    let failed = told.is_err();
    let first = one.end(told, CUT_OFF).await;
    let second = two.end(Ok(()), CUT_OFF).await;
    if failed { first } else { first.and(second) }
}

async fn silenced(control_plane: &ControlPlane, visits: &[&Visit]) -> Result<()> {
    let namespace = namespace(control_plane, "silence", Mode::Pilothouse).await?;
    let kubectl = control_plane.kubectl();
    for visit in visits {
        visit.open(&format!("pods?ns={namespace}")).await?;
        visit.is_live(START).await?;
        visit.mark_page().await?;
        visit.site.wire().silence();
    }
    kubectl.run(&format!("run late --image=registry.example/app:1 -n {namespace}"))?;
    for visit in visits {
        visit.row_says("late", "Running", SILENCE).await?;
        visit.is_live(RECOVERY).await?;
        visit.page_is_the_same().await?;
    }
    Ok(())
}

async fn namespace(control_plane: &ControlPlane, story: &str, mode: Mode) -> Result<String> {
    let namespace = format!("{story}-{}", mode.name());
    control_plane.api()?.create("/api/v1/namespaces", &json!({ "metadata": { "name": namespace } })).await?;
    Ok(namespace)
}
