//! A tab that is open for long while pods change, come and go: it holds no more memory for it.

use anyhow::{Context as _, Result};
use pilothouse_e2e::control_plane::ControlPlane;
use pilothouse_e2e::fault::{Asked, Deed, Fault};
use pilothouse_e2e::site::Mode;
use pilothouse_e2e::wait;
use serde_json::{Value, json};

use crate::story::{ADMIN, Story};
use crate::visit::{START, Visit};

const PODS: &str = "/api/v1/pods";
/// A watch with these changes lasts for all of them: the server knows nothing of them.
const WATCH_S: usize = 3_600;
/// Above all resourceVersions that the server has given.
const FIRST_VERSION: usize = 1_000_000_000;
/// After so many changes is memory read first, and then at the end.
const CHANGES: [usize; 2] = [2_000, 8_000];
/// So many are sent before the page is asked whether it has come along.
const BATCH: usize = 200;
/// 44 bytes a change: the store's log of changes fills up to 128 KiB. The heap of scripts also has those that ask the page here.
const MOST_GROWTH: u64 = 4 * 65_536;

pub fn stories() -> Vec<Story> {
    vec![
        Story::with_fault("thousands of changes leave the memory of a tab as it was", ADMIN, same_memory)
            .only_in(Mode::Pilothouse),
        Story::with_fault("frames that piled up while the page stood still filled its memory", ADMIN, piled_up)
            .only_in(Mode::Pilothouse),
    ]
}

async fn same_memory(_: &mut ControlPlane, visit: &Visit, fault: &Fault) -> Result<()> {
    fault.always(Asked::Watch(PODS), Deed::long_watches(WATCH_S));
    visit.browser.watch_memory().await?;
    visit.open("pods?sort=name").await?;
    let mut pods = visit.api().list(PODS).await?;
    // The first row is always on the screen.
    pods.sort_by_key(|pod| pod["metadata"]["name"].as_str().map(str::to_owned));
    visit.has_as_many_rows_as(|| Ok(pods.len()), START).await?;
    visit.is_live(START).await?;

    let (mut sent, mut held) = (0, Vec::new());
    for changes in CHANGES {
        while sent < changes {
            for left in (0..BATCH).rev() {
                let pod = left % pods.len().max(1);
                change(fault, pods.get_mut(pod).context("a cluster without pods")?, sent)?;
                sent += 1;
            }
            visit.sees(&word(sent - 1), START).await?;
        }
        held.push(visit.browser.heap().await?.wasm_bytes);
    }
    visit.has_as_many_rows_as(|| Ok(pods.len()), START).await?;
    let grown = held.last().zip(held.first()).map_or(0, |(last, first)| last.saturating_sub(*first));
    anyhow::ensure!(grown <= MOST_GROWTH, "memory has grown by {grown} bytes: {held:?}");
    Ok(())
}

async fn piled_up(_: &mut ControlPlane, visit: &Visit, fault: &Fault) -> Result<()> {
    /// No frame is drawn any more, as on a machine that is too busy to.
    const STANDS_STILL: &str =
        "window.requestAnimationFrame = () => 0; performance.clearMarks('pilothouse:applied:pods')";
    const APPLIED: &str = "return performance.getEntriesByName('pilothouse:applied:pods').length";
    /// More than what may wait, and a little more than that is too much.
    const PILE_BYTES: usize = 300_000;
    fault.always(Asked::Watch(PODS), Deed::long_watches(WATCH_S));
    visit.open("pods?sort=name").await?;
    let mut pods = visit.api().list(PODS).await?;
    visit.has_as_many_rows_as(|| Ok(pods.len()), START).await?;
    visit.is_live(START).await?;
    visit.browser.script(STANDS_STILL, Vec::new()).await?;
    let (mut sent, mut bytes) = (0, 0);
    while bytes < PILE_BYTES {
        let pod = sent % pods.len().max(1);
        let pod = pods.get_mut(pod).context("a cluster without pods")?;
        change(fault, pod, sent)?;
        bytes += pod.to_string().len();
        sent += 1;
    }
    wait::until("what has piled up to be applied without a frame", START, async || {
        let applied = visit.browser.script(APPLIED, Vec::new()).await?;
        anyhow::ensure!(applied == json!(1), "{sent} changes of {bytes} bytes wait");
        Ok(())
    })
    .await
}

/// What a pod is said to be: its own word for each batch, of a few.
fn word(number: usize) -> String {
    format!("told-{}-{}", number / BATCH % 5, number % BATCH % 3)
}

/// Tells the page that a pod has another status, and every twentieth time that it was gone before and came back.
fn change(fault: &Fault, pod: &mut Value, number: usize) -> Result<()> {
    let send = |kind: &str, pod: &Value| -> Result<()> {
        let heard = fault.push(PODS, &json!({ "type": kind, "object": pod }));
        anyhow::ensure!(heard == 1, "{heard} watches of pods are open");
        Ok(())
    };
    pod["metadata"]["resourceVersion"] = json!((FIRST_VERSION + number).to_string());
    if number.is_multiple_of(20) {
        send("DELETED", pod)?;
        pod["metadata"]["uid"] = json!(format!("0dd00000-0000-4000-9000-{number:012}"));
    }
    pod["status"] = json!({ "phase": "Failed", "reason": word(number) });
    send("MODIFIED", pod)
}
