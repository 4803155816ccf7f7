//! The sample cluster, as whoever has no other sees it.

use anyhow::{Context as _, Result};
use pilothouse_e2e::control_plane::ControlPlane;
use pilothouse_e2e::site::Mode;
use pilothouse_e2e::wait;

use crate::story::{ADMIN, Story};
use crate::visit::{START, Visit};

const MOVES: &str = "its numbers change while they are compared";
const NO_WIRE: &str = "there is no wire to cut or spoil between it and its proxy";

/// What is not told before the sample cluster, and why. Stories of one hosting mode only say it by that.
pub const NOT_TOLD: [(&str, &str); 33] = [
    ("a page whose code cannot be fetched says so, and comes when it is tried again", "the same proxy sends the code"),
    (
        "the first load is small, and the first chart needs at most eight requests, three deep",
        "the same proxy sends the app",
    ),
    ("logs follow, and the previous container's are there", "its logs are invented: nothing can be written into them"),
    ("every case of a pod's state reads as in the API server's own table", "its own kubelets write the states"),
    ("the bar of states is walked along with the keys, and each part leads to its pods", MOVES),
    ("each line of what fails leads to as many pods as it counts", MOVES),
    ("what fails and the versions lead to as many rows before anything is grouped", MOVES),
    ("pods grouped by an annotation count as kubectl does, follow changes and lead to their rows", MOVES),
    (
        "bars glide when their value changes, and stand where they are when they first appear",
        "its nodes' own kubelets write what they can give",
    ),
    (
        "bars on a canvas glide to a new value in steps, and go there at once where no motion is wanted",
        "its nodes' own kubelets write what they can give",
    ),
    ("the page of a workload tells what the line that led to it tells", MOVES),
    ("what is read of a list of protobuf equals what is read of JSON", "it answers in JSON"),
    ("a question that is ready leads to a matrix, and a cell of it to its pods", MOVES),
    ("an old API server is read in pages, and a page that has expired costs nothing", NO_WIRE),
    ("a laptop that slept, its sockets dead, is right again at once", NO_WIRE),
    ("a long list is stopped and gone on with", NO_WIRE),
    ("the first rows of a long list do not wait for the last", NO_WIRE),
    ("a list that breaks off is read again, and a busy API server is waited for", NO_WIRE),
    ("a cluster of one node, of none, and one whose nodes nobody may list show what they can", NO_WIRE),
    ("an API group that answers 503 leaves a useful page that says what it does not know", NO_WIRE),
    ("metrics that fail are said to, and all else is there", NO_WIRE),
    ("odd objects are shown, from a list and from a watch", NO_WIRE),
    ("a user whose rights are taken away is told so at the next reconnect", NO_WIRE),
    ("the proxy is killed in the middle of a list and started again on its port", "with it would go its cluster"),
    ("logs that were left keep no connection, of which a browser has six", "the connections are the browser's"),
    ("a user who may do nothing is told so", "all its users may see something"),
    (
        "a hostile page gets nothing from pilothouse, and the same script gets through an open kubectl proxy",
        "the same guards stand before it",
    ),
    ("each number of the sentence and of the picture leads to as many rows as it tells", MOVES),
    ("a metrics API that answers 503 leaves a useful page", "it always serves metrics.k8s.io"),
    ("without metrics.k8s.io the page says that there is no usage, and why", "it always serves metrics.k8s.io"),
    (
        "the API server is killed and started again, and the page is right again",
        "it cannot be killed without its proxy",
    ),
    ("a watch that has expired lists again", NO_WIRE),
    ("ten thousand pods load, and the longest task is told", "the figure is told beside a real API server"),
];

pub fn stories() -> Vec<Story> {
    vec![
        Story::new("a demo shows its nodes, its troubles and that it lives", ADMIN, overview).only_in(Mode::Demo),
        Story::new("a demo's logs follow, and tell the cause of a crash loop", ADMIN, logs).only_in(Mode::Demo),
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

async fn logs(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    const LINES: &str = "return document.querySelector('[role=log]')?.innerText.split('\\n').filter(Boolean) ?? []";
    let lines =
        async || anyhow::Ok(serde_json::from_value::<Vec<String>>(visit.browser.script(LINES, Vec::new()).await?)?);
    visit.open(&format!("pods/shop/{}/logs", visit.running_pod()?)).await?;
    let first = wait::until("a log", START, async || lines().await?.pop().context("no line yet")).await?;
    wait::until("a later line", START, async || {
        let last = lines().await?.pop().unwrap_or_default();
        anyhow::ensure!(last != first, "{first:?} is still the last");
        Ok(())
    })
    .await?;
    visit.picture("demo logs").await?;

    let pods = "get pods -n shop -l app.kubernetes.io/name=reviews -o jsonpath={.items[0].metadata.name}";
    let looping = visit.kubectl().run(pods)?;
    visit.open(&format!("pods/shop/{looping}/logs")).await?;
    visit.sees(&looping, START).await?;
    visit.browser.click("checkbox", "previous run").await?;
    wait::until("the last words of the run before, which kubectl tells", START, async || {
        let url = visit.browser.url().await?;
        anyhow::ensure!(url.contains("previous=1"), "the address is {url}");
        let told = visit.kubectl().run(&format!("logs -n shop {looping} --previous --tail=1"))?;
        let last = lines().await?.pop().unwrap_or_default();
        anyhow::ensure!(!told.trim().is_empty() && last.contains(told.trim()), "{last:?} is not {told:?}");
        Ok(())
    })
    .await
}
