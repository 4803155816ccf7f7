//! What the tables show: which rows, in which order, and what stands in a row.

pub mod cell;
pub mod choice;
pub mod column;
pub mod event;
pub mod export;
pub mod marked;
pub mod namespace;
pub mod node;
pub mod pod;
mod pods_of;
pub mod service;
pub mod sort;
pub mod window;
pub mod workload;

use std::cmp::Ordering;

use crate::order::sorted;
use crate::route::Sort;
use crate::store::Store;
use crate::store::names::Name;
use crate::store::rows::RowNumber;
use cell::Cell;

/// A row's key in a table: the uid of its object.
pub type Key = u128;

/// Sorts row numbers by a comparison of rows; equal rows keep the order of their names.
fn sort_rows<'r, R>(
    rows: Vec<(RowNumber, &'r R)>,
    sort: Option<&Sort>,
    by_name: impl Fn(&R, &R) -> Ordering,
    by_column: impl Fn(&str, &R, &R) -> Ordering,
) -> Vec<(RowNumber, &'r R)> {
    sorted(rows, |(_, a), (_, b)| match sort {
        Some(Sort { column, descending }) => {
            let order = by_column(column, a, b);
            if *descending { order.reverse() } else { order }.then_with(|| by_name(a, b))
        }
        None => by_name(a, b),
    })
}

/// Sorts row numbers by one cell of each row, made once; equal rows keep the order of their names.
fn sort_cells<'r, R>(
    rows: Vec<(RowNumber, &'r R)>,
    sort: Option<&Sort>,
    by_name: impl Fn(&R, &R) -> Ordering,
    cell: impl Fn(&str, &'r R) -> Option<Cell>,
) -> Vec<RowNumber> {
    let rows: Vec<_> = rows
        .into_iter()
        .map(|(number, row)| (number, row, sort.and_then(|sort| cell(&sort.column, row)).unwrap_or(Cell::Nothing)))
        .collect();
    let descending = sort.is_some_and(|sort| sort.descending);
    let rows = sorted(rows, |(_, a, x), (_, b, y)| {
        let order = x.order(y);
        if descending { order.reverse() } else { order }.then_with(|| by_name(a, b))
    });
    rows.into_iter().map(|(number, ..)| number).collect()
}

/// The namespaces in scope, as far as the store knows them; none means all.
fn scope(store: &Store, namespaces: &[String]) -> impl Fn(Name) -> bool {
    // A namespace that no string of the store equals has nothing in it.
    let known: Vec<Name> = namespaces.iter().filter_map(|n| store.names.find(n)).collect();
    let all = namespaces.is_empty();
    move |namespace| all || known.contains(&namespace)
}

/// The share of a whole that is used; unknown where the whole is not given.
fn share(used: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| used as f64 / whole as f64)
}

/// Orders shares; what is unknown comes first.
fn by_share(a: Option<f64>, b: Option<f64>) -> Ordering {
    a.unwrap_or(-1.0).total_cmp(&b.unwrap_or(-1.0))
}
