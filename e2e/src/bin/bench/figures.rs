//! What was measured, and its medians.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::Serialize;

use crate::answers::Small;
use crate::machine::Machine;
use crate::page::PageLoad;

/// Everything that one run of the benchmark gave.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// Where it was measured.
    pub machine: Machine,
    /// One load of the page.
    pub page: PageLoad,
    /// What each turn gave, by contestant, in the order of the turns.
    pub samples: BTreeMap<&'static str, Vec<Sample>>,
}

/// What one turn of one contestant gave.
#[derive(Clone, Debug, Serialize)]
pub struct Sample {
    /// Small answers over one connection.
    pub one: Small,
    /// Small answers over 64 connections.
    pub many: Small,
    /// Megabytes a second of the large answer.
    pub large_mb_per_s: f64,
    /// The most that was resident while it was sent, in KiB.
    pub large_peak_kib: u64,
}

/// The middle of several figures, and the least and the greatest of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Median {
    /// The least.
    pub least: f64,
    /// The middle one; of an even number the upper of the two.
    pub middle: f64,
    /// The greatest.
    pub greatest: f64,
}

impl Figures {
    /// No turn taken yet.
    pub fn new(machine: Machine, page: PageLoad) -> Self {
        Self { machine, page, samples: BTreeMap::new() }
    }

    /// Takes in one turn.
    pub fn push(&mut self, contestant: &'static str, sample: Sample) {
        self.samples.entry(contestant).or_default().push(sample);
    }

    /// The median of one figure of one contestant.
    pub fn median(&self, contestant: &str, figure: impl Fn(&Sample) -> f64) -> Median {
        let samples = self.samples.get(contestant).map_or(&[][..], Vec::as_slice);
        Median::of(samples.iter().map(figure).collect())
    }

    /// Writes everything as JSON, named by the day.
    pub fn write(&self, folder: &Path) -> Result<PathBuf> {
        fs::create_dir_all(folder)?;
        let file = folder.join(format!("{}.json", self.machine.date));
        fs::write(&file, serde_json::to_string_pretty(self)? + "\n")?;
        Ok(file)
    }
}

impl Median {
    /// Of some figures; not a number if there is none.
    pub fn of(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        let at = |place: usize| figures.get(place).copied().unwrap_or(f64::NAN);
        Self { least: at(0), middle: at(figures.len() / 2), greatest: at(figures.len().saturating_sub(1)) }
    }
}

#[cfg(test)]
mod tests {
    use super::Median;

    #[test]
    fn a_median_is_the_middle_with_its_spread() {
        let check = |figures: &[f64], least: f64, middle: f64, greatest: f64| {
            assert_eq!(Median::of(figures.to_vec()), Median { least, middle, greatest });
        };
        check(&[3.0, 1.0, 2.0], 1.0, 2.0, 3.0);
        check(&[5.0], 5.0, 5.0, 5.0);
        check(&[4.0, 1.0, 3.0, 2.0], 1.0, 3.0, 4.0);
        assert!(Median::of(Vec::new()).middle.is_nan());
    }
}
