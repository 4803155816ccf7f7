//! The part of a table that is in the page.

use std::ops::Range;

use super::Key;
use super::cell::Line;

/// The height of every row, the head's too: a decision of the style sheet.
pub const ROW_PX: usize = 28;
/// Rows kept above and below what is seen, so that a small scroll finds them there.
const MARGIN: usize = 8;
/// Ranges start and end at multiples of this, so that not every pixel of a scroll is a new one.
const STEP: usize = 4;
/// The rows in the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// The place of the first one in the table.
    pub first: usize,
    /// The rows.
    pub rows: Vec<Line>,
}

impl Window {
    /// The row with a key and its place, if it is in the page.
    pub fn find(&self, key: Key) -> Option<(usize, &Line)> {
        let (at, row) = self.rows.iter().enumerate().find(|(_, row)| row.key == key)?;
        Some((self.first + at, row))
    }
}

/// The rows to have in the page for a scroll position and the height that is seen.
pub fn in_sight(scroll_px: f64, height_px: f64, count: usize) -> Range<usize> {
    let first = row_at(scroll_px).saturating_sub(MARGIN) / STEP * STEP;
    let last = (row_at(scroll_px + height_px) + 1 + MARGIN).next_multiple_of(STEP);
    first.min(count)..last.min(count)
}

/// How many of the rows in the page, whose first is at this place, are above what is seen.
pub fn above(first: usize, scroll_px: f64) -> usize {
    row_at(scroll_px).saturating_sub(first)
}

/// The places of so many rows in the page in the order in which they are shown: those in sight first; so many are above.
pub fn by_turn(rows: usize, above: usize) -> impl Iterator<Item = usize> {
    let above = above.min(rows);
    (above..rows).chain(0..above)
}

/// Whether one more row is made in this frame, after so many that took so long: all at once they would be one long frame.
pub fn makes_one_more(made: usize, took_ms: f64) -> bool {
    const AT_LEAST: usize = 3;
    // What follows from a row, until it is painted, takes as long again.
    const MOST_MS: f64 = 1.5;
    made < AT_LEAST || took_ms < MOST_MS
}

/// The rows of a range that are still there, if some have gone since it was made.
pub fn present(range: Range<usize>, count: usize) -> Range<usize> {
    range.start.min(count)..range.end.min(count)
}

/// Where a key leads from the active row; none if it leads nowhere.
pub fn moved(key: &str, from: Option<usize>, count: usize, height_px: f64) -> Option<Option<usize>> {
    let last = count.checked_sub(1)?;
    // The head covers one row, and one of the old rows stays for orientation.
    let page = row_at(height_px).saturating_sub(2).max(1);
    let to = match (key, from) {
        ("Escape", Some(_)) => return Some(None),
        ("Home", _) => 0,
        ("End", _) => last,
        ("ArrowDown" | "ArrowUp" | "PageDown" | "PageUp", None) => 0,
        ("ArrowDown", Some(at)) => at + 1,
        ("ArrowUp", Some(at)) => at.saturating_sub(1),
        ("PageDown", Some(at)) => at + page,
        ("PageUp", Some(at)) => at.saturating_sub(page),
        _ => return None,
    };
    Some(Some(to.min(last)))
}

/// The scroll position that brings a row into sight; none if it is in sight.
pub fn scrolled_to(at: usize, scroll_px: f64, height_px: f64) -> Option<i32> {
    let top = (at * ROW_PX) as f64;
    // Below the head, which covers one row of what is seen.
    let room = height_px - 2.0 * ROW_PX as f64;
    if top < scroll_px {
        Some(top as i32)
    } else if top > scroll_px + room {
        Some((top - room).ceil() as i32)
    } else {
        None
    }
}

/// The row at a height; a float becomes an integer by saturating.
fn row_at(px: f64) -> usize {
    (px / ROW_PX as f64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_holds_what_is_seen_and_a_little_more() {
        let check = |scroll, count, expect| assert_eq!(in_sight(scroll, 280.0, count), expect, "{scroll} of {count}");
        check(0.0, 0, 0..0);
        check(0.0, 5, 0..5);
        check(0.0, 150_000, 0..20);
        check(2_800.0, 150_000, 92..120);
        check(4_199_900.0, 150_000, 149_988..150_000);
        // A list that has just become shorter than the place that was scrolled to.
        check(2_800.0, 3, 3..3);
    }

    #[test]
    fn the_first_rows_that_were_made_were_above_what_is_seen() {
        let check = |scroll_px, expect| {
            assert_eq!(above(in_sight(scroll_px, 280.0, 150_000).start, scroll_px), expect, "{scroll_px}");
        };
        check(0.0, 0);
        check(100.0, 3);
        check(280.0, 10);
        check(2_800.0, 8);
        check(2_884.0, 11);
    }

    #[test]
    fn rows_in_sight_come_first() {
        let check = |rows, above, expect: &[usize]| {
            assert_eq!(by_turn(rows, above).collect::<Vec<_>>(), expect, "{rows}, {above} above");
        };
        check(0, 0, &[]);
        check(4, 0, &[0, 1, 2, 3]);
        check(4, 3, &[3, 0, 1, 2]);
        check(2, 5, &[0, 1]);
    }

    #[test]
    fn a_few_rows_are_made_a_frame_however_slow_and_more_while_there_is_time() {
        assert!(makes_one_more(0, 0.0));
        assert!(makes_one_more(2, 50.0));
        assert!(!makes_one_more(3, 50.0));
        assert!(makes_one_more(40, 1.4));
        assert!(!makes_one_more(40, 1.5));
    }

    #[test]
    fn of_a_range_that_some_rows_have_left_the_others_stay() {
        let check = |range, expect| assert_eq!(present(range, 10), expect);
        check(2..5, 2..5);
        check(8..11, 8..10);
        check(10..11, 10..10);
        check(12..15, 10..10);
    }

    #[test]
    fn keys_move_by_rows_and_pages_and_stop_at_the_ends() {
        let check = |key, from, expect| assert_eq!(moved(key, from, 100, 280.0), expect, "{key} from {from:?}");
        check("ArrowDown", None, Some(Some(0)));
        check("ArrowDown", Some(99), Some(Some(99)));
        check("ArrowUp", Some(0), Some(Some(0)));
        check("PageDown", Some(10), Some(Some(18)));
        check("PageUp", Some(10), Some(Some(2)));
        check("End", None, Some(Some(99)));
        check("Escape", Some(3), Some(None));
        check("Escape", None, None);
        check("x", Some(3), None);
        assert_eq!(moved("End", None, 0, 280.0), None);
    }

    #[test]
    fn a_row_that_is_seen_is_not_scrolled_to() {
        let check = |at, expect| assert_eq!(scrolled_to(at, 280.0, 280.0), expect, "{at}");
        check(10, None);
        check(18, None);
        check(9, Some(252));
        check(19, Some(308));
    }

    #[test]
    fn rows_are_found_by_their_keys() {
        let rows = [7, 8, 9].map(|key| Line { key, page: None, cells: vec![] }).to_vec();
        let window = Window { first: 10, rows };
        assert_eq!(window.find(9).map(|(at, row)| (at, row.key)), Some((12, 9)));
        assert_eq!(window.find(1), None);
    }
}
