//! The groups as lines of a table, with those of each opened group below it.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::groups::{Group, groups};
use super::key::Key;
use super::levels::{Level, Levels};
use super::mix::MixSet;
use super::natural::natural;
use super::places::Places;
use super::pool::{Kind, Pool};
use super::sum::{Resource, Sum};
use super::value::{Reader, Value};
use crate::format::count;
use crate::order::sorted;
use crate::route::Sort;
use crate::store::Store;
use crate::store::rows::Uid;
use crate::table::Key as LineKey;

/// A level shows this many groups; the smaller ones are one line together.
const MOST: usize = 2_000;

/// All lines, from top to bottom.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// The lines.
    pub lines: Vec<Line>,
    /// What was grouped.
    pub all: Sum,
}

/// One group.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What stays the same while the group changes and moves.
    pub key: LineKey,
    /// The line of the group that it is a part of.
    pub parent: Option<usize>,
    /// How many groups it is inside of.
    pub depth: usize,
    /// Its place among the groups of its level, from one, and how many there are.
    pub place: (usize, usize),
    /// Its value as addresses have it; none is that of all smaller groups together.
    pub value: Option<String>,
    /// What it is called.
    pub name: String,
    /// What is said beside its name: the kind and the namespace of an owner.
    pub aside: String,
    /// Whether it is the group of what has no value, or of all smaller groups.
    pub faint: bool,
    /// The terms of a filter that leave it of its parent, if there are such.
    pub terms: Option<String>,
    /// Whether it is open; none where nothing is below it.
    pub open: Option<bool>,
    /// What is known of it.
    pub sum: Sum,
    /// What its bar is a part of: all objects of its parent, on the first level its own.
    pub whole: u64,
    /// Which version runs, or how many do; empty where versions are what is grouped by.
    pub versions: String,
    /// How many versions these words speak of.
    pub version_count: u32,
}

/// What the keyboard does in a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Opens the group.
    Open,
    /// Closes it.
    Close,
    /// Goes to another line.
    Move(usize),
}

impl Tree {
    /// Groups a pool by the first key, and each group whose path is in `open` by the next one; without a key all is one line.
    ///
    /// `levels` are those that were counted for the same store, pool and keys.
    pub fn new(
        store: &Store,
        pool: &Pool,
        levels: &mut Levels,
        keys: &[Key],
        open: &[Vec<String>],
        sort: Option<&Sort>,
    ) -> Self {
        let mut grower =
            Grower { store, pool, levels, keys, open, sort, taken: MixSet::default(), tree: Self::default() };
        grower.tree.all = if keys.is_empty() { grower.together() } else { grower.level(None, None, &mut Vec::new()) };
        grower.tree
    }

    /// The values from the outermost group to that of a line; none for a line that has none.
    pub fn path(&self, at: usize) -> Option<Vec<String>> {
        let mut path: Vec<String> = self.outward(at).map(|line| line.value.clone()).collect::<Option<_>>()?;
        path.reverse();
        Some(path)
    }

    /// The terms of a filter that leave just the objects of a line.
    pub fn terms(&self, at: usize) -> Option<String> {
        let mut terms: Vec<&str> = self.outward(at).map(|line| line.terms.as_deref()).collect::<Option<_>>()?;
        terms.reverse();
        Some(terms.join(" "))
    }

    /// What a key of the keyboard means on a line; none if nothing.
    pub fn step(&self, key: &str, at: usize) -> Option<Step> {
        let line = self.lines.get(at)?;
        match (key, line.open) {
            ("ArrowRight", Some(false)) => Some(Step::Open),
            ("ArrowRight", Some(true)) => self.lines.get(at + 1).map(|_| Step::Move(at + 1)),
            ("ArrowLeft", Some(true)) => Some(Step::Close),
            ("ArrowLeft", _) => line.parent.map(Step::Move),
            _ => None,
        }
    }

    fn outward(&self, at: usize) -> impl Iterator<Item = &Line> {
        std::iter::successors(self.lines.get(at), |line| self.lines.get(line.parent?))
    }
}

/// Makes the lines.
struct Grower<'s> {
    store: &'s Store,
    pool: &'s Pool,
    levels: &'s mut Levels,
    keys: &'s [Key],
    open: &'s [Vec<String>],
    sort: Option<&'s Sort>,
    /// The keys that lines have.
    taken: MixSet<LineKey>,
    tree: Tree,
}

impl Grower<'_> {
    /// Adds the one line of all that is pooled, where nothing parts it.
    fn together(&mut self) -> Sum {
        let name = "all together".to_owned();
        let Some(group) =
            groups(self.store, self.pool, &Places::together(self.pool), self.levels.versions(self.store)).pop()
        else {
            return Sum::default();
        };
        let key = self.key(std::slice::from_ref(&name));
        self.tree.lines.push(Line {
            key,
            place: (1, 1),
            terms: Some(String::new()),
            faint: false,
            sum: group.sum,
            whole: group.sum.total(),
            versions: self.versions(&group),
            version_count: group.versions.count,
            name,
            ..Line::unnamed()
        });
        group.sum
    }

    /// Adds the lines of a level and of what is open below it, and returns the sum of the level.
    fn level(&mut self, inside: Option<(&Level, u32)>, parent: Option<usize>, path: &mut Vec<String>) -> Sum {
        let depth = path.len();
        let Some(key) = self.keys.get(depth) else { return Sum::default() };
        let versioned = self.keys.iter().take(depth + 1).any(|key| *key == Key::Version);
        let reader = Reader::new(self.store, key);
        let level = self.levels.take(self.store, self.pool, key, path, inside);
        let (found, all) = (&level.groups, level.sum);
        let mut ordered = self.ordered(found, &reader);
        let rest = if ordered.len() > MOST { ordered.split_off(MOST) } else { Vec::new() };
        let size = ordered.len() + usize::from(!rest.is_empty());
        for (at, (place, text)) in ordered.into_iter().enumerate() {
            let Some(group) = found.get(place as usize) else { continue };
            path.push(text.to_string());
            let open = (depth + 1 < self.keys.len()).then(|| self.open.contains(path));
            let (name, aside) = reader.name(group.value);
            let line = Line {
                key: self.key(path),
                parent,
                depth,
                place: (at + 1, size),
                faint: matches!(group.value, Value::Absent | Value::Unread),
                open,
                sum: group.sum,
                whole: parent.map_or(group.sum.total(), |_| all.total()),
                versions: if versioned { String::new() } else { self.versions(group) },
                version_count: if versioned { 0 } else { group.versions.count },
                terms: reader.terms(group.value),
                value: Some(text.into_owned()),
                name,
                aside,
            };
            let number = self.tree.lines.len();
            self.tree.lines.push(line);
            if open == Some(true) {
                self.level(Some((&level, place)), Some(number), path);
            }
            path.pop();
        }
        if !rest.is_empty() {
            let sums = rest.iter().filter_map(|(place, _)| found.get(*place as usize));
            let sum = sums.fold(Sum::default(), |sum, group| sum.plus(&group.sum));
            let name = format!("{} smaller groups", count(rest.len() as u64));
            path.push(name.clone());
            let key = self.key(path);
            self.tree.lines.push(Line {
                key,
                parent,
                depth,
                place: (size, size),
                sum,
                whole: parent.map_or(sum.total(), |_| all.total()),
                name,
                ..Line::unnamed()
            });
            path.pop();
        }
        self.levels.keep(path, level);
        all
    }

    /// A key that no other line has: the page fails where two are alike, and whoever names owners may name two so that their
    /// paths read alike.
    fn key(&mut self, path: &[String]) -> LineKey {
        let mut key = key_of(path);
        while !self.taken.insert(key) {
            key = key.wrapping_add(1);
        }
        key
    }

    /// The places of the groups in the order that was asked for; else the largest first, and equal ones by name.
    fn ordered<'t>(&self, found: &[Group], reader: &Reader<'t>) -> Vec<(u32, Cow<'t, str>)> {
        let groups: Vec<(u32, &Group, Cow<'t, str>)> =
            (0..).zip(found).map(|(place, group)| (place, group, reader.text(group.value))).collect();
        let by_size = |a: &Group, b: &Group| b.sum.total().cmp(&a.sum.total());
        let groups = sorted(groups, |(_, a, a_text), (_, b, b_text)| {
            let by_name = || natural(a_text, b_text);
            let asked = match self.sort {
                None => Ordering::Equal,
                Some(Sort { column, descending }) => {
                    let order = if column == "group" { by_name() } else { by_column(column, a, b) };
                    if *descending { order.reverse() } else { order }
                }
            };
            asked.then_with(|| by_size(a, b)).then_with(by_name)
        });
        groups.into_iter().map(|(place, _, text)| (place, text)).collect()
    }

    fn versions(&self, group: &Group) -> String {
        match group.versions.only() {
            Some(version) => Reader::new(self.store, &Key::Qos).text(version).into_owned(),
            None if group.versions.count == 0 => String::new(),
            None => format!("{} versions", count(group.versions.count.into())),
        }
    }
}

impl Line {
    /// A line of which nothing is said yet.
    fn unnamed() -> Self {
        Self {
            key: 0,
            parent: None,
            depth: 0,
            place: (0, 0),
            value: None,
            name: String::new(),
            aside: String::new(),
            faint: true,
            terms: None,
            open: None,
            sum: Sum::default(),
            whole: 0,
            versions: String::new(),
            version_count: 0,
        }
    }
}

fn by_column(column: &str, a: &Group, b: &Group) -> Ordering {
    let share = |group: &Group, resource| group.sum.demand(resource).share().unwrap_or(-1.0);
    let by_share = |resource| share(a, resource).total_cmp(&share(b, resource));
    // The part that fails, of 1,000,000: integers compare the same on every machine.
    let sick = |sum: &Sum| sum.failing().saturating_mul(1_000_000).checked_div(sum.total()).unwrap_or(0);
    match column {
        "health" => sick(&a.sum).cmp(&sick(&b.sum)),
        "failing" => a.sum.failing().cmp(&b.sum.failing()),
        "cpu" => by_share(Resource::Cpu),
        "memory" => by_share(Resource::Memory),
        "versions" => a.versions.count.cmp(&b.versions.count),
        _ => match Kind::ALL.into_iter().find(|kind| kind.word() == column) {
            Some(kind) => a.sum.of(kind).cmp(&b.sum.of(kind)),
            None => Ordering::Equal,
        },
    }
}

/// A number for a path, so that rows of the page are told apart by it.
fn key_of(path: &[String]) -> LineKey {
    // No name holds this character; the leading one keeps a single value from being read as a uid.
    Uid::parse(&format!("\n{}", path.join("\n"))).into()
}
