//! Changes in the cluster show by themselves.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use pilothouse_e2e::control_plane::ControlPlane;
use pilothouse_e2e::kubectl::Kubectl;
use pilothouse_e2e::site::Mode;
use pilothouse_e2e::{troubles, wait};
use serde_json::json;

use crate::landing::says;
use crate::oracle;
use crate::story::{ADMIN, Story};
use crate::visit::{SOON, START, Visit};

pub fn stories() -> Vec<Story> {
    vec![
        Story::new("a pod created, changed and deleted with kubectl shows within two seconds", ADMIN, pod)
            .and_the_demo(),
        Story::new("the pages of a pod and of a node change while they are looked at", ADMIN, pages).and_the_demo(),
        Story::new("the keyboard stays on its pod when another comes in above it", ADMIN, keyboard).and_the_demo(),
        Story::new("a node made not ready turns the sentence and the picture", ADMIN, node).and_the_demo(),
        Story::new("a hidden tab draws nothing, and is right at once when it is seen again", ADMIN, hidden)
            .and_the_demo(),
        Story::new("a thousand updates in ten seconds cause no reconnect and no second list", ADMIN, storm)
            .and_the_demo(),
    ]
}

async fn pod(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let namespace = format!("live-{}", visit.site.mode().name());
    let (api, kubectl) = (visit.api(), visit.kubectl());
    api.create("/api/v1/namespaces", &json!({ "metadata": { "name": namespace } })).await?;
    visit.open(&format!("pods?ns={namespace}")).await?;
    visit.is_live(START).await?;
    visit.mark_page().await?;

    kubectl.run(&format!("run walker --image=registry.example/walker:1 -n {namespace}"))?;
    wait::until("the new pod", SOON, async || visit.row("walker").await).await?;
    visit.row_says("walker", "Running", START).await?;

    let status =
        json!({ "status": { "phase": "Failed", "reason": "Evicted", "message": "The node was low on memory." } });
    api.patch(&format!("/api/v1/namespaces/{namespace}/pods/walker/status"), &status).await?;
    visit.row_says("walker", "Evicted", SOON).await?;

    kubectl.run(&format!("delete pod walker -n {namespace} --wait=true"))?;
    visit.row_is_gone("walker", SOON).await?;
    visit.page_is_the_same().await
}

async fn pages(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let namespace = format!("pages-{}", visit.site.mode().name());
    let (api, kubectl) = (visit.api(), visit.kubectl());
    let pods = format!("/api/v1/namespaces/{namespace}/pods");
    api.create("/api/v1/namespaces", &json!({ "metadata": { "name": namespace } })).await?;
    kubectl.run(&format!("run walker --image=registry.example/walker:1 -n {namespace}"))?;
    visit.open(&format!("pods/{namespace}/walker")).await?;
    visit.sees("Running", START).await?;
    visit.mark_page().await?;
    let status =
        json!({ "status": { "phase": "Failed", "reason": "Evicted", "message": "The node was low on memory." } });
    api.patch(&format!("{pods}/walker/status"), &status).await?;
    visit.sees("Evicted", SOON).await?;
    kubectl.run(&format!("delete pod walker -n {namespace} --wait=true"))?;
    visit.sees("There is no pod “walker” in this namespace.", SOON).await?;

    let node = ready_node(kubectl)?;
    visit.open(&format!("nodes/{node}")).await?;
    visit.sees("Pods on this node", START).await?;
    visit.is_live(START).await?;
    kubectl.run(&format!("cordon {node}"))?;
    let seen = cordoned(visit, &node, &namespace).await;
    // In any case, for the stories to come.
    kubectl.run(&format!("uncordon {node}"))?;
    seen?;
    wait::until("the node to be open again", SOON, async || {
        let text = visit.browser.text().await?;
        anyhow::ensure!(!text.contains("SchedulingDisabled"), "it is still cordoned");
        Ok(())
    })
    .await?;
    visit.page_is_the_same().await
}

/// A node that takes no new pods says so, and yet has one that nobody placed.
async fn cordoned(visit: &Visit, node: &str, namespace: &str) -> Result<()> {
    visit.sees("Ready,SchedulingDisabled", SOON).await?;
    let guest = json!({
        "metadata": { "name": "a-guest" },
        "spec": { "nodeName": node, "containers": [{ "name": "app", "image": "registry.example/app:1" }] },
    });
    visit.api().create(&format!("/api/v1/namespaces/{namespace}/pods"), &guest).await?;
    visit.row_says("a-guest", namespace, SOON).await?;
    visit.kubectl().run(&format!("delete pod a-guest -n {namespace} --wait=true"))?;
    visit.row_is_gone("a-guest", SOON).await
}

async fn keyboard(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    const FOCUS: &str = "document.querySelector('[role=grid]').focus()";
    const ACTIVE: &str = "return document.querySelector('[role=grid] tr.active a')?.innerText.trim() ?? ''";
    let namespace = format!("keys-{}", visit.site.mode().name());
    visit.api().create("/api/v1/namespaces", &json!({ "metadata": { "name": namespace } })).await?;
    let kubectl = visit.kubectl();
    kubectl.run(&format!("run walker --image=registry.example/walker:1 -n {namespace}"))?;
    visit.open(&format!("pods?ns={namespace}&sort=name")).await?;
    wait::until("the pod", START, async || visit.row("walker").await).await?;
    visit.browser.script(FOCUS, Vec::new()).await?;
    visit.browser.press("ArrowDown").await?;
    let active = async || visit.browser.script(ACTIVE, Vec::new()).await;
    wait::until("an active row", SOON, async || {
        anyhow::ensure!(active().await? == "walker", "active is {}", active().await?);
        Ok(())
    })
    .await?;

    kubectl.run(&format!("run baker --image=registry.example/baker:1 -n {namespace}"))?;
    wait::until("the pod above", START, async || visit.row("baker").await).await?;
    anyhow::ensure!(active().await? == "walker", "the mark moved to {}", active().await?);
    visit.browser.press("Enter").await?;
    wait::until("the page of the active pod", SOON, async || {
        let url = visit.browser.url().await?;
        anyhow::ensure!(url.contains("/walker"), "the address is {url}");
        Ok(())
    })
    .await
}

async fn node(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let (api, kubectl) = (visit.api(), visit.kubectl());
    let name = ready_node(kubectl)?;
    visit.open("overview").await?;
    wait::until("the landing page", START, async || says(&visit.health().await?, &oracle::counts(kubectl)?)).await?;
    visit.mark_page().await?;
    let before = visit.health().await?;

    troubles::make_not_ready(api, &name).await?;
    let turned = wait::until("the sentence to turn", SOON, async || {
        let sentence = visit.health().await?;
        anyhow::ensure!(sentence != before, "it still says {before:?}");
        says(&sentence, &oracle::counts(kubectl)?)
    })
    .await;
    // The picture's table twin names each node with its state.
    let pictured = wait::until("the picture to turn", SOON, async || node_in_picture(visit, &name).await).await;
    visit.picture("overview, a node not ready").await?;
    match visit.site.mode() {
        Mode::Demo => troubles::say_ready(api, &name).await?,
        Mode::Pilothouse | Mode::KubectlProxy | Mode::SecretKubectlProxy => troubles::make_ready(api, &name).await?,
    }
    turned?;
    let pictured = pictured?;
    anyhow::ensure!(pictured.contains("NotReady"), "the picture says {pictured:?}");
    wait::until("the sentence to turn back", START, async || says(&visit.health().await?, &oracle::counts(kubectl)?))
        .await?;
    visit.page_is_the_same().await
}

async fn hidden(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    const WITNESS: &str = "window.drawn = 0;
        const count = (changes) => { if (document.hidden && window.wasHidden) window.drawn += changes.length };
        new MutationObserver(count).observe(document.body, { subtree: true, childList: true, characterData: true });
        // What is on its way when it is hidden is still drawn.
        document.addEventListener('visibilitychange', () => setTimeout(() => { window.wasHidden ||= document.hidden }))";
    const DRAWN: &str = "return { hidden: window.wasHidden ?? false, drawn: window.drawn }";
    let namespace = format!("hidden-{}", visit.site.mode().name());
    let (api, kubectl) = (visit.api(), visit.kubectl());
    api.create("/api/v1/namespaces", &json!({ "metadata": { "name": namespace } })).await?;
    kubectl.run(&format!("run goes --image=registry.example/app:1 -n {namespace}"))?;
    visit.open(&format!("pods?ns={namespace}")).await?;
    visit.row_says("goes", "Running", START).await?;
    visit.is_live(START).await?;
    visit.mark_page().await?;
    visit.has_synced().await?;
    visit.browser.script(WITNESS, Vec::new()).await?;
    visit.browser.traffic().await?;

    let meanwhile = visit.browser.while_hidden(async || {
        kubectl.run(&format!("delete pod goes -n {namespace} --wait=true"))?;
        kubectl.run(&format!("run comes --image=registry.example/app:1 -n {namespace}"))?;
        wait::until("the pod to run", START, async || {
            let phase = kubectl.run(&format!("get pod comes -n {namespace} -o jsonpath={{.status.phase}}"))?;
            anyhow::ensure!(phase == "Running", "it is {phase}");
            Ok(())
        })
        .await
    });
    meanwhile.await?;
    visit.row_says("comes", "Running", SOON).await?;
    visit.row_is_gone("goes", SOON).await?;
    let drawn = visit.browser.script(DRAWN, Vec::new()).await?;
    anyhow::ensure!(drawn == json!({ "hidden": true, "drawn": 0 }), "meanwhile: {drawn}");
    visit.asked_for_nothing_again().await?;
    visit.page_is_the_same().await
}

/// A node that is ready, and on which nothing else is tried.
fn ready_node(kubectl: &Kubectl) -> Result<String> {
    let nodes = kubectl.run("get nodes --no-headers")?;
    let mut ready = nodes.lines().filter(|line| line.split_whitespace().nth(1) == Some("Ready"));
    let node = ready.next().and_then(|line| line.split_whitespace().next()).context("no node is ready")?;
    Ok(node.to_owned())
}

/// The row of the picture's table that is about a node.
async fn node_in_picture(visit: &Visit, name: &str) -> Result<String> {
    const SCRIPT: &str = "document.querySelectorAll('details').forEach((details) => details.open = true);
        return [...document.querySelectorAll('section[aria-label=\"Nodes by pressure\"] table tr')]
        .map((row) => row.textContent).find((row) => row.includes(arguments[0]))";
    let row = visit.browser.script(SCRIPT, vec![json!(name)]).await?;
    Ok(row.as_str().with_context(|| format!("no table on the page has a row about {name}"))?.to_owned())
}

async fn storm(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    const UPDATES: usize = 1_000;
    const PODS: usize = 20;
    /// Told again, it meets nothing of before.
    static TOLD: AtomicUsize = AtomicUsize::new(0);
    let namespace = format!("storm-{}-{}", visit.site.mode().name(), TOLD.fetch_add(1, Ordering::Relaxed));
    let api = visit.api();
    api.create("/api/v1/namespaces", &json!({ "metadata": { "name": namespace } })).await?;
    let spec = json!({ "containers": [{ "name": "app", "image": "registry.example/app:1" }] });
    let pods = (0..PODS).map(|index| {
        let pod = json!({ "metadata": { "name": format!("gust-{index}") }, "spec": spec });
        (format!("/api/v1/namespaces/{namespace}/pods"), pod)
    });
    api.create_all(pods.collect()).await?;
    // Those that the last update has not reached.
    let last = UPDATES - 1;
    visit.open(&format!("pods?ns={namespace}&q=-label:update%3D{last}")).await?;
    visit.is_live(START).await?;
    wait::until("all pods", START, async || {
        let count = visit.rows().await?.len();
        anyhow::ensure!(count >= PODS, "{count} rows");
        Ok(())
    })
    .await?;
    visit.has_synced().await?;
    // What was sent until now does not count.
    visit.browser.traffic().await?;

    let second = UPDATES / 10;
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    for round in 0..10 {
        tick.tick().await;
        let patches = (0..second).map(|index| {
            let update = round * second + index;
            let patch = json!({ "metadata": { "labels": { "update": update.to_string() } } });
            (format!("/api/v1/namespaces/{namespace}/pods/gust-{}", index % PODS), patch)
        });
        api.patch_all(patches.collect()).await?;
    }
    // The last of them has arrived, and one more change still shows soon.
    visit.row_is_gone(&format!("gust-{}", last % PODS), SOON).await?;
    visit.kubectl().run(&format!("delete pod gust-1 -n {namespace} --wait=true"))?;
    visit.row_is_gone("gust-1", SOON).await?;

    visit.asked_for_nothing_again().await?;
    visit.is_live(SOON).await
}
