//! `make shots`: pictures of the pages at several sizes of a sample cluster, in both themes, to be looked at.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Parser;
use pilothouse_e2e::api::Api;
use pilothouse_e2e::browser::Browser;
use pilothouse_e2e::pilothouse::Pilothouse;
use pilothouse_e2e::{troubles, wait};
use serde_json::{Value, json};

/// Draws the pages of sample clusters of several sizes into a folder.
#[derive(Debug, Parser)]
struct Flags {
    /// Where the pictures go.
    #[arg(long, default_value = "out/shots")]
    out: PathBuf,
    /// Only clusters of so many nodes.
    #[arg(long)]
    nodes: Option<usize>,
    /// Only pages whose name contains this.
    #[arg(long)]
    page: Option<String>,
}

/// A sample cluster.
struct Size {
    nodes: usize,
    pods: usize,
}

const SIZES: [Size; 4] = [
    Size { nodes: 3, pods: 60 },
    Size { nodes: 12, pods: 300 },
    Size { nodes: 500, pods: 12_000 },
    Size { nodes: 5_000, pods: 150_000 },
];

/// Pages by the name of their picture, as their addresses go on behind the cluster's name.
const PAGES: [(&str, &str); 16] = [
    ("overview", "overview"),
    ("overview-healthy", "overview?ns=kube-system"),
    ("overview-one-namespace", "overview?ns=shop"),
    ("overview-empty", "overview?ns=there-is-no-such-namespace"),
    ("explore", "explore"),
    ("explore-owner-version", "explore?by=label%3Aapp.kubernetes.io%2Fname,version,zone"),
    ("explore-zone-state", "explore?by=zone,state"),
    ("explore-matrix", "explore?by=label%3Aapp.kubernetes.io%2Fname,version&look=matrix"),
    ("explore-annotation", "explore?kinds=workloads&by=annotation%3Adeployment.kubernetes.io%2Frevision"),
    ("workloads", "workloads"),
    ("pods-failing", "pods?q=status%3Afailing"),
    ("nodes", "nodes"),
    ("services", "services"),
    ("namespaces", "namespaces"),
    ("events", "events"),
    ("diagnostics", "diagnostics"),
];

/// How a page is looked at: name, width and height in CSS pixels, theme. A screen of 720 pixels is one of 1440 at 200 %.
const LOOKS: [(&str, u32, u32, &str); 6] = [
    ("light", 1440, 900, "light"),
    ("dark", 1440, 900, "dark"),
    ("390-light", 390, 844, "light"),
    ("390-dark", 390, 844, "dark"),
    ("zoom-200-light", 720, 450, "light"),
    ("zoom-200-dark", 720, 450, "dark"),
];

/// What a large cluster may take until nothing moves any more.
const PATIENCE: Duration = Duration::from_secs(120);
/// So slow a network shows how a page looks while it loads, in bytes a second.
const SLOW: u64 = 40_000;
/// Opens the first two groups of what is nested, and in each the first one.
const OPEN_GROUPS: &str =
    "for (const row of [...document.querySelectorAll('[role=treegrid] [aria-expanded=false]')].slice(0, 2))
    row.querySelector('button.sign')?.click()";
/// In an incident so many nodes of one zone are not ready.
const NOT_READY: usize = 17;
/// Answers as a cluster without the metrics API does.
const WITHOUT_METRICS: &str = "const fetchAsEver = window.fetch;
    window.fetch = (request, ...more) => String(request.url ?? request).includes('metrics.k8s.io')
        ? Promise.resolve(new Response('{\"kind\":\"Status\",\"code\":404,\"reason\":\"NotFound\"}', { status: 404 }))
        : fetchAsEver(request, ...more);";
/// Chooses as whom the page acts.
const ACT_AS: &str = "const select = document.querySelector('select[aria-label=\"Act as\"]');
    select.value = arguments[0]; select.dispatchEvent(new Event('change', { bubbles: true }));";

#[tokio::main]
async fn main() -> Result<()> {
    let flags = Flags::parse();
    for size in SIZES.iter().filter(|size| flags.nodes.is_none_or(|nodes| nodes == size.nodes)) {
        let folder = tempfile::tempdir()?;
        let demo = Pilothouse::start_demo_of(folder.path(), size.nodes, size.pods).await?;
        let browser = Browser::start(folder.path()).await?;
        let shots = Shots { flags: &flags, size, browser: &browser };
        let drawn = shots.draw(&demo, folder.path()).await;
        browser.close().await?;
        drawn?;
    }
    println!("The pictures are in {}", flags.out.display());
    Ok(())
}

/// The pictures of one cluster.
struct Shots<'s> {
    flags: &'s Flags,
    size: &'s Size,
    browser: &'s Browser,
}

impl Shots<'_> {
    async fn draw(&self, demo: &Pilothouse, folder: &Path) -> Result<()> {
        self.browser.goto(&demo.link()?).await?;
        settled(self.browser).await?;
        self.while_loading().await?;
        for look in LOOKS {
            self.look(look).await?;
            for (page, route) in PAGES {
                self.page(page, route, look.0).await?;
            }
        }
        self.acting("dev").await?;
        self.state("overview-restricted").await?;
        self.acting("admin").await?;
        incident(&demo_api(folder)?).await?;
        self.state("overview-incident").await?;
        // For the pages that are opened from now on: it comes last.
        self.browser.before_each_page(WITHOUT_METRICS).await?;
        self.browser.reload().await?;
        self.state("overview-without-metrics").await
    }

    /// One page in every look.
    async fn state(&self, page: &str) -> Result<()> {
        for look in LOOKS {
            self.look(look).await?;
            self.page(page, "overview", look.0).await?;
        }
        Ok(())
    }

    async fn page(&self, page: &str, route: &str, look: &str) -> Result<()> {
        if self.flags.page.as_ref().is_some_and(|wanted| !page.contains(wanted.as_str())) {
            return Ok(());
        }
        self.browser.follow(&format!("#/c/demo/{route}")).await?;
        settled(self.browser).await?;
        // What is nested is seen when it is open, two levels deep.
        if page.starts_with("explore-owner") {
            for _ in 0..2 {
                self.browser.script(OPEN_GROUPS, Vec::new()).await?;
                settled(self.browser).await?;
            }
        }
        self.shot(page, look).await
    }

    async fn while_loading(&self) -> Result<()> {
        for look in LOOKS {
            self.look(look).await?;
            // What is cached comes at once, so the page is there and waits for its lists.
            self.speed(SLOW).await?;
            self.browser.reload().await?;
            wait::until("the cards", PATIENCE, async || {
                anyhow::ensure!(self.browser.text().await?.contains("What fails"), "they are not there");
                Ok(())
            })
            .await?;
            self.shot("overview-loading", look.0).await?;
            self.speed(0).await?;
            settled(self.browser).await?;
        }
        Ok(())
    }

    /// Limits what comes over the network, in bytes a second; zero is no limit.
    async fn speed(&self, bytes_per_s: u64) -> Result<()> {
        let throughput = if bytes_per_s == 0 { json!(-1) } else { json!(bytes_per_s) };
        let conditions =
            json!({ "offline": false, "latency": 0, "downloadThroughput": throughput, "uploadThroughput": -1 });
        let cdp = self.browser.driver().cdp();
        cdp.send_raw("Network.enable", json!({})).await?;
        cdp.send_raw("Network.emulateNetworkConditions", conditions).await?;
        Ok(())
    }

    async fn acting(&self, name: &str) -> Result<()> {
        self.browser.script(ACT_AS, vec![json!(name)]).await?;
        settled(self.browser).await
    }

    async fn look(&self, (_, width, height, theme): (&str, u32, u32, &str)) -> Result<()> {
        self.browser.resize(width, height).await?;
        self.browser.prefer_colour_scheme(theme).await
    }

    async fn shot(&self, page: &str, look: &str) -> Result<()> {
        let file = self.flags.out.join(format!("{}-{page}-{look}.png", self.size.nodes));
        self.browser.screenshot(&file).await?;
        println!("{}", file.display());
        Ok(())
    }
}

/// A client of the demo with its administrator's rights.
fn demo_api(folder: &Path) -> Result<Api> {
    let kubeconfig: Value = serde_json::from_slice(&std::fs::read(folder.join("demo.kubeconfig"))?)?;
    let server = kubeconfig.pointer("/clusters/0/cluster/server").and_then(Value::as_str);
    Api::plain(server.context("a kubeconfig without a server")?)
}

/// Some nodes of one zone are not ready from now on.
async fn incident(api: &Api) -> Result<()> {
    let nodes = api.list("/api/v1/nodes").await?;
    let text = |node: &Value, pointer: &str| node.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let zone = |node: &Value| text(node, "/metadata/labels/topology.kubernetes.io~1zone");
    let first = nodes.first().and_then(zone);
    for node in nodes.iter().filter(|node| zone(node) == first).take(NOT_READY) {
        if let Some(name) = text(node, "/metadata/name") {
            troubles::make_not_ready(api, &name).await?;
        }
    }
    Ok(())
}

/// Waits until nothing is loading and two frames in a row say the same, but for their numbers.
async fn settled(browser: &Browser) -> Result<()> {
    const LOADING: &str = "return document.querySelectorAll('[aria-busy=true], .progress').length";
    let mut before = String::new();
    wait::until("a page that stays", PATIENCE, async || {
        let loading = browser.script(LOADING, Vec::new()).await?;
        anyhow::ensure!(loading == json!(0), "{loading} parts are loading");
        let text = browser.text().await?;
        let now: String = text.chars().filter(|c| !c.is_ascii_digit()).collect();
        let same = now == std::mem::replace(&mut before, now.clone());
        anyhow::ensure!(same && !now.is_empty(), "the page changes");
        Ok(())
    })
    .await
}
