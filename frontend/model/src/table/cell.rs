//! What stands in a table: data, so that one table shows every kind, copies it as text and writes it as CSV.

use std::cmp::Ordering;

use super::{Key, by_share};
use crate::chart::stack::Tone;
use crate::route::Page;
use crate::{age, format};

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
    /// From one time to another, or until now; in seconds since the epoch.
    Span(i64, Option<i64>),
    /// How many.
    Count(u64),
    /// How many of how many.
    CountOf(u64, u64),
    /// How many, and when the last was, in seconds since the epoch.
    CountSince(u64, Option<i64>),
    /// Thousandths of a core; none is not known.
    Cpu(Option<u64>),
    /// Bytes; none is not known.
    Bytes(Option<u64>),
    /// Pods by state, in the order of `states::ORDER`, and the way to them.
    Pods {
        /// How many are in each state; none is not known, which is not zero.
        counts: Option<[u64; 6]>,
        /// The filter that leaves just these.
        query: String,
    },
    /// What this kind of object does not have.
    Nothing,
}

/// Words of so many characters may not fit their column.
const LONG_CHARS: usize = 16;

impl Cell {
    /// Whether it tells an age that grows.
    pub fn ticks(&self) -> bool {
        matches!(self, Self::Age(Some(_)) | Self::Span(_, None) | Self::CountSince(_, Some(_)))
    }

    /// Whether it has a bar that glides to new values.
    pub fn glides(&self) -> bool {
        matches!(self, Self::Share(Some(_)) | Self::Pods { counts: Some(_), .. })
    }

    /// Whether it is a way to somewhere.
    pub fn leads(&self) -> bool {
        matches!(self, Self::Link { .. } | Self::Pods { counts: Some(_), .. })
    }

    /// All of its words, where they may be cut: what is read on hover.
    pub fn whole(&self) -> Option<String> {
        match self {
            Self::Text(text) | Self::State { word: text, .. } => {
                (text.chars().nth(LONG_CHARS).is_some()).then(|| text.clone())
            }
            _ => None,
        }
    }

    /// The cell as text, as kubectl would print it.
    pub fn text(&self, now_s: i64) -> String {
        let ago = |since_s: i64| age::human(now_s.saturating_sub(since_s));
        match self {
            Self::Text(text) | Self::Link { text, .. } => or_none(text).to_owned(),
            Self::State { word, .. } => word.clone(),
            Self::Share(None) => "<unknown>".to_owned(),
            Self::Share(Some(share)) => format!("{}%", format::percents(*share)),
            Self::Age(since_s) => since_s.map_or_else(|| "<unknown>".to_owned(), ago),
            Self::Span(from_s, to_s) => age::human(to_s.unwrap_or(now_s).saturating_sub(*from_s)),
            Self::Count(count) | Self::CountSince(count, None) => count.to_string(),
            Self::CountOf(count, of) => format!("{count}/{of}"),
            Self::CountSince(count, Some(since_s)) => format!("{count} ({} ago)", ago(*since_s)),
            Self::Cpu(None) | Self::Bytes(None) => "<unknown>".to_owned(),
            Self::Cpu(Some(cpu_millis)) => format!("{cpu_millis}m"),
            Self::Bytes(Some(bytes)) => format::bytes(*bytes).replace(' ', ""),
            Self::Pods { counts: None, .. } => "<unknown>".to_owned(),
            Self::Pods { counts: Some(counts), .. } => counts.iter().sum::<u64>().to_string(),
            Self::Nothing => String::new(),
        }
    }

    /// The order of two cells of one column; what is unknown or not there comes first.
    pub fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Text(a) | Self::Link { text: a, .. }, Self::Text(b) | Self::Link { text: b, .. }) => a.cmp(b),
            (Self::State { tone: a, word: x }, Self::State { tone: b, word: y }) => {
                severity(*a).cmp(&severity(*b)).then_with(|| x.cmp(y))
            }
            (Self::Share(a), Self::Share(b)) => by_share(*a, *b),
            // The younger, the smaller the age.
            (Self::Age(a), Self::Age(b)) => b.cmp(a),
            // What goes on comes after what has ended, the one that began first last.
            (Self::Span(a, None), Self::Span(b, None)) => b.cmp(a),
            (Self::Span(a, to_a), Self::Span(b, to_b)) => {
                let took_s = |from_s: &i64, to_s: &Option<i64>| to_s.map(|to_s| to_s.saturating_sub(*from_s));
                let (took_a, took_b) = (took_s(a, to_a), took_s(b, to_b));
                took_a.is_none().cmp(&took_b.is_none()).then_with(|| took_a.cmp(&took_b))
            }
            (Self::Count(a) | Self::CountSince(a, _), Self::Count(b) | Self::CountSince(b, _)) => a.cmp(b),
            (Self::CountOf(a, of_a), Self::CountOf(b, of_b)) => {
                (of_a.saturating_sub(*a), a).cmp(&(of_b.saturating_sub(*b), b))
            }
            (Self::Cpu(a), Self::Cpu(b)) | (Self::Bytes(a), Self::Bytes(b)) => a.cmp(b),
            (Self::Pods { counts: a, .. }, Self::Pods { counts: b, .. }) => {
                let total = |counts: &Option<[u64; 6]>| counts.map(|counts| counts.iter().sum::<u64>());
                total(a).cmp(&total(b))
            }
            (a, b) => (*a != Self::Nothing).cmp(&(*b != Self::Nothing)),
        }
    }
}

/// The worst first.
fn severity(tone: Tone) -> u8 {
    match tone {
        Tone::Bad => 0,
        Tone::Warn => 1,
        Tone::Unknown => 2,
        Tone::Ok => 3,
        Tone::Done => 4,
    }
}

/// Kubectl's word for what is not there.
pub fn or_none(text: &str) -> &str {
    if text.is_empty() { "<none>" } else { text }
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
        check(Cell::Span(700, Some(1_000)), "5m");
        check(Cell::Span(1_000_000 - 90, None), "90s");
        check(Cell::Count(1_234), "1234");
        check(Cell::CountOf(1, 110), "1/110");
        check(Cell::CountSince(0, None), "0");
        check(Cell::CountSince(3, Some(1_000_000 - 300)), "3 (5m ago)");
        check(Cell::Cpu(Some(1_500)), "1500m");
        check(Cell::Bytes(Some(1_536)), "1.5KiB");
        check(Cell::Bytes(None), "<unknown>");
        check(Cell::Pods { counts: Some([1, 0, 0, 0, 0, 2]), query: "web".into() }, "3");
        check(Cell::Pods { counts: None, query: "web".into() }, "<unknown>");
        check(Cell::Nothing, "");
    }

    #[test]
    fn cells_of_one_column_have_an_order() {
        let rising = [
            [Cell::Text("a".into()), Cell::Text("b".into())],
            [Cell::Nothing, Cell::Text("b".into())],
            [Cell::Age(Some(2)), Cell::Age(Some(1))],
            [Cell::Span(0, Some(20)), Cell::Span(0, Some(100))],
            [Cell::Span(0, Some(20)), Cell::Span(0, None)],
            [Cell::Span(9, None), Cell::Span(0, None)],
            [Cell::Count(2), Cell::Count(10)],
            [Cell::CountOf(3, 3), Cell::CountOf(0, 1)],
            [Cell::Cpu(None), Cell::Cpu(Some(0))],
            [Cell::Share(None), Cell::Share(Some(0.0))],
            [Cell::State { tone: Tone::Bad, word: "x".into() }, Cell::State { tone: Tone::Ok, word: "a".into() }],
        ];
        for [a, b] in rising {
            assert_eq!((a.order(&b), b.order(&a), a.order(&a)), (Ordering::Less, Ordering::Greater, Ordering::Equal));
        }
    }
}
