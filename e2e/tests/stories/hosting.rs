//! What differs between the hosting modes.

use anyhow::{Context as _, Result};
use pilothouse_e2e::browser::Browser;
use pilothouse_e2e::control_plane::{ControlPlane, User};
use pilothouse_e2e::site::{Mode, Site};
use pilothouse_e2e::wait;

use crate::story::{ADMIN, Cast, Story};
use crate::visit::{START, Visit};

pub fn stories() -> Vec<Story> {
    let no_session = Cast { user: User::Admin, expected: &["status of 401", "WebSocket connection to"] };
    vec![
        Story::new("an open kubectl proxy is warned about", ADMIN, warning).only_in(Mode::KubectlProxy),
        Story::new("the safer kubectl proxy shows the same pages without a warning", ADMIN, safer)
            .only_in(Mode::SecretKubectlProxy),
        Story::new("without a session the page says what to do", no_session, without_session).only_in(Mode::Pilothouse),
        Story::without_visit("each link opens one session, and the next one is printed", links)
            .only_in(Mode::Pilothouse),
    ]
}

async fn warning(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    visit.open("overview").await?;
    visit.sees("--api-prefix=/RANDOM/", START).await
}

async fn safer(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    visit.open("overview").await?;
    visit.sees("pods run", START).await?;
    visit.is_live(START).await?;
    let text = visit.browser.text().await?;
    anyhow::ensure!(!text.contains("--api-prefix"), "it still warns");
    Ok(())
}

async fn without_session(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    visit.browser.goto(&visit.site.home()?).await?;
    visit.sees("link", START).await?;
    let text = visit.browser.text().await?;
    anyhow::ensure!(text.contains("pilothouse printed"), "the page says {text:?}");
    visit.picture("without a session").await
}

async fn links(control_plane: &mut ControlPlane, mode: Mode) -> Result<()> {
    let site = Site::start(mode, control_plane, User::Admin).await?;
    let first = site.link()?;
    let mut used = Vec::new();
    for _ in 0..2 {
        let link = site.link()?;
        let browser = Browser::start(control_plane.folder()).await?;
        browser.goto(&link).await?;
        wait::until("a session", START, async || {
            let text = browser.text().await?;
            anyhow::ensure!(text.contains("pods run"), "the page says {text:?}");
            Ok(())
        })
        .await?;
        let url = browser.url().await?;
        let secret = link.rsplit('=').next().context("the link holds a secret")?;
        anyhow::ensure!(!url.contains(secret), "the secret stays in the address {url}");
        browser.close().await?;
        used.push(link);
    }
    used.sort();
    used.dedup();
    anyhow::ensure!(used.len() == 2, "a link was printed twice");
    let browser = Browser::start(control_plane.folder()).await?;
    browser.goto(&first).await?;
    let refused = wait::until("a refusal", START, async || {
        let text = browser.text().await?;
        anyhow::ensure!(text.contains("link"), "the page says {text:?}");
        anyhow::ensure!(!text.contains("pods run"), "a used link opened a session");
        Ok(())
    })
    .await;
    browser.close().await?;
    refused
}
