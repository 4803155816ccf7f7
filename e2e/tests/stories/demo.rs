//! The sample cluster, as whoever has no other sees it.

use anyhow::{Context as _, Result};
use pilothouse_e2e::control_plane::ControlPlane;
use pilothouse_e2e::site::Mode;
use pilothouse_e2e::wait;

use crate::story::{ADMIN, Story};
use crate::visit::{START, Visit};

/// What is not told before the sample cluster, and why. Stories of one hosting mode only say it by that.
pub const NOT_TOLD: [(&str, &str); 12] = [
    ("a page whose code cannot be fetched says so, and comes when it is tried again", "the same proxy sends the code"),
    (
        "the first load is small, and the first chart needs at most eight requests, three deep",
        "the same proxy sends the app",
    ),
    ("logs follow, and the previous container's are there", "its logs are invented: nothing can be written into them"),
    ("logs that were left keep no connection, of which a browser has six", "the connections are the browser's"),
    ("a user who may do nothing is told so", "all its users may see something"),
    (
        "a hostile page gets nothing from pilothouse, and the same script gets through an open kubectl proxy",
        "the same guards stand before it",
    ),
    (
        "each number of the sentence and of the picture leads to as many rows as it tells",
        "its numbers change while they are compared",
    ),
    ("a metrics API that answers 503 leaves a useful page", "it always serves metrics.k8s.io"),
    ("without metrics.k8s.io the page says that there is no usage, and why", "it always serves metrics.k8s.io"),
    (
        "the API server is killed and started again, and the page is right again",
        "it cannot be killed without its proxy",
    ),
    ("a watch that has expired lists again", "there is no wire to cut between it and its proxy"),
    ("ten thousand pods load, and the longest task is told", "the figure is told beside a real API server"),
];

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
