//! Usage, where there are metrics and where there are none.

use std::time::Duration;

use anyhow::{Context as _, Result};
use pilothouse_e2e::control_plane::{ControlPlane, METRICS_API_SERVICE, User, register_metrics};
use pilothouse_e2e::kubectl::Kubectl;
use pilothouse_e2e::site::Mode;
use pilothouse_e2e::wait;

use crate::story::{ADMIN, Cast, Story};
use crate::visit::{START, Visit};

/// metrics-server needs two samples, 15 s apart.
const FIRST_SAMPLES: Duration = Duration::from_secs(90);

pub fn stories() -> Vec<Story> {
    let without = Cast { user: User::Admin, expected: &["status of 404", "status of 503"] };
    vec![
        Story::new("usage shows where metrics.k8s.io is served", ADMIN, with_metrics).and_the_demo(),
        Story::new(
            "what was used since the tab opened has a point for each reading, outlives the page, and is all that an idle tab asks for",
            ADMIN,
            history,
        )
        .only_in(Mode::Pilothouse),
        Story::new("without metrics.k8s.io the page says that there is no usage, and why", without, without_metrics),
    ]
}

async fn with_metrics(control_plane: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let kubectl = visit.kubectl();
    wait::until("kubectl top", FIRST_SAMPLES, async || kubectl.run("top nodes --no-headers"))
        .await
        .map_err(|error| error.context(control_plane.metrics_log_end()))?;
    visit.open("overview").await?;
    visit.sees("pods run", START).await?;
    wait::until("the usage that kubectl tells", START, async || {
        let (shown, told) = (memory_shown(visit).await?, memory_told(kubectl)?);
        // Samples differ by some percent.
        anyhow::ensure!((shown / told - 1.0).abs() < 0.15, "the page shows {shown} GiB, and kubectl tells {told} GiB");
        Ok(())
    })
    .await?;
    visit.picture("overview with usage").await
}

/// How often the page has asked for the usage of nodes, and what its table tells of each reading, the newest first.
const POINTS: &str = "const asked = performance.getEntriesByType('resource')
        .filter(({ name }) => /metrics.k8s.io.v1beta1.nodes/.test(name)).length;
    const twin = document.querySelector('section[aria-label=\"Capacity\"] details.twin');
    if (twin) twin.open = true;
    const told = [...twin?.querySelectorAll('tbody tr') ?? []].map(({ cells }) => [...cells].map((cell) => cell.innerText));
    return [asked, told.filter(([at]) => / UTC$/.test(at))]";

async fn history(control_plane: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let kubectl = visit.kubectl();
    wait::until("kubectl top", FIRST_SAMPLES, async || kubectl.run("top nodes --no-headers"))
        .await
        .map_err(|error| error.context(control_plane.metrics_log_end()))?;
    visit.open("overview").await?;
    visit.sees("since you opened this page", START).await?;
    visit.has_synced().await?;
    visit.is_live(START).await?;
    let points = async |most_missing: usize| -> Result<Vec<(String, String)>> {
        let seen = visit.browser.script(POINTS, Vec::new()).await?;
        let (asked, told): (usize, Vec<(String, String)>) = serde_json::from_value(seen)?;
        // One that is on its way has no point yet.
        anyhow::ensure!(told.len() <= asked && told.len() + most_missing >= asked, "{asked} readings: {told:?}");
        Ok(told)
    };
    let grown = async |count: usize| {
        wait::until("further points", FIRST_SAMPLES, async || {
            let told = points(1).await?;
            anyhow::ensure!(told.len() >= count, "{told:?}");
            Ok(told)
        })
        .await
    };
    let told = grown(1).await?;
    visit.browser.traffic().await?;
    let told = grown(told.len() + 1).await?;
    let idle = visit.browser.traffic().await?.requests;
    let is_sign = |url: &str| url.contains("/apis/metrics.k8s.io/") || url.ends_with("/readyz");
    let others: Vec<_> = idle.iter().map(|request| &request.url).filter(|url| !is_sign(url)).collect();
    anyhow::ensure!(others.is_empty() && !idle.is_empty(), "an idle tab asked for {others:?} of {}", idle.len());
    anyhow::ensure!(told.iter().all(|(_, used)| used.contains(" % used, memory ")), "{told:?}");
    anyhow::ensure!(told.windows(2).all(|pair| pair[0].0 > pair[1].0), "the newest is not the first: {told:?}");
    visit.picture("usage since the tab opened").await?;
    const SPILLED: &str =
        "const card = document.querySelector('section[aria-label=\"Capacity\"]').getBoundingClientRect();
        const table = document.querySelector('section[aria-label=\"Capacity\"] .scroll').getBoundingClientRect();
        return table.right > card.right || table.bottom > card.bottom";
    anyhow::ensure!(visit.browser.script(SPILLED, Vec::new()).await? == false, "the table is larger than its card");
    let first = told.last().cloned();
    visit.open("pods").await?;
    visit.sees("cart-", START).await?;
    visit.open("overview").await?;
    visit.sees("since you opened this page", START).await?;
    let told = grown(told.len() + 1).await?;
    anyhow::ensure!(told.last() == first.as_ref(), "the first point is gone: {told:?}");
    Ok(())
}

/// The used memory of all nodes on the landing page, in GiB: "49 GiB of 469 GiB".
async fn memory_shown(visit: &Visit) -> Result<f64> {
    let text = visit.browser.text().await?;
    let used = text.lines().find_map(|line| line.split_once(" GiB of ")).context("no used memory on the page")?.0;
    Ok(used.split_whitespace().next_back().context("no number before GiB")?.parse()?)
}

/// The same as kubectl tells it.
fn memory_told(kubectl: &Kubectl) -> Result<f64> {
    let mut mib = 0.0;
    for line in kubectl.run("top nodes --no-headers")?.lines() {
        // A node that metrics-server has no sample of yet is told as unknown.
        let memory = line.split_whitespace().nth(3).and_then(|memory| memory.strip_suffix("Mi"));
        mib += memory.map_or(Ok(0.0), str::parse::<f64>)?;
    }
    Ok(mib / 1024.0)
}

async fn without_metrics(control_plane: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let api = control_plane.api()?;
    api.delete(METRICS_API_SERVICE).await?;
    let told = async {
        wait::until("the metrics API to go", START, async || {
            anyhow::ensure!(!api.exists("/apis/metrics.k8s.io/v1beta1/nodes").await?, "it is still served");
            Ok(())
        })
        .await?;
        visit.open("overview").await?;
        visit.sees("No usage: the cluster serves no metrics.k8s.io", START).await?;
        visit.picture("overview without usage").await
    }
    .await;
    register_metrics(&api, control_plane.metrics_port()).await?;
    told
}
