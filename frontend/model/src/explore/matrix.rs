//! The groups of two keys at once: those of one as rows, those of the other as columns.

use super::key::Key;
use super::natural::natural;
use super::places::Places;
use super::pool::{Kind, Other, Pool};
use super::sum::{PARTS, part_of_other, part_of_pod, words};
use super::value::{Reader, Value};
use crate::format::count;
use crate::order::sorted;
use crate::store::Store;
use crate::store::rows::Uid;
use crate::table::Key as LineKey;

/// The most rows that are shown; the smaller groups are one row together.
const MOST_ROWS: usize = 40;
/// The most columns.
const MOST_COLUMNS: usize = 12;

/// How many objects have both values, for each pair.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    /// The rows by name, those of the largest groups.
    pub rows: Vec<Head>,
    /// The columns: states in the order of a bar, others by name; those of the largest groups.
    pub columns: Vec<Head>,
    /// The cells, row by row: how many objects of each of [`PARTS`].
    pub cells: Vec<[u64; PARTS.len()]>,
}

/// A row or a column.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// What it is called.
    pub name: String,
    /// Whether it is the group of what has no value, or of all smaller groups.
    pub faint: bool,
    /// The terms of a filter that leave just its objects, if there are such.
    pub terms: Option<String>,
    /// How many objects it has.
    pub total: u64,
}

impl Matrix {
    /// Groups a pool by two keys.
    pub fn new(store: &Store, pool: &Pool, rows: &Key, columns: &Key) -> Self {
        let (by_row, by_column) = (Places::new(store, pool, rows), Places::new(store, pool, columns));
        let (row_heads, row_of) = heads(store, rows, &by_row, MOST_ROWS);
        let (column_heads, column_of) = heads(store, columns, &by_column, MOST_COLUMNS);
        let mut cells = vec![[0; PARTS.len()]; row_heads.len() * column_heads.len()];
        let mut count = |row: &u32, column: &u32, part: usize| {
            let (row, column) = (row_of.get(*row as usize), column_of.get(*column as usize));
            let cell = row.zip(column).and_then(|(row, column)| cells.get_mut(row * column_heads.len() + column));
            if let Some(count) = cell.and_then(|cell| cell.get_mut(part)) {
                *count += 1;
            }
        };
        for ((number, row), column) in pool.pods.iter().zip(&by_row.pods).zip(&by_column.pods) {
            if let Some(pod) = store.pods.get(*number) {
                count(row, column, part_of_pod(pod.state()));
            }
        }
        for ((other, row), column) in pool.others.iter().zip(&by_row.others).zip(&by_column.others) {
            if let Some(other) = Other::get(store, *other) {
                count(row, column, part_of_other(store, other));
            }
        }
        Self { rows: row_heads, columns: column_heads, cells }
    }

    /// How many objects the fullest cell has.
    pub fn most(&self) -> u64 {
        self.cells.iter().map(|cell| cell.iter().sum()).max().unwrap_or(0)
    }

    /// The row and the column of a cell.
    pub fn heads(&self, cell: usize) -> Option<(&Head, &Head)> {
        let row = cell.checked_div(self.columns.len())?;
        Some((self.rows.get(row)?, self.columns.get(cell % self.columns.len())?))
    }

    /// The names of the rows and columns.
    pub fn names(&self) -> Vec<&str> {
        self.rows.iter().chain(&self.columns).map(|head| head.name.as_str()).collect()
    }

    /// A cell in a few lines.
    pub fn words(&self, cell: usize) -> Option<String> {
        let ((row, column), counts) = (self.heads(cell)?, self.cells.get(cell)?);
        Some(format!("{} · {}\n{}", row.name, column.name, words(counts)))
    }

    /// The kinds that a cell has objects of.
    pub fn kinds(&self, cell: usize) -> Vec<Kind> {
        let there = |kind: &Kind| {
            let parts = self.cells.get(cell).into_iter().flatten().zip(PARTS);
            parts.filter(|(_, part)| part.kind == *kind).any(|(count, _)| *count > 0)
        };
        Kind::ALL.into_iter().filter(there).collect()
    }

    /// What stays the same of a cell while rows and columns come and go.
    pub fn key(&self, cell: usize) -> Option<LineKey> {
        let (row, column) = self.heads(cell)?;
        Some(key_of(row, column))
    }

    /// Where the cell with a key is.
    pub fn place(&self, key: LineKey) -> Option<usize> {
        (0..self.cells.len()).find(|cell| self.key(*cell) == Some(key))
    }

    /// The terms of a filter that leave just the objects of a cell.
    pub fn terms(&self, cell: usize) -> Option<String> {
        let (row, column) = self.heads(cell)?;
        Some(format!("{} {}", row.terms.as_ref()?, column.terms.as_ref()?))
    }
}

fn key_of(row: &Head, column: &Head) -> LineKey {
    Uid::parse(&format!("{}\n{}", row.name, column.name)).into()
}

/// The heads of one side, and for each group the place of its head. Groups beyond `most` are in the last one.
fn heads(store: &Store, key: &Key, found: &Places, most: usize) -> (Vec<Head>, Vec<usize>) {
    let reader = Reader::new(store, key);
    let mut totals = vec![0_u64; found.values.len()];
    for place in found.pods.iter().chain(&found.others) {
        if let Some(total) = totals.get_mut(*place as usize) {
            *total += 1;
        }
    }
    let groups: Vec<(usize, Value, u64)> =
        found.values.iter().zip(&totals).enumerate().map(|(at, (value, total))| (at, *value, *total)).collect();
    let mut shown = sorted(groups, |(_, _, a), (_, _, b)| b.cmp(a));
    let rest = if shown.len() > most { shown.split_off(most - 1) } else { Vec::new() };
    let shown = sorted(shown, |(_, a, _), (_, b, _)| {
        a.rank().cmp(&b.rank()).then_with(|| natural(&reader.text(*a), &reader.text(*b)))
    });
    let mut places = vec![shown.len(); found.values.len()];
    let mut heads = Vec::with_capacity(shown.len() + 1);
    for (at, value, total) in shown {
        if let Some(place) = places.get_mut(at) {
            *place = heads.len();
        }
        let (name, terms) = (reader.name(value).0, reader.terms(value));
        heads.push(Head { name, faint: matches!(value, Value::Absent | Value::Unread), terms, total });
    }
    if !rest.is_empty() {
        let name = format!("{} others", count(rest.len() as u64));
        let total = rest.iter().map(|(_, _, total)| total).sum();
        heads.push(Head { name, faint: true, terms: None, total });
    }
    (heads, places)
}
