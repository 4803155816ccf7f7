//! The node picture and the numbers of the landing page: pointed at, walked along, opened, followed.

use std::time::Duration;

use anyhow::{Context as _, Result};
use pilothouse_e2e::browser::Point;
use pilothouse_e2e::control_plane::{ControlPlane, METRICS_API_SERVICE, User, register_metrics};
use pilothouse_e2e::{ports, wait};
use serde_json::json;

use crate::story::{ADMIN, Cast, Story};
use crate::visit::{START, Visit};

/// The chart that can be pointed at.
const PICTURE: &str = ".nodes [role=application]";
/// What is pointed at, in words.
const TIP: &str = "const tip = document.querySelector('.nodes .tip'); return tip && !tip.hidden ? tip.innerText : ''";
/// How long a table may take to show what a link leads to.
const FOLLOWED: Duration = Duration::from_secs(5);
/// The least time in which a reading of metrics is tried again after the first one failed.
const READ_AGAIN: Duration = Duration::from_secs(150);

pub fn stories() -> Vec<Story> {
    let unavailable = Cast { user: User::Admin, expected: &["status of 404", "status of 503"] };
    vec![
        Story::new(
            "the node picture names a node under the pointer, and opens it by key, click and tap",
            ADMIN,
            pointed_at,
        )
        .and_the_demo(),
        Story::new("another grouping redraws the node picture, and the choice of labels follows", ADMIN, regrouped)
            .and_the_demo(),
        Story::new("each number of the sentence and of the picture leads to as many rows as it tells", ADMIN, followed),
        Story::new("the bar of states is walked along with the keys, and each part leads to its pods", ADMIN, states),
        Story::new("a metrics API that answers 503 leaves a useful page", unavailable, without_an_answer),
    ]
}

async fn pointed_at(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    visit.open("overview").await?;
    visit.is_live(START).await?;
    let browser = &visit.browser;
    let (name, bar) = named_bar(visit).await?;
    browser.point_at(bar).await?;
    tip(visit, &name).await?;
    visit.picture("a node is pointed at").await?;

    let focus = format!("document.querySelector('{PICTURE}').focus()");
    browser.point_at(Point { x: 1.0, y: 1.0 }).await?;
    browser.script(&focus, Vec::new()).await?;
    browser.press("ArrowRight").await?;
    let first = tip(visit, "").await?;
    browser.press("ArrowRight").await?;
    wait::until("the next node", FOLLOWED, async || {
        let next = tip(visit, "").await?;
        anyhow::ensure!(next != first, "it is still {first}");
        Ok(())
    })
    .await?;
    browser.press("ArrowLeft").await?;
    tip(visit, &first).await?;
    browser.press("Enter").await?;
    node_is_open(visit, &first).await?;

    for kind in ["click", "tap"] {
        visit.open("overview").await?;
        // Bars of equal pressure may have changed places meanwhile.
        let (name, bar) = named_bar(visit).await?;
        match kind {
            "click" => browser.click_at(bar).await?,
            _ => browser.tap_at(bar).await?,
        }
        node_is_open(visit, &name).await.with_context(|| format!("after a {kind}"))?;
    }
    Ok(())
}

/// A node whose name stands above its bar, and a pixel of the bar.
async fn named_bar(visit: &Visit) -> Result<(String, Point)> {
    const NAMED: &str = ".nodes .names > li";
    wait::until("a bar with a name", START, async || {
        let name =
            visit.browser.script(&format!("return document.querySelector('{NAMED}')?.innerText"), vec![]).await?;
        let name = name.as_str().context("no name yet")?.to_owned();
        let above = visit.browser.middle_of(NAMED).await?;
        Ok((name, Point { y: above.y + 24.0, ..above }))
    })
    .await
}

/// The name of the node that is pointed at, which begins so.
async fn tip(visit: &Visit, name: &str) -> Result<String> {
    wait::until(&format!("the tip of {name:?}"), FOLLOWED, async || {
        let tip = visit.browser.script(TIP, Vec::new()).await?;
        let named = tip.as_str().and_then(|tip| tip.split(" · ").next()).unwrap_or_default().to_owned();
        anyhow::ensure!(!named.is_empty() && (name.is_empty() || named == name), "the tip says {tip}");
        Ok(named)
    })
    .await
}

async fn node_is_open(visit: &Visit, name: &str) -> Result<()> {
    wait::until(&format!("the page of {name}"), FOLLOWED, async || {
        let url = visit.browser.url().await?;
        anyhow::ensure!(url.ends_with(&format!("/nodes/{name}")), "the address is {url}");
        Ok(())
    })
    .await
}

async fn regrouped(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    visit.open("overview").await?;
    visit.is_live(START).await?;
    let browser = &visit.browser;
    let by_zone = groups(visit, |groups| groups.len() > 1).await?;
    browser.click("button", "none").await?;
    groups(visit, |groups| groups == ["all nodes"]).await?;

    const LABELS: &str = "const select = document.querySelector('select[aria-label=\"Group nodes by a label\"]');";
    let choose = format!(
        "{LABELS} const wanted = [...select.options].find((option) => option.text === arguments[0]);
        select.value = wanted.value; select.dispatchEvent(new Event('change', {{ bubbles: true }}));"
    );
    let chosen = format!("{LABELS} return select.selectedOptions[0]?.text");
    let is_chosen = async |text: &str| {
        wait::until(&format!("{text:?} to be chosen"), FOLLOWED, async || {
            let now = browser.script(&chosen, Vec::new()).await?;
            anyhow::ensure!(now == json!(text), "{now} is");
            Ok(())
        })
        .await
    };
    const ZONE: &str = "topology.kubernetes.io/zone";
    browser.script(&choose, vec![json!(ZONE)]).await?;
    groups(visit, |groups| groups == by_zone).await?;
    is_chosen(ZONE).await?;
    browser.reload().await?;
    groups(visit, |groups| groups == by_zone).await?;
    is_chosen(ZONE).await?;
    browser.click("button", "instance type").await?;
    groups(visit, |groups| groups != by_zone).await?;
    // What was broken: the label stayed chosen beside the pressed button.
    is_chosen("any label…").await
}

/// The names of the picture's groups, once they are as wanted.
async fn groups(visit: &Visit, wanted: impl Fn(&[String]) -> bool) -> Result<Vec<String>> {
    const NAMES: &str = "return [...document.querySelectorAll('.nodes .groups .middle')].map((name) => name.title)";
    wait::until("the groups of nodes", START, async || {
        let names: Vec<String> = serde_json::from_value(visit.browser.script(NAMES, Vec::new()).await?)?;
        anyhow::ensure!(!names.is_empty() && wanted(&names), "they are {names:?}");
        Ok(names)
    })
    .await
}

async fn followed(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    const LINKS: &str = "return [...document.querySelectorAll('#health a, .nodes .groups a')]
        .map((link) => [link.innerText.replaceAll(',', '').match(/[0-9]+/)[0], link.hash])";
    let links = async || {
        visit.open("overview").await?;
        wait::until("the landing page", START, async || {
            let links: Vec<(String, String)> = serde_json::from_value(visit.browser.script(LINKS, Vec::new()).await?)?;
            anyhow::ensure!(links.len() > 8 && visit.health().await?.contains("fail"), "only {links:?}");
            Ok(links)
        })
        .await
    };
    let count = links().await?.len();
    for index in 0..count {
        // What is told changes while the cluster lives: then it is read anew.
        wait::until("as many rows as are told", START, async || {
            let Some((number, hash)) = links().await?.get(index).cloned() else { return Ok(()) };
            visit.browser.follow(&hash).await?;
            wait::until(&format!("{number} rows behind {hash}"), FOLLOWED, async || {
                let rows = visit.row_count().await?;
                anyhow::ensure!(rows.to_string() == number, "{rows} rows");
                Ok(())
            })
            .await
        })
        .await?;
    }
    Ok(())
}

async fn without_an_answer(control_plane: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let api = control_plane.api()?;
    let to_nobody = json!({ "spec": { "service": { "port": ports::free_port()? } } });
    api.patch(METRICS_API_SERVICE, &to_nobody).await?;
    let told = async {
        visit.open("overview").await?;
        visit.sees("No usage: metrics.k8s.io failed.", READ_AGAIN).await?;
        visit.sees("pods run", START).await?;
        visit.sees("requested of", START).await?;
        visit.sees("CrashLoopBackOff", START).await?;
        visit.picture("overview, the metrics API answers 503").await
    }
    .await;
    api.delete(METRICS_API_SERVICE).await?;
    register_metrics(&api, control_plane.metrics_port()).await?;
    told
}

async fn states(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    const FOCUS: &str = "document.querySelector('.stack [role=application]').focus()";
    const TIP: &str = "const tip = document.querySelector('.stack .tip:not([hidden])'); return tip?.innerText ?? ''";
    visit.open("overview").await?;
    visit.sees("pods run", START).await?;
    visit.is_live(START).await?;
    let tips = async |presses: usize| {
        visit.browser.script(FOCUS, Vec::new()).await?;
        for _ in 0..presses {
            visit.browser.press("ArrowRight").await?;
        }
        wait::until("the words of a part", START, async || {
            let tip = visit.browser.script(TIP, Vec::new()).await?;
            let (count, state) = tip.as_str().and_then(|tip| tip.split_once(' ')).context("no words yet")?;
            Ok((count.replace(',', "").parse::<usize>()?, state.to_owned()))
        })
        .await
    };
    let mut seen = Vec::new();
    for presses in 1..=3 {
        if presses > 1 {
            visit.open("overview").await?;
            visit.sees("pods run", START).await?;
        }
        let (count, state) = tips(presses).await?;
        visit.browser.press("Enter").await?;
        visit.has_rows(count, START).await?;
        let url = visit.browser.url().await?;
        anyhow::ensure!(url.contains(&format!("q=status:{}", state.replace(' ', "-"))), "{state} led to {url}");
        seen.push(state);
    }
    seen.dedup();
    anyhow::ensure!(seen.len() == 3, "parts of the bar: {seen:?}");
    Ok(())
}
