//! Explore: pods grouped by anything.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use pilothouse_e2e::control_plane::{ControlPlane, USAGE_ANNOTATION};
use pilothouse_e2e::wait;
use serde_json::{Value, json};

use crate::story::{ADMIN, Story};
use crate::visit::{START, Visit};

/// The label that the story groups by.
const LABEL: &str = "app.kubernetes.io/part-of";

/// Level, name and number of pods of each row.
const ROWS: &str = "return [...document.querySelectorAll('[role=treegrid] tbody [role=row]')].map((row) => ({
    level: Number(row.getAttribute('aria-level')),
    name: row.querySelector('.middle > span, .group > span:nth-child(2)').textContent,
    pods: Number(row.querySelector('td.num').innerText.replaceAll(',', '')),
}))";

pub fn stories() -> Vec<Story> {
    vec![
        Story::new(
            "pods grouped by a label and by version count as kubectl does, and the link keeps it",
            ADMIN,
            versions,
        )
        .and_the_demo(),
        Story::new("what fails and the versions lead to as many rows before anything is grouped", ADMIN, together),
        Story::new(
            "pods grouped by an annotation count as kubectl does, follow changes and lead to their rows",
            ADMIN,
            annotation,
        ),
        Story::new("a question that is ready leads to a matrix, and a cell of it to its pods", ADMIN, matrix),
    ]
}

async fn versions(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    visit.open(&format!("explore?by=label:{LABEL}%2Cversion")).await?;
    let kubectl = visit.kubectl();
    let groups = wait::until("the groups of kubectl", START, async || {
        let pods = kubectl.json("get pods --all-namespaces -o json")?;
        let expected = counted(&pods, |pod| label(pod).unwrap_or("no …/part-of").to_owned());
        let seen = rows(visit, 1).await?;
        anyhow::ensure!(seen == expected, "{seen:?} are not kubectl's {expected:?}");
        Ok(expected)
    })
    .await?;
    anyhow::ensure!(groups.len() > 3, "too few groups to mean anything: {groups:?}");

    visit.browser.script("document.querySelector('[role=treegrid]').focus()", Vec::new()).await?;
    visit.browser.press("ArrowDown").await?;
    visit.browser.press("ArrowRight").await?;
    let first = first_group(visit).await?;
    let inside = async || {
        wait::until("the versions of kubectl", START, async || {
            let pods = kubectl.json("get pods --all-namespaces -o json")?;
            let of_first =
                json!({ "items": items(&pods).filter(|pod| label(pod) == Some(&first)).collect::<Vec<_>>() });
            let (seen, expected) = (rows(visit, 2).await?, counted(&of_first, tag));
            anyhow::ensure!(seen == expected, "{seen:?} are not kubectl's {expected:?} of {first}");
            Ok(())
        })
        .await
    };
    inside().await?;
    visit.picture("explore, a label by version").await?;
    visit.browser.reload().await?;
    inside().await?;

    visit.browser.script("document.querySelector('[role=treegrid]').focus()", Vec::new()).await?;
    visit.browser.press("ArrowDown").await?;
    visit.browser.press("Enter").await?;
    let of_group = || Ok(kubectl.run(&format!("get pods -A -l {LABEL}={first} --no-headers"))?.lines().count());
    visit.has_as_many_rows_as(of_group, START).await
}

async fn matrix(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    visit.open("explore").await?;
    visit.sees("Is one zone worse", START).await?;
    visit.browser.click("link", "Is one zone worse than the others?").await?;
    visit.sees("zone by state", START).await?;
    visit.picture("explore, zones by state").await?;
    // The cells, all of which the table beside them has.
    visit.browser.script("document.querySelector('.twin summary').click()", Vec::new()).await?;
    const CELL: &str = "return [...document.querySelectorAll('.twin tbody tr')].map((row) =>
        [...row.cells].map((cell) => cell.innerText))";
    let cell = wait::until("a cell", START, async || {
        let cells: Vec<Vec<String>> = serde_json::from_value(visit.browser.script(CELL, Vec::new()).await?)?;
        cells.into_iter().next().context("no cell yet")
    })
    .await?;
    visit.browser.script("document.querySelector('.cells [role=application]').focus()", Vec::new()).await?;
    visit.browser.press("ArrowRight").await?;
    visit.browser.press("Enter").await?;
    wait::until("the pods of the cell", START, async || {
        let count = visit.row_count().await?.to_string();
        anyhow::ensure!(cell.get(2) == Some(&count), "{count} pods of the cell {cell:?}");
        Ok(())
    })
    .await
}

async fn annotation(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let key = format!("{USAGE_ANNOTATION}cpu");
    let kubectl = visit.kubectl();
    let as_kubectl = async || {
        wait::until("the groups of kubectl", START, async || {
            let pods = kubectl.json("get pods --all-namespaces -o json")?;
            let value = |pod: &Value| pod["metadata"]["annotations"][&key].as_str().map(str::to_owned);
            let expected = counted(&pods, |pod| value(pod).unwrap_or_else(|| "no …/usage-cpu".to_owned()));
            let seen = rows(visit, 1).await?;
            anyhow::ensure!(seen == expected, "{seen:?} are not kubectl's {expected:?}");
            Ok(expected)
        })
        .await
    };
    visit.open("explore").await?;
    visit.sees("all together", START).await?;
    visit.is_live(START).await?;
    // Which annotations there are is asked when somebody comes near the menu.
    let choose = async || {
        visit.browser.script("document.querySelector('select[aria-label=\"Group by\"]').focus()", Vec::new()).await?;
        wait::until("the annotation in the menu", START, async || {
            let choose = format!(
                "const menu = document.querySelector('select[aria-label=\"Group by\"]');
                const there = [...menu.options].some((option) => option.value === 'annotation:{key}');
                if (there) {{ menu.value = 'annotation:{key}'; menu.dispatchEvent(new Event('change', {{ bubbles: true }})); }}
                return there"
            );
            anyhow::ensure!(visit.browser.script(&choose, Vec::new()).await? == true, "it is not offered");
            Ok(())
        })
        .await
    };
    choose().await?;
    let groups = as_kubectl().await?;
    anyhow::ensure!(groups.len() > 3, "too few groups to mean anything: {groups:?}");
    visit.picture("explore, an annotation").await?;

    let pod = visit.running_pod()?;
    kubectl.run(&format!("annotate --overwrite -n shop pod {pod} {key}=123m"))?;
    let groups = as_kubectl().await?;
    anyhow::ensure!(groups.get("123m") == Some(&1), "the change is not there: {groups:?}");
    visit.open(&format!("pods?q=annotation:{key}%3D123m")).await?;
    visit.has_rows(1, START).await?;
    visit.open(&format!("explore?by=annotation:{key}")).await?;
    visit.browser.reload().await?;
    as_kubectl().await?;
    // Of several namespaces the first has no pods, and so none that would tell.
    visit.open("explore?ns=kube-public,shop").await?;
    visit.browser.reload().await?;
    visit.sees("all together", START).await?;
    choose().await
}

async fn together(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    const LINKS: &str = "return [...document.querySelectorAll('[role=treegrid] tbody td a')]
        .map((link) => [Number(link.textContent.replace(/[^0-9]/g, '')), link.hash])";
    visit.open("explore").await?;
    visit.sees("all together", START).await?;
    visit.is_live(START).await?;
    visit.picture("explore, nothing grouped").await?;
    // The questions stay in sight below it.
    const HEIGHT: &str = "return document.querySelector('.together').clientHeight";
    let height = visit.browser.script(HEIGHT, Vec::new()).await?;
    anyhow::ensure!(height.as_u64().is_some_and(|height| height < 150), "one line is {height} px high");
    let links: Vec<(u64, String)> = serde_json::from_value(visit.browser.script(LINKS, Vec::new()).await?)?;
    anyhow::ensure!(links.len() == 3, "pods, failing pods and versions have no link each: {links:?}");
    for (count, link) in &links {
        visit.browser.follow(link).await?;
        wait::until(&format!("{count} rows behind {link}"), START, async || {
            let rows = visit.row_count().await?;
            anyhow::ensure!(rows == *count, "{rows} rows");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// How many pods the page shows for each name of a level.
async fn rows(visit: &Visit, level: u64) -> Result<BTreeMap<String, u64>> {
    visit.rows_are_made().await?;
    let rows = visit.browser.script(ROWS, Vec::new()).await?;
    let rows = rows.as_array().context("no rows")?.iter().filter(|row| row["level"] == level);
    let named = rows.map(|row| Some((row["name"].as_str()?.to_owned(), row["pods"].as_u64()?)));
    named.collect::<Option<_>>().context("a row without a name or a number")
}

async fn first_group(visit: &Visit) -> Result<String> {
    visit.rows_are_made().await?;
    let rows = visit.browser.script(ROWS, Vec::new()).await?;
    Ok(rows[0]["name"].as_str().context("no row")?.to_owned())
}

fn items(pods: &Value) -> impl Iterator<Item = &Value> {
    pods["items"].as_array().into_iter().flatten()
}

fn counted(pods: &Value, name: impl Fn(&Value) -> String) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for pod in items(pods) {
        *counts.entry(name(pod)).or_default() += 1;
    }
    counts
}

fn label(pod: &Value) -> Option<&str> {
    pod["metadata"]["labels"][LABEL].as_str()
}

/// What follows the colon in the image of the first container.
fn tag(pod: &Value) -> String {
    let image = pod["spec"]["containers"][0]["image"].as_str().unwrap_or_default();
    image.rsplit_once(':').map_or("latest", |(_, tag)| tag).to_owned()
}
