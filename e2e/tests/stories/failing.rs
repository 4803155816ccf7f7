//! What fails, on the landing page.

use anyhow::Result;
use pilothouse_e2e::control_plane::ControlPlane;
use pilothouse_e2e::wait;

use crate::story::{ADMIN, Story};
use crate::visit::{START, Visit};

/// The lines that count pods: how many, and where they lead.
const LINES: &str = "return [...document.querySelectorAll('section[aria-label=\"What fails\"] td.num a')]
    .map((link) => [link.textContent, link.hash]).filter(([words]) => / pods?$/.test(words))";

/// What the line of a crash tells in its first cell, and where the one that it befalls is.
const CRASH: &str = "const row = [...document.querySelectorAll('section[aria-label=\"What fails\"] tbody tr')]
        .find((row) => row.textContent.startsWith('CrashLoopBackOff') && row.querySelector('.whose a'));
    return [row.querySelector('.why').textContent, row.querySelector('.whose a').hash]";

pub fn stories() -> Vec<Story> {
    vec![
        Story::new("each line of what fails leads to as many pods as it counts", ADMIN, counts),
        Story::new("the page of a workload tells what the line that led to it tells", ADMIN, own),
    ]
}

async fn counts(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    visit.open("overview").await?;
    visit.sees("CrashLoopBackOff", START).await?;
    visit.is_live(START).await?;
    visit.picture("what fails").await?;
    let lines: Vec<(String, String)> = serde_json::from_value(visit.browser.script(LINES, Vec::new()).await?)?;
    anyhow::ensure!(!lines.is_empty(), "no line counts pods");
    for (words, link) in &lines {
        let count: u64 = words.split(' ').next().unwrap_or_default().replace(',', "").parse()?;
        visit.browser.follow(link).await?;
        wait::until(&format!("{words} behind {link}"), START, async || {
            let rows = visit.row_count().await?;
            anyhow::ensure!(rows == count, "{rows} rows");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

async fn own(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    const OWN: &str = "return [...document.querySelectorAll('section[aria-label=\"What fails\"] .why')]
        .map((why) => why.textContent)";
    visit.open("overview").await?;
    visit.sees("CrashLoopBackOff", START).await?;
    visit.is_live(START).await?;
    let (why, link): (String, String) = serde_json::from_value(visit.browser.script(CRASH, Vec::new()).await?)?;
    visit.browser.follow(&link).await?;
    wait::until(&format!("{why:?} on {link}"), START, async || {
        let own: Vec<String> = serde_json::from_value(visit.browser.script(OWN, Vec::new()).await?)?;
        anyhow::ensure!(own.contains(&why), "its page tells {own:?}");
        Ok(())
    })
    .await?;
    visit.picture("what fails of a workload").await
}
