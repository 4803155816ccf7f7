//! What kept the main thread of the page busy, by the browser's own trace.

use std::collections::{HashMap, HashSet};

use anyhow::{Context as _, Result};
use serde::Serialize;
use serde_json::Value;

use super::Browser;

/// The tasks of the page's main thread, in order, what its process drew, and the page's marks.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    tasks: Vec<Task>,
    raster: Vec<Task>,
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Longest {
    /// How many there were.
    pub count: usize,
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
    /// Raster, on whatever threads, in ms.
    pub raster_ms: f64,
}

impl Work {
    /// All of it.
    pub fn total_ms(&self) -> f64 {
        self.main_ms + self.raster_ms
    }
}

/// The categories to trace: tasks, raster, and User Timing.
pub(super) const CATEGORIES: &str = "disabled-by-default-devtools.timeline,blink.user_timing";

const USER_TIMING: &str = "blink.user_timing";

impl Browser {
    /// What was traced since the last time this was asked; empty unless the browser was started to trace.
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
        let main: HashSet<_> = events
            .iter()
            .filter(|event| event["name"] == "thread_name" && event["args"]["name"] == "CrRendererMain")
            .map(thread)
            .collect();
        let mut by_thread: HashMap<_, Vec<Task>> = HashMap::new();
        for event in events.iter().filter(|event| event["name"] == "RunTask" && main.contains(&thread(event))) {
            by_thread.entry(thread(event)).or_default().extend(Task::of(event));
        }
        // A spare renderer waits beside the page's and does next to nothing.
        let busy = |tasks: &Vec<Task>| tasks.iter().map(|task| task.wall_ms).sum::<f64>();
        let ((page, _), mut tasks) =
            by_thread.into_iter().max_by(|(_, a), (_, b)| busy(a).total_cmp(&busy(b))).unwrap_or_default();
        tasks.sort_by(|a, b| a.start_ms.total_cmp(&b.start_ms));
        let mark = |event: &Value| Some((event["name"].as_str()?.to_owned(), event["ts"].as_f64()? / 1e3));
        // Newer browsers file them under more than one category.
        let filed =
            |event: &&Value| event["cat"].as_str().is_some_and(|of| of.split(',').any(|one| one == USER_TIMING));
        let marks = events.iter().filter(filed).filter_map(mark);
        let drawn = events.iter().filter(|event| event["name"] == "RasterTask" && event["pid"].as_i64() == page);
        Self { tasks, raster: drawn.filter_map(Task::of).collect(), marks: marks.collect() }
    }

    /// The work between the last two marks of these names.
    pub fn work(&self, begin: &str, end: &str) -> Result<Work> {
        let within = (self.mark_ms(begin)?, self.mark_ms(end)?);
        Ok(Work { main_ms: covered_ms(&self.tasks, within), raster_ms: covered_ms(&self.raster, within) })
    }

    /// When a mark was set last, in milliseconds of the trace's clock.
    pub fn mark_ms(&self, name: &str) -> Result<f64> {
        let times = self.marks.iter().filter(|(of, _)| of == name).map(|(_, at_ms)| *at_ms);
        times.max_by(f64::total_cmp).with_context(|| format!("the trace has no mark {name}"))
    }

    /// The tasks that began between two moments.
    pub fn longest(&self, from_ms: f64, to_ms: f64) -> Longest {
        let tasks: Vec<&Task> = self.tasks.iter().filter(|t| (from_ms..=to_ms).contains(&t.start_ms)).collect();
        let ranked = |of: fn(&Task) -> f64| {
            let mut all: Vec<f64> = tasks.iter().map(|task| of(task)).collect();
            all.sort_by(f64::total_cmp);
            let at = |place: usize| all.get(place).copied().unwrap_or(0.0);
            (at(all.len().saturating_sub(1)), at(all.len().saturating_sub(1) * 99 / 100))
        };
        let ((wall_ms, wall_p99_ms), (processor_ms, processor_p99_ms)) =
            (ranked(|task| task.wall_ms), ranked(|task| task.processor_ms));
        Longest { count: tasks.len(), wall_ms, wall_p99_ms, processor_ms, processor_p99_ms }
    }
}

impl Task {
    fn of(event: &Value) -> Option<Self> {
        let wall_ms = event["dur"].as_f64()? / 1e3;
        let processor_ms = event["tdur"].as_f64().map_or(wall_ms, |micros| micros / 1e3);
        Some(Self { start_ms: event["ts"].as_f64()? / 1e3, wall_ms, processor_ms })
    }
}

/// How much of a time some tasks cover; what lies within another one counts once.
fn covered_ms(tasks: &[Task], (from, to): (f64, f64)) -> f64 {
    let within = |task: &Task| (task.start_ms.max(from), (task.start_ms + task.wall_ms).min(to));
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

    #[test]
    fn the_tasks_of_the_page_are_told_and_those_of_a_spare_renderer_are_not() {
        let name =
            |pid: u32| json!({ "name": "thread_name", "pid": pid, "tid": 1, "args": { "name": "CrRendererMain" } });
        let task = |pid: u32, ts: u32, dur: u32, tdur: u32| json!({ "name": "RunTask", "pid": pid, "tid": 1, "ts": ts, "dur": dur, "tdur": tdur });
        let mark = |name: &str, ts: u32| json!({ "name": name, "cat": "blink.user_timing", "ts": ts });
        let events = [
            name(7),
            name(8),
            task(7, 1_000, 90_000, 90_000),
            task(7, 200_000, 30_000, 20_000),
            task(7, 300_000, 10_000, 9_000),
            task(8, 250_000, 5_000, 5_000),
            mark("began", 150_000),
            json!({ "name": "ended", "cat": "blink.user_timing,rail", "ts": 400_000 }),
        ];
        let trace = Trace::of(&events);
        let longest = trace.longest(trace.mark_ms("began").unwrap(), trace.mark_ms("ended").unwrap());
        assert_eq!((longest.count, longest.wall_ms, longest.processor_ms), (2, 30.0, 20.0));
        assert!(trace.mark_ms("another").is_err());
    }
    #[test]
    fn work_is_what_tasks_and_raster_cover_between_two_marks() {
        let event = |name: &str, tid: u32, ts: u32, dur: u32| json!({ "name": name, "pid": 1, "tid": tid, "ts": ts, "dur": dur });
        let mark = |name: &str, ts: u32| json!({ "name": name, "cat": "blink.user_timing", "ts": ts });
        let events = [
            json!({ "name": "thread_name", "pid": 1, "tid": 7, "args": { "name": "CrRendererMain" } }),
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
        let work = Trace::of(&events).work("begin", "end").unwrap();
        assert_eq!(work, Work { main_ms: 3.5, raster_ms: 2.0 });
    }
}
