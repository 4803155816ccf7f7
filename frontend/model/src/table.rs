//! What the tables show: which rows, in which order, and what stands in a row.

pub mod cell;
pub mod column;
pub mod node;
pub mod pod;
pub mod sort;
pub mod window;

use std::cmp::Ordering;

use crate::order::sorted;
use crate::route::Sort;
use crate::store::rows::RowNumber;

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

/// The share of a whole that is used; unknown where the whole is not given.
fn share(used: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| used as f64 / whole as f64)
}

/// Orders shares; what is unknown comes first.
fn by_share(a: Option<f64>, b: Option<f64>) -> Ordering {
    a.unwrap_or(-1.0).total_cmp(&b.unwrap_or(-1.0))
}
