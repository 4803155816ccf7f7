//! Workloads, services, namespaces, and what can be done with their tables.

use anyhow::{Context as _, Result};
use pilothouse_e2e::control_plane::ControlPlane;
use pilothouse_e2e::wait;

use crate::story::{ADMIN, Story};
use crate::visit::{SOON, START, Visit};

pub fn stories() -> Vec<Story> {
    vec![
        Story::new("workloads, services and namespaces are those of kubectl", ADMIN, like_kubectl),
        Story::new("a link with chosen columns survives a reload, and they are what is saved", ADMIN, columns),
        Story::new("a workload leads to its pods", ADMIN, pods_of_workload),
    ]
}

async fn like_kubectl(control_plane: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let kubectl = control_plane.kubectl();
    // What kubectl prints, and where our columns of the same meaning stand in its lines.
    let kinds = [
        (
            "deployments",
            "workloads?q=kind:deployment&columns=name,namespace,ready,up-to-date,available",
            [1, 0, 2, 3, 4],
        ),
        ("statefulsets", "workloads?q=kind:statefulset&columns=name,namespace,ready", [1, 0, 2, 2, 2]),
        ("services", "services?columns=name,namespace,type,cluster-ip,external-ip", [1, 0, 2, 3, 4]),
    ];
    for (resource, route, places) in kinds {
        visit.open(route).await?;
        wait::until(&format!("the {resource} of kubectl"), START, async || {
            let listed = kubectl.run(&format!("get {resource} -A --no-headers"))?;
            let mut expected: Vec<Vec<String>> = Vec::new();
            for line in listed.lines() {
                let words: Vec<&str> = line.split_whitespace().collect();
                let word = |place: &usize| words.get(*place).map(ToString::to_string).context("a short line");
                expected.push(places.iter().map(word).collect::<Result<_>>()?);
            }
            let mut rows = visit.rows().await?;
            for row in &mut rows {
                // Counts stand apart from each other: `2 / 3`.
                row.iter_mut().for_each(|cell| *cell = cell.replace(' ', ""));
            }
            let count = rows.first().map_or(0, Vec::len);
            expected.iter_mut().for_each(|row| row.truncate(count));
            rows.sort();
            expected.sort();
            anyhow::ensure!(rows == expected, "the page shows {rows:?}, kubectl {expected:?}");
            Ok(())
        })
        .await?;
        visit.picture(resource).await?;
    }
    visit.open("namespaces").await?;
    wait::until("the namespaces of kubectl", START, async || {
        let expected = kubectl.run("get namespaces --no-headers")?.lines().count();
        let rows = visit.row_count().await?;
        anyhow::ensure!(rows == u64::try_from(expected)?, "{rows} rows, and kubectl shows {expected}");
        Ok(())
    })
    .await?;
    visit.picture("namespaces").await
}

async fn columns(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    const HEADS: &str =
        "return [...document.querySelectorAll('[role=columnheader]')].map((head) => head.innerText.trim())";
    visit.open("workloads?q=kind:deployment%20web&columns=name,age,kind").await?;
    visit.row_says("web", "Deployment", START).await?;
    visit.browser.reload().await?;
    visit.row_says("web", "Deployment", START).await?;
    let heads = visit.browser.script(HEADS, Vec::new()).await?;
    anyhow::ensure!(heads == serde_json::json!(["Name", "Age", "Kind"]), "the heads are {heads}");

    // What the browser is given to save is kept for us to see.
    const KEEP: &str = "const make = URL.createObjectURL;
        URL.createObjectURL = (blob) => { blob.text().then((text) => { window.saved = text }); return make(blob); }";
    visit.browser.script(KEEP, Vec::new()).await?;
    visit.browser.click("button", "CSV").await?;
    wait::until("the CSV", SOON, async || {
        let saved = visit.browser.script("return window.saved ?? ''", Vec::new()).await?;
        let saved = saved.as_str().unwrap_or_default();
        anyhow::ensure!(saved.starts_with("NAME,AGE,KIND\r\nweb,"), "it says {saved:?}");
        anyhow::ensure!(saved.trim_end().ends_with(",Deployment"), "it says {saved:?}");
        Ok(())
    })
    .await
}

async fn pods_of_workload(control_plane: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let pods = "get pods -n shop -l app.kubernetes.io/name=cart --no-headers";
    let expected = control_plane.kubectl().run(pods)?.lines().count();
    visit.open("deployments/shop/cart").await?;
    visit.sees("Its pods", START).await?;
    wait::until("its pods", START, async || {
        let rows = visit.row_count().await?;
        anyhow::ensure!(rows == u64::try_from(expected)?, "{rows} rows, and kubectl shows {expected}");
        Ok(())
    })
    .await?;
    visit.picture("deployment").await
}
