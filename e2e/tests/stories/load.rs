//! Ten thousand pods.

use std::time::Duration;

use anyhow::{Context as _, Result};
use pilothouse_e2e::control_plane::{BY_HAND_LABEL, ControlPlane};
use pilothouse_e2e::{fleet, wait};
use serde_json::{Value, json};

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
    vec![Story::new("ten thousand pods load, and the longest task is told", ADMIN, crowd)]
}

async fn crowd(control_plane: &mut ControlPlane, visit: &Visit) -> Result<()> {
    create_crowd(control_plane).await?;
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

/// Pods that nobody plays: their statuses are written here, once for both modes.
async fn create_crowd(control_plane: &ControlPlane) -> Result<()> {
    let api = control_plane.api()?;
    if api.exists(&format!("/api/v1/namespaces/{NAMESPACE}")).await? {
        return Ok(());
    }
    api.create("/api/v1/namespaces", &json!({ "metadata": { "name": NAMESPACE } })).await?;
    let collection = format!("/api/v1/namespaces/{NAMESPACE}/pods");
    api.create_all((0..PODS).map(|index| (collection.clone(), pod(index))).collect()).await?;
    let running = json!({ "status": {
        "phase": "Running",
        "conditions": [{ "type": "Ready", "status": "True" }],
        "containerStatuses": [{
            "name": "app", "image": "registry.example/app:1", "imageID": "", "ready": true, "restartCount": 0,
            "state": { "running": {} },
        }],
    } });
    api.patch_all((0..PODS).map(|index| (format!("{collection}/crowd-{index}/status"), running.clone())).collect())
        .await
}

fn pod(index: usize) -> Value {
    json!({
        "metadata": { "name": format!("crowd-{index}"), "labels": { BY_HAND_LABEL: "true", "app": "crowd" } },
        "spec": {
            "nodeName": fleet::node_name(index % NODES),
            "containers": [{ "name": "app", "image": "registry.example/app:1" }],
        },
    })
}
