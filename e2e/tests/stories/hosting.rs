//! What differs between the hosting modes.

use anyhow::{Context as _, Result};
use pilothouse_e2e::browser::Browser;
use pilothouse_e2e::control_plane::{ControlPlane, User};
use pilothouse_e2e::site::{Mode, Site};
use pilothouse_e2e::wait;
use serde_json::json;

use crate::story::{ADMIN, Cast, Story};
use crate::visit::{START, Visit, nothing_untoward};

/// What the console holds where there is no session.
const NO_SESSION: &[&str] = &["status of 401", "WebSocket connection to"];

pub fn stories() -> Vec<Story> {
    let no_session = Cast { user: User::Admin, expected: NO_SESSION };
    vec![
        Story::new("an open kubectl proxy is warned about", ADMIN, warning).only_in(Mode::KubectlProxy),
        Story::new("the safer kubectl proxy shows the same pages without a warning", ADMIN, safer)
            .only_in(Mode::SecretKubectlProxy),
        Story::new("without a session the page says what to do", no_session, without_session).only_in(Mode::Pilothouse),
        Story::new("the app is sent with brotli and kept by the browser, its page is not", ADMIN, assets)
            .only_in(Mode::Pilothouse),
        Story::new("exec goes through pilothouse to the kubelet, and its answer comes back", ADMIN, exec)
            .only_in(Mode::Pilothouse),
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

async fn assets(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    const HEADERS: &str = "const done = arguments[arguments.length - 1];
        const parts = performance.getEntriesByType('resource').map((entry) => entry.name)
            .filter((url) => /\\.(js|wasm|css)$/.test(new URL(url).pathname));
        Promise.all([...new Set(parts), location.pathname].map((url) => fetch(url).then(({ headers }) => [
            url, headers.get('content-encoding'), headers.get('cache-control'), headers.get('content-type'),
        ]))).then(done, (error) => done(String(error)))";
    visit.open("pods").await?;
    visit.is_live(START).await?;
    let answers = visit.browser.script_async(HEADERS, Vec::new()).await?;
    let answers: Vec<[Option<String>; 4]> = serde_json::from_value(answers)?;
    let mut wasm = 0;
    for [url, encoding, cache, kind] in &answers {
        let url = url.as_deref().unwrap_or_default();
        let is_page = url == "/";
        let kept = if is_page { "no-cache" } else { "public, max-age=31536000, immutable" };
        anyhow::ensure!(cache.as_deref() == Some(kept), "{url}: cache-control {cache:?}");
        // Compression makes the smallest files no smaller.
        anyhow::ensure!(encoding.as_deref() == Some("br") || !url.ends_with(".wasm"), "{url}: {encoding:?}");
        if url.ends_with(".wasm") {
            anyhow::ensure!(kind.as_deref() == Some("application/wasm"), "{url}: {kind:?}");
            wasm += 1;
        }
    }
    anyhow::ensure!(wasm >= 2, "the app has two parts: {answers:?}");
    Ok(())
}

async fn exec(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    const EXEC: &str = "const done = arguments[arguments.length - 1];
        const socket = new WebSocket(new URL(arguments[0], location.origin.replace('http', 'ws')), 'v5.channel.k8s.io');
        socket.binaryType = 'arraybuffer';
        const heard = [];
        socket.onmessage = ({ data }) => heard.push(new TextDecoder().decode(data.slice(1)));
        socket.onclose = () => done(`${socket.protocol}: ${heard.join('')}`);";
    let pod = visit.running_pod()?;
    visit.open("overview").await?;
    visit.is_live(START).await?;
    let path = format!("/api/v1/namespaces/shop/pods/{pod}/exec?container=cart&command=true&stdout=1&stderr=1");
    let heard = visit.browser.script_async(EXEC, vec![json!(path)]).await?;
    let heard = heard.as_str().unwrap_or_default();
    // kwok, which plays the kubelet, was not told to run anything on this machine: its own words prove the way there.
    let is_kwoks = heard.starts_with("v5.channel.k8s.io: ") && heard.contains("no exec found for container");
    anyhow::ensure!(is_kwoks, "it said {heard:?}");
    Ok(())
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
        nothing_untoward(&browser, &site.address()?, &[]).await?;
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
        anyhow::ensure!(text.contains("This link was used before"), "the page says {text:?}");
        anyhow::ensure!(!text.contains("pods run"), "a used link opened a session");
        Ok(())
    })
    .await;
    let untoward = nothing_untoward(&browser, &site.address()?, NO_SESSION).await;
    browser.close().await?;
    refused.and(untoward)
}
