//! The page of one pod.

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use pilothouse_e2e::control_plane::ControlPlane;
use pilothouse_e2e::site::Mode;
use pilothouse_e2e::wait;

use crate::story::{ADMIN, Story};
use crate::visit::{SOON, START, Visit};

pub fn stories() -> Vec<Story> {
    vec![
        Story::new("a pod in a crash loop shows why, with its events", ADMIN, crash_loop).and_the_demo(),
        Story::new("logs follow, and the previous container's are there", ADMIN, logs),
        Story::new("logs that were left keep no connection, of which a browser has six", ADMIN, left_logs),
        Story::new("the YAML of a pod is what kubectl shows", ADMIN, yaml).and_the_demo(),
    ]
}

fn ledger_worker(control_plane: &ControlPlane) -> Result<String> {
    let name = "get pods -n payments -l app.kubernetes.io/name=ledger-worker -o jsonpath={.items[0].metadata.name}";
    control_plane.kubectl().run(name)
}

async fn crash_loop(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let (namespace, app) = match visit.site.mode() {
        Mode::Demo => ("shop", "reviews"),
        Mode::Pilothouse | Mode::KubectlProxy | Mode::SecretKubectlProxy => ("payments", "ledger-worker"),
    };
    let pods = visit.kubectl().run(&format!("get pods -n {namespace} -l app.kubernetes.io/name={app} --no-headers"))?;
    let mut looping = pods.lines().filter(|line| line.contains("CrashLoopBackOff"));
    let pod = looping.next().and_then(|line| line.split_whitespace().next()).context("no pod is in a crash loop")?;
    visit.open(&format!("pods/{namespace}/{pod}")).await?;
    for words in ["CrashLoopBackOff", "back-off 5m0s restarting failed container", app] {
        visit.sees(words, START).await?;
    }
    visit.picture("pod in a crash loop").await?;
    visit.open(&format!("pods/{namespace}/{pod}/events")).await?;
    visit.sees("Back-off restarting failed container", START).await
}

async fn logs(control_plane: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let pod = ledger_worker(control_plane)?;
    visit.open(&format!("pods/payments/{pod}/logs")).await?;
    visit.sees("id=59", START).await?;
    let line = format!("level=info msg=\"hello\" to={}", visit.site.mode().name());
    control_plane.kwok().log(&Timestamp::now().to_string(), &line)?;
    visit.sees(&line, SOON).await?;
    // What a line does that comes between a scroll and its event: the newest is out of sight, and nobody went up.
    const BELOW: &str = "const log = document.querySelector('[role=log]');
        return log.scrollHeight - log.scrollTop - log.clientHeight";
    const SCROLLED: &str = "document.querySelector('[role=log]').dispatchEvent(new Event('scroll'))";
    visit.browser.resize(1440, 500).await?;
    visit.browser.script(SCROLLED, Vec::new()).await?;
    let next = format!("{line} again");
    control_plane.kwok().log(&Timestamp::now().to_string(), &next)?;
    visit.sees(&next, START).await?;
    wait::until("the newest line in sight", START, async || {
        let below = visit.browser.script(BELOW, Vec::new()).await?;
        anyhow::ensure!(below.as_f64().is_some_and(|px| px < 1.0), "{below} px are below");
        Ok(())
    })
    .await?;
    visit.browser.resize(1440, 900).await?;
    visit.picture("pod logs, following").await?;
    visit.browser.click("checkbox", "previous run").await?;
    visit.sees("connection refused", START).await
}

async fn left_logs(control_plane: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let pod = ledger_worker(control_plane)?;
    for _ in 0..8 {
        visit.open(&format!("pods/payments/{pod}/logs")).await?;
        visit.sees("id=59", START).await?;
        visit.open(&format!("pods?q={pod}")).await?;
        visit.sees(&pod, START).await?;
    }
    visit.open(&format!("pods/payments/{pod}/yaml")).await?;
    visit.sees("kind: Pod", START).await
}

async fn yaml(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let pod = visit.running_pod()?;
    let shown = visit.kubectl().run(&format!("get pod {pod} -n shop -o yaml"))?;
    visit.open(&format!("pods/shop/{pod}/yaml")).await?;
    visit.sees("kind: Pod", START).await?;
    let page = visit.browser.text().await?;
    for line in shown
        .lines()
        .filter(|line| ["image:", "uid:", "nodeName:", "restartCount:"].iter().any(|key| line.contains(key)))
    {
        let line = line.trim_start_matches(['-', ' ']);
        anyhow::ensure!(page.contains(line), "the page lacks {line:?}");
    }
    Ok(())
}
