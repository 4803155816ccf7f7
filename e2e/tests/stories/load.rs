//! Ten thousand pods.

use std::time::Duration;

use anyhow::{Context as _, Result};
use pilothouse_e2e::control_plane::ControlPlane;
use pilothouse_e2e::{crowd, wait};

use crate::story::{ADMIN, Story};
use crate::visit::{Visit, detail};
use crate::world::{NODES, tell_figure};

const PODS: usize = 10_000;
const NAMESPACE: &str = "crowd";

/// Notes how long each task keeps the main thread, from before the page's own scripts.
const WATCH_TASKS: &str = "window.longTasks = [];
    new PerformanceObserver((list) => window.longTasks.push(...list.getEntries()))
        .observe({ type: 'longtask', buffered: true });";

const LONGEST_TASKS: &str = "return window.longTasks.sort((a, b) => b.duration - a.duration).slice(0, 3)
    .map((task) => `${task.duration} ms at ${Math.round(task.startTime)} ms`).join(', ') || 'none over 50 ms'";

pub fn stories() -> Vec<Story> {
    vec![Story::new("ten thousand pods load, and the longest task is told", ADMIN, ten_thousand)]
}

async fn ten_thousand(control_plane: &mut ControlPlane, visit: &Visit) -> Result<()> {
    // Once for both modes.
    crowd::create(&control_plane.api()?, NAMESPACE, PODS, NODES).await?;
    visit.browser.before_each_page(WATCH_TASKS).await?;
    visit.open(&format!("pods?ns={NAMESPACE}")).await?;
    let synced = wait::until("ten thousand pods", Duration::from_secs(60), async || {
        let count = visit.row_count().await?;
        anyhow::ensure!(count == u64::try_from(PODS)?, "{count} pods");
        visit.browser.marks("pilothouse:synced:pods").await?.pop().context("no mark yet")
    })
    .await?;
    let tasks = visit.browser.script(LONGEST_TASKS, Vec::new()).await?;
    let rows = visit.rows().await?.len();
    tell_figure(format!(
        "{} pods, {} MB ({}): all there after {:.0} ms; longest tasks {}",
        detail(&synced, "items"),
        detail(&synced, "bytes") / 1_000_000,
        visit.site.mode().name(),
        synced["startTime"].as_f64().unwrap_or_default(),
        tasks.as_str().unwrap_or_default(),
    ));
    anyhow::ensure!(rows < 200, "{rows} rows are in the page");
    visit.picture("pods, ten thousand").await?;
    visit.browser.type_into("searchbox", "Search", "crowd-9999").await?;
    wait::until("one pod", Duration::from_secs(5), async || {
        let count = visit.row_count().await?;
        anyhow::ensure!(count == 1, "{count} pods");
        Ok(())
    })
    .await
}
