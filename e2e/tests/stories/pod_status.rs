//! Pod states, held against the words of the API server's own Table.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use pilothouse_e2e::api::Api;
use pilothouse_e2e::control_plane::{BY_HAND_LABEL, ControlPlane, STUCK};
use pilothouse_e2e::{fleet, wait};
use serde_json::{Value, json};

use crate::story::{ADMIN, Story};
use crate::visit::{START, Visit};

/// The cases that the model is tested on: STATUS, READY, RESTARTS, our word and the pod.
const CASES: &str = include_str!("../../../frontend/model/src/k8s/pod_status_cases.txt");

/// READY, STATUS and RESTARTS of each pod.
type Words = BTreeMap<String, [String; 3]>;

/// A case that the API server can be given.
struct Case {
    name: String,
    words: [String; 3],
    pod: Value,
}

pub fn stories() -> Vec<Story> {
    vec![Story::new("every case of a pod's state reads as in the API server's own table", ADMIN, like_the_server)]
}

async fn like_the_server(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let namespace = format!("states-{}", visit.site.mode().name());
    visit.api().create("/api/v1/namespaces", &json!({ "metadata": { "name": namespace } })).await?;
    let cases = cases()?;
    let told = told(visit, &namespace, &cases).await;
    // In any case, for the stories to come.
    let mut ended = Ok(());
    for case in &cases {
        ended = ended.and(case.end(visit.api(), &namespace).await);
    }
    told.and(ended)?;
    visit.api().delete(&format!("/api/v1/namespaces/{namespace}")).await.map(drop)
}

async fn told(visit: &Visit, namespace: &str, cases: &[Case]) -> Result<()> {
    for case in cases {
        case.play(visit.api(), namespace).await?;
    }
    let recorded: Words = cases.iter().map(|case| (case.name.clone(), case.words.clone())).collect();
    let expected = table(&visit.kubectl().run(&format!("get pods -n {namespace} --no-headers"))?)?;
    anyhow::ensure!(expected == recorded, "kubectl says {:#?}", differences(&expected, &recorded));

    visit.browser.resize(1440, 2_400).await?;
    visit.open(&format!("pods?ns={namespace}&sort=name&columns=name,ready,status,restarts")).await?;
    wait::until("the words of kubectl", START, async || {
        let shown = shown(visit.rows().await?)?;
        anyhow::ensure!(shown == expected, "the page says {:#?}", differences(&shown, &expected));
        Ok(())
    })
    .await?;
    visit.picture("pods, every state").await
}

/// The cases whose pods have a container, as every pod of an API server has.
fn cases() -> Result<Vec<Case>> {
    let lines = CASES.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut cases = Vec::new();
    for (index, line) in lines.enumerate() {
        let mut columns = line.splitn(5, " | ");
        let mut column = || columns.next().context("a short line");
        let [status, ready, restarts, _ours] = [column()?, column()?, column()?, column()?].map(str::to_owned);
        let pod: Value = serde_json::from_str(column()?)?;
        if pod["spec"]["containers"][0].is_object() {
            cases.push(Case { name: format!("case-{index:02}"), words: [ready, status, restarts], pod });
        }
    }
    Ok(cases)
}

impl Case {
    /// Creates the pod, and writes what a kubelet would.
    async fn play(&self, api: &Api, namespace: &str) -> Result<()> {
        let collection = format!("/api/v1/namespaces/{namespace}/pods");
        let pod = format!("{collection}/{}", self.name);
        api.create(&collection, &self.object()).await?;
        let mut status = self.pod["status"].clone();
        for list in ["containerStatuses", "initContainerStatuses"] {
            status[list].as_array_mut().into_iter().flatten().for_each(with_image);
        }
        // The place on a node that it got is no part of the case.
        status["conditions"] = self.pod["status"]["conditions"].as_array().cloned().unwrap_or_default().into();
        api.patch(&format!("{pod}/status"), &json!({ "status": status })).await?;
        if self.is_deleted() {
            api.delete(&pod).await?;
        }
        Ok(())
    }

    fn object(&self) -> Value {
        let mut spec = self.pod["spec"].clone();
        for list in ["containers", "initContainers"] {
            spec[list].as_array_mut().into_iter().flatten().for_each(with_image);
        }
        spec["nodeName"] = json!(fleet::node_name(0));
        let mut metadata = json!({ "name": self.name, "labels": { BY_HAND_LABEL: "true" } });
        if self.is_deleted() {
            metadata["labels"] = json!({ BY_HAND_LABEL: STUCK });
            // One that has ended would go at once.
            metadata["finalizers"] = json!(["pilothouse.dev/kept"]);
        }
        json!({ "metadata": metadata, "spec": spec })
    }

    /// Lets a pod go that was only kept to be looked at.
    async fn end(&self, api: &Api, namespace: &str) -> Result<()> {
        if self.is_deleted() {
            let free = json!({ "metadata": { "finalizers": null, "labels": { BY_HAND_LABEL: "true" } } });
            api.patch(&format!("/api/v1/namespaces/{namespace}/pods/{}", self.name), &free).await?;
        }
        Ok(())
    }

    fn is_deleted(&self) -> bool {
        self.pod["metadata"]["deletionTimestamp"].is_string()
    }
}

/// What the API server asks of a container besides its name.
fn with_image(container: &mut Value) {
    container["image"] = json!("registry.example/app:1");
    if container["state"].is_object() {
        container["imageID"] = json!("");
    }
}

/// What `kubectl get pods --no-headers` printed.
fn table(printed: &str) -> Result<Words> {
    let rows = printed.lines().map(|line| line.split_whitespace().map(str::to_owned).collect());
    rows.map(words).collect()
}

/// What the page shows, where counts stand apart from each other: `0 / 1`.
fn shown(rows: Vec<Vec<String>>) -> Result<Words> {
    let first_word = |cell: &String| cell.split(" (").next().unwrap_or_default().replace(' ', "");
    rows.into_iter().map(|row| words(row.iter().map(first_word).collect())).collect()
}

fn words(row: Vec<String>) -> Result<(String, [String; 3])> {
    let [name, ready, status, restarts] =
        row.into_iter().take(4).collect::<Vec<_>>().try_into().ok().context("a short row")?;
    Ok((name, [ready, status, restarts]))
}

/// A line for each pod of which something else is said than expected.
fn differences(seen: &Words, expected: &Words) -> Vec<String> {
    let names: BTreeSet<&String> = seen.keys().chain(expected.keys()).collect();
    let differs = |name: &&String| seen.get(*name) != expected.get(*name);
    names
        .into_iter()
        .filter(differs)
        .map(|name| format!("{name}: {:?}, not {:?}", seen.get(name), expected.get(name)))
        .collect()
}
