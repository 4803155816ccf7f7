//! The landing page fits the screen, and nothing on it jumps.

use anyhow::Result;
use pilothouse_e2e::control_plane::ControlPlane;
use pilothouse_e2e::site::Mode;
use pilothouse_e2e::wait;

use crate::story::{ADMIN, Story};
use crate::visit::{START, Visit};

/// Notes what moves without anybody's doing, from before the page's own scripts.
const WATCH_SHIFTS: &str = "window.shifts = [];
    const where = ({ node }) => node?.className ?? node?.parentElement?.className ?? '';
    new PerformanceObserver((list) => list.getEntries().forEach(({ value, startTime, sources }) =>
        window.shifts.push(`${value.toFixed(4)} at ${Math.round(startTime)} ms: ${sources.map(where)}`)))
        .observe({ type: 'layout-shift', buffered: true });";

/// The sum of all shifts; a search engine calls up to 0.1 good.
const SHIFTED: &str = "return window.shifts.reduce((sum, shift) => sum + parseFloat(shift), 0)";
const MOST_SHIFTED: f64 = 0.02;

pub fn stories() -> Vec<Story> {
    vec![
        Story::new("the landing page fits one screen, and nothing on it jumps while it loads", ADMIN, calm)
            .and_the_demo(),
    ]
}

async fn calm(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    const HEIGHT: &str =
        "return Math.max(document.documentElement.scrollHeight, document.querySelector('main').scrollHeight)";
    visit.browser.before_each_page(WATCH_SHIFTS).await?;
    visit.open("overview").await?;
    visit.sees("pods run", START).await?;
    visit.sees("Change in the last hour", START).await?;
    visit.is_live(START).await?;
    wait::until("all cards", START, async || {
        let busy = visit
            .browser
            .script("return document.querySelectorAll('[aria-busy=true], .progress').length", Vec::new())
            .await?;
        anyhow::ensure!(busy == 0, "{busy} cards still load");
        Ok(())
    })
    .await?;
    let shifted = visit.browser.script(SHIFTED, Vec::new()).await?.as_f64().unwrap_or(f64::INFINITY);
    let shifts = visit.browser.script("return window.shifts", Vec::new()).await?;
    anyhow::ensure!(shifted <= MOST_SHIFTED, "{shifted} in all: {shifts}");
    let height = visit.browser.script(HEIGHT, Vec::new()).await?;
    // Above all stands the warning of an open kubectl proxy, until it is closed.
    let most = if visit.site.mode() == Mode::KubectlProxy { 960 } else { 900 };
    anyhow::ensure!(height.as_u64().is_some_and(|height| height <= most), "it is {height} px high");
    Ok(())
}
