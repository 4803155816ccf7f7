//! A visit: the app hosted for one user, and a browser that looks at it.

use std::time::Duration;

use anyhow::{Context as _, Result};
use pilothouse_e2e::api::Api;
use pilothouse_e2e::browser::{Browser, ConsoleError, Traffic};
use pilothouse_e2e::control_plane::{ControlPlane, Storage, User};
use pilothouse_e2e::kubectl::Kubectl;
use pilothouse_e2e::site::{Mode, Site};
use pilothouse_e2e::wait;
use serde_json::{Value, json};

use crate::world::screens;

/// How soon a change in the cluster must be seen.
pub const SOON: Duration = Duration::from_secs(2);

/// How long the app may take to start on a busy machine.
pub const START: Duration = Duration::from_secs(20);

/// What is listed on every page.
const LISTED: [&str; 3] = ["pods", "nodes", "namespaces"];

/// One browser on one hosted app.
pub struct Visit {
    /// The hosted app.
    pub site: Site,
    /// The browser.
    pub browser: Browser,
    user: User,
    story: String,
}

impl Visit {
    /// Hosts the app and starts a browser; nothing is opened yet.
    pub async fn start(story: &str, mode: Mode, control_plane: &ControlPlane, user: User) -> Result<Self> {
        Self::start_behind(&control_plane.api_address(), story, mode, control_plane.storage(), user).await
    }

    /// The same, with what listens at `upstream` in the API server's place.
    pub async fn start_behind(upstream: &str, story: &str, mode: Mode, storage: &Storage, user: User) -> Result<Self> {
        let site = Site::start_behind(upstream, mode, storage, user).await?;
        let browser = Browser::start(storage.folder()).await?;
        Ok(Self { site, browser, user, story: format!("{story} {}", mode.name()) })
    }

    /// kubectl with an administrator's rights on the cluster that is visited.
    pub fn kubectl(&self) -> &Kubectl {
        self.site.kubectl()
    }

    /// A client with an administrator's rights on the cluster that is visited.
    pub fn api(&self) -> &Api {
        self.site.api()
    }

    /// A pod that runs well in the namespace `shop`.
    pub fn running_pod(&self) -> Result<String> {
        let names = "get pods -n shop -l app.kubernetes.io/name=cart -o jsonpath={.items[0].metadata.name}";
        self.kubectl().run(names)
    }

    /// Opens the link that a person would open, and waits until the app has started.
    pub async fn enter(&self) -> Result<()> {
        self.browser.goto(&self.site.link()?).await?;
        wait::until("the app", START, async || {
            let url = self.browser.url().await?;
            anyhow::ensure!(url.contains("#/c/"), "the address is {url}");
            Ok(())
        })
        .await?;
        if self.site.mode() == Mode::Demo && self.user != User::Admin {
            self.act_as(self.user.name()).await
        } else {
            Ok(())
        }
    }

    /// Chooses as whom the page acts, which it then loads anew.
    async fn act_as(&self, name: &str) -> Result<()> {
        const CHOICE: &str = "const select = document.querySelector('select[aria-label=\"Act as\"]');";
        let choose = format!(
            "{CHOICE} select.value = arguments[0]; select.dispatchEvent(new Event('change', {{ bubbles: true }}));"
        );
        let chosen = format!("{CHOICE} return window.visitedBefore ? 'the page before' : select?.value");
        self.mark_page().await?;
        self.browser.script(&choose, vec![json!(name)]).await?;
        wait::until(&format!("the page of {name}"), START, async || {
            let now = self.browser.script(&chosen, Vec::new()).await?;
            anyhow::ensure!(now == json!(name), "it is that of {now}");
            Ok(())
        })
        .await
    }

    /// Enters, and goes to a route such as `pods?ns=shop`.
    pub async fn open(&self, route: &str) -> Result<()> {
        if !self.browser.url().await?.starts_with(&self.site.home()?) {
            self.enter().await?;
        }
        self.browser.follow(&self.site.fragment(route)).await
    }

    /// The sentence on the landing page.
    pub async fn health(&self) -> Result<String> {
        let text = self.browser.script("return document.getElementById('health')?.innerText", Vec::new()).await?;
        Ok(text.as_str().context("there is no health sentence")?.to_owned())
    }

    /// The text of the freshness badge.
    pub async fn freshness(&self) -> Result<String> {
        self.browser.text_of("status", "Freshness").await
    }

    /// Waits until the badge says that all is live.
    pub async fn is_live(&self, deadline: Duration) -> Result<()> {
        wait::until("a live page", deadline, async || {
            let freshness = self.freshness().await?;
            anyhow::ensure!(freshness.starts_with("Live"), "the badge says {freshness:?}");
            Ok(())
        })
        .await
    }

    /// Waits until the lists that every page has are all there. Rows are shown while a list still comes; its watch is opened at
    /// its end.
    pub async fn has_synced(&self) -> Result<()> {
        wait::until("all lists", START, async || {
            for what in LISTED {
                let marks = self.browser.marks(&format!("pilothouse:synced:{what}")).await?;
                anyhow::ensure!(!marks.is_empty(), "{what} are not all there");
            }
            Ok(())
        })
        .await
    }

    /// Fails if a socket was opened or something was listed since the traffic was asked for last.
    pub async fn asked_for_nothing_again(&self) -> Result<()> {
        let traffic = self.browser.traffic().await?;
        let is_again = |url: &str| {
            // How many there are was asked for if the list took long, and may be sent late.
            LISTED.iter().any(|what| url.contains(&format!("/api/v1/{what}?"))) && !url.contains("limit=1")
        };
        let again = traffic.requests.iter().filter(|request| request.is_socket || is_again(&request.url));
        let again: Vec<_> = again.map(|request| &request.url).collect();
        anyhow::ensure!(again.is_empty(), "asked for again: {again:?}");
        Ok(())
    }

    /// The text of each cell of each visible row of the page's table.
    pub async fn rows(&self) -> Result<Vec<Vec<String>>> {
        const SCRIPT: &str = "return [...document.querySelectorAll('[role=grid] tbody [role=row]')]
            .map((row) => [...row.querySelectorAll('[role=gridcell]')].map((cell) => cell.innerText.trim()))";
        self.rows_are_made().await?;
        Ok(serde_json::from_value(self.browser.script(SCRIPT, Vec::new()).await?)?)
    }

    /// Waits until no row stands in the place of one that is still to be made: they are made a few a frame.
    pub async fn rows_are_made(&self) -> Result<()> {
        const SCRIPT: &str = "const [done] = arguments;
            const ask = () => document.querySelector('tbody [aria-busy=true]') ? setTimeout(ask, 5) : done(true);
            ask();";
        self.browser.script_async(SCRIPT, Vec::new()).await.map(drop)
    }

    /// The visible row whose first cells hold `name`.
    pub async fn row(&self, name: &str) -> Result<Vec<String>> {
        let rows = self.rows().await?;
        let count = rows.len();
        rows.into_iter()
            .find(|row| row.iter().any(|cell| cell == name))
            .with_context(|| format!("no row of {count} is about {name}"))
    }

    /// How many rows the page's table has in all, visible or not.
    pub async fn row_count(&self) -> Result<u64> {
        const SCRIPT: &str = "return Number(document.querySelector('[aria-rowcount]')?.getAttribute('aria-rowcount'))";
        self.rows_are_made().await?;
        let count = self.browser.script(SCRIPT, Vec::new()).await?.as_u64().context("the page has no table")?;
        // The row of headings counts too.
        Ok(count.saturating_sub(1))
    }

    /// Waits until the page's table has so many rows in all.
    pub async fn has_rows(&self, expected: usize, deadline: Duration) -> Result<()> {
        wait::until(&format!("{expected} rows"), deadline, async || {
            let rows = self.row_count().await?;
            anyhow::ensure!(rows == u64::try_from(expected)?, "{rows} rows");
            Ok(())
        })
        .await
    }

    /// Waits until the page's table has as many rows as `count` tells at that moment.
    pub async fn has_as_many_rows_as(&self, count: impl Fn() -> Result<usize>, deadline: Duration) -> Result<()> {
        wait::until("as many rows as kubectl tells", deadline, async || {
            let (rows, expected) = (self.row_count().await?, count()?);
            anyhow::ensure!(rows == u64::try_from(expected)?, "{rows} rows of {expected}");
            Ok(())
        })
        .await
    }

    /// Waits until the table has a row about `name` that holds `part` in one of its cells.
    pub async fn row_says(&self, name: &str, part: &str, deadline: Duration) -> Result<()> {
        wait::until(&format!("{part:?} in the row about {name}"), deadline, async || {
            let row = self.row(name).await?;
            anyhow::ensure!(row.iter().any(|cell| cell.contains(part)), "the row says {row:?}");
            Ok(())
        })
        .await
    }

    /// Waits until the table has no row about `name`.
    pub async fn row_is_gone(&self, name: &str, deadline: Duration) -> Result<()> {
        wait::until(&format!("the row about {name} to go"), deadline, async || {
            let rows = self.rows().await?;
            anyhow::ensure!(!rows.iter().any(|row| row.iter().any(|cell| cell == name)), "it is still there");
            Ok(())
        })
        .await
    }

    /// Waits until the page's text holds `part`.
    pub async fn sees(&self, part: &str, deadline: Duration) -> Result<()> {
        wait::until(&format!("{part:?} on the page"), deadline, async || {
            let text = self.browser.text().await?;
            anyhow::ensure!(text.contains(part), "it is not there");
            Ok(())
        })
        .await
    }

    /// Takes a picture of the page.
    pub async fn picture(&self, page: &str) -> Result<()> {
        self.browser.screenshot(&screens().join(format!("{page} ({}).png", self.site.mode().name()))).await
    }

    /// Marks the page, so that a reload would be noticed.
    pub async fn mark_page(&self) -> Result<()> {
        self.browser.script("window.visitedBefore = true", Vec::new()).await.map(drop)
    }

    /// Fails if the page was reloaded since it was marked.
    pub async fn page_is_the_same(&self) -> Result<()> {
        let same = self.browser.script("return window.visitedBefore ?? false", Vec::new()).await?;
        anyhow::ensure!(same == json!(true), "the page was reloaded");
        Ok(())
    }

    /// Ends the visit: anything untoward that the browser saw fails the story.
    pub async fn end(self, told: Result<()>, expected: &[&str]) -> Result<()> {
        let errors = self.browser.console_errors().await?;
        let traffic = self.browser.whole_traffic().await?;
        let mut untoward = untoward(&errors, &traffic, &self.site.address()?, expected);
        untoward.extend(self.panic_of_the_proxy());
        let failure = match told {
            Ok(()) if untoward.is_empty() => None,
            Ok(()) => Some(anyhow::anyhow!("there was {untoward:#?}")),
            Err(error) => Some(error.context(self.scene(&errors, &traffic).await)),
        };
        if failure.is_some() {
            // The story's own failure is the one to report.
            let _picture = self.browser.screenshot(&screens().join(format!("FAILED {}.png", self.story))).await;
        }
        self.browser.close().await?;
        failure.map_or(Ok(()), Err)
    }

    /// The line in which our proxy says that it panicked.
    fn panic_of_the_proxy(&self) -> Option<String> {
        let log = self.site.pilothouse()?.log().unwrap_or_default();
        log.lines().find(|line| line.contains("panicked at")).map(str::to_owned)
    }

    /// What there is to see when a story fails.
    async fn scene(&self, errors: &[ConsoleError], traffic: &Traffic) -> String {
        const LAST: usize = 8;
        let page: String = self.browser.text().await.unwrap_or_default().chars().take(1_500).collect();
        let log = self.site.pilothouse().map(|pilothouse| pilothouse.process().log_end()).unwrap_or_default();
        let panic = self.panic_of_the_proxy().unwrap_or_default();
        let errors: Vec<_> = errors.iter().rev().take(LAST).map(ToString::to_string).collect();
        let requests: Vec<_> = traffic.requests.iter().rev().take(LAST).map(|request| request.url.as_str()).collect();
        format!(
            "the page said {page:?}; its last errors {errors:#?}; its last requests {requests:#?}; pilothouse said {panic} {log}"
        )
    }
}

/// Fails if a browser without a visit saw anything untoward on the site at `address`.
pub async fn nothing_untoward(browser: &Browser, address: &str, expected: &[&str]) -> Result<()> {
    let (errors, traffic) = (browser.console_errors().await?, browser.whole_traffic().await?);
    let untoward = untoward(&errors, &traffic, address, expected);
    anyhow::ensure!(untoward.is_empty(), "the browser saw {untoward:#?}");
    Ok(())
}

/// Console errors that the story did not expect, and requests to other origins than that of `address`.
fn untoward(errors: &[ConsoleError], traffic: &Traffic, address: &str, expected: &[&str]) -> Vec<String> {
    let is_expected = |error: &&ConsoleError| {
        // Nothing but failures of HTTP and sockets can be expected.
        let is_network = error.source == "network" || error.message.contains("WebSocket connection to");
        // What fetches the parts of the app writes to the console why it could not.
        let is_part = error.source == "console-api" && error.message.contains("/split-");
        (is_network || is_part) && expected.iter().any(|part| error.message.contains(part))
    };
    let errors = errors.iter().filter(|error| !is_expected(error)).map(ToString::to_string);
    let foreign = traffic.foreign(address).into_iter().map(|request| format!("foreign: {}", request.url));
    errors.chain(foreign).collect()
}

/// The `detail` of a mark as a number.
pub fn detail(mark: &Value, name: &str) -> u64 {
    mark["detail"][name].as_u64().unwrap_or_default()
}
