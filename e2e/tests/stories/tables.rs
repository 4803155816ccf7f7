//! What is done with a table: the filter is completed, rows are chosen and taken along, and it scrolls.

use std::collections::HashSet;

use anyhow::{Context as _, Result};
use pilothouse_e2e::control_plane::ControlPlane;
use pilothouse_e2e::site::Mode;
use pilothouse_e2e::wait;
use serde_json::{Value, json};

use crate::faults::pods;
use crate::story::{ADMIN, Story};
use crate::visit::{SOON, START, Visit};

/// What the page gives to the clipboard is kept for us to see.
const KEEP_COPIED: &str =
    "navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve() }";

pub fn stories() -> Vec<Story> {
    vec![
        Story::new("the filter is completed from what is there", ADMIN, completion).and_the_demo(),
        Story::new("rows are chosen with the keyboard and the mouse, and copied", ADMIN, chosen).and_the_demo(),
        Story::new("a table scrolls to its last row, and diagnostics count what was asked", ADMIN, scrolled)
            .and_the_demo(),
        Story::new("a table that scrolled kept memory for each row that had left it", ADMIN, light).and_the_demo(),
        Story::new("a row that showed what went was pressed as another one", ADMIN, pressed_late)
            .only_in(Mode::Pilothouse),
    ]
}

async fn completion(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    const OFFERS: &str = "return [...document.querySelectorAll('[role=option]')].map((offer) => offer.innerText)";
    let offers = async |expected: &[&str]| {
        wait::until(&format!("{expected:?} to be offered"), SOON, async || {
            let offers = visit.browser.script(OFFERS, Vec::new()).await?;
            anyhow::ensure!(offers == json!(expected), "{offers} are");
            Ok(())
        })
        .await
    };
    visit.open("pods").await?;
    visit.has_as_many_rows_as(|| pods(visit), START).await?;
    visit.is_live(START).await?;
    visit.browser.type_into("searchbox", "Search", "stat").await?;
    offers(&["status:"]).await?;
    visit.browser.press("ArrowDown").await?;
    visit.browser.press("Enter").await?;
    visit.browser.type_into("searchbox", "Search", "ns:pay").await?;
    offers(&["payments"]).await?;
    visit.picture("filter, completed").await?;
    visit.browser.press("ArrowDown").await?;
    visit.browser.press("Tab").await?;
    let of_namespace = || Ok(visit.kubectl().run("get pods -n payments --no-headers")?.lines().count());
    visit.has_as_many_rows_as(of_namespace, SOON).await?;
    wait::until("the address to follow", SOON, async || {
        let url = visit.browser.url().await?;
        anyhow::ensure!(url.contains("q=ns"), "the address is {url}");
        Ok(())
    })
    .await
}

async fn chosen(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    const FOCUS: &str = "document.querySelector('[role=grid]').focus()";
    let namespace = format!("chosen-{}", visit.site.mode().name());
    visit.api().create("/api/v1/namespaces", &json!({ "metadata": { "name": namespace } })).await?;
    for name in ["ann", "ben", "cid", "dot"] {
        visit.kubectl().run(&format!("run {name} --image=registry.example/app:1 -n {namespace}"))?;
    }
    visit.open(&format!("pods?ns={namespace}&sort=name&columns=name,namespace,status")).await?;
    visit.has_rows(4, START).await?;
    for name in ["ann", "ben", "cid", "dot"] {
        visit.row_says(name, "Running", START).await?;
    }
    visit.browser.script(KEEP_COPIED, Vec::new()).await?;

    // From the second to the third with the keyboard.
    visit.browser.script(FOCUS, Vec::new()).await?;
    for key in ["ArrowDown", "ArrowDown", " "] {
        visit.browser.press(key).await?;
    }
    selected(visit, &["ben"]).await?;
    visit.browser.press("ArrowDown").await?;
    visit.browser.press(" ").await?;
    selected(visit, &["ben", "cid"]).await?;
    visit.browser.click("button", "Copy").await?;
    copied(visit, &format!("NAME\tNAMESPACE\tSTATUS\nben\t{namespace}\tRunning\ncid\t{namespace}\tRunning\n")).await?;
    visit.picture("pods, some chosen").await?;

    // One with the mouse, in place of those.
    visit.browser.click("gridcell", "ann").await?;
    selected(visit, &["ann"]).await?;
    visit.browser.click("button", "Copy").await?;
    copied(visit, &format!("NAME\tNAMESPACE\tSTATUS\nann\t{namespace}\tRunning\n")).await?;

    // None is all.
    visit.browser.script(FOCUS, Vec::new()).await?;
    visit.browser.press("Escape").await?;
    selected(visit, &[]).await?;
    visit.browser.click("button", "Copy").await?;
    let all = ["ann", "ben", "cid", "dot"].map(|name| format!("{name}\t{namespace}\tRunning\n")).concat();
    copied(visit, &format!("NAME\tNAMESPACE\tSTATUS\n{all}")).await
}

async fn selected(visit: &Visit, expected: &[&str]) -> Result<()> {
    const SELECTED: &str = "return [...document.querySelectorAll('[role=grid] tbody [aria-selected=true]')]
        .map((row) => row.querySelector('[role=gridcell]').innerText.trim())";
    wait::until(&format!("{expected:?} to be selected"), SOON, async || {
        let selected = visit.browser.script(SELECTED, Vec::new()).await?;
        anyhow::ensure!(selected == json!(expected), "{selected} are");
        Ok(())
    })
    .await
}

async fn copied(visit: &Visit, expected: &str) -> Result<()> {
    wait::until("what was copied", SOON, async || {
        let copied = visit.browser.script("return window.copied ?? ''", Vec::new()).await?;
        anyhow::ensure!(copied == expected, "it is {copied}, not {expected:?}");
        Ok(())
    })
    .await
}

async fn scrolled(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    const TO_THE_END: &str =
        "const table = document.querySelector('.table-scroll'); table.scrollTop = table.scrollHeight";
    const COUNTS: &str = "return Object.fromEntries([...document.querySelectorAll('main table tr')]
        .map((row) => [...row.cells].map((cell) => cell.innerText)).map(([what, ...counts]) => [what, counts]))";
    visit.open("pods?sort=name&columns=name,namespace").await?;
    visit.has_as_many_rows_as(|| pods(visit), START).await?;
    let listed = visit.kubectl().run("get pods -A --no-headers")?;
    let named = listed.lines().filter_map(|line| line.split_whitespace().nth(1));
    let last = named.max().context("no pods")?;
    anyhow::ensure!(visit.row(last).await.is_err(), "{last} is in sight without scrolling");
    wait::until("the last row", START, async || {
        visit.browser.script(TO_THE_END, Vec::new()).await?;
        visit.row(last).await
    })
    .await?;
    let first = visit.rows().await?.len();
    anyhow::ensure!(first < 100, "{first} rows are in the page");

    visit.open("diagnostics").await?;
    wait::until("what was asked", START, async || {
        let counts: Value = visit.browser.script(COUNTS, Vec::new()).await?;
        // For pods: a list and a watch, of which one is open, and as many bytes as that takes.
        let pods = &counts["pods"];
        let number = |at: usize| pods[at].as_str().and_then(|text| text.parse::<u64>().ok());
        anyhow::ensure!(number(0) == Some(2) && number(1) == Some(0) && number(2) == Some(1), "it says {pods}");
        Ok(())
    })
    .await
}

async fn pressed_late(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    /// No frame comes in which more rows are made than are at once.
    const SORT_AND_PRESS: &str = "
        const [done] = arguments;
        window.requestAnimationFrame = () => 0;
        document.querySelector('.table-scroll button.sort').click();
        setTimeout(() => {
            const rows = [...document.querySelectorAll('.table-scroll tbody [role=row]')];
            const old = rows.filter((row) => row.getAttribute('aria-busy') === 'true');
            old.at(-1)?.querySelector('td').click();
            setTimeout(() => done({
                old: old.length,
                chosen: document.querySelectorAll('.table-scroll [aria-selected=true]').length,
                ids: rows.map((row) => row.id),
            }));
        });";
    visit.open("pods?sort=name").await?;
    visit.has_as_many_rows_as(|| pods(visit), START).await?;
    let pressed = visit.browser.script_async(SORT_AND_PRESS, Vec::new()).await?;
    anyhow::ensure!(pressed["old"].as_u64() > Some(0), "every row was made at once: {pressed}");
    anyhow::ensure!(pressed["chosen"] == json!(0), "pressing what went chose another row: {pressed}");
    let ids: Vec<_> = pressed["ids"].as_array().context("no rows")?.iter().collect();
    let places: HashSet<_> = ids.iter().filter_map(|id| id.as_str()).collect();
    anyhow::ensure!(places.len() == ids.len(), "two rows have one place: {pressed}");
    Ok(())
}

async fn light(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    /// Each frame most rows are others.
    const SCROLL: &str = "
        const table = document.querySelector('.table-scroll');
        let step = 400;
        window.scrolled = 0;
        const frame = () => {
            table.scrollTop += step;
            if (table.scrollTop <= 0 || table.scrollTop + table.clientHeight >= table.scrollHeight - 1) step = -step;
            window.scrolled++;
            requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);";
    const FRAMES: [u64; 2] = [60, 300];
    /// Two pages of the module: a hundredth of what was kept before.
    const MOST_GROWTH: u64 = 2 * 65_536;
    visit.browser.watch_memory().await?;
    visit.open("pods").await?;
    visit.has_as_many_rows_as(|| pods(visit), START).await?;
    visit.is_live(START).await?;
    visit.browser.script(SCROLL, Vec::new()).await?;
    let mut held = Vec::new();
    for frames in FRAMES {
        wait::until(&format!("{frames} frames"), START, async || {
            let scrolled = visit.browser.script("return window.scrolled", Vec::new()).await?;
            anyhow::ensure!(scrolled.as_u64() >= Some(frames), "{scrolled} so far");
            Ok(())
        })
        .await?;
        held.push(visit.browser.heap().await?.wasm_bytes);
    }
    let grown = held.last().zip(held.first()).map_or(0, |(last, first)| last.saturating_sub(*first));
    anyhow::ensure!(grown <= MOST_GROWTH, "memory has grown by {grown} bytes: {held:?}");
    Ok(())
}
