//! How the pages look: both themes, a narrow screen, links that last.

use anyhow::Result;
use pilothouse_e2e::control_plane::ControlPlane;
use pilothouse_e2e::site::Mode;
use pilothouse_e2e::wait;
use serde_json::json;

use crate::story::{ADMIN, Story};
use crate::visit::{START, Visit};

pub fn stories() -> Vec<Story> {
    vec![
        Story::new("a deep link survives a reload", ADMIN, deep_links).and_the_demo(),
        Story::new("both themes show every page, and the choice is remembered", ADMIN, themes).and_the_demo(),
        Story::new("a screen of 390 pixels shows every page without sideways scrolling", ADMIN, narrow).and_the_demo(),
    ]
}

/// A page: a name for its picture, its route, and words that show that it is full.
struct Sight {
    name: &'static str,
    route: String,
    words: String,
}

/// All pages, of which some are about one pod or node.
fn pages(visit: &Visit, pod: &str) -> Result<Vec<Sight>> {
    let node = visit.kubectl().run("get nodes -o jsonpath={.items[0].metadata.name}")?;
    // A pod of the sample cluster has been there for days, and its events are forgotten.
    let (events, log, happened) = match visit.site.mode() {
        Mode::Demo => ("keeps events for an hour", "info", "BackOff"),
        Mode::Pilothouse | Mode::KubectlProxy | Mode::SecretKubectlProxy => {
            ("Scheduled", "request served", "Scheduled")
        }
    };
    let of_pod = |tab: &str| format!("pods/shop/{pod}{tab}");
    let of_node = format!("nodes/{node}");
    let pages = [
        ("overview", "overview", "pods run"),
        ("explore", "explore", "Is one zone worse"),
        ("explore, grouped", "explore?by=namespace%2Cstate", "monitoring"),
        ("explore, a matrix", "explore?by=zone%2Cstate&look=matrix", "zone by state"),
        ("workloads", "workloads?q=ns:shop", "cart"),
        ("workload", "deployments/shop/cart", "Its pods"),
        ("nodes", "nodes", &node),
        ("node", &of_node, "Pods on this node"),
        ("pods", "pods", "cart-"),
        ("pod", &of_pod(""), pod),
        ("pod yaml", &of_pod("/yaml"), "kind: Pod"),
        ("pod events", &of_pod("/events"), events),
        ("pod logs", &of_pod("/logs"), log),
        ("services", "services", "ClusterIP"),
        ("events", "events", happened),
        ("namespaces", "namespaces", "payments"),
        ("diagnostics", "diagnostics", "Asked of the API server"),
    ];
    let sight =
        |(name, route, words): (_, &str, &str)| Sight { name, route: route.to_owned(), words: words.to_owned() };
    Ok(pages.map(sight).into())
}

async fn deep_links(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let pod = visit.running_pod()?;
    visit.enter().await?;
    for route in [
        "pods?ns=data,shop&q=web&sort=-age".to_owned(),
        "nodes?sort=-name".to_owned(),
        format!("pods/shop/{pod}/events"),
        format!("pods/shop/{pod}/yaml"),
    ] {
        visit.open(&route).await?;
        let before = settled(visit).await?;
        let url = visit.browser.url().await?;
        visit.browser.reload().await?;
        wait::until(&format!("the same page at {route}"), START, async || {
            let after = outline(visit).await?;
            anyhow::ensure!(after == before, "it was {before:?} and is {after:?}");
            Ok(())
        })
        .await?;
        let now = visit.browser.url().await?;
        anyhow::ensure!(now == url, "the address was {url} and is {now}");
    }
    Ok(())
}

/// What tells a page from another: its headings, and the names in its table's first column.
async fn outline(visit: &Visit) -> Result<Vec<String>> {
    let mut outline: Vec<_> =
        visit.browser.elements("heading").await?.into_iter().map(|heading| heading.name).collect();
    outline.extend(visit.rows().await?.into_iter().filter_map(|row| row.into_iter().next()));
    anyhow::ensure!(!outline.is_empty(), "the page has no headings yet");
    Ok(outline)
}

/// The outline once it stays the same.
async fn settled(visit: &Visit) -> Result<Vec<String>> {
    visit.is_live(START).await?;
    let mut before = Vec::new();
    wait::until("a page that stays", START, async || {
        let now = outline(visit).await?;
        let is_settled = now == before;
        before.clone_from(&now);
        anyhow::ensure!(is_settled, "it changes: {now:?}");
        Ok(now)
    })
    .await
}

async fn themes(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let pod = visit.running_pod()?;
    visit.enter().await?;
    for scheme in ["light", "dark"] {
        visit.browser.prefer_colour_scheme(scheme).await?;
        visit.browser.reload().await?;
        theme_is(visit, scheme).await?;
        for Sight { name, route, words } in pages(visit, &pod)? {
            visit.open(&route).await?;
            visit.sees(&words, START).await?;
            visit.picture(&format!("{name}, {scheme}")).await?;
        }
    }
    // A choice outlives a reload, even where the system asks for the other.
    visit.browser.click("button", "Theme").await?;
    theme_is(visit, "light").await?;
    visit.browser.reload().await?;
    visit.is_live(START).await?;
    theme_is(visit, "light").await
}

async fn theme_is(visit: &Visit, theme: &str) -> Result<()> {
    wait::until(&format!("the {theme} theme"), START, async || {
        let now = visit.browser.script("return document.documentElement.dataset.theme", Vec::new()).await?;
        anyhow::ensure!(now == json!(theme), "the theme is {now}");
        Ok(())
    })
    .await
}

async fn narrow(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let pod = visit.running_pod()?;
    visit.enter().await?;
    visit.browser.resize(390, 844).await?;
    for Sight { name, route, words } in pages(visit, &pod)? {
        visit.open(&route).await?;
        visit.sees(&words, START).await?;
        let width = visit.browser.script("return document.documentElement.scrollWidth", Vec::new()).await?;
        visit.picture(&format!("{name}, 390 px")).await?;
        anyhow::ensure!(width.as_u64().unwrap_or_default() <= 390, "{name} is {width} px wide");
    }
    Ok(())
}
