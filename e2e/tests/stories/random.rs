//! Twenty namespaces of random pods, each looked at as a cluster of its own.

use anyhow::Result;
use pilothouse_e2e::api::Api;
use pilothouse_e2e::control_plane::{BY_HAND_LABEL, ControlPlane, STUCK};
use pilothouse_e2e::site::Mode;
use pilothouse_e2e::{fleet, wait};
use serde_json::{Value, json};

use crate::landing::says;
use crate::oracle;
use crate::story::{ADMIN, Story};
use crate::visit::{START, Visit};
use crate::world::NODES;

const NAMESPACES: usize = 20;

/// How a pod of a random namespace fares.
#[derive(Clone, Copy, Debug)]
enum Life {
    Runs,
    NotReady,
    /// Its container waits for this reason.
    Waits(&'static str),
    /// Its first container does.
    WaitsAtFirst(&'static str),
    Starting,
    Unplaced,
    Succeeded,
    Failed,
    Evicted,
    Lost,
    Ending,
}

/// All of them; the first two are what a healthy namespace has.
const LIVES: [Life; 16] = [
    Life::Runs,
    Life::Succeeded,
    Life::NotReady,
    Life::Waits("CrashLoopBackOff"),
    Life::Waits("ImagePullBackOff"),
    Life::Waits("ErrImagePull"),
    Life::Waits("InvalidImageName"),
    Life::Waits("CreateContainerConfigError"),
    Life::Waits("CreateContainerError"),
    Life::WaitsAtFirst("CrashLoopBackOff"),
    Life::Starting,
    Life::Unplaced,
    Life::Failed,
    Life::Evicted,
    Life::Lost,
    Life::Ending,
];

pub fn stories() -> Vec<Story> {
    vec![
        Story::new("in twenty random namespaces the landing page's numbers equal kubectl's", ADMIN, numbers)
            .only_in(Mode::Pilothouse),
    ]
}

async fn numbers(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let mut dice = Dice(20_261_124);
    for index in 0..NAMESPACES {
        furnish(visit.api(), &namespace(index), &population(index, &mut dice)).await?;
    }
    for index in 0..NAMESPACES {
        let namespace = namespace(index);
        let counts = oracle::counts_in(visit.kubectl(), &namespace)?;
        visit.open(&format!("overview?ns={namespace}")).await?;
        wait::until(&format!("the numbers of {namespace}"), START, async || {
            let sentence = visit.health().await?;
            says(&sentence, &counts)?;
            let empty = sentence.contains("There are no pods");
            anyhow::ensure!(empty == (counts.pods() == 0), "{sentence:?} of {counts:?}");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

fn namespace(index: usize) -> String {
    format!("random-{index}")
}

/// The first ones are empty, alone, healthy and broken; the others are anything.
fn population(index: usize, dice: &mut Dice) -> Vec<Life> {
    let (pods, lives) = match index {
        0 => (0, LIVES.as_slice()),
        1 => (1, LIVES.as_slice()),
        2 => (12, LIVES.get(..2).unwrap_or_default()),
        3 => (12, LIVES.get(2..).unwrap_or_default()),
        _ => (1 + dice.below(30), LIVES.as_slice()),
    };
    (0..pods).filter_map(|_| lives.get(dice.below(lives.len())).copied()).collect()
}

/// Random numbers, the same in each run.
struct Dice(u64);

impl Dice {
    /// One of 0..n, by Knuth's linear congruential generator.
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % n.max(1)
    }
}

async fn furnish(api: &Api, namespace: &str, lives: &[Life]) -> Result<()> {
    api.create("/api/v1/namespaces", &json!({ "metadata": { "name": namespace } })).await?;
    let collection = format!("/api/v1/namespaces/{namespace}/pods");
    let pods = lives.iter().enumerate().map(|(index, life)| (collection.clone(), pod(index, *life)));
    api.create_all(pods.collect()).await?;
    let statuses = lives.iter().enumerate().filter_map(|(index, life)| {
        Some((format!("{collection}/pod-{index}/status"), json!({ "status": status(*life)? })))
    });
    api.patch_all(statuses.collect()).await?;
    for (index, life) in lives.iter().enumerate() {
        if matches!(life, Life::Ending) {
            api.delete(&format!("{collection}/pod-{index}")).await?;
        }
    }
    Ok(())
}

fn pod(index: usize, life: Life) -> Value {
    let by_hand = if matches!(life, Life::Ending) { STUCK } else { "true" };
    let container = |name: &str| json!({ "name": name, "image": "registry.example/app:1" });
    let mut spec = json!({ "containers": [container("app")] });
    match life {
        // No scheduler of this name is there.
        Life::Unplaced => spec["schedulerName"] = json!("nobody"),
        _ => spec["nodeName"] = json!(fleet::node_name(index % NODES)),
    }
    if matches!(life, Life::WaitsAtFirst(_)) {
        spec["initContainers"] = json!([container("first")]);
    }
    json!({ "metadata": { "name": format!("pod-{index}"), "labels": { BY_HAND_LABEL: by_hand } }, "spec": spec })
}

/// What a kubelet would write, if one saw the pod.
fn status(life: Life) -> Option<Value> {
    let waits = |reason: &str| json!({ "waiting": { "reason": reason } });
    let ended = |reason: &str, code: i32| json!({ "terminated": { "reason": reason, "exitCode": code } });
    let runs = json!({ "running": {} });
    let (phase, ready, state) = match life {
        Life::Unplaced => return None,
        Life::Evicted => return Some(json!({ "phase": "Failed", "reason": "Evicted" })),
        Life::Runs | Life::Ending => ("Running", true, runs),
        Life::NotReady => ("Running", false, runs),
        Life::Lost => ("Unknown", false, runs),
        Life::Waits(reason @ "CrashLoopBackOff") => ("Running", false, waits(reason)),
        Life::Waits(reason) => ("Pending", false, waits(reason)),
        Life::WaitsAtFirst(_) => ("Pending", false, waits("PodInitializing")),
        Life::Starting => ("Pending", false, waits("ContainerCreating")),
        Life::Succeeded => ("Succeeded", false, ended("Completed", 0)),
        Life::Failed => ("Failed", false, ended("Error", 1)),
    };
    let container = |name: &str, ready: bool, state: Value| {
        let image = "registry.example/app:1";
        json!({ "name": name, "image": image, "imageID": "", "ready": ready, "restartCount": 0, "state": state })
    };
    let condition = |kind: &str, met: bool| json!({ "type": kind, "status": if met { "True" } else { "False" } });
    let mut status = json!({
        "phase": phase,
        "conditions": [condition("Initialized", !matches!(life, Life::WaitsAtFirst(_))), condition("Ready", ready)],
        "containerStatuses": [container("app", ready, state)],
    });
    if let Life::WaitsAtFirst(reason) = life {
        status["initContainerStatuses"] = json!([container("first", false, waits(reason))]);
    }
    Some(status)
}
