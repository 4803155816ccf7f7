//! What stands in a table: data, so that one table shows every kind, copies it as text and writes it as CSV.

use super::Key;
use crate::age;
use crate::chart::stack::Tone;
use crate::route::Page;

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The uid of its object: what stays the same while the row changes and moves.
    pub key: Key,
    /// Where it leads.
    pub page: Option<Page>,
    /// What stands in it, in the order of the columns.
    pub cells: Vec<Cell>,
}

/// What stands in one place.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words as they are; none read as kubectl's `<none>`.
    Text(String),
    /// A name that leads to a page.
    Link {
        /// The name; none reads as `<none>` and leads nowhere.
        text: String,
        /// The page.
        page: Page,
    },
    /// A state with its mark.
    State {
        /// Well, on its way, failing.
        tone: Tone,
        /// The word.
        word: String,
    },
    /// A part of a whole, where 1 is all of it; none is not known, which is not zero.
    Share(Option<f64>),
    /// How long ago, counted from a time in seconds since the epoch.
    Age(Option<i64>),
    /// How many.
    Count(u64),
    /// How many of how many.
    CountOf(u64, u64),
    /// How many, and when the last was, in seconds since the epoch.
    CountSince(u64, Option<i64>),
}

impl Cell {
    /// The cell as text, as kubectl would print it.
    pub fn text(&self, now_s: i64) -> String {
        let ago = |since_s: i64| age::human(now_s.saturating_sub(since_s));
        match self {
            Self::Text(text) | Self::Link { text, .. } => or_none(text).to_owned(),
            Self::State { word, .. } => word.clone(),
            Self::Share(None) => "<unknown>".to_owned(),
            Self::Share(Some(share)) => format!("{}%", percent(*share)),
            Self::Age(since_s) => since_s.map_or_else(|| "<unknown>".to_owned(), ago),
            Self::Count(count) | Self::CountSince(count, None) => count.to_string(),
            Self::CountOf(count, of) => format!("{count}/{of}"),
            Self::CountSince(count, Some(since_s)) => format!("{count} ({} ago)", ago(*since_s)),
        }
    }
}

/// Kubectl's word for what is not there.
pub fn or_none(text: &str) -> &str {
    if text.is_empty() { "<none>" } else { text }
}

/// A share in whole percent; never less than none.
pub fn percent(share: f64) -> u64 {
    (share.max(0.0) * 100.0).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_read_as_kubectl_prints_them() {
        let check = |cell: Cell, expected| assert_eq!(cell.text(1_000_000), expected);
        check(Cell::Text("web".into()), "web");
        check(Cell::Text(String::new()), "<none>");
        check(Cell::Link { text: String::new(), page: Page::Nodes }, "<none>");
        check(Cell::Share(Some(0.884)), "88%");
        check(Cell::Share(Some(-1.0)), "0%");
        check(Cell::Share(None), "<unknown>");
        check(Cell::Age(Some(1_000_000 - 300)), "5m");
        check(Cell::Age(None), "<unknown>");
        check(Cell::Age(Some(2_000_000)), "<invalid>");
        check(Cell::Count(1_234), "1234");
        check(Cell::CountOf(1, 110), "1/110");
        check(Cell::CountSince(0, None), "0");
        check(Cell::CountSince(3, Some(1_000_000 - 300)), "3 (5m ago)");
    }
}
