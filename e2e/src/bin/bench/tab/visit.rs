//! One load of the app in a fresh browser, told by its own User Timing marks.

use std::time::Duration;

use anyhow::{Context as _, Result};
use model::pages::PAGE_ITEMS;
use pilothouse_e2e::browser::Browser;
use pilothouse_e2e::kubectl_proxy::KubectlProxy;
use pilothouse_e2e::pilothouse::{self, Pilothouse};
use pilothouse_e2e::wait;
use serde_json::json;

use super::Way;
use super::cluster::Cluster;
use super::figures::Turn;
use crate::usage;

/// The lists that the landing page loads: as they are called in marks, and where they are.
pub const LISTS: [(&str, &str); 7] = [
    ("nodes", "api/v1/nodes"),
    ("pods", "api/v1/pods"),
    ("namespaces", "api/v1/namespaces"),
    ("events", "api/v1/events"),
    ("deployments", "apis/apps/v1/deployments"),
    ("statefulsets", "apis/apps/v1/statefulsets"),
    ("daemonsets", "apis/apps/v1/daemonsets"),
];
/// What else is loaded before memory is read: the pages that ask for it, and its marks.
const MORE: [(&str, &[&str]); 2] = [("workloads", &["replicasets", "jobs", "cronjobs"]), ("services", &["services"])];
/// Whatever the size of the cluster, something is wrong after this.
const PATIENCE: Duration = Duration::from_secs(300);

/// Notes what the page asks for and as what, from before its own scripts, and makes room for all of it in the browser's account.
///
/// The first `fetch` stays a property: a constant of that name would be what the page's own scripts call.
const WATCH_REQUESTS: &str = "
    performance.setResourceTimingBufferSize(2000);
    window.asked = [];
    window.firstFetch = window.fetch;
    window.fetch = (request, options) => {
        const headers = new Headers(options?.headers ?? request.headers);
        window.asked.push([new URL(request.url ?? request, location).href, Object.fromEntries(headers)]);
        return window.firstFetch(request, options);
    };";

const FIGURES: &str = "
    const lists = performance.getEntriesByType('resource').filter((entry) => {
        const url = new URL(entry.name);
        return arguments[0].some((path) => url.pathname.endsWith('/' + path)) && [null, arguments[1]].includes(url.searchParams.get('limit'));
    });
    const sum = (of) => lists.reduce((sum, entry) => sum + of(entry), 0);
    return { sent: sum((entry) => entry.transferSize), plain: sum((entry) => entry.decodedBodySize), lists: lists.length }";

/// The requests of the first lists, once all are on their way.
const ASKED: &str = "
    return window.asked.filter(([url]) => arguments[0].some((path) => new URL(url).pathname.endsWith('/' + path)));";

/// Reads the same lists and throws them away.
const READ: &str = "
    const [requests, done] = arguments;
    performance.mark('began');
    const read = async ([url, headers]) => {
        const reader = (await fetch(url, { headers })).body.getReader();
        while (!(await reader.read()).done);
    };
    Promise.all(requests.map(read)).then(() => {
        performance.mark('ended');
        done(performance.measure('all', 'began', 'ended').duration);
    });";

/// An open page of the app, with what serves it.
pub struct Visit {
    /// The browser.
    pub browser: Browser,
    served: Served,
}

enum Served {
    /// By the demo itself, which is measured with its cluster and therefore not at all.
    Demo,
    Pilothouse(Pilothouse),
    KubectlProxy(KubectlProxy),
}

impl Visit {
    /// A fresh browser before a fresh proxy, and the link to open. A trace grows with the time that it covers.
    pub async fn start(cluster: &Cluster, way: Way, is_traced: bool) -> Result<(Self, String)> {
        let folder = cluster.folder();
        let (served, link) = match (cluster.demo(), way) {
            (Some(demo), _) => (Served::Demo, demo.link()?),
            (None, Way::KubectlProxy) => {
                let proxy = KubectlProxy::start(&cluster.kubectl()?, &pilothouse::site(), folder).await?;
                let link = proxy.link()?;
                (Served::KubectlProxy(proxy), link)
            }
            (None, _) => {
                let proxy = Pilothouse::start(cluster.kubeconfig(), folder).await?;
                let link = proxy.link()?;
                (Served::Pilothouse(proxy), link)
            }
        };
        let browser = if is_traced { Browser::start_tracing(folder).await? } else { Browser::start(folder).await? };
        browser.before_each_page(WATCH_REQUESTS).await?;
        browser.watch_memory().await?;
        Ok((Self { browser, served }, link))
    }

    /// Waits for a mark; when it was set, in seconds from the navigation on.
    pub async fn mark_s(&self, name: &str) -> Result<f64> {
        wait::until(name, PATIENCE, async || {
            let mark = self.browser.marks(name).await?.pop().context("no mark yet")?;
            Ok(mark["startTime"].as_f64().context("a mark without a time")? / 1e3)
        })
        .await
    }

    /// The proportional share of memory of the page's process, in MiB.
    pub fn memory_mib(&self) -> Result<f64> {
        Ok(usage::renderer_pss_kib(self.browser.process_id())? as f64 / 1024.0)
    }

    fn proxy_peak_mib(&self) -> Option<f64> {
        let pid = match &self.served {
            Served::Demo => return None,
            Served::Pilothouse(proxy) => proxy.process().id(),
            Served::KubectlProxy(proxy) => proxy.process().id(),
        };
        Some(usage::peak_kib(pid).ok()? as f64 / 1024.0)
    }
}

/// Opens the table of pods first: when it has rows, in seconds after the app's start. A one-time link leads to the overview only.
async fn first_rows_s(cluster: &Cluster, way: Way) -> Result<Option<f64>> {
    if way != Way::KubectlProxy {
        return Ok(None);
    }
    let (visit, link) = Visit::start(cluster, way, false).await?;
    visit.browser.goto(&format!("{link}#/c/{}/pods", cluster.fragment(way))).await?;
    let rows_s = visit.mark_s("pilothouse:first-rows").await?;
    let started_s = visit.mark_s("pilothouse:started").await?;
    visit.browser.close().await?;
    Ok(Some(rows_s - started_s))
}

/// Opens the overview, waits until all it loads is there, then loads the other kinds and reads the memory.
pub async fn load(cluster: &Cluster, way: Way) -> Result<Turn> {
    let first_rows_s = first_rows_s(cluster, way).await?;
    let (visit, link) = Visit::start(cluster, way, true).await?;
    visit.browser.goto(&link).await?;
    let first_chart_s = visit.mark_s("pilothouse:first-chart").await?;
    let mut all_s = first_chart_s;
    for (what, _) in LISTS {
        all_s = visit.mark_s(&format!("pilothouse:synced:{what}")).await?.max(all_s);
    }
    let figures = wait::until("the sizes of the lists", PATIENCE, async || {
        let paths: Vec<&str> = LISTS.iter().map(|(_, path)| *path).collect();
        let figures = visit.browser.script(FIGURES, vec![json!(paths), json!(PAGE_ITEMS.to_string())]).await?;
        anyhow::ensure!(figures["lists"].as_u64() >= Some(LISTS.len() as u64), "{figures}");
        Ok(figures)
    })
    .await?;
    let trace = visit.browser.trace().await?;
    let tasks = trace.longest("navigationStart", "pilothouse:synced:pods")?;
    for (page, lists) in MORE {
        visit.browser.follow(&format!("#/c/{}/{page}", cluster.fragment(way))).await?;
        for what in lists {
            visit.mark_s(&format!("pilothouse:synced:{what}")).await?;
        }
    }
    visit.browser.follow(&format!("#/c/{}/pods", cluster.fragment(way))).await?;
    let heap = visit.browser.heap().await?;
    let of = |key: &str| figures[key].as_f64();
    let mega = |value: Option<f64>| value.map(|bytes| bytes / 1e6);
    let turn = Turn {
        first_chart_s: Some(first_chart_s),
        first_rows_s,
        all_s: Some(all_s),
        sent_mb: mega(of("sent")),
        plain_mb: mega(of("plain")),
        tasks: Some(tasks),
        memory_mib: Some(visit.memory_mib()?),
        heap_mib: Some((heap.wasm_bytes + heap.script_bytes) as f64 / f64::from(1 << 20)),
        proxy_peak_mib: visit.proxy_peak_mib(),
    };
    visit.browser.close().await?;
    Ok(turn)
}

/// An empty page that reads the same lists and does nothing with them: what the browser and the machine make of it by themselves.
pub async fn empty(cluster: &Cluster) -> Result<Turn> {
    let (visit, link) = Visit::start(cluster, Way::Empty, true).await?;
    visit.browser.goto(&link).await?;
    let paths: Vec<&str> = LISTS.iter().map(|(_, path)| *path).collect();
    let asked = wait::until("the requests of all lists", PATIENCE, async || {
        let asked = visit.browser.script(ASKED, vec![json!(paths)]).await?;
        let lists = asked.as_array().context("no requests")?;
        anyhow::ensure!(lists.len() >= LISTS.len(), "only these lists are on their way: {asked}");
        Ok(asked)
    })
    .await?;
    let origin = link.split('#').next().context("a link without an address")?;
    visit.browser.without_policy().await?;
    visit.browser.goto(&format!("{origin}-/healthz")).await?;
    visit.browser.driver().set_script_timeout(PATIENCE).await?;
    let all_ms = visit.browser.script_async(READ, vec![asked]).await?;
    let trace = visit.browser.trace().await?;
    let tasks = trace.longest("began", "ended")?;
    visit.browser.close().await?;
    Ok(Turn { all_s: all_ms.as_f64().map(|ms| ms / 1e3), tasks: Some(tasks), ..Turn::default() })
}
