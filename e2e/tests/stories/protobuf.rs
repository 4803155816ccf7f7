//! What is read of lists of protobuf, held against the same lists as JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use model::k8s::annotated::Annotated;
use model::k8s::event::Event;
use model::k8s::node::Node;
use model::k8s::pod::Pod;
use model::k8s::projection::{mask, read_either};
use model::list::{ACCEPT_EITHER, ListScanner};
use pilothouse_e2e::api::Api;
use pilothouse_e2e::control_plane::ControlPlane;
use pilothouse_e2e::wait;
use serde_json::{Value, json};

use crate::story::{ADMIN, Story};
use crate::visit::{SOON, Visit};

/// What everything is called that is made here.
const NAME: &str = "protobuf-full";
const PODS: &str = "/api/v1/namespaces/default/pods";
const EVENTS: &str = "/api/v1/namespaces/default/events";
const NODES: &str = "/api/v1/nodes";
const RUNTIME_CLASSES: &str = "/apis/node.k8s.io/v1/runtimeclasses";
const PRIORITY_CLASSES: &str = "/apis/scheduling.k8s.io/v1/priorityclasses";

/// GETs a list as the app does, and answers its bytes in base64.
const FETCH: &str = "
    const [path, accept, mask, done] = arguments;
    const headers = { Accept: accept, 'Pilothouse-Fields': mask };
    fetch('../' + path, { headers })
        .then(answer => answer.ok ? answer.blob() : Promise.reject(new Error(answer.status)))
        .then(blob => new Promise(resolve => {
            const reader = new FileReader();
            reader.onload = () => resolve(reader.result.replace(/^[^,]*,/, ''));
            reader.readAsDataURL(blob);
        }))
        .then(done, error => done('error: ' + error));";

pub fn stories() -> Vec<Story> {
    vec![Story::new("what is read of a list of protobuf equals what is read of JSON", ADMIN, equal)]
}

async fn equal(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    visit.open("overview").await?;
    furnish(visit.api()).await?;
    let told = async {
        let mut seen = BTreeSet::new();
        let masks = [mask::<Pod<'_>>(), mask::<Node<'_>>(), mask::<Event<'_>>()];
        let [pods, nodes, events] = &masks;
        same(visit, "api/v1/pods", pods, |pod| described(read_either::<Pod<'_>>(pod)), &mut seen).await?;
        same(visit, "api/v1/nodes", nodes, |node| described(read_either::<Node<'_>>(node)), &mut seen).await?;
        same(visit, "api/v1/events", events, |event| described(read_either::<Event<'_>>(event)), &mut seen).await?;
        let annotated = "metadata=1(annotations=12,uid=5)";
        same(visit, "api/v1/pods", annotated, |pod| described(read_either::<Annotated<'_>>(pod)), &mut seen).await?;
        // Else a number could be wrong without anybody noticing.
        let missing: Vec<_> =
            masks.iter().flat_map(|mask| numbered(mask)).filter(|path| !seen.contains(path)).collect();
        anyhow::ensure!(missing.is_empty(), "no object has {missing:?}");
        Ok(())
    }
    .await;
    clear(visit.api()).await?;
    told
}

/// Reads a list of both forms, of one moment; notes which fields its objects have.
async fn same(
    visit: &Visit,
    path: &str,
    mask: &str,
    described: impl Fn(&[u8]) -> Result<(String, String)>,
    seen: &mut BTreeSet<String>,
) -> Result<()> {
    let list = visit.api().get(&format!("/{path}")).await?;
    let version = list["metadata"]["resourceVersion"].as_str().context("no version")?;
    let items = list["items"].as_array().context("no items")?;
    items.iter().for_each(|item| note("", item, seen));
    let texts: Vec<String> = items.iter().map(ToString::to_string).collect();
    let expect: BTreeMap<_, _> = texts.iter().map(|text| described(text.as_bytes())).collect::<Result<_>>()?;

    let at = format!("{path}?resourceVersion={version}&resourceVersionMatch=Exact");
    let fetched = visit.browser.script_async(FETCH, vec![json!(at), json!(ACCEPT_EITHER), json!(mask)]).await?;
    let fetched = fetched.as_str().context("no text")?;
    let bytes = BASE64_STANDARD.decode(fetched).with_context(|| format!("{fetched:.80}"))?;
    anyhow::ensure!(bytes.starts_with(b"k8s\0"), "{path} came as something else than protobuf");
    let mut got = BTreeMap::new();
    let mut scanner = ListScanner::default();
    scanner.feed(&bytes, |item| got.extend(described(item)))?;
    anyhow::ensure!(scanner.finish()?.resource_version == version, "{path} is of another version");

    anyhow::ensure!(got.keys().eq(expect.keys()), "{path}: {:?}, not {:?}", got.keys(), expect.keys());
    for (name, expect) in &expect {
        anyhow::ensure!(got.get(name) == Some(expect), "{name}:\n{:?}\nof JSON:\n{expect}", got.get(name));
    }
    Ok(())
}

/// All that is read of an object, under a key that stands for it.
fn described(object: Option<impl Debug>) -> Result<(String, String)> {
    let text = format!("{:?}", object.context("an object that cannot be read")?);
    let uid = text.split("uid: ").nth(1).and_then(|rest| rest.split(',').next()).context("no uid")?;
    Ok((uid.to_owned(), text))
}

/// Notes the paths of all fields: `spec.nodeName`. Those of metadata are of no kind of their own.
fn note(path: &str, value: &Value, seen: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| note(path, item, seen)),
        Value::Object(members) => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                note(&path, value, seen);
                seen.insert(path);
            }
        }
        _ => {}
    }
}

/// The paths of a mask's fields that have numbers, as have all that they are inside of.
fn numbered(mask: &str) -> Vec<String> {
    let (mut paths, mut above, mut name) = (Vec::new(), Vec::<String>::new(), String::new());
    for c in mask.chars().chain([',']) {
        if !matches!(c, '(' | ')' | ',') {
            name.push(c);
            continue;
        }
        let path: Vec<_> = above.iter().map(String::as_str).chain([name.as_str()]).collect();
        if let Some(names) = path.iter().map(|part| Some(part.split_once('=')?.0)).collect::<Option<Vec<_>>>() {
            paths.push(names.join("."));
        }
        match c {
            '(' => above.push(name.clone()),
            ')' => drop(above.pop()),
            _ => {}
        }
        name.clear();
    }
    paths
}

/// Objects that have every field that is read.
async fn furnish(api: &Api) -> Result<()> {
    let metadata = json!({ "name": NAME });
    let class = json!({ "metadata": metadata, "handler": "runc", "overhead": { "podFixed": { "cpu": "30m" } } });
    api.create(RUNTIME_CLASSES, &class).await?;
    api.create(PRIORITY_CLASSES, &json!({ "metadata": metadata, "value": -7 })).await?;
    // Admission reads both classes of its own watch, which may be behind.
    let made = async || api.create(PODS, &pod()).await;
    wait::until("admission to know the classes", SOON, made).await?;
    api.patch(&format!("{PODS}/{NAME}/status"), &json!({ "status": pod_status() })).await?;
    // It is held, so that it stays on its way out.
    api.delete(&format!("{PODS}/{NAME}")).await?;
    api.create(EVENTS, &event()).await?;
    let spec = json!({ "unschedulable": true, "taints": [{ "key": "team", "value": "a", "effect": "NoExecute" }] });
    api.create(NODES, &json!({ "metadata": metadata, "spec": spec })).await?;
    let status = json!({ "status": { "addresses": [{ "type": "InternalIP", "address": "10.9.8.7" }] } });
    api.patch(&format!("{NODES}/{NAME}/status"), &status).await?;
    Ok(())
}

async fn clear(api: &Api) -> Result<()> {
    api.patch(&format!("{PODS}/{NAME}"), &json!({ "metadata": { "finalizers": null } })).await?;
    for collection in [EVENTS, NODES, RUNTIME_CLASSES, PRIORITY_CLASSES] {
        api.delete(&format!("{collection}/{NAME}")).await?;
    }
    Ok(())
}

fn pod() -> Value {
    let resources = json!({ "requests": { "cpu": "250m", "memory": "1.5Gi" }, "limits": { "cpu": "1" } });
    let container = |name: &str| json!({ "name": name, "image": "example.com/app:1.2", "resources": resources });
    let mut sidecar = container("sidecar");
    sidecar["restartPolicy"] = json!("Always");
    // A rule for one container's restarts wants a policy of its own.
    let mut main = container("main");
    main["restartPolicy"] = json!("OnFailure");
    json!({
        "metadata": {
            "name": NAME,
            "labels": { "app": "full" },
            "annotations": { "note": "a “quoted”\nline" },
            "finalizers": ["example.com/held"],
            "ownerReferences": [
                { "apiVersion": "v1", "kind": "Node", "name": "gone", "uid": "u-1", "controller": true },
            ],
        },
        "spec": {
            "schedulerName": "nobody",
            "runtimeClassName": NAME,
            "priorityClassName": NAME,
            "serviceAccountName": "default",
            "readinessGates": [{ "conditionType": "example.com/gate" }],
            "resources": { "requests": { "cpu": "2" }, "limits": { "cpu": "3" } },
            "containers": [main],
            "initContainers": [sidecar],
        },
    })
}

fn pod_status() -> Value {
    let (began, ended) = ("2026-11-23T18:00:00Z", "2026-11-23T18:00:01Z");
    let terminated = json!({
        "exitCode": -1, "signal": 9, "reason": "OOMKilled", "message": "killed", "startedAt": began, "finishedAt": ended,
    });
    let status = |name: &str, state: Value| {
        json!({
            "name": name, "image": "example.com/app:1.2", "imageID": "", "ready": true, "started": true, "restartCount": 3,
            "state": state, "lastState": state,
        })
    };
    let every = || {
        [
            json!({ "waiting": { "reason": "CrashLoopBackOff", "message": "back-off" } }),
            json!({ "running": { "startedAt": began } }),
            json!({ "terminated": terminated }),
        ]
    };
    let every = |prefix: &str| -> Vec<Value> {
        every().into_iter().enumerate().map(|(index, state)| status(&format!("{prefix}-{index}"), state)).collect()
    };
    json!({
        "phase": "Running", "reason": "Odd", "message": "a sentence", "nominatedNodeName": "node-9",
        "hostIP": "10.0.0.9", "hostIPs": [{ "ip": "10.0.0.9" }], "podIP": "10.1.0.9", "podIPs": [{ "ip": "10.1.0.9" }],
        "conditions": [
            { "type": "Ready", "status": "False", "reason": "Gate", "message": "held", "lastTransitionTime": began },
        ],
        "containerStatuses": every("c"), "initContainerStatuses": every("i"), "ephemeralContainerStatuses": every("e"),
    })
}

fn event() -> Value {
    json!({
        "metadata": { "name": NAME },
        "involvedObject": {
            "kind": "Pod", "namespace": "default", "name": NAME, "uid": "u-2", "fieldPath": "spec.containers{main}",
        },
        "type": "Warning", "reason": "BackOff", "message": "a sentence", "count": 4,
        "firstTimestamp": "2026-11-23T18:00:00Z", "lastTimestamp": "2026-11-23T18:05:00Z",
        "eventTime": "2026-11-23T18:00:00.123456Z", "action": "Pulling",
        "series": { "count": 4, "lastObservedTime": "2026-11-23T18:05:00.654321Z" },
        "source": { "component": "kubelet" },
        "reportingComponent": "kubelet", "reportingInstance": "node-1",
    })
}
