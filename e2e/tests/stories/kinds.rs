//! Workloads, services, namespaces, and what can be done with their tables.

use std::collections::HashSet;

use anyhow::{Context as _, Result};
use pilothouse_e2e::control_plane::ControlPlane;
use pilothouse_e2e::site::Mode;
use pilothouse_e2e::wait;
use serde_json::json;

use crate::story::{ADMIN, Story};
use crate::visit::{SOON, START, Visit};

/// What kubectl is asked for, where in its lines stands what each of our columns says, and where those are.
#[rustfmt::skip]
const KINDS: [(&str, &[&[usize]], &str); 8] = [
    ("deployments -A", &[&[1], &[0], &[2], &[3], &[4]],
        "workloads?q=kind:deployment&columns=name,namespace,ready,up-to-date,available"),
    ("statefulsets -A", &[&[1], &[0], &[2]], "workloads?q=kind:statefulset&columns=name,namespace,ready"),
    ("daemonsets -A", &[&[1], &[0], &[4, 2], &[5], &[6], &[7]],
        "workloads?q=kind:daemonset&columns=name,namespace,ready,up-to-date,available,node-selector"),
    ("replicasets -A", &[&[1], &[0], &[4, 2]], "workloads?q=kind:replicaset&columns=name,namespace,ready"),
    ("jobs -A", &[&[1], &[0], &[3]], "workloads?q=kind:job&columns=name,namespace,completions"),
    ("cronjobs -A", &[&[1], &[0], &[2], &[3], &[5]],
        "workloads?q=kind:cronjob&columns=name,namespace,schedule,time-zone,active"),
    ("services -A", &[&[1], &[0], &[2], &[3], &[4]], "services?columns=name,namespace,type,cluster-ip,external-ip"),
    ("nodes -o wide", &[&[0], &[1], &[2], &[4], &[5]], "nodes?columns=name,status,roles,version,ip"),
];

/// Namespace, reason and object, as our columns have them.
const EVENTS: &str = "get events -A --no-headers -o custom-columns=\
    NS:.metadata.namespace,WHY:.reason,KIND:.involvedObject.kind,NAME:.involvedObject.name";

pub fn stories() -> Vec<Story> {
    vec![
        Story::new("workloads, services and namespaces are those of kubectl", ADMIN, like_kubectl).and_the_demo(),
        Story::new("a link with chosen columns survives a reload, and they are what is saved", ADMIN, columns)
            .and_the_demo(),
        Story::new("a workload leads to its pods", ADMIN, pods_of_workload).and_the_demo(),
        Story::new("the page of a node tells what kubectl does, with its pods", ADMIN, node).and_the_demo(),
    ]
}

async fn like_kubectl(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let kubectl = visit.kubectl();
    let is_demo = visit.site.mode() == Mode::Demo;
    if !is_demo {
        cron_job(visit).await?;
    }
    // All rows are in sight.
    visit.browser.resize(1440, 6_000).await?;
    // Those of the sample cluster have schedules of several words.
    for (resource, columns, route) in KINDS.into_iter().filter(|(kind, ..)| !is_demo || !kind.starts_with("cronjobs")) {
        visit.open(route).await?;
        wait::until(&format!("the {resource} of kubectl"), START, async || {
            let mut expected: Vec<Vec<String>> = Vec::new();
            for line in kubectl.run(&format!("get {resource} --no-headers"))?.lines() {
                let words: Vec<&str> = line.split_whitespace().collect();
                let word = |place: &usize| words.get(*place).copied().context("a short line");
                let cell = |places: &&[usize]| Ok(places.iter().map(word).collect::<Result<Vec<_>>>()?.join("/"));
                expected.push(columns.iter().map(cell).collect::<Result<_>>()?);
            }
            let mut rows = visit.rows().await?;
            for row in &mut rows {
                // Counts stand apart from each other: `2 / 3`.
                row.iter_mut().for_each(|cell| *cell = cell.replace(' ', ""));
            }
            rows.sort();
            expected.sort();
            anyhow::ensure!(rows == expected, "the page shows {rows:?}, kubectl {expected:?}");
            Ok(())
        })
        .await?;
        visit.picture(resource.split(' ').next().unwrap_or_default()).await?;
    }
    visit.open("events?columns=last,namespace,reason,object").await?;
    wait::until("the events of kubectl", START, async || {
        let listed = kubectl.run(EVENTS)?;
        let count = visit.row_count().await?;
        anyhow::ensure!(count == u64::try_from(listed.lines().count())?, "{count} rows, and kubectl shows {listed}");
        let listed: HashSet<String> = listed.lines().map(|line| words(line).to_lowercase()).collect();
        for row in visit.rows().await? {
            let event = row.get(1..).unwrap_or_default().join(" ").to_lowercase();
            anyhow::ensure!(listed.contains(&event), "kubectl shows no {event:?}");
        }
        Ok(())
    })
    .await?;
    visit.open("namespaces").await?;
    visit.has_as_many_rows_as(|| Ok(kubectl.run("get namespaces --no-headers")?.lines().count()), START).await?;
    visit.picture("namespaces").await
}

/// The words of a line of [`EVENTS`], of which the last two are one to us.
fn words(line: &str) -> String {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    let name = words.pop().unwrap_or_default();
    format!("{}/{name}", words.join(" "))
}

/// The workloads of the stories have none.
async fn cron_job(visit: &Visit) -> Result<()> {
    let path = format!("/apis/batch/v1/namespaces/team-b/cronjobs/nightly-{}", visit.site.mode().name());
    let (collection, name) = path.rsplit_once('/').context("a path has parts")?;
    let container = json!({ "name": "app", "image": "registry.example/app:1" });
    let job = json!({ "spec": { "template": { "spec": { "restartPolicy": "Never", "containers": [container] } } } });
    let cron_job = json!({ "metadata": { "name": name }, "spec": { "schedule": "@yearly", "jobTemplate": job } });
    visit.api().create(collection, &cron_job).await.map(drop)
}

async fn columns(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    const HEADS: &str =
        "return [...document.querySelectorAll('[role=columnheader]')].map((head) => head.innerText.trim())";
    visit.open("workloads?q=kind:deployment%20cart&columns=name,age,kind").await?;
    visit.row_says("cart", "Deployment", START).await?;
    visit.browser.reload().await?;
    visit.row_says("cart", "Deployment", START).await?;
    let heads = visit.browser.script(HEADS, Vec::new()).await?;
    anyhow::ensure!(heads == json!(["Name", "Age", "Kind"]), "the heads are {heads}");

    // What the browser is given to save is kept for us to see.
    const KEEP: &str = "const make = URL.createObjectURL;
        URL.createObjectURL = (blob) => { blob.text().then((text) => { window.saved = text }); return make(blob); }";
    visit.browser.script(KEEP, Vec::new()).await?;
    visit.browser.click("button", "CSV").await?;
    wait::until("the CSV", SOON, async || {
        let saved = visit.browser.script("return window.saved ?? ''", Vec::new()).await?;
        let saved = saved.as_str().unwrap_or_default();
        anyhow::ensure!(saved.starts_with("NAME,AGE,KIND\r\ncart,"), "it says {saved:?}");
        anyhow::ensure!(saved.trim_end().ends_with(",Deployment"), "it says {saved:?}");
        Ok(())
    })
    .await
}

async fn pods_of_workload(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    const PODS: &str = "get pods -n shop -l app.kubernetes.io/name=cart --no-headers";
    visit.open("deployments/shop/cart").await?;
    visit.sees("Its pods", START).await?;
    visit.has_as_many_rows_as(|| Ok(visit.kubectl().run(PODS)?.lines().count()), START).await?;
    visit.picture("deployment").await
}

async fn node(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let kubectl = visit.kubectl();
    let name = kubectl.run("get nodes -o jsonpath={.items[0].metadata.name}")?;
    let node = kubectl.json(&format!("get node {name}"))?;
    visit.open(&format!("nodes/{name}")).await?;
    visit.sees("Pods on this node", START).await?;
    let on_node = format!("get pods -A --no-headers --field-selector spec.nodeName={name}");
    visit.has_as_many_rows_as(|| Ok(kubectl.run(&on_node)?.lines().count()), START).await?;
    visit.is_live(START).await?;
    let text = visit.browser.text().await?;
    let told = |pointer: &str| node.pointer(pointer).and_then(|value| value.as_str()).unwrap_or("nothing").to_owned();
    let facts = [
        told("/metadata/labels/topology.kubernetes.io~1zone"),
        told("/status/addresses/0/address"),
        told("/status/nodeInfo/kubeletVersion"),
        told("/status/nodeInfo/osImage"),
        told("/status/nodeInfo/kernelVersion"),
    ];
    let conditions = node["status"]["conditions"].as_array().into_iter().flatten();
    let kinds = conditions.filter_map(|condition| condition["type"].as_str().map(str::to_owned));
    for words in facts.into_iter().chain(kinds) {
        anyhow::ensure!(text.contains(&words), "the page lacks {words:?}: {text}");
    }
    Ok(())
}
