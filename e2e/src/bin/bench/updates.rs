//! `bench updates`: a tab with the whole list of pods that follows many changes a second while somebody scrolls.
//!
//! The changes are merge patches of pods' statuses, with deletions among them, written into the demo: its watch brings them
//! to the page as a real one would.

use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Args;
use futures_util::future::try_join_all;
use pilothouse_e2e::api::Api;
use pilothouse_e2e::wait;
use serde_json::{Value, json};
use tokio::time::{Instant, interval};

use crate::tab::cluster::Cluster;
use crate::tab::visit::Visit;
use crate::tab::{Upstream, Way};

/// How the changes are made.
#[derive(Debug, Args)]
pub struct Flags {
    /// How many nodes.
    #[arg(long, default_value_t = 200)]
    nodes: usize,
    /// About how many pods.
    #[arg(long, default_value_t = 10_000)]
    pods: usize,
    /// Changes a second.
    #[arg(long, default_value_t = 1_000)]
    rate: u32,
    /// For how long.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Fail if memory ends by more per cent above what it was after the first tenth of the time.
    #[arg(long)]
    most_growth: Option<f64>,
}

/// Changes are written in batches, as many a second.
const BATCHES_PER_S: u32 = 50;
/// Of each hundred changes, so many are deletions.
const DELETIONS: usize = 5;
const PATIENCE: Duration = Duration::from_secs(120);

/// Scrolls the table for as long as the page lives, and notes when each frame came.
const SCROLL: &str = "
    const table = document.querySelector('.table-scroll');
    window.longTasks.length = 0;
    window.frames_ms = [];
    let last = performance.now(), down = true;
    const frame = (now) => {
        window.frames_ms.push(now - last);
        last = now;
        if (table) {
            table.scrollTop += down ? 40 : -40;
            if (table.scrollTop <= 0) down = true;
            if (table.scrollTop + table.clientHeight >= table.scrollHeight - 1) down = false;
        }
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    return Boolean(table)";

const FRAMES: &str = "
    const frames = window.frames_ms.slice(1).sort((a, b) => a - b);
    const at = (part) => frames[Math.min(frames.length - 1, Math.floor(frames.length * part))] ?? 0;
    const dropped = frames.reduce((sum, ms) => sum + Math.max(0, Math.round(ms / (1000 / 60)) - 1), 0);
    return { frames: frames.length, p50: at(0.5), p99: at(0.99), most: at(1), dropped,
        longest: Math.max(0, ...window.longTasks), tasks: window.longTasks.length }";

/// Forgets what was noted: collecting garbage took a while.
const ANEW: &str = "window.frames_ms.length = window.longTasks.length = 0";

const SHOWN: &str = "return document.querySelector('[aria-label=\"Rows shown\"]')?.innerText ?? ''";

/// Writes the changes, and prints what they did to the page.
pub async fn run(flags: &Flags) -> Result<()> {
    let cluster = Cluster::start(Upstream::Demo, flags.nodes, flags.pods).await?;
    let api = cluster.api()?;
    let mut pods = names(&api).await?;
    let (visit, link) = Visit::start(&cluster, Way::Pilothouse).await?;
    visit.browser.goto(&link).await?;
    visit.mark_s("pilothouse:synced:pods").await?;
    visit.browser.follow(&format!("#/c/{}/pods", cluster.fragment(Way::Pilothouse))).await?;
    wait::until("the table", PATIENCE, async || {
        ensure!(visit.browser.script(SCROLL, Vec::new()).await? == json!(true), "no table yet");
        Ok(())
    })
    .await?;

    let began = Instant::now();
    let warm = Duration::from_secs(flags.seconds / 10);
    let mut changes = write(&api, &mut pods, flags.rate, warm).await?;
    let before = memory(&visit).await?;
    visit.browser.script(ANEW, Vec::new()).await?;
    changes += write(&api, &mut pods, flags.rate, Duration::from_secs(flags.seconds) - warm).await?;
    let took_s = began.elapsed().as_secs_f64();
    let frames = visit.browser.script(FRAMES, Vec::new()).await?;
    let after = memory(&visit).await?;

    // The demo lives by itself too: what the API has now is what the page shows soon.
    let caught_up = Instant::now();
    wait::until("the page to show what is there", PATIENCE, async || {
        let (there, shown) = (names(&api).await?.len(), visit.browser.script(SHOWN, Vec::new()).await?);
        let shown = shown.as_str().unwrap_or_default().replace(',', "");
        ensure!(shown == there.to_string(), "{shown} shown, {there} there");
        Ok(())
    })
    .await?;
    let growth = (after.heap_mib / before.heap_mib - 1.0) * 100.0;
    report(&cluster, changes, took_s, caught_up.elapsed(), &frames, [before, after]);
    visit.browser.close().await?;
    if let Some(most) = flags.most_growth {
        ensure!(growth <= most, "the heaps grew by {growth:.1} %, more than {most} %");
    }
    Ok(())
}

/// What the page holds, in MiB.
#[derive(Clone, Copy)]
struct Memory {
    heap_mib: f64,
    process_mib: f64,
}

async fn memory(visit: &Visit) -> Result<Memory> {
    let heap = visit.browser.heap().await?;
    let heap_mib = (heap.wasm_bytes + heap.script_bytes) as f64 / f64::from(1 << 20);
    Ok(Memory { heap_mib, process_mib: visit.memory_mib()? })
}

/// The paths of all pods.
async fn names(api: &Api) -> Result<Vec<String>> {
    let pods = api.list("/api/v1/pods").await?;
    let path = |pod: &Value| {
        let text = |key: &str| pod["metadata"][key].as_str().map(str::to_owned);
        Some(format!("/api/v1/namespaces/{}/pods/{}", text("namespace")?, text("name")?))
    };
    Ok(pods.iter().filter_map(path).collect())
}

/// Changes pods at a rate for some time; how many.
async fn write(api: &Api, pods: &mut Vec<String>, rate: u32, duration: Duration) -> Result<u64> {
    let each = (rate / BATCHES_PER_S).max(1) as usize;
    let mut ticks = interval(Duration::from_secs(1) * each as u32 / rate.max(1));
    let end = Instant::now() + duration;
    let (mut changes, mut turn) = (0, 0_usize);
    // A batch that comes late is followed by the next at once, so that the rate holds.
    while Instant::now() < end {
        ticks.tick().await;
        let batch: Vec<(String, usize)> = (0..each)
            .filter_map(|_| {
                turn += 1;
                // A stride that shares no factor with most sizes: all of them come, far from each other.
                let place = turn.wrapping_mul(7_919) % pods.len().max(1);
                let deletes = turn % 100 < DELETIONS && pods.len() > 100;
                let path = if deletes { pods.swap_remove(place) } else { pods.get(place)?.clone() };
                Some((path, if deletes { 0 } else { turn }))
            })
            .collect();
        changes += batch.len() as u64;
        try_join_all(batch.iter().map(|(path, turn)| change(api, path, *turn))).await?;
    }
    Ok(changes)
}

/// Deletes a pod, or changes its status; the demo may have taken it away meanwhile.
async fn change(api: &Api, path: &str, turn: usize) -> Result<()> {
    let outcome = if turn == 0 {
        api.delete(&format!("{path}?gracePeriodSeconds=0")).await
    } else {
        let phase = if turn.is_multiple_of(7) { "Pending" } else { "Running" };
        api.patch(&format!("{path}/status"), &json!({ "status": { "phase": phase, "message": turn.to_string() } }))
            .await
    };
    match outcome {
        Err(error) if !format!("{error:#}").contains("404") => Err(error),
        _ => Ok(()),
    }
}

fn report(cluster: &Cluster, changes: u64, took_s: f64, late: Duration, frames: &Value, memory: [Memory; 2]) {
    let of = |key: &str| frames[key].as_f64().unwrap_or_default();
    let [before, after] = memory;
    println!(
        "{} nodes, {} pods, {:.0} changes a second for {took_s:.0} s, the table of pods scrolling:",
        cluster.nodes,
        cluster.pods,
        changes as f64 / took_s
    );
    println!();
    println!("| | |\n|---|---|");
    println!("| frames: drawn, missed at 60 a second | {:.0}, {:.0} |", of("frames"), of("dropped"));
    println!(
        "| between two frames, ms: median, 99 of 100, most | {:.1}, {:.1}, {:.0} |",
        of("p50"),
        of("p99"),
        of("most")
    );
    println!("| tasks over 50 ms: how many, the longest | {:.0}, {:.0} ms |", of("tasks"), of("longest"));
    println!(
        "| WebAssembly and script heap, MiB: after the first tenth, at the end | {:.1}, {:.1} |",
        before.heap_mib, after.heap_mib
    );
    println!("| PSS of the page's process, MiB | {:.0}, {:.0} |", before.process_mib, after.process_mib);
    println!("| the last change is shown after | {} ms |", late.as_millis());
}
