//! The landing page.

use anyhow::{Context as _, Result};
use pilothouse_e2e::browser::Request;
use pilothouse_e2e::control_plane::{ControlPlane, User};
use pilothouse_e2e::site::Mode;
use pilothouse_e2e::wait;

use crate::oracle::{self, Capacity, Counts};
use crate::story::{ADMIN, Cast, Story};
use crate::visit::{START, Visit};
use crate::world::tell_figure;

/// Html, css, js and wasm together, with brotli: what comes before the first chart.
const FIRST_LOAD_BYTES: u64 = 270_000;

/// Keeps the code of the pages beyond the landing page away until the test allows it.
const CUT_OFF_CODE: &str = "const fetchAsEver = window.fetch;
    window.fetch = (url, ...more) => String(url).includes('split-pages') && !window.codeAllowed
        ? Promise.reject(new TypeError('cut off by the test'))
        : fetchAsEver(url, ...more);";

pub fn stories() -> Vec<Story> {
    let cut_off = Cast { user: User::Admin, expected: &["cut off by the test"] };
    vec![
        Story::new("a page whose code cannot be fetched says so, and comes when it is tried again", cut_off, late_code),
        Story::new("the landing page's numbers equal what kubectl says", ADMIN, numbers).and_the_demo(),
        Story::new("the landing page's bars and states equal what kubectl says", ADMIN, bars).and_the_demo(),
        Story::new(
            "the first load is small, and the first chart needs at most eight requests, three deep",
            ADMIN,
            first_chart,
        ),
    ]
}

async fn numbers(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    visit.open("overview").await?;
    let counts = async || says(&visit.health().await?, &oracle::counts(visit.kubectl())?);
    wait::until("the numbers of kubectl", START, counts).await?;
    visit.is_live(START).await?;
    visit.picture("overview").await
}

async fn bars(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    const PICTURES: &str =
        "return [...document.querySelectorAll('[role=img]')].map((image) => image.getAttribute('aria-label'))";
    const STATES: &str = "return [...document.querySelectorAll('ul.states li')].map((line) => line.innerText)";
    visit.open("overview").await?;
    visit.sees("pods run", START).await?;
    visit.is_live(START).await?;
    let kubectl = visit.kubectl();
    wait::until("what kubectl tells of the nodes and the states", START, async || {
        let pictures: Vec<String> = serde_json::from_value(visit.browser.script(PICTURES, Vec::new()).await?)?;
        let described = kubectl.run("describe nodes")?;
        for (title, resource) in [("CPU: ", "cpu"), ("Memory: ", "memory"), ("Disk: ", "ephemeral-storage")] {
            let Capacity { allocatable, requests, limits } = oracle::capacity(&described, resource)?;
            let share = |part: f64| (part / allocatable * 100.0).round();
            let limited = if limits > 0.0 { format!(", {} % limits", share(limits)) } else { String::new() };
            bar_says(&pictures, title, &format!(" {} % requested{limited} of ", share(requests)), allocatable)?;
        }
        let Capacity { allocatable, requests, .. } = oracle::pods(&described)?;
        bar_says(
            &pictures,
            "Pods: ",
            &format!(" {} % used of ", (requests / allocatable * 100.0).round()),
            allocatable,
        )?;
        let counts = oracle::counts(kubectl)?;
        let states: Vec<String> = serde_json::from_value(visit.browser.script(STATES, Vec::new()).await?)?;
        let expected = [
            ("running", counts.running),
            ("completed", counts.completed),
            ("terminating", counts.terminating),
            ("not ready", counts.not_ready),
            ("waiting", counts.waiting),
            ("failing", counts.failing),
        ];
        for (state, count) in expected {
            let line = states.iter().find(|line| line.contains(state)).with_context(|| format!("no {state}"))?;
            let told = line.trim_end().rsplit(|c: char| c != ',' && !c.is_ascii_digit()).next().unwrap_or_default();
            let told = told.replace(',', "");
            anyhow::ensure!(told == count.to_string(), "{line:?} is said, and kubectl counts {count} {state}");
        }
        Ok(())
    })
    .await
}

/// Fails unless a bar tells these shares of so much.
fn bar_says(pictures: &[String], title: &str, shares: &str, whole: f64) -> Result<()> {
    let told = pictures.iter().find(|label| label.starts_with(title)).with_context(|| format!("no bar {title:?}"))?;
    let (_, of) = told.split_once(shares).with_context(|| format!("{told:?} lacks {shares:?}"))?;
    let mut words = of.split_whitespace();
    let number = words.next().context("a bar of nothing")?.replace(',', "");
    let power = match words.next() {
        None | Some("cores") => 0,
        Some("MiB") => 2,
        Some("GiB") => 3,
        Some("TiB") => 4,
        Some(unit) => anyhow::bail!("{told:?} is in {unit}"),
    };
    let unit = 1024_f64.powi(power);
    // Told to a tenth, or whole.
    let rounded = if number.contains('.') { 0.051 } else { 0.51 };
    let difference = (number.parse::<f64>()? - whole / unit).abs();
    anyhow::ensure!(difference < rounded, "{told:?} is not of {whole}");
    Ok(())
}

/// Fails unless the sentence tells these counts, and no others.
pub fn says(sentence: &str, counts: &Counts) -> Result<()> {
    // What they are short of may follow.
    let nodes = match counts.nodes_not_ready {
        0 => format!("All {} nodes ready", counts.nodes),
        some => format!("{some} of {} nodes not ready", counts.nodes),
    };
    anyhow::ensure!(sentence.replace(',', "").contains(&nodes), "{sentence:?} lacks {nodes:?} of {counts:?}");
    says_of_pods(sentence, counts)
}

/// Fails unless the sentence tells these counts of pods.
pub fn says_of_pods(sentence: &str, counts: &Counts) -> Result<()> {
    let told = sentence.replace(',', "");
    let verbs = [
        (counts.running, "pod runs", "pods run"),
        (counts.failing, "fails", "fail"),
        (counts.waiting, "waits", "wait"),
        (counts.not_ready, "not ready", "not ready"),
        (counts.terminating, "ending", "ending"),
        (counts.completed, "completed", "completed"),
    ];
    let pods = verbs
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }));
    for part in pods {
        anyhow::ensure!(told.contains(&part), "{sentence:?} lacks {part:?} of {counts:?}");
    }
    Ok(())
}

async fn first_chart(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    visit.enter().await?;
    wait::until("the first chart", START, async || {
        anyhow::ensure!(!visit.browser.marks("pilothouse:first-chart").await?.is_empty(), "no mark yet");
        Ok(())
    })
    .await?;
    if visit.site.mode() == Mode::Pilothouse {
        let bytes = bytes_over_the_wire(visit).await?;
        tell_figure(format!("First load over the wire: {bytes} bytes with brotli, up to the first chart"));
        anyhow::ensure!(bytes <= FIRST_LOAD_BYTES, "the first load is {bytes} bytes");
    }
    let traffic = visit.browser.traffic().await?;
    let home = visit.site.home()?;
    let begun = begun_before_the_first_chart(visit).await?;
    let counts =
        |request: &&Request| !request.is_socket && !is_api(&request.url, &home) && begun.contains(&request.url);
    let requests: Vec<&Request> = traffic.requests.iter().filter(counts).collect();
    anyhow::ensure!(requests.iter().any(|request| request.url.ends_with(".wasm")), "no wasm among {begun:?}");
    let list: Vec<_> = requests.iter().map(|request| request.url.trim_start_matches(&home)).collect();
    anyhow::ensure!(requests.len() <= 8, "{} requests: {list:?}", requests.len());
    for request in &requests {
        let depth = depth(request, &requests, 8);
        anyhow::ensure!(depth <= 3, "{} is {depth} deep", request.url);
    }
    Ok(())
}

/// The page and what it loaded before the first chart, compressed as they came, without the API's answers.
async fn bytes_over_the_wire(visit: &Visit) -> Result<u64> {
    const SCRIPT: &str = r"const drawn = performance.getEntriesByName('pilothouse:first-chart')[0].startTime;
        return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
            .filter((entry) => entry.startTime <= drawn)
            .filter((entry) => !/^\/(apis?|version|readyz)\b/.test(new URL(entry.name).pathname))
            .reduce((sum, entry) => sum + entry.encodedBodySize, 0)";
    visit.browser.script(SCRIPT, Vec::new()).await?.as_u64().context("a sum")
}

/// The addresses of the page and of what it asked for before the first chart.
async fn begun_before_the_first_chart(visit: &Visit) -> Result<Vec<String>> {
    const SCRIPT: &str = "const drawn = performance.getEntriesByName('pilothouse:first-chart')[0].startTime;
        return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
            .filter((entry) => entry.startTime <= drawn).map((entry) => entry.name)";
    Ok(serde_json::from_value(visit.browser.script(SCRIPT, Vec::new()).await?)?)
}

async fn late_code(_: &mut ControlPlane, visit: &Visit) -> Result<()> {
    visit.browser.before_each_page(CUT_OFF_CODE).await?;
    visit.open("pods").await?;
    visit.sees("The code of this page could not be fetched", START).await?;
    visit.browser.script("window.codeAllowed = true", Vec::new()).await?;
    visit.browser.click("button", "Try again").await?;
    wait::until("the pods", START, async || {
        anyhow::ensure!(visit.row_count().await? > 0, "no rows yet");
        Ok(())
    })
    .await
}

fn is_api(url: &str, home: &str) -> bool {
    let origin = home.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    let path = url.strip_prefix(&origin).unwrap_or(url);
    ["/api/", "/apis/", "/api?", "/apis?", "/version", "/readyz"].iter().any(|start| path.starts_with(start))
}

/// How many requests had to be answered one after the other, this one included.
fn depth(request: &Request, all: &[&Request], at_most: usize) -> usize {
    let asked_by = request.initiator.as_deref().and_then(|url| all.iter().find(|other| other.url == url));
    match asked_by {
        Some(asked_by) if at_most > 0 && asked_by.url != request.url => 1 + depth(asked_by, all, at_most - 1),
        _ => 1,
    }
}
