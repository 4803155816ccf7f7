//! An API server that is old, busy, or fails in the middle of an answer.

use anyhow::{Context as _, Result};
use model::pages::PAGE_ITEMS;
use pilothouse_e2e::control_plane::{ControlPlane, User};
use pilothouse_e2e::fault::{Asked, Deed, Fault};
use pilothouse_e2e::wait;
use serde_json::{Value, json};

use crate::landing::{says, says_of_pods};
use crate::oracle;
use crate::story::{Cast, Story};
use crate::visit::{SOON, START, Visit};

/// Where all pods are listed and watched.
pub const PODS: &str = "/api/v1/pods";

/// Fewer than there are, so that a list has several pages.
const PAGE: usize = 20;

pub fn stories() -> Vec<Story> {
    let refused = |expected| Cast { user: User::Admin, expected };
    let busy = &["status of 429", "Failed to load resource", "WebSocket connection to"];
    vec![
        Story::with_fault(
            "an old API server is read in pages, and a page that has expired costs nothing",
            refused(&["status of 410"]),
            pages,
        ),
        Story::with_fault("a long list is stopped and gone on with", refused(&[]), stopped),
        Story::with_fault("the first rows of a long list do not wait for the last", refused(&[]), first_page),
        Story::with_fault(
            "a list that breaks off is read again, and a busy API server is waited for",
            refused(busy),
            busy_server,
        ),
        Story::with_fault(
            "a cluster of one node, of none, and one whose nodes nobody may list show what they can",
            refused(&["status of 403", "status of 404"]),
            few_nodes,
        ),
        Story::with_fault(
            "metrics that fail are said to, and all else is there",
            refused(&["status of 503"]),
            no_metrics,
        ),
        Story::with_fault(
            "an API group that answers 503 leaves a useful page that says what it does not know",
            refused(&["status of 503", "WebSocket connection to"]),
            no_group,
        ),
    ]
}

/// Claims to be too old to stream lists. One that is asked for whole does not begin, as it would not for long.
fn is_old(fault: &Fault) {
    let old = |version: &mut Value| {
        version["gitVersion"] = json!("v1.30.4");
        version["minor"] = json!("30");
    };
    fault.always(Asked::Whole("/version"), Deed::edit(old));
    fault.always(Asked::Page(PODS), Deed::short_pages(PAGE));
    fault.always(Asked::Whole(PODS), Deed::Hold);
}

async fn pages(_: &mut ControlPlane, visit: &Visit, fault: &Fault) -> Result<()> {
    is_old(fault);
    fault.times(Asked::LaterPage(PODS), 1, Deed::Expire);
    visit.open("overview").await?;
    let counts = async || says(&visit.health().await?, &oracle::counts(visit.kubectl())?);
    wait::until("the numbers of kubectl", START, counts).await?;
    anyhow::ensure!(fault.has_done(Asked::LaterPage(PODS)), "no page has expired");
    let asked = visit.browser.whole_traffic().await?;
    let later = |url: &str| url.split("&continue=").nth(1).is_some_and(|token| !token.is_empty());
    let later = asked.with("/api/v1/pods?").into_iter().filter(|request| later(&request.url)).count();
    anyhow::ensure!(later >= pods(visit)?.div_ceil(PAGE), "{later} pages after the first, one of them twice");

    // It is watched from where its first page was.
    let name = format!("paged-{}", visit.site.mode().name());
    visit.open(&format!("pods?q={name}")).await?;
    visit.is_live(START).await?;
    visit.kubectl().run(&format!("run {name} --image=registry.example/app:1 -n default"))?;
    let shown = wait::until("the new pod", SOON, async || visit.row(&name).await).await;
    visit.kubectl().run(&format!("delete pod {name} -n default --wait=true"))?;
    shown?;
    visit.row_is_gone(&name, SOON).await
}

async fn stopped(_: &mut ControlPlane, visit: &Visit, fault: &Fault) -> Result<()> {
    is_old(fault);
    fault.always(Asked::LaterPage(PODS), Deed::Hold);
    visit.open("pods").await?;
    // What takes long can be stopped.
    wait::until("the button that stops", START, async || visit.browser.click("button", "Stop loading pods").await)
        .await?;
    visit.sees("these are a part, and not kept up to date", SOON).await?;
    visit.has_rows(PAGE, SOON).await?;
    let shown = visit.browser.text_of("status", "Rows shown").await?;
    anyhow::ensure!(shown == format!("{PAGE} so far"), "the table says {shown:?}");
    visit.picture("pods, stopped").await?;

    fault.heal();
    visit.browser.traffic().await?;
    visit.browser.click("button", "Go on loading pods").await?;
    visit.has_rows(pods(visit)?, START).await?;
    let asked = visit.browser.traffic().await?;
    let first =
        asked.with(&format!("/api/v1/pods?pretty=0&limit={PAGE_ITEMS}")).into_iter().next().context("no list")?;
    anyhow::ensure!(!first.url.ends_with("&continue="), "it began anew: {}", first.url);
    let text = visit.browser.text().await?;
    anyhow::ensure!(!text.contains("these are a part"), "it is still said to be a part");
    visit.is_live(SOON).await
}

async fn first_page(_: &mut ControlPlane, visit: &Visit, fault: &Fault) -> Result<()> {
    // The server collects what it will send, for as long as it likes.
    fault.always(Asked::Page(PODS), Deed::short_pages(PAGE));
    fault.always(Asked::Whole(PODS), Deed::Hold);
    visit.open("pods").await?;
    visit.has_rows(PAGE, START).await?;
    let shown = visit.browser.text_of("status", "Rows shown").await?;
    anyhow::ensure!(shown == format!("{PAGE} so far"), "the table says {shown:?}");
    wait::until("the rest to be asked for", SOON, async || {
        anyhow::ensure!(fault.has_done(Asked::Whole(PODS)), "only the first page was");
        Ok(())
    })
    .await?;
    let stop = async || visit.browser.click("button", "Stop loading pods").await;
    wait::until("the button that stops", START, stop).await?;
    fault.heal();
    visit.browser.click("button", "Go on loading pods").await?;
    visit.has_rows(pods(visit)?, START).await?;
    visit.is_live(SOON).await
}

async fn busy_server(_: &mut ControlPlane, visit: &Visit, fault: &Fault) -> Result<()> {
    // The first list breaks off before there is a row, the next is turned away.
    fault.times(Asked::List(PODS), 1, Deed::busy(3));
    fault.times(Asked::List(PODS), 1, Deed::CutAfter(600));
    visit.open("pods").await?;
    visit.sees("asks to wait 3 s", START).await?;
    visit.has_rows(pods(visit)?, START).await?;
    visit.is_live(START).await?;
    visit.mark_page().await?;

    // The watch breaks: the question why is turned away, and then the watch itself.
    fault.times(Asked::Page(PODS), 1, Deed::busy(4));
    fault.times(Asked::Watch(PODS), 1, Deed::busy(4));
    fault.break_watches(PODS);
    visit.sees("asks to wait 4 s", START).await?;
    let name = format!("patient-{}", visit.site.mode().name());
    visit.open(&format!("pods?q={name}")).await?;
    visit.kubectl().run(&format!("run {name} --image=registry.example/app:1 -n default"))?;
    let shown = wait::until("the new pod", START, async || visit.row(&name).await).await;
    visit.kubectl().run(&format!("delete pod {name} -n default --wait=true"))?;
    shown?;
    anyhow::ensure!(fault.has_done(Asked::Watch(PODS)), "the watch was not turned away");
    let text = visit.browser.text().await?;
    anyhow::ensure!(!text.contains("asks to wait"), "it is healed and still says {text:?}");
    visit.page_is_the_same().await
}

async fn no_metrics(_: &mut ControlPlane, visit: &Visit, fault: &Fault) -> Result<()> {
    let message = "the server is currently unable to handle the request";
    for resource in ["nodes", "pods"] {
        let refuse = Deed::Refuse { code: 503, reason: "ServiceUnavailable", message, retry_after_s: None };
        fault.always(Asked::Anything(&format!("/apis/metrics.k8s.io/v1beta1/{resource}")), refuse);
    }
    visit.open("overview").await?;
    visit.sees("No usage: metrics.k8s.io failed. The API server answered with 503.", START).await?;
    let counts = async || says(&visit.health().await?, &oracle::counts(visit.kubectl())?);
    wait::until("the numbers of kubectl", START, counts).await?;
    visit.is_live(START).await?;
    // It answers, and has heard from no kubelet.
    fault.heal();
    let none = || Deed::edit(|list| list["items"] = json!([]));
    fault.always(Asked::Anything("/apis/metrics.k8s.io/v1beta1/nodes"), none());
    visit.browser.reload().await?;
    visit.sees("No usage: metrics.k8s.io knows none of the nodes.", START).await?;
    visit.picture("overview, metrics know no node").await?;
    let node = visit.kubectl().run("get nodes -o jsonpath={.items[0].metadata.name}")?;
    visit.open(&format!("nodes/{node}")).await?;
    visit.sees("No usage: metrics.k8s.io does not know this node.", START).await
}

async fn no_group(_: &mut ControlPlane, visit: &Visit, fault: &Fault) -> Result<()> {
    let message = "the server is currently unable to handle the request";
    for path in
        ["/apis/apps/v1/deployments", "/apis/apps/v1/statefulsets", "/apis/apps/v1/daemonsets", "/api/v1/events"]
    {
        let refuse = Deed::Refuse { code: 503, reason: "ServiceUnavailable", message, retry_after_s: None };
        fault.always(Asked::Anything(path), refuse);
    }
    visit.open("overview").await?;
    let counts = async || says(&visit.health().await?, &oracle::counts(visit.kubectl())?);
    wait::until("the numbers of kubectl", START, counts).await?;
    visit.sees("CrashLoopBackOff", START).await?;
    visit.sees("so more may fail, and some lines cannot say why", START).await?;
    visit.sees(message, SOON).await?;
    visit.picture("overview, workloads and events answer 503").await?;
    fault.heal();
    visit.browser.reload().await?;
    visit.sees("CrashLoopBackOff", START).await?;
    visit.is_live(START).await?;
    let text = visit.browser.text().await?;
    anyhow::ensure!(!text.contains("so more may fail"), "it is healed and still says {text:?}");
    Ok(())
}

async fn few_nodes(_: &mut ControlPlane, visit: &Visit, fault: &Fault) -> Result<()> {
    const NODES: &str = "/api/v1/nodes";
    const METRICS: &str = "/apis/metrics.k8s.io/v1beta1/nodes";
    let forbidden = "nodes is forbidden: User \"admin\" cannot list resource \"nodes\"";
    let refuse = |code, reason, message| Deed::Refuse { code, reason, message, retry_after_s: None };
    let keep = |most: usize| {
        Deed::edit(move |list| {
            let nodes = list["items"].as_array_mut();
            nodes.into_iter().for_each(|nodes| nodes.truncate(most));
        })
    };
    // What is done, and what is then said.
    let clusters: [(Deed, &[&str]); 3] = [
        (keep(1), &["All 1 node ready.", "No usage: the cluster serves no metrics.k8s.io"]),
        (keep(0), &["The cluster has no nodes, so it has no capacity."]),
        (refuse(403, "Forbidden", forbidden), &[forbidden]),
    ];
    visit.enter().await?;
    for (deed, said) in clusters {
        fault.heal();
        fault.always(Asked::Anything(METRICS), refuse(404, "NotFound", "the server could not find it"));
        // No node comes later.
        fault.always(Asked::Watch(NODES), Deed::Hold);
        fault.always(Asked::Whole(NODES), deed);
        visit.browser.reload().await?;
        for words in said {
            visit.sees(words, START).await?;
        }
        wait::until("the pods of kubectl", START, async || {
            says_of_pods(&visit.health().await?, &oracle::counts(visit.kubectl())?)
        })
        .await?;
        visit.is_live(START).await?;
    }
    Ok(())
}

/// How many pods kubectl shows.
pub fn pods(visit: &Visit) -> Result<usize> {
    Ok(visit.kubectl().run("get pods -A --no-headers")?.lines().count())
}
