//! What kept the main thread of the page busy, by the browser's own trace.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use serde::Serialize;
use serde_json::Value;

use super::Browser;

/// The main threads of all pages that lived meanwhile: a new tab and a spare one lie beside the page that is meant.
#[derive(Clone, Debug, Default)]
pub struct Trace(Vec<Page>);

/// A page's main thread, what its process drew, and its marks in the order of time.
#[derive(Clone, Debug, Default)]
struct Page {
    tasks: Vec<Task>,
    /// What tasks were made of, by the names of the trace.
    parts: Vec<(String, Task)>,
    raster: Vec<Task>,
    /// When it painted.
    paints_ms: Vec<f64>,
    marks: Vec<(String, f64)>,
}

/// One task of the main thread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Task {
    /// When it began, in milliseconds of the trace's clock.
    pub start_ms: f64,
    /// How long it took.
    pub wall_ms: f64,
    /// How long a processor worked on it: on a machine whose cores others want too this is less.
    pub processor_ms: f64,
}

/// What is told of some tasks.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Longest {
    /// How many there were.
    pub count: usize,
    /// When the longest began, in milliseconds after the first mark.
    pub began_ms: f64,
    /// What of it took a tenth of it or more, by the names of the trace, each in milliseconds.
    pub inside: Vec<(String, f64)>,
    /// The longest, in milliseconds.
    pub wall_ms: f64,
    /// 99 of 100 took no longer.
    pub wall_p99_ms: f64,
    /// The most that a processor worked on one.
    pub processor_ms: f64,
    /// 99 of 100 took no more of a processor.
    pub processor_p99_ms: f64,
}

/// Work between two marks of a page.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Work {
    /// Tasks of the page's main thread, in ms: scripts, style, layout and paint.
    pub main_ms: f64,
    /// As much of it as came before the page had been painted once.
    pub first_paint_ms: f64,
    /// Raster, on whatever threads, in ms.
    pub raster_ms: f64,
}

impl Work {
    /// All of it.
    pub fn total_ms(&self) -> f64 {
        self.main_ms + self.raster_ms
    }
}

/// The categories to trace: tasks, raster, paints, and User Timing.
pub(super) const CATEGORIES: &str = "disabled-by-default-devtools.timeline,devtools.timeline,blink.user_timing";

const USER_TIMING: &str = "blink.user_timing";

impl Browser {
    /// All that was traced; empty unless the browser was started to trace, and after the first time this was asked.
    pub async fn trace(&self) -> Result<Trace> {
        let mut events = Vec::new();
        for entry in self.driver.get_log("performance").await? {
            let mut entry: Value = serde_json::from_str(&entry.message)?;
            if entry["message"]["method"] == "Tracing.dataCollected" {
                events.push(entry["message"]["params"].take());
            }
        }
        Ok(Trace::of(&events))
    }
}

impl Trace {
    fn of(events: &[Value]) -> Self {
        let thread = |event: &Value| (event["pid"].as_i64(), event["tid"].as_i64());
        let mut pages: HashMap<_, Page> =
            events.iter().filter(|event| is_mark(event)).map(|event| (thread(event), Page::default())).collect();
        for event in events {
            let Some(name) = event["name"].as_str() else { continue };
            if name == "RasterTask" {
                let drawn_for = pages.iter_mut().filter(|((pid, _), _)| *pid == event["pid"].as_i64());
                drawn_for.for_each(|(_, page)| page.raster.extend(Task::of(event)));
            } else if let Some(page) = pages.get_mut(&thread(event)) {
                if name == "RunTask" {
                    page.tasks.extend(Task::of(event));
                } else if is_mark(event) {
                    page.marks.extend(event["ts"].as_f64().map(|micros| (name.to_owned(), micros / 1e3)));
                } else {
                    page.parts.extend(Task::of(event).map(|part| (name.to_owned(), part)));
                }
                if name == "Paint" {
                    page.paints_ms.extend(event["ts"].as_f64().map(|micros| micros / 1e3));
                }
            }
        }
        for page in pages.values_mut() {
            page.marks.sort_by(|(_, a), (_, b)| a.total_cmp(b));
        }
        Self(pages.into_values().collect())
    }

    /// The tasks that began between two marks.
    pub fn longest(&self, begin: &str, end: &str) -> Result<Longest> {
        let (page, (from_ms, to_ms)) = self.between(begin, end)?;
        let tasks: Vec<&Task> = page.tasks.iter().filter(|t| (from_ms..=to_ms).contains(&t.start_ms)).collect();
        let ranked = |of: fn(&Task) -> f64| {
            let mut all: Vec<f64> = tasks.iter().map(|task| of(task)).collect();
            all.sort_by(f64::total_cmp);
            let at = |place: usize| all.get(place).copied().unwrap_or(0.0);
            (at(all.len().saturating_sub(1)), at(all.len().saturating_sub(1) * 99 / 100))
        };
        let ((wall_ms, wall_p99_ms), (processor_ms, processor_p99_ms)) =
            (ranked(|task| task.wall_ms), ranked(|task| task.processor_ms));
        let longest = tasks.iter().max_by(|a, b| a.wall_ms.total_cmp(&b.wall_ms));
        Ok(Longest {
            count: tasks.len(),
            began_ms: longest.map_or(0.0, |task| task.start_ms - from_ms),
            inside: longest.map(|task| page.inside(task)).unwrap_or_default(),
            wall_ms,
            wall_p99_ms,
            processor_ms,
            processor_p99_ms,
        })
    }

    /// The work between two marks.
    pub fn work(&self, begin: &str, end: &str) -> Result<Work> {
        let (page, (from, to)) = self.between(begin, end)?;
        let first = page.paints_ms.iter().copied().filter(|at| (from..=to).contains(at)).fold(to, f64::min);
        // All of the task that paints.
        let painted = page.tasks.iter().find(|task| (task.start_ms..=task.end_ms()).contains(&first));
        let painted = painted.map_or(to, |task| task.end_ms().min(to));
        let main_ms = |until| covered_ms(&page.tasks, (from, until));
        let raster_ms = covered_ms(&page.raster, (from, to));
        Ok(Work { main_ms: main_ms(to), first_paint_ms: main_ms(painted), raster_ms })
    }

    /// The page that set a mark last, with the time from the last mark `begin` before it on.
    fn between(&self, begin: &str, end: &str) -> Result<(&Page, (f64, f64))> {
        let last = |page: &Page, name: &str, until_ms: f64| {
            page.marks.iter().rfind(|(of, at_ms)| of == name && *at_ms <= until_ms).map(|(_, at_ms)| *at_ms)
        };
        let set = self.0.iter().filter_map(|page| Some((page, last(page, end, f64::INFINITY)?)));
        let (page, to_ms) =
            set.max_by(|(_, a), (_, b)| a.total_cmp(b)).with_context(|| format!("the trace has no mark {end}"))?;
        let from_ms =
            last(page, begin, to_ms).with_context(|| format!("the trace has no mark {begin} before {end}"))?;
        Ok((page, (from_ms, to_ms)))
    }
}

impl Page {
    /// What took a tenth of a task or more, the longest first; what lies within another one is told too.
    fn inside(&self, task: &Task) -> Vec<(String, f64)> {
        let within = self.parts.iter().filter(|(_, part)| task.holds(part));
        let mut by_name = HashMap::<&str, f64>::new();
        for (name, part) in within {
            *by_name.entry(name).or_default() += part.wall_ms;
        }
        let mut parts: Vec<_> = by_name.into_iter().filter(|(_, ms)| *ms >= task.wall_ms / 10.0).collect();
        parts.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        parts.into_iter().map(|(name, ms)| (name.to_owned(), ms)).collect()
    }
}

/// Newer browsers file marks under more than one category.
fn is_mark(event: &Value) -> bool {
    event["cat"].as_str().is_some_and(|of| of.split(',').any(|one| one == USER_TIMING))
}

impl Task {
    fn of(event: &Value) -> Option<Self> {
        let wall_ms = event["dur"].as_f64()? / 1e3;
        let processor_ms = event["tdur"].as_f64().map_or(wall_ms, |micros| micros / 1e3);
        Some(Self { start_ms: event["ts"].as_f64()? / 1e3, wall_ms, processor_ms })
    }

    fn end_ms(&self) -> f64 {
        self.start_ms + self.wall_ms
    }

    fn holds(&self, part: &Self) -> bool {
        self.start_ms <= part.start_ms && part.end_ms() <= self.end_ms()
    }
}

/// How much of a time some tasks cover; what lies within another one counts once.
fn covered_ms(tasks: &[Task], (from, to): (f64, f64)) -> f64 {
    let within = |task: &Task| (task.start_ms.max(from), task.end_ms().min(to));
    let mut spans: Vec<(f64, f64)> = tasks.iter().map(within).filter(|(start, end)| start < end).collect();
    spans.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let (mut covered, mut reached) = (0.0, from);
    for (start, end) in spans {
        covered += (end - start.max(reached)).max(0.0);
        reached = reached.max(end);
    }
    covered
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mark(pid: u32, name: &str, ts: u32) -> Value {
        json!({ "name": name, "cat": "blink.user_timing", "pid": pid, "tid": 1, "ts": ts })
    }

    fn task(name: &str, (pid, tid): (u32, u32), ts: u32, dur: u32, tdur: u32) -> Value {
        json!({ "name": name, "pid": pid, "tid": tid, "ts": ts, "dur": dur, "tdur": tdur })
    }

    #[test]
    fn the_tasks_of_the_page_are_told_and_those_of_a_spare_renderer_are_not() {
        let events = [
            task("RunTask", (7, 1), 1_000, 90_000, 90_000),
            task("RunTask", (7, 1), 200_000, 30_000, 20_000),
            task("Layout", (7, 1), 205_000, 4_000, 4_000),
            task("Layout", (7, 1), 210_000, 5_000, 5_000),
            task("Paint", (7, 1), 220_000, 1_000, 1_000),
            task("Layout", (7, 1), 301_000, 9_000, 9_000),
            task("RunTask", (7, 1), 300_000, 10_000, 9_000),
            task("RunTask", (8, 1), 250_000, 5_000, 5_000),
            mark(7, "began", 150_000),
            // Every page begins once.
            mark(8, "began", 350_000),
            json!({ "name": "ended", "cat": "blink.user_timing,rail", "pid": 7, "tid": 1, "ts": 400_000 }),
        ];
        let trace = Trace::of(&events);
        let longest = trace.longest("began", "ended").unwrap();
        assert_eq!((longest.count, longest.wall_ms, longest.processor_ms), (2, 30.0, 20.0));
        assert_eq!((longest.began_ms, longest.inside), (50.0, vec![("Layout".to_owned(), 9.0)]));
        assert!(trace.longest("another", "ended").is_err());
    }

    #[test]
    fn work_is_what_tasks_and_raster_cover_between_two_marks() {
        let run = |tid: u32, ts: u32, dur: u32| task("RunTask", (1, tid), ts, dur, dur);
        let events = [
            mark(1, "begin", 1_000),
            run(1, 500, 1_000),
            run(1, 2_000, 3_000),
            // Inside of the one before, of another thread, and too late.
            run(1, 2_500, 1_000),
            run(8, 2_000, 9_000),
            task("Paint", (1, 1), 600, 10, 10),
            task("Paint", (1, 1), 3_000, 10, 10),
            run(1, 6_000, 500),
            task("RasterTask", (1, 9), 4_000, 2_000, 2_000),
            mark(1, "end", 10_000),
            run(1, 11_000, 1_000),
        ];
        let work = Trace::of(&events).work("begin", "end").unwrap();
        assert_eq!(work, Work { main_ms: 4.0, first_paint_ms: 3.5, raster_ms: 2.0 });
    }
}
