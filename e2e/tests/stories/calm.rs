//! The landing page fits the screen, and nothing on it jumps.

use anyhow::Result;
use pilothouse_e2e::control_plane::ControlPlane;
use pilothouse_e2e::site::Mode;
use pilothouse_e2e::wait;

use serde_json::json;

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
        Story::new(
            "bars glide when their value changes, and stand where they are when they first appear",
            ADMIN,
            gliding,
        ),
        Story::new(
            "bars on a canvas glide to a new value in steps, and go there at once where no motion is wanted",
            ADMIN,
            gliding_on_canvas,
        ),
    ]
}

async fn calm(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    // The height without what the lines of troubles need beyond their reserved room, and where the tenth of them ends.
    const HEIGHTS: &str = "const main = document.querySelector('main'), fails = document.querySelector('.what-fails > .card');
        const rows = [...fails.querySelectorAll('tbody tr')].slice(0, 10).map((row) => row.getBoundingClientRect().bottom);
        const all = Math.max(document.documentElement.scrollHeight, main.scrollHeight);
        return [all - Math.max(0, fails.offsetHeight - 278), Math.max(0, ...rows)]";
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
    let [height, lines]: [f64; 2] = serde_json::from_value(visit.browser.script(HEIGHTS, Vec::new()).await?)?;
    // Above all stands the warning of an open kubectl proxy, until it is closed.
    let most = if visit.site.mode() == Mode::KubectlProxy { 960.0 } else { 900.0 };
    anyhow::ensure!(height <= most, "it is {height} px high");
    anyhow::ensure!(lines <= most, "ten troubles end at {lines} px");
    Ok(())
}

/// Notes which bars are on their way to another width, by the name in their row.
const WATCH_BARS: &str = "window.glided = [];
    document.addEventListener('transitionrun', ({ target, propertyName }) => propertyName === 'width'
        && window.glided.push(target.closest('tr')?.cells[0].innerText.replaceAll('\\n', '') ?? ''))";

async fn gliding(control_plane: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let node = visit.kubectl().run("get nodes -o jsonpath={.items[0].metadata.name}")?;
    let api = control_plane.api()?;
    let allocatable = async |cpu: &str| {
        let patch = json!({ "status": { "allocatable": { "cpu": cpu } } });
        api.patch(&format!("/api/v1/nodes/{node}/status"), &patch).await.map(drop)
    };
    let before = api.get(&format!("/api/v1/nodes/{node}")).await?;
    let before = before["status"]["allocatable"]["cpu"].as_str().unwrap_or_default().to_owned();
    let glided = async || -> Result<Vec<String>> {
        Ok(serde_json::from_value(visit.browser.script("return window.glided", Vec::new()).await?)?)
    };
    visit.browser.before_each_page(WATCH_BARS).await?;
    visit.open("nodes").await?;
    visit.sees("CPU requested", START).await?;
    visit.is_live(START).await?;
    visit.browser.script("window.glided.length = 0", Vec::new()).await?;
    // Bars that appear are no change.
    visit.open("pods").await?;
    visit.sees("cart-", START).await?;
    visit.open("nodes").await?;
    visit.sees(&node, START).await?;
    let appeared = glided().await?;
    let told = async {
        anyhow::ensure!(appeared.is_empty(), "bars glide that have just appeared: {appeared:?}");
        allocatable("7").await?;
        wait::until("the bar of the node to glide", START, async || {
            let glided = glided().await?;
            anyhow::ensure!(glided.contains(&node), "{glided:?}, not {node}");
            Ok(())
        })
        .await
    }
    .await;
    allocatable(&before).await?;
    told
}

/// Notes where the bar of usage of the pods' capacity ends, each time before another picture is drawn.
const WATCH_PICTURES: &str = "window.ends = [];
    window.endOf = (canvas) => {
        const line = canvas.getContext('2d').getImageData(0, canvas.height >> 1, canvas.width, 1).data;
        const color = (x) => line.slice(4 * x, 4 * x + 4).join();
        let x = canvas.width;
        while (x > 0 && color(x - 1) === color(canvas.width - 1)) x--;
        return x;
    };
    const clear = CanvasRenderingContext2D.prototype.clearRect;
    CanvasRenderingContext2D.prototype.clearRect = function (...all) {
        if (this.canvas.closest('[aria-label^=\"Pods: \"]')) window.ends.push(window.endOf(this.canvas));
        clear.apply(this, all);
    }";
/// All ends since it was asked last, with that of what is drawn now.
const ENDS: &str =
    "return [...window.ends.splice(0), window.endOf(document.querySelector('[aria-label^=\"Pods: \"] canvas'))]";

async fn gliding_on_canvas(control_plane: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let node = visit.kubectl().run("get nodes -o jsonpath={.items[0].metadata.name}")?;
    let api = control_plane.api()?;
    let allocatable = async |pods: &str| {
        let patch = json!({ "status": { "allocatable": { "pods": pods } } });
        api.patch(&format!("/api/v1/nodes/{node}/status"), &patch).await.map(drop)
    };
    let before = api.get(&format!("/api/v1/nodes/{node}")).await?;
    let before = before["status"]["allocatable"]["pods"].as_str().unwrap_or_default().to_owned();
    let ends =
        async || -> Result<Vec<u64>> { Ok(serde_json::from_value(visit.browser.script(ENDS, Vec::new()).await?)?) };
    // Where the bar was, all the ends that it had since, and whether it has arrived where it belongs and stays.
    let changed = async |pods: &str| -> Result<Vec<u64>> {
        let mut all = ends().await?;
        all.drain(..all.len().saturating_sub(1));
        let from = all.last().copied().unwrap_or_default();
        allocatable(pods).await?;
        wait::until("the bar to arrive", START, async || {
            let new = ends().await?;
            let rests = new.len() == 1 && new.last() == all.last() && new.last() != Some(&from);
            all.extend(new);
            anyhow::ensure!(rests, "it is at {:?}, and was at {from}", all.last());
            Ok(())
        })
        .await?;
        all.dedup();
        Ok(all)
    };
    // More pixels for as many steps.
    visit.browser.resize_on(4, 1440, 900).await?;
    visit.browser.before_each_page(WATCH_PICTURES).await?;
    visit.open("overview").await?;
    visit.sees("Change in the last hour", START).await?;
    visit.is_live(START).await?;
    let told = async {
        let ends = changed("10").await?;
        anyhow::ensure!(ends.len() > 2 && ends.is_sorted(), "the bar went through {ends:?}");
        visit.browser.prefer_no_motion().await?;
        let ends = changed(&before).await?;
        anyhow::ensure!(ends.len() == 2, "the bar went through {ends:?}, though no motion is wanted");
        Ok(())
    }
    .await;
    allocatable(&before).await?;
    told
}
