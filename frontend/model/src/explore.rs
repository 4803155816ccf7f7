//! Explore: group by anything.
//!
//! Objects of the chosen kinds are pooled, what the filter leaves of them is grouped by one key, each group that is opened by the
//! next one. Counting is over numbers: a key's value is read from a row as a [`Value`], and becomes text only in the lines that
//! are shown. Sums over the groups of a level always give the sum of what was grouped.

pub mod groups;
pub mod key;
pub mod levels;
pub mod matrix;
pub mod menu;
pub mod pool;
pub mod question;
pub mod ready;
pub mod sum;
pub mod tree;
pub mod value;

mod mix;
mod natural;
mod places;

pub use key::Key;
pub use levels::Levels;
pub use pool::{Kind, Pool};
pub use question::Question;
pub use sum::Sum;
pub use tree::Tree;
pub use value::Value;

#[cfg(test)]
mod tests;
