//! Whether everybody can use the pages: axe-core finds nothing serious on any of them, in either theme, narrow or enlarged.

use anyhow::{Context as _, Result};
use pilothouse_e2e::control_plane::ControlPlane;
use pilothouse_e2e::site::Mode;
use serde_json::Value;

use crate::story::{ADMIN, Story};
use crate::visit::{START, Visit};

/// Deque's axe-core, which knows the rules of WCAG 2 and where they are broken.
const AXE: &str = include_str!("../../axe/axe.min.js");

/// What axe finds of impact `serious` or `critical`: the rule, and the first element that breaks it.
const FINDINGS: &str = "const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => done(violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0].html}: ${nodes[0].failureSummary}`)))";

/// A page, and words that show that it is full.
type Look = (String, &'static str);

pub fn stories() -> Vec<Story> {
    vec![
        Story::new("nothing serious stands in anybody's way on any page in either theme", ADMIN, every_page)
            .only_in(Mode::Demo),
        Story::new("nothing serious stands in anybody's way on the pages of a real cluster either", ADMIN, real)
            .only_in(Mode::Pilothouse),
    ]
}

async fn every_page(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    found(visit, &[("light", 1440, 900), ("dark", 1440, 900), ("light", 390, 844), ("dark", 720, 450)]).await
}

async fn real(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    found(visit, &[("light", 1440, 900), ("dark", 1440, 900)]).await
}

async fn found(visit: &Visit, screens: &[(&str, u32, u32)]) -> Result<()> {
    let looks = looks(visit)?;
    visit.enter().await?;
    let mut findings = Vec::new();
    for (scheme, width, height) in screens.iter().copied() {
        visit.browser.prefer_colour_scheme(scheme).await?;
        visit.browser.resize(width, height).await?;
        visit.browser.reload().await?;
        visit.is_live(START).await?;
        visit.browser.script(AXE, Vec::new()).await?;
        for (route, words) in &looks {
            visit.open(route).await?;
            visit.sees(words, START).await?;
            let found = visit.browser.script_async(FINDINGS, Vec::new()).await?;
            let found = found.as_array().with_context(|| format!("axe said {found}"))?;
            findings.extend(
                found.iter().filter_map(Value::as_str).map(|said| format!("{route}, {scheme}, {width} px: {said}")),
            );
        }
    }
    anyhow::ensure!(findings.is_empty(), "{findings:#?}");
    Ok(())
}

fn looks(visit: &Visit) -> Result<Vec<Look>> {
    let pod = visit.running_pod()?;
    let node = visit.kubectl().run("get nodes -o jsonpath={.items[0].metadata.name}")?;
    let look = |(route, words): (&str, &'static str)| (route.to_owned(), words);
    let fixed = [
        ("overview", "Change in the last hour"),
        ("explore", "Explore"),
        ("explore?by=owner,version", "cart"),
        ("explore?by=zone,state&look=matrix", "zone by state"),
        ("workloads", "cart"),
        ("deployments/shop/cart", "cart-"),
        ("pods", "cart-"),
        ("pods?q=status:failing", "CrashLoopBackOff"),
        ("pods?q=nothing-is-so-named", "No"),
        ("services", "Cluster IP"),
        ("namespaces", "shop"),
        ("events", "Reason"),
        ("nodes", "CPU used"),
        ("diagnostics", "Requests"),
        ("no/such/page", "There is no such page"),
    ];
    let of_pod = ["", "/yaml", "/events", "/logs"].map(|tab| (format!("pods/shop/{pod}{tab}"), "Summary"));
    let all = fixed.into_iter().map(look).chain(of_pod).chain([(format!("nodes/{node}"), "Conditions")]);
    Ok(all.collect())
}
