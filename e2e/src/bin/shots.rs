//! `make shots`: pictures of the pages at several sizes of a sample cluster, in both themes, to be looked at.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use clap::Parser;
use pilothouse_e2e::browser::Browser;
use pilothouse_e2e::pilothouse::Pilothouse;
use pilothouse_e2e::wait;
use serde_json::json;

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
const PAGES: [(&str, &str); 13] = [
    ("overview", "overview"),
    ("overview-one-namespace", "overview?ns=shop"),
    ("overview-empty", "overview?ns=there-is-no-such-namespace"),
    ("explore", "explore"),
    ("explore-owner-version", "explore?by=owner,image-version"),
    ("explore-zone-state", "explore?by=zone,state"),
    ("workloads", "workloads"),
    ("pods-failing", "pods?q=status%3Afailing"),
    ("nodes", "nodes"),
    ("services", "services"),
    ("namespaces", "namespaces"),
    ("events", "events"),
    ("diagnostics", "diagnostics"),
];

/// How a page is looked at: name, width and height in CSS pixels, theme. A screen of 720 pixels is one of 1440 at 200 %.
const LOOKS: [(&str, u32, u32, &str); 4] = [
    ("light", 1440, 900, "light"),
    ("dark", 1440, 900, "dark"),
    ("390-dark", 390, 844, "dark"),
    ("zoom-200", 720, 450, "light"),
];

/// What a large cluster may take until nothing moves any more.
const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::main]
async fn main() -> Result<()> {
    let flags = Flags::parse();
    for size in SIZES.iter().filter(|size| flags.nodes.is_none_or(|nodes| nodes == size.nodes)) {
        let folder = tempfile::tempdir()?;
        let demo = Pilothouse::start_demo_of(folder.path(), size.nodes, size.pods).await?;
        let browser = Browser::start(folder.path()).await?;
        let drawn = draw(&flags, size, &demo, &browser).await;
        browser.close().await?;
        drawn?;
    }
    println!("The pictures are in {}", flags.out.display());
    Ok(())
}

async fn draw(flags: &Flags, size: &Size, demo: &Pilothouse, browser: &Browser) -> Result<()> {
    browser.goto(&demo.link()?).await?;
    shot(browser, &flags.out.join(format!("{}-loading.png", size.nodes))).await?;
    settled(browser).await?;
    for (look, width, height, theme) in LOOKS {
        browser.resize(width, height).await?;
        browser.prefer_colour_scheme(theme).await?;
        for (page, route) in PAGES {
            if flags.page.as_ref().is_some_and(|wanted| !page.contains(wanted.as_str())) {
                continue;
            }
            browser.follow(&format!("#/c/demo/{route}")).await?;
            settled(browser).await?;
            shot(browser, &flags.out.join(format!("{}-{page}-{look}.png", size.nodes))).await?;
        }
    }
    Ok(())
}

async fn shot(browser: &Browser, file: &Path) -> Result<()> {
    browser.screenshot(file).await?;
    println!("{}", file.display());
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
