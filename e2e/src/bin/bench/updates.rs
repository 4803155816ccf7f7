//! `bench updates`: a tab with the whole list of pods that follows many changes a second while somebody scrolls.
//!
//! The changes are frames of a real API server, recorded and sent again before it, or are made in the demo.

mod changes;
mod replay;

use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Args;
use pilothouse_e2e::browser::Longest;
use pilothouse_e2e::wait;
use serde_json::{Value, json};
use tokio::time::Instant;

use changes::Changes;

use crate::tab::cluster::Cluster;
use crate::tab::visit::Visit;
use crate::tab::{Upstream, Way};

/// How the changes are made.
#[derive(Debug, Args)]
pub struct Flags {
    /// Which cluster is changed.
    #[arg(long, value_enum, default_value = "real")]
    upstream: Upstream,
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

const PATIENCE: Duration = Duration::from_secs(120);
/// The tasks of more changes are not traced: the browser's buffer is full, and loses those that come last.
const MOST_TRACED: u64 = 6_000;

/// Scrolls the table for as long as the page lives, and notes when each frame came.
const SCROLL: &str = "
    const table = document.querySelector('.table-scroll');
    // Counted by tenths of a millisecond: what is noted grows no longer with the time.
    window.noted = new Uint32Array(20001);
    window.long_tasks = { long: 0, longest: 0 };
    const note = (list) => list.getEntries().forEach(({ duration }) => {
        window.long_tasks.long++;
        window.long_tasks.longest = Math.max(window.long_tasks.longest, duration);
    });
    new PerformanceObserver(note).observe({ type: 'longtask' });
    let last = performance.now(), down = true;
    const frame = (now) => {
        window.noted[Math.max(0, Math.min(20000, Math.round((now - last) * 10)))]++;
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
    const counts = window.noted, frames = counts.reduce((sum, count) => sum + count, 0);
    const at = (part) => {
        let left = Math.min(frames - 1, Math.floor(frames * part));
        return Math.max(0, counts.findIndex((count) => (left -= count) < 0)) / 10;
    };
    const missed = (tenths) => Math.max(0, Math.round(tenths / 10 / (1000 / 60)) - 1);
    const dropped = counts.reduce((sum, count, tenths) => sum + count * missed(tenths), 0);
    performance.mark('ended');
    return { frames, p50: at(0.5), p99: at(0.99), most: at(1), dropped, ...window.long_tasks }";

/// Forgets what was noted: collecting garbage took a while.
const ANEW: &str =
    "window.noted.fill(0); Object.assign(window.long_tasks, { long: 0, longest: 0 }); performance.mark('began')";

const SHOWN: &str = "return document.querySelector('[aria-label=\"Rows shown\"]')?.innerText ?? ''";

/// Writes the changes, and prints what they did to the page.
pub async fn run(flags: &Flags) -> Result<()> {
    let mut cluster = Cluster::start(flags.upstream, flags.nodes, flags.pods).await?;
    let mut changes = Changes::of(&mut cluster).await?;
    let is_traced = u64::from(flags.rate) * flags.seconds <= MOST_TRACED;
    let (visit, link) = Visit::start(&cluster, Way::Pilothouse, is_traced).await?;
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
    let mut written = changes.write(flags.rate, warm).await?;
    let before = memory(&visit).await?;
    visit.browser.script(ANEW, Vec::new()).await?;
    written += changes.write(flags.rate, Duration::from_secs(flags.seconds) - warm).await?;
    let took_s = began.elapsed().as_secs_f64();
    let frames = visit.browser.script(FRAMES, Vec::new()).await?;
    let after = memory(&visit).await?;
    let tasks = if is_traced {
        let trace = visit.browser.trace().await?;
        Some(trace.longest("began", "ended")?)
    } else {
        None
    };

    // The demo lives by itself too: what the API has now is what the page shows soon.
    let caught_up = Instant::now();
    wait::until("the page to show what is there", PATIENCE, async || {
        let (there, shown) = (changes.there().await?, visit.browser.script(SHOWN, Vec::new()).await?);
        let shown = shown.as_str().unwrap_or_default().replace(',', "");
        ensure!(shown == there.to_string(), "{shown} shown, {there} there");
        Ok(())
    })
    .await?;
    let growth = (after.heap_mib / before.heap_mib - 1.0) * 100.0;
    report(&cluster, written, took_s, caught_up.elapsed(), &frames, tasks, [before, after]);
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

fn report(
    cluster: &Cluster,
    changes: u64,
    took_s: f64,
    late: Duration,
    frames: &Value,
    tasks: Option<Longest>,
    memory: [Memory; 2],
) {
    let of = |key: &str| frames[key].as_f64().unwrap_or_default();
    let [before, after] = memory;
    println!(
        "{}, {} nodes, {} pods, {:.0} changes a second for {took_s:.0} s, the table of pods scrolling:",
        cluster.name(),
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
    println!("| tasks of more than 50 ms, the longest, ms | {:.0}, {:.0} |", of("long"), of("longest"));
    if let Some(tasks) = tasks {
        println!("| tasks of the main thread | {} |", tasks.count);
        println!("| the longest, 99 of 100 within, ms | {:.0}, {:.1} |", tasks.wall_ms, tasks.wall_p99_ms);
        println!("| the same in ms of a processor | {:.0}, {:.1} |", tasks.processor_ms, tasks.processor_p99_ms);
    }
    println!(
        "| WebAssembly and script heap, MiB: after the first tenth, at the end | {:.1}, {:.1} |",
        before.heap_mib, after.heap_mib
    );
    println!("| PSS of the page's process, MiB | {:.0}, {:.0} |", before.process_mib, after.process_mib);
    println!("| the last change is shown after | {} ms |", late.as_millis());
}
