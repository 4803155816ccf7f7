//! Pictures on a screen that has more pixels.

use anyhow::{Context as _, Result};
use pilothouse_e2e::control_plane::ControlPlane;
use pilothouse_e2e::wait;
use serde::Deserialize;

use crate::story::{ADMIN, Story};
use crate::visit::{START, Visit};

/// Each canvas in sight: what it is, how large it is shown, how large it is, and where there is something on it.
const CANVASES: &str = "return [...document.querySelectorAll('canvas')].filter((canvas) => canvas.clientWidth > 0)
    .map((canvas) => {
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        let [left, right, top, bottom] = [canvas.width, 0, canvas.height, 0];
        for (let at = 0; at < canvas.width * canvas.height; at++) {
            if (data[at * 4 + 3] === 0) continue;
            const [x, y] = [at % canvas.width, Math.floor(at / canvas.width)];
            [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
        }
        return {
            label: canvas.closest('[aria-label]')?.getAttribute('aria-label') ?? '',
            shown: [canvas.getBoundingClientRect().width, canvas.getBoundingClientRect().height],
            size: [canvas.width, canvas.height],
            inked: [(right - left) / canvas.width, (bottom - top) / canvas.height],
        };
    })";

#[derive(Debug, Deserialize)]
struct Canvas {
    label: String,
    shown: [f64; 2],
    size: [f64; 2],
    inked: [f64; 2],
}

pub fn stories() -> Vec<Story> {
    vec![Story::new("pictures are as sharp as a screen that has four pixels for one", ADMIN, sharp).and_the_demo()]
}

async fn sharp(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    visit.browser.resize_on(2, 1440, 900).await?;
    visit.open("overview").await?;
    visit.sees("pods run", START).await?;
    visit.is_live(START).await?;
    wait::until("sharp pictures", START, async || sharp_at(visit, 2.0).await).await?;
    visit.picture("overview, two pixels to one").await
}

async fn sharp_at(visit: &Visit, density: f64) -> Result<()> {
    let canvases: Vec<Canvas> = serde_json::from_value(visit.browser.script(CANVASES, Vec::new()).await?)?;
    for Canvas { label, shown, size, .. } in &canvases {
        for (shown, size) in shown.iter().zip(size) {
            anyhow::ensure!((shown * density - size).abs() < 1.0, "{label}: {size} px for {shown} at {density}");
        }
    }
    // Drawn all over, and not into a quarter of it.
    for start in ["Pods by state", "CPU:", "Memory:"] {
        let found = canvases.iter().find(|canvas| canvas.label.starts_with(start));
        let [wide, high] = found.with_context(|| format!("no picture of {start}"))?.inked;
        anyhow::ensure!(wide > 0.9 && high > 0.6, "{start}: inked are {wide} of its width and {high} of its height");
    }
    Ok(())
}
