//! How far the lists have come that take long: in words, as a share, and when the rest will be there.

use crate::age;
use crate::format;
use crate::k8s::json::{List, Text};
use crate::k8s::projection::{fields, read};

/// A list that takes less than this is not worth a word.
const LONG_MS: f64 = 900.0;

/// How far the lists of one kind have come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// The kind, in the plural.
    pub what: &'static str,
    /// Objects that were read.
    pub items: u64,
    /// Bytes that were read, after decompression.
    pub bytes: u64,
    /// All objects that there are to read, where the server said so.
    pub total: Option<u64>,
    /// Somebody stopped it: nothing comes any more.
    pub stopped: bool,
}

/// A long list, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How far it has come.
    pub course: Course,
    /// The same in words.
    pub words: String,
}

/// The long lists, which are known by being there for a while.
#[derive(Debug, Default)]
pub struct Board(Vec<Seen>);

/// When a list was first seen, and how far it was: its pace is what has come since.
#[derive(Debug)]
struct Seen {
    what: &'static str,
    at_ms: f64,
    items: u64,
}

/// The answer to a list of at most one object.
#[derive(Default)]
struct Sample<'a> {
    metadata: SampleMeta<'a>,
    /// Counted, not looked at.
    items: List<Text<'a>>,
}

#[derive(Default)]
struct SampleMeta<'a> {
    continue_token: Text<'a>,
    remaining: i64,
}

fields! {
    Sample<'de> {
        "metadata": metadata,
        "items": items,
    }
    SampleMeta<'de> {
        "continue": continue_token,
        "remainingItemCount": remaining,
    }
}

/// How many objects a list has, from what the server answers to `limit=1`; nothing where it does not count them.
pub fn total_of(sample: &[u8]) -> Option<u64> {
    let sample: Sample<'_> = read(sample).ok()?;
    let rest = u64::try_from(sample.metadata.remaining).ok()?;
    // A token without a number: there is more, but the server does not count it.
    let counted = rest > 0 || sample.metadata.continue_token.is_empty();
    counted.then(|| rest + sample.items.len() as u64)
}

impl Course {
    /// Two lists of one kind: they go on for as long as one of them does, and their total is known if both are.
    #[must_use]
    fn plus(self, other: &Self) -> Self {
        Self {
            what: self.what,
            items: self.items + other.items,
            bytes: self.bytes + other.bytes,
            total: self.total.zip(other.total).map(|(a, b)| a + b),
            stopped: self.stopped && other.stopped,
        }
    }

    /// `45,000 of 150,000 pods`, or without a total `45,000 pods`.
    fn counted(&self) -> String {
        let items = format::count(self.items);
        match self.total {
            // Some may have been created since the total was told.
            Some(total) => format!("{items} of {} {}", format::count(total.max(self.items)), self.what),
            None => format!("{items} {}", self.what),
        }
    }
}

impl Board {
    /// What to show of the lists that are on their way or stopped. Called about once a second.
    pub fn look(&mut self, courses: &[Course], now_ms: f64) -> Vec<Line> {
        let mut kinds: Vec<Course> = Vec::new();
        for course in courses {
            match kinds.iter_mut().find(|kind| kind.what == course.what) {
                Some(kind) => *kind = std::mem::take(kind).plus(course),
                None => kinds.push(course.clone()),
            }
        }
        // What is not on its way, or began anew, is forgotten.
        self.0.retain(|seen| kinds.iter().any(|k| k.what == seen.what && !k.stopped && k.items >= seen.items));
        kinds.into_iter().filter_map(|course| self.line(course, now_ms)).collect()
    }

    fn line(&mut self, course: Course, now_ms: f64) -> Option<Line> {
        if course.stopped {
            let words = format!("Stopped after {}: these are a part, and not kept up to date.", course.counted());
            return Some(Line { course, words });
        }
        let Some(seen) = self.0.iter().find(|seen| seen.what == course.what) else {
            self.0.push(Seen { what: course.what, at_ms: now_ms, items: course.items });
            return None;
        };
        let taken_ms = now_ms - seen.at_ms;
        if taken_ms < LONG_MS {
            return None;
        }
        let mut words = format!("Loading {}, {}", course.counted(), format::bytes(course.bytes));
        if let Some(left_s) = left_s(taken_ms, course.items - seen.items, &course) {
            words += &format!(", about {} left", age::brief(left_s));
        }
        Some(Line { course, words })
    }
}

/// How long the rest takes at the pace that was seen; at least a second, until it is there.
fn left_s(taken_ms: f64, gained: u64, course: &Course) -> Option<i64> {
    let left = course.total?.checked_sub(course.items)?;
    // A float cast saturates.
    (gained > 0).then(|| ((taken_ms * left as f64 / gained as f64 / 1000.0).ceil() as i64).max(1))
}

#[cfg(test)]
mod tests {
    use super::{Board, Course, total_of};

    fn pods(items: u64, total: Option<u64>) -> Course {
        Course { what: "pods", items, bytes: items * 100, total, stopped: false }
    }

    fn words(board: &mut Board, courses: &[Course], now_ms: f64) -> Vec<String> {
        board.look(courses, now_ms).into_iter().map(|line| line.words).collect()
    }

    #[test]
    fn a_list_of_one_object_tells_how_many_there_are() {
        let check = |json: &str, expect: Option<u64>| assert_eq!(total_of(json.as_bytes()), expect, "{json}");
        check(r#"{"metadata":{"continue":"x","remainingItemCount":149999},"items":[{"kind":"Pod"}]}"#, Some(150_000));
        check(r#"{"metadata":{"resourceVersion":"1"},"items":[{}]}"#, Some(1));
        check(r#"{"metadata":{},"items":[]}"#, Some(0));
        check(r#"{"metadata":{},"items":null}"#, Some(0));
        check(r#"{"metadata":{"continue":"x"},"items":[{}]}"#, None);
        check(r#"{"metadata":{"continue":"x","remainingItemCount":-5},"items":[{}]}"#, None);
        check(r#"{"metadata":{"continue":"x","remainingItemCount":"many"},"items":[{}]}"#, None);
        check("<html>", None);
    }

    #[test]
    fn a_short_list_is_not_worth_a_word_and_a_long_one_tells_what_is_left() {
        let mut board = Board::default();
        assert!(words(&mut board, &[pods(0, None)], 0.0).is_empty());
        assert!(words(&mut board, &[pods(500, None)], 500.0).is_empty());
        assert_eq!(words(&mut board, &[pods(1000, None)], 1000.0), ["Loading 1,000 pods, 98 KiB"]);
        let expect = ["Loading 2,000 of 12,000 pods, 195 KiB, about 10 s left"];
        assert_eq!(words(&mut board, &[pods(2000, Some(12_000))], 2000.0), expect);
        assert!(words(&mut board, &[], 3000.0).is_empty(), "it is there");
        assert!(words(&mut board, &[pods(10, None)], 4000.0).is_empty(), "another one");
    }

    #[test]
    fn a_list_that_begins_anew_has_a_pace_of_its_own() {
        let mut board = Board::default();
        board.look(&[pods(5000, None)], 0.0);
        assert!(board.look(&[pods(100, None)], 1000.0).is_empty());
        let expect = ["Loading 200 of 300 pods, 20 KiB, about 1 s left"];
        assert_eq!(words(&mut board, &[pods(200, Some(300))], 2000.0), expect);
    }

    #[test]
    fn a_list_that_stands_still_does_not_guess_and_one_that_grew_is_never_more_than_whole() {
        let mut board = Board::default();
        board.look(&[pods(100, Some(300))], 0.0);
        assert_eq!(words(&mut board, &[pods(100, Some(300))], 5000.0), ["Loading 100 of 300 pods, 9.8 KiB"]);
        assert_eq!(words(&mut board, &[pods(310, Some(300))], 6000.0), ["Loading 310 of 310 pods, 30 KiB"]);
    }

    #[test]
    fn a_list_that_was_stopped_says_that_it_is_a_part() {
        let stopped = Course { stopped: true, ..pods(45_000, Some(150_000)) };
        let expect = ["Stopped after 45,000 of 150,000 pods: these are a part, and not kept up to date."];
        assert_eq!(words(&mut Board::default(), &[stopped], 0.0), expect);
    }

    #[test]
    fn the_lists_of_several_namespaces_are_one() {
        let mut board = Board::default();
        let stopped = Course { stopped: true, ..pods(10, Some(10)) };
        let lists = [pods(100, Some(200)), Course { what: "jobs", ..Course::default() }, stopped];
        board.look(&lists, 0.0);
        let expect = ["Loading 110 of 210 pods, 11 KiB", "Loading 0 jobs, 0 B"];
        assert_eq!(words(&mut board, &lists, 1000.0), expect);
    }
}
