//! `bench paint`: how long the page works for one frame of the node picture, for a node's words under the pointer, and for a group that
//! opens in Explore.
//!
//! The times are of Chromium's own trace: all tasks of the page's main thread, and raster, between a mark before and one two frames
//! later, or when all rows of a table have been made. What the page does meanwhile for the watches of a cluster that lives falls on them too, so the median counts.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use pilothouse_e2e::browser::{Browser, Work};
use pilothouse_e2e::wait;
use serde::Serialize;
use serde_json::json;

use crate::machine::{self, Machine};
use crate::tab::Upstream;
use crate::tab::cluster::Cluster;

/// What is measured, and how often.
#[derive(Debug, Args)]
pub struct Flags {
    /// How many nodes.
    #[arg(long, default_value_t = 5_000)]
    nodes: usize,
    /// About how many pods.
    #[arg(long, default_value_t = 150_000)]
    pods: usize,
    /// How often each is measured.
    #[arg(long, default_value_t = 24)]
    rounds: usize,
    /// Where the raw figures go.
    #[arg(long, default_value = "e2e/bench/results")]
    results: PathBuf,
}

/// Something that a person does, and how long the page may work for it.
struct Act {
    name: &'static str,
    most: Most,
    route: &'static str,
    /// Is there when the page can be worked with.
    selector: &'static str,
    /// A script that does it, with the number of the round as `turn`.
    script: &'static str,
    /// Every other time it is only undone.
    every_other: bool,
}

/// What is at most so many milliseconds.
#[derive(Clone, Copy)]
enum Most {
    /// It is only told beside the others.
    Any,
    /// The median of all work.
    All(f64),
    /// The median of the work until the page has been painted once: the rest of a table fills in the frames after it.
    FirstPaint(f64),
    /// The same of 95 of 100.
    FirstPaintP95(f64),
}

const ACTS: [Act; 8] = [
    Act {
        name: "nothing, beside the watches that go on",
        most: Most::Any,
        route: "overview",
        selector: ".nodes .groups > li",
        script: "",
        every_other: false,
    },
    Act {
        name: "one frame of the node picture",
        most: Most::FirstPaint(8.0),
        route: "overview",
        selector: ".nodes .groups > li",
        // One pixel less or more: the layout is made and every bar is drawn.
        script: "document.querySelector('.nodes .picture').style.width = `calc(100% - ${1 + turn % 2}px)`",
        every_other: false,
    },
    Act {
        name: "a pointer on the node picture until its node is told",
        most: Most::All(16.0),
        route: "overview",
        selector: ".nodes .groups > li",
        script: "const chart = document.querySelector('.nodes [role=application]');
            const box = chart.getBoundingClientRect();
            const at = { clientX: box.x + 40 + turn * 7, clientY: box.y + 8, bubbles: true };
            chart.querySelector('canvas').dispatchEvent(new PointerEvent('pointermove', at));",
        every_other: false,
    },
    Act {
        name: "a group opens in Explore",
        most: Most::All(150.0),
        route: "explore?by=namespace,owner",
        selector: "[role=treegrid] button.sign",
        script: "const signs = document.querySelectorAll('[role=treegrid] [aria-level=\"1\"] button.sign');
            signs[(turn >> 1) % signs.length].click()",
        every_other: true,
    },
    Act {
        name: "all pods are grouped anew, two levels deep",
        most: Most::All(150.0),
        route: "explore?by=zone",
        selector: "[role=treegrid] tbody [role=row]",
        script: "location.hash = turn % 2 ? '#/c/demo/explore?by=zone' : '#/c/demo/explore?by=namespace,version&open=shop'",
        every_other: true,
    },
    Act {
        name: "all pods are grouped by a label, with sums",
        most: Most::FirstPaint(20.0),
        route: "explore?by=zone",
        selector: "[role=treegrid] tbody [role=row]",
        script: "location.hash = '#/c/demo/explore?by=' + (turn % 2 ? 'zone' : 'label:app.kubernetes.io%2Fname')",
        every_other: true,
    },
    Act {
        name: "a key is typed in the search over all pods",
        most: Most::FirstPaintP95(16.0),
        route: "pods",
        selector: ".table-scroll tbody [role=row]",
        script: "const field = document.querySelector('[role=search] input');
            field.value = 'checkout'.slice(0, 1 + turn % 8);
            field.dispatchEvent(new Event('input', { bubbles: true }))",
        every_other: false,
    },
    Act {
        name: "all pods are sorted by a column",
        most: Most::FirstPaint(50.0),
        route: "pods",
        selector: ".table-scroll tbody [role=row]",
        script: "const heads = document.querySelectorAll('.table-scroll button.sort');
            heads[turn % heads.length].click()",
        every_other: false,
    },
];

const BEGIN: &str = "begin";
const END: &str = "end";
const PATIENCE: Duration = Duration::from_secs(300);
const IS_THERE: &str = "return document.querySelectorAll(arguments[0]).length > 0
    && document.querySelectorAll('[aria-busy=true], .progress').length === 0";

/// Between two readings of usage, which come every 15 s and are work of their own.
const IS_QUIET: &str = "const read = performance.getEntriesByType('resource')
        .filter(({ name }) => name.includes('/metrics.k8s.io/v1beta1/pods')).map(({ responseEnd }) => responseEnd);
    const ago = performance.now() - Math.max(...read);
    return ago > 500 && ago < 8000";

#[derive(Serialize)]
struct Raw {
    machine: Machine,
    nodes: usize,
    pods: usize,
    acts: Vec<(&'static str, Vec<Work>)>,
}

/// Measures, prints the table and writes the raw figures.
pub async fn run(flags: &Flags) -> Result<()> {
    let cluster = Cluster::start(Upstream::Demo, flags.nodes, flags.pods).await?;
    let mut raw = Raw { machine: machine::describe(&[])?, nodes: cluster.nodes, pods: cluster.pods, acts: Vec::new() };
    for act in &ACTS {
        eprintln!("{}", act.name);
        raw.acts.push((act.name, measured(&cluster, act, flags.rounds).await?));
    }
    println!("{}", table(&raw));
    let file = flags.results.join(format!("paint-{}.json", raw.machine.date));
    std::fs::create_dir_all(&flags.results)?;
    std::fs::write(&file, serde_json::to_vec_pretty(&raw)?)?;
    eprintln!("raw figures: {}", file.display());
    for ((name, found), act) in raw.acts.iter().zip(&ACTS) {
        let (ms, most) = act.most.of(found);
        ensure!(ms <= most, "{name}: {ms:.1} ms of at most {most}");
    }
    Ok(())
}

/// Does it so many times in a browser of its own, whose trace would be too full with that of the others.
async fn measured(cluster: &Cluster, act: &Act, rounds: usize) -> Result<Vec<Work>> {
    let browser = Browser::start_tracing(cluster.folder()).await?;
    browser.goto(&cluster.demo().context("a demo")?.link()?).await?;
    wait::until("all pods", PATIENCE, async || {
        ensure!(!browser.marks("pilothouse:synced:pods").await?.is_empty(), "they are being listed");
        Ok(())
    })
    .await?;
    play(&browser, act, rounds).await?;
    let trace = browser.trace().await?;
    browser.close().await?;
    let rounds = (0..rounds).filter(|turn| !act.every_other || turn % 2 == 0);
    rounds.map(|turn| trace.work(&mark(BEGIN, turn), &mark(END, turn))).collect()
}

/// Does it so many times, between marks of their own.
async fn play(browser: &Browser, act: &Act, rounds: usize) -> Result<()> {
    browser.follow(&format!("#/c/demo/{}", act.route)).await?;
    wait::until(act.name, PATIENCE, async || {
        ensure!(browser.script(IS_THERE, vec![json!(act.selector)]).await? == json!(true), "no {} yet", act.selector);
        Ok(())
    })
    .await?;
    let script = format!(
        "const [turn, begin, end, done] = arguments;
        requestAnimationFrame(() => setTimeout(() => {{
            performance.mark(begin);
            {};
            const ended = () => document.querySelector('tbody [aria-busy=true]')
                ? requestAnimationFrame(ended)
                : setTimeout(() => {{
                    performance.mark(end);
                    done(true);
                }});
            requestAnimationFrame(() => requestAnimationFrame(ended));
        }}))",
        act.script
    );
    for turn in 0..rounds {
        wait::until("a page that reads no usage", PATIENCE, async || {
            ensure!(
                browser.script(IS_QUIET, Vec::new()).await? == json!(true),
                "it reads it, or has told of no reading"
            );
            Ok(())
        })
        .await?;
        let arguments = vec![json!(turn), json!(mark(BEGIN, turn)), json!(mark(END, turn))];
        browser.script_async(&script, arguments).await?;
    }
    Ok(())
}

fn mark(name: &str, turn: usize) -> String {
    format!("bench:{name}:{turn}")
}

fn table(raw: &Raw) -> String {
    let mut lines = vec![
        format!("{} nodes, {} pods, {} cores of {}:\n", raw.nodes, raw.pods, raw.machine.cores, raw.machine.processor),
        "| the page works for, ms | until it is painted | scripts, style, layout, paint | raster | all | at most |\n|---|---|---|---|---|---|"
            .to_owned(),
    ];
    for ((name, found), act) in raw.acts.iter().zip(&ACTS) {
        let of = [|w: &Work| w.first_paint_ms, |w: &Work| w.main_ms, |w: &Work| w.raster_ms, Work::total_ms];
        let cells = of.map(|of| cell(spread(found, of))).join(" | ");
        lines.push(format!("| {name} | {cells} | {} |", act.most.words(found)));
    }
    lines.join("\n")
}

impl Most {
    /// What it is of these, and at most.
    fn of(self, found: &[Work]) -> (f64, f64) {
        match self {
            Self::Any => (0.0, f64::INFINITY),
            Self::All(most) => (spread(found, Work::total_ms).0, most),
            Self::FirstPaint(most) => (spread(found, |work| work.first_paint_ms).0, most),
            Self::FirstPaintP95(most) => (ranked(found, |work| work.first_paint_ms, 95), most),
        }
    }

    fn words(self, found: &[Work]) -> String {
        match self {
            Self::Any => String::new(),
            Self::All(most) => format!("{most}, all"),
            Self::FirstPaint(most) => format!("{most}, painted"),
            Self::FirstPaintP95(most) => format!("{most}, painted, 95 of 100 (**{:.1}**)", self.of(found).0),
        }
    }
}

/// The median, and the least and the most.
fn spread(found: &[Work], of: fn(&Work) -> f64) -> (f64, f64, f64) {
    (ranked(found, of, 50), ranked(found, of, 0), ranked(found, of, 100))
}

/// So many of 100 are no more.
fn ranked(found: &[Work], of: fn(&Work) -> f64, of_100: usize) -> f64 {
    let mut all: Vec<f64> = found.iter().map(of).collect();
    all.sort_by(f64::total_cmp);
    all.get((all.len() * of_100 / 100).min(all.len().saturating_sub(1))).copied().unwrap_or_default()
}

fn cell((median, least, most): (f64, f64, f64)) -> String {
    format!("**{median:.1}** ({least:.1}–{most:.1})")
}
