//! How much was in use since the tab opened: what each reading of metrics said of all nodes together, since nobody else remembers it.

use super::capacity::lines;
use crate::age;
use crate::chart::sparkline::Sample;
use crate::format::share;
use crate::store::Store;
use crate::timestamp;

/// An hour of readings.
const MOST: usize = 240;
/// Two readings that lie closer than this are one.
const APART_S: i64 = 5;

/// The shares of CPU and memory that were in use at a time; none where nobody told.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Reading {
    at_s: i64,
    cpu: Option<f64>,
    memory: Option<f64>,
}

/// The readings, the oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Readings {
    all: Vec<Reading>,
}

impl Readings {
    /// Adds what the store has now: not before the first that is known, not twice for one reading, and not more than are seen.
    pub fn add(&mut self, store: &Store, at_s: i64) {
        let [cpu, memory, ..] = lines(store).map(|line| line.capacity.used());
        let soon = self.all.last().is_some_and(|last| at_s.saturating_sub(last.at_s) < APART_S);
        if soon || (self.all.is_empty() && cpu.is_none() && memory.is_none()) {
            return;
        }
        if self.all.len() >= MOST {
            self.all.remove(0);
        }
        self.all.push(Reading { at_s, cpu, memory });
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// CPU and memory over time.
    pub fn series(&self) -> [Vec<Sample>; 2] {
        let of = |read: fn(&Reading) -> Option<f64>| {
            let sample = |reading: &Reading| Sample { at_s: reading.at_s as f64, value: read(reading) };
            self.all.iter().map(sample).collect()
        };
        [of(|reading| reading.cpu), of(|reading| reading.memory)]
    }

    /// Over how long they reach: `15 min`.
    pub fn span(&self) -> String {
        let ends = self.all.first().zip(self.all.last());
        age::brief(ends.map_or(0, |(first, last)| last.at_s.saturating_sub(first.at_s)))
    }

    /// The shares of CPU and memory that are in use now: `61 %`.
    pub fn now(&self) -> [String; 2] {
        let last = self.all.last();
        [share(last.and_then(|last| last.cpu)), share(last.and_then(|last| last.memory))]
    }

    /// All of them as rows of a table, the newest first: when, and what was in use.
    pub fn table(&self) -> Vec<Vec<String>> {
        let words =
            |reading: &Reading| format!("CPU {} used, memory {} used", share(reading.cpu), share(reading.memory));
        self.all.iter().rev().map(|reading| vec![timestamp::utc(reading.at_s), words(reading)]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{node, store};
    use super::*;

    fn with_usage(cpu: &str) -> Store {
        let mut store = store([node("n").allocatable("4", "8Gi", "10").json()], []);
        let usage = format!(r#"{{"metadata":{{"name":"n"}},"usage":{{"cpu":"{cpu}","memory":"2Gi"}}}}"#);
        store.usage.nodes.add(usage.as_bytes(), &mut store.names);
        store
    }

    #[test]
    fn cpu_and_memory_are_remembered_with_their_times_and_gaps() {
        let mut readings = Readings::default();
        // Nothing is known yet.
        readings.add(&store([], []), 1_000);
        assert!(readings.is_empty());
        readings.add(&with_usage("1"), 1_015);
        readings.add(&with_usage("3"), 1_016);
        readings.add(&store([], []), 1_030);
        readings.add(&with_usage("2"), 1_045);
        let values = readings.series().map(|series| series.iter().map(|sample| sample.value).collect::<Vec<_>>());
        assert_eq!(values, [vec![Some(0.25), None, Some(0.5)], vec![Some(0.25), None, Some(0.25)]]);
        assert_eq!((readings.span().as_str(), readings.now()), ("30 s", ["50 %".to_owned(), "25 %".to_owned()]));
        assert_eq!(readings.table()[1][1], "CPU no data used, memory no data used");
    }

    #[test]
    fn an_hour_is_remembered_and_not_more() {
        let mut readings = Readings::default();
        let store = with_usage("1");
        for at in 0..1_000 {
            readings.add(&store, at * 15);
        }
        assert_eq!((readings.series()[0].len(), readings.span().as_str()), (MOST, "59 min"));
    }
}
