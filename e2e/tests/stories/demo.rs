//! The sample cluster, as whoever has no other sees it.

use anyhow::{Context as _, Result};
use pilothouse_e2e::control_plane::ControlPlane;
use pilothouse_e2e::site::Mode;
use pilothouse_e2e::wait;

use crate::story::{ADMIN, Story};
use crate::visit::{START, Visit};

pub fn stories() -> Vec<Story> {
    vec![
        Story::new("a demo shows its nodes, its troubles and that it lives", ADMIN, overview).only_in(Mode::Demo),
        Story::new("a demo's pods are listed, and the filter finds one in a crash loop", ADMIN, crash)
            .only_in(Mode::Demo),
    ]
}

async fn overview(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    visit.open("overview").await?;
    wait::until("the sentence of the demo", START, async || {
        let health = visit.health().await?;
        anyhow::ensure!(health.contains("12 nodes") && health.contains("fail"), "{health}");
        Ok(())
    })
    .await?;
    visit.is_live(START).await?;
    let page = visit.browser.script("return document.body.innerText", Vec::new()).await?;
    anyhow::ensure!(page.as_str().context("no text")?.contains("Demo"), "the page does not say that it is a demo");
    visit.picture("demo overview").await
}

async fn crash(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    visit.open("pods?ns=payments&ns=shop").await?;
    wait::until("pods of two namespaces", START, async || {
        let rows = visit.rows().await?;
        anyhow::ensure!(!rows.is_empty(), "no rows");
        Ok(())
    })
    .await?;
    visit.open("pods?q=status%3Afailing").await?;
    wait::until("failing pods only", START, async || {
        let rows = visit.rows().await?;
        anyhow::ensure!(rows.iter().flatten().any(|cell| cell.contains("CrashLoopBackOff")), "{rows:?}");
        Ok(())
    })
    .await?;
    visit.picture("demo pods").await
}
