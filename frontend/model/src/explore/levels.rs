//! The levels that were counted last, so that opening a group counts only what is inside it.

use std::collections::HashMap;

use super::groups::{Group, TemplateVersions, groups};
use super::key::Key;
use super::places::Places;
use super::pool::Pool;
use super::sum::Sum;
use super::value::Value;
use crate::store::Store;

/// Levels by the path of the group that they are inside of. They hold for one state of store, pool and keys.
#[derive(Debug, Default)]
pub struct Levels {
    stamp: u64,
    levels: HashMap<Vec<String>, Level>,
    /// Holds longer than the levels, for any keys.
    versions: TemplateVersions,
}

/// The groups of one level.
#[derive(Debug)]
pub(super) struct Level {
    /// Which group each object is in.
    pub places: Places,
    /// The groups.
    pub groups: Vec<Group>,
    /// All of them together.
    pub sum: Sum,
    /// What was grouped; of the outermost level it is the pool.
    pub members: Option<Pool>,
}

impl Levels {
    /// The levels for a state that has this number; those of any other are forgotten.
    #[must_use]
    pub fn at(&mut self, stamp: u64) -> &mut Self {
        if self.stamp != stamp {
            self.stamp = stamp;
            self.levels.clear();
        }
        self
    }

    /// The versions of all templates, by their numbers.
    pub(super) fn versions(&mut self, store: &Store) -> &[Value] {
        self.versions.of(store)
    }

    /// Takes a level out, or counts it; `inside` is the level and the group that it is inside of.
    pub(super) fn take(
        &mut self,
        store: &Store,
        pool: &Pool,
        key: &Key,
        path: &[String],
        inside: Option<(&Level, u32)>,
    ) -> Level {
        if let Some(level) = self.levels.remove(path) {
            return level;
        }
        let members = inside.map(|(level, group)| level.places.members(level.members.as_ref().unwrap_or(pool), group));
        let grouped = members.as_ref().unwrap_or(pool);
        let places = Places::new(store, grouped, key);
        let groups = groups(store, grouped, &places, self.versions.of(store));
        let sum = groups.iter().fold(Sum::default(), |sum, group| sum.plus(&group.sum));
        Level { places, groups, sum, members }
    }

    /// Keeps a level for the next time.
    pub(super) fn keep(&mut self, path: &[String], level: Level) {
        self.levels.insert(path.to_vec(), level);
    }
}
