//! Hundreds of pods that come, change and go while the API server restarts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use pilothouse_e2e::api::Api;
use pilothouse_e2e::control_plane::{ControlPlane, User};
use pilothouse_e2e::site::Mode;
use pilothouse_e2e::wait;
use serde_json::{Value, json};
use tokio::time::interval;

use crate::landing::says;
use crate::oracle;
use crate::outage::{CUT_OFF, RECOVERY, badge_tells};
use crate::story::Story;
use crate::visit::{START, Visit};

const NAME: &str = "after a storm in which the API server restarts, all numbers are kubectl's";
const NAMESPACE: &str = "gale";
const PODS: usize = 300;

/// How many changes before the outage and after it.
const CHANGES: usize = 150;

/// Where all pods of the storm are.
const COLLECTION: &str = "/api/v1/namespaces/gale/pods";

pub fn stories() -> Vec<Story> {
    // Both modes at once: a restart takes some seconds.
    vec![Story::without_visit(NAME, storm).only_in(Mode::Pilothouse)]
}

async fn storm(control_plane: &mut ControlPlane, _: Mode) -> Result<()> {
    let [one, two] = Mode::BOTH;
    let one = Visit::start(NAME, one, control_plane, User::Admin).await?;
    let two = Visit::start(NAME, two, control_plane, User::Admin).await?;
    let told = told(control_plane, &[&one, &two]).await;
    let failed = told.is_err();
    let first = one.end(told, CUT_OFF).await;
    let second = two.end(Ok(()), CUT_OFF).await;
    if failed { first } else { first.and(second) }
}

async fn told(control_plane: &mut ControlPlane, visits: &[&Visit]) -> Result<()> {
    let api = control_plane.api()?;
    api.create("/api/v1/namespaces", &json!({ "metadata": { "name": NAMESPACE } })).await?;
    api.create_all((0..PODS).map(|index| (COLLECTION.to_owned(), pod(index))).collect()).await?;
    for visit in visits {
        visit.open("overview").await?;
        numbers(visit, START).await?;
        visit.is_live(START).await?;
        visit.mark_page().await?;
    }

    let storm = Storm::begin(&api);
    storm.has_done(CHANGES).await?;
    control_plane.kill_api_server();
    let mut missed = Ok(());
    for visit in visits {
        missed = missed.and(badge_tells(visit).await);
    }
    // In any case, for the stories to come.
    control_plane.restart_api_server().await?;
    missed?;
    // It goes on while the pages come back.
    for visit in visits {
        visit.is_live(RECOVERY).await?;
    }
    storm.has_done(CHANGES).await?;
    storm.end().await?;

    for visit in visits {
        numbers(visit, RECOVERY).await?;
        visit.picture("overview, after a storm").await?;
        visit.open(&format!("pods?ns={NAMESPACE}&sort=name&columns=name,ready,status")).await?;
        wait::until("the pods of kubectl", RECOVERY, async || like_kubectl(visit).await).await?;
        visit.page_is_the_same().await?;
    }
    Ok(())
}

async fn numbers(visit: &Visit, deadline: Duration) -> Result<()> {
    let counts = async || says(&visit.health().await?, &oracle::counts(visit.kubectl())?);
    wait::until("the numbers of kubectl", deadline, counts).await
}

/// How many pods there are, and what is said of those in sight.
async fn like_kubectl(visit: &Visit) -> Result<()> {
    let listed = visit.kubectl().run(&format!("get pods -n {NAMESPACE} --no-headers"))?;
    let count = visit.row_count().await?;
    anyhow::ensure!(count == u64::try_from(listed.lines().count())?, "{count} rows, and kubectl shows {listed}");
    let expected = listed.lines().map(|line| line.split_whitespace().take(3).collect::<Vec<_>>());
    let rows = visit.rows().await?;
    anyhow::ensure!(rows.len() > 10, "{} rows are in sight", rows.len());
    for (row, expected) in rows.iter().zip(expected) {
        // Counts stand apart from each other: `0 / 1`.
        let row: Vec<String> = row.iter().map(|cell| cell.replace(' ', "")).collect();
        anyhow::ensure!(row == expected, "the page shows {row:?}, kubectl {expected:?}");
    }
    Ok(())
}

/// Changes without an end, until it is ended.
struct Storm {
    changes: Arc<AtomicUsize>,
    ends: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<()>,
}

impl Storm {
    fn begin(api: &Api) -> Self {
        let (changes, ends) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let task = tokio::spawn(blow(api.clone(), Arc::clone(&changes), Arc::clone(&ends)));
        Self { changes, ends, task }
    }

    /// Waits for so many more changes.
    async fn has_done(&self, more: usize) -> Result<()> {
        let before = self.changes.load(Ordering::SeqCst);
        wait::until(&format!("{more} changes"), START, async || {
            let done = self.changes.load(Ordering::SeqCst) - before;
            anyhow::ensure!(done >= more, "{done} are done");
            Ok(())
        })
        .await
    }

    async fn end(mut self) -> Result<()> {
        self.ends.store(true, Ordering::SeqCst);
        (&mut self.task).await.context("the storm broke")
    }
}

impl Drop for Storm {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::SeqCst);
    }
}

async fn blow(api: Api, changes: Arc<AtomicUsize>, ends: Arc<AtomicBool>) {
    let mut pace = interval(Duration::from_millis(4));
    for turn in 0_usize.. {
        if ends.load(Ordering::SeqCst) {
            return;
        }
        pace.tick().await;
        // A stride that shares no factor with their number: all of them have their turn.
        let index = turn * 7 % PODS;
        let path = format!("{COLLECTION}/{}", name(index));
        let done = match turn % 4 {
            0 => api.delete(&path).await,
            // What was deleted a while ago comes back.
            1 => api.create(COLLECTION, &pod(turn.saturating_sub(41) * 7 % PODS)).await,
            2 => api.patch(&path, &json!({ "metadata": { "labels": { "turn": turn.to_string() } } })).await,
            _ => {
                let [phase, reason] = [["Failed", "Evicted"], ["Pending", ""], ["Failed", ""]][turn / 4 % 3];
                let status = json!({ "phase": phase, "reason": reason });
                api.patch(&format!("{path}/status"), &json!({ "status": status })).await
            }
        };
        // What has gone cannot change, and a server that is away changes nothing.
        changes.fetch_add(usize::from(done.is_ok()), Ordering::SeqCst);
    }
}

fn name(index: usize) -> String {
    format!("leaf-{index:03}")
}

/// A pod that nobody places, so that nobody but the storm changes it, and what is deleted goes at once.
fn pod(index: usize) -> Value {
    json!({
        "metadata": { "name": name(index) },
        "spec": {
            "schedulerName": "nobody",
            "containers": [{ "name": "app", "image": "registry.example/app:1" }],
        },
    })
}
