//! What is done with the keyboard alone, from anywhere.

use anyhow::Result;
use pilothouse_e2e::control_plane::ControlPlane;
use pilothouse_e2e::wait;
use serde_json::{Value, json};

use crate::story::{ADMIN, Story};
use crate::visit::{SOON, START, Visit};

pub fn stories() -> Vec<Story> {
    vec![Story::new("keys list the keys, find a pod and go to anything, without a mouse", ADMIN, keys).and_the_demo()]
}

async fn keys(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    const OPEN: &str = "return document.querySelector('dialog[open]')?.getAttribute('aria-label') ?? null";
    const FOCUSED: &str = "return document.activeElement.getAttribute('aria-label')";
    let is = async |script: &str, expected: Value| {
        wait::until(&format!("{expected}"), SOON, async || {
            let now = visit.browser.script(script, Vec::new()).await?;
            anyhow::ensure!(now == expected, "it is {now}");
            Ok(())
        })
        .await
    };
    visit.open("overview").await?;
    visit.sees("pods run", START).await?;
    visit.is_live(START).await?;

    visit.browser.press("?").await?;
    is(OPEN, json!("Keys")).await?;
    visit.picture("the keys").await?;
    visit.browser.press("Escape").await?;
    is(OPEN, Value::Null).await?;

    visit.browser.press("/").await?;
    is(FOCUSED, json!("Search and filter")).await?;
    visit.browser.type_into("searchbox", "Search", "cart-").await?;
    visit.browser.press("Enter").await?;
    ends_at(visit, "/pods?q=cart-").await?;
    // A key that is typed into a field is text, and no command.
    visit.browser.press("?").await?;
    is(OPEN, Value::Null).await?;
    visit.browser.press("Escape").await?;

    visit.browser.press_with_control("k").await?;
    is(OPEN, json!("Go to")).await?;
    // What no page has asked for yet is found, too.
    const SERVICE: &str = "get services -A -o jsonpath={.items[0].metadata.namespace}/{.items[0].metadata.name}";
    let service = visit.kubectl().run(SERVICE)?;
    let name = service.split('/').next_back().unwrap_or_default();
    visit.browser.type_into("textbox", "Go to", name).await?;
    wait::until("the service among what is found", START, async || {
        let found = visit.browser.script("return document.querySelector('dialog[open]').innerText", Vec::new()).await?;
        let found = found.as_str().unwrap_or_default();
        anyhow::ensure!(found.contains(&format!("service {service}")), "found: {found}");
        Ok(())
    })
    .await?;
    let node = visit.kubectl().run("get nodes -o jsonpath={.items[0].metadata.name}")?;
    visit.browser.type_into("textbox", "Go to", &node).await?;
    is(
        "return document.querySelector('dialog[open] [aria-selected=true]')?.innerText ?? null",
        json!(format!("node {node}")),
    )
    .await?;
    visit.picture("go to anything").await?;
    visit.browser.press("Enter").await?;
    ends_at(visit, &format!("/nodes/{node}")).await?;
    is(OPEN, Value::Null).await
}

async fn ends_at(visit: &Visit, end: &str) -> Result<()> {
    wait::until(end, START, async || {
        let url = visit.browser.url().await?;
        anyhow::ensure!(url.ends_with(end), "the address is {url}");
        Ok(())
    })
    .await
}
