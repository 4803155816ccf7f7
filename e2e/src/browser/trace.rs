//! What Chromium did and for how long, from its own trace: scripts, layout, paint and raster.

use std::sync::atomic::Ordering;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::{Browser, PATIENCE};
use crate::wait;

/// What is traced: tasks with what they do, raster, and the page's own marks.
const CATEGORIES: [&str; 5] =
    ["devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel", "cc", "blink.user_timing"];

/// The tasks of a thread, as different versions call them.
const TASKS: [&str; 2] = ["RunTask", "ThreadControllerImpl::RunTask"];
/// Pixels are made of what was painted.
const RASTER: &str = "RasterTask";

/// Work between two marks of a page.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Work {
    /// Tasks of the page's main thread, in ms: scripts, style, layout and paint.
    pub main_ms: f64,
    /// Raster, on whatever threads, in ms.
    pub raster_ms: f64,
}

impl Work {
    /// All of it.
    pub fn total_ms(&self) -> f64 {
        self.main_ms + self.raster_ms
    }
}

impl Browser {
    /// What Chromium traces while something is done.
    ///
    /// The trace comes as a stream whose name is told in an event, which WebDriver does not pass on; streams are numbered from one on.
    pub async fn traced(&self, act: impl AsyncFnOnce() -> Result<()>) -> Result<Vec<Value>> {
        let config = json!({ "includedCategories": CATEGORIES, "excludedCategories": ["*"] });
        self.cdp("Tracing.start", json!({ "transferMode": "ReturnAsStream", "traceConfig": config })).await?;
        let done = act().await;
        self.cdp("Tracing.end", json!({})).await?;
        done?;
        let stream = (self.traces.fetch_add(1, Ordering::Relaxed) + 1).to_string();
        let mut text = String::new();
        loop {
            let piece = wait::until("the trace", PATIENCE, async || {
                self.cdp("IO.read", json!({ "handle": stream, "size": 1 << 20 })).await
            })
            .await?;
            anyhow::ensure!(piece["base64Encoded"] != true, "the trace is no text");
            text.push_str(piece["data"].as_str().unwrap_or_default());
            if piece["eof"] == true {
                break;
            }
        }
        self.cdp("IO.close", json!({ "handle": stream })).await?;
        let mut trace: Value = serde_json::from_str(&text)?;
        match trace["traceEvents"].take() {
            Value::Array(events) => Ok(events),
            other => anyhow::bail!("no list of events: {other}"),
        }
    }
}

/// The work between the last two marks of these names.
pub fn work(events: &[Value], begin: &str, end: &str) -> Result<Work> {
    let mark = |name: &str| {
        let found = events.iter().rfind(|event| event["name"] == name && event["ts"].is_number());
        found.with_context(|| format!("no mark {name} among {} events", events.len()))
    };
    let (begin, end) = (mark(begin)?, mark(end)?);
    let within = (micros(begin, "ts"), micros(end, "ts"));
    let of_page = || events.iter().filter(|event| event["pid"] == begin["pid"] && event["dur"].is_number());
    let tasks =
        of_page().filter(|event| event["tid"] == begin["tid"] && TASKS.iter().any(|name| event["name"] == *name));
    let raster = of_page().filter(|event| event["name"] == RASTER);
    Ok(Work { main_ms: covered_ms(tasks, within), raster_ms: covered_ms(raster, within) })
}

/// How much of a time some events cover, in ms; what lies within another one counts once.
fn covered_ms<'e>(events: impl Iterator<Item = &'e Value>, (from, to): (f64, f64)) -> f64 {
    let mut spans: Vec<(f64, f64)> = events
        .map(|event| (micros(event, "ts").max(from), (micros(event, "ts") + micros(event, "dur")).min(to)))
        .filter(|(start, end)| start < end)
        .collect();
    spans.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let (mut covered, mut reached) = (0.0, from);
    for (start, end) in spans {
        covered += (end - start.max(reached)).max(0.0);
        reached = reached.max(end);
    }
    covered / 1e3
}

fn micros(event: &Value, key: &str) -> f64 {
    event[key].as_f64().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_what_tasks_and_raster_cover_between_two_marks() {
        let event = |name: &str, tid: u32, ts: u32, dur: u32| json!({ "name": name, "pid": 1, "tid": tid, "ts": ts, "dur": dur });
        let mark = |name: &str, ts: u32| json!({ "name": name, "pid": 1, "tid": 7, "ts": ts });
        let events = [
            mark("begin", 1_000),
            event("RunTask", 7, 500, 1_000),
            event("RunTask", 7, 2_000, 3_000),
            // Inside of the one before, of another thread, and too late.
            event("RunTask", 7, 2_500, 1_000),
            event("RunTask", 8, 2_000, 9_000),
            event("RasterTask", 9, 4_000, 2_000),
            mark("end", 10_000),
            event("RunTask", 7, 11_000, 1_000),
        ];
        let work = work(&events, "begin", "end").unwrap();
        assert_eq!(work, Work { main_ms: 3.5, raster_ms: 2.0 });
    }
}
