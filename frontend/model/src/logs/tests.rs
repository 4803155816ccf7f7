use super::*;
use proptest::prelude::*;

const WIDE: Bounds = Bounds { lines: 1000, bytes: 1 << 20 };

fn texts(log: &LogLines) -> Vec<&str> {
    log.lines().iter().map(|line| line.text.as_str()).collect()
}

fn read(bytes: &[u8], bounds: Bounds, timestamps: Timestamps) -> LogLines {
    let mut log = LogLines::new(bounds, timestamps);
    log.push(bytes);
    log.finish();
    log
}

#[test]
fn lines_end_with_a_line_feed_or_with_the_log() {
    let check = |bytes: &[u8], expect: &[&str]| {
        assert_eq!(texts(&read(bytes, WIDE, Timestamps::Absent)), expect, "{bytes:?}");
    };
    check(b"", &[]);
    check(b"a\nb\n", &["a", "b"]);
    check(b"a\r\n\nb", &["a", "", "b"]);
    check(b"caf\xC3\xA9\n\xFF\n", &["café", "\u{FFFD}"]);
    check(b"\x1B[1mbold\x1B[0m\n", &["bold"]);
}

#[test]
fn a_line_without_an_end_is_not_shown_before_the_log_ends() {
    let mut log = LogLines::new(WIDE, Timestamps::Absent);
    log.push(b"a\nb");
    assert_eq!(texts(&log), ["a"]);
    log.push(b"c\n");
    assert_eq!(texts(&log), ["a", "bc"]);
    log.finish();
    assert_eq!(texts(&log), ["a", "bc"]);
}

#[test]
fn times_are_read_when_they_were_asked_for() {
    let check = |line: &str, time_micros: Option<i64>, text: &str| {
        let log = read(line.as_bytes(), WIDE, Timestamps::Prefixed);
        assert_eq!(log.lines()[0], LogLine { time_micros, text: text.to_owned() }, "{line:?}");
    };
    check("2026-11-23T18:00:00.123456789Z hello world", Some(1_795_456_800_123_456), "hello world");
    check("2026-11-23T19:00:00+01:00 hello", Some(1_795_456_800_000_000), "hello");
    check("2026-11-23T18:00:00Z ", Some(1_795_456_800_000_000), "");
    check("no time", None, "no time");
    let log = read(b"2026-11-23T18:00:00Z hello", WIDE, Timestamps::Absent);
    assert_eq!(texts(&log), ["2026-11-23T18:00:00Z hello"]);
}

#[test]
fn the_oldest_lines_go_first() {
    let log = read(b"a\nb\nc\nd\n", Bounds { lines: 3, bytes: 100 }, Timestamps::Absent);
    assert_eq!((texts(&log), log.dropped(), log.bytes()), (vec!["b", "c", "d"], 1, 3));
    let log = read(b"aaaa\nbbbb\ncccc\n", Bounds { lines: 10, bytes: 9 }, Timestamps::Absent);
    assert_eq!((texts(&log), log.dropped(), log.bytes()), (vec!["bbbb", "cccc"], 1, 8));
    let log = read(b"aaaa\n", Bounds { lines: 10, bytes: 3 }, Timestamps::Absent);
    assert_eq!((texts(&log), log.dropped(), log.bytes()), (vec![], 1, 0));
}

#[test]
fn a_long_line_is_cut_with_a_mark() {
    let just = "x".repeat(LINE_BYTES);
    assert_eq!(texts(&read(just.as_bytes(), WIDE, Timestamps::Absent)), [just.as_str()]);
    let expect = format!("{just}{CUT}");
    for more in [1, TIME_BYTES, 1 << 20] {
        let line = "x".repeat(LINE_BYTES + more) + "\nnext";
        assert_eq!(texts(&read(line.as_bytes(), WIDE, Timestamps::Absent)), [expect.as_str(), "next"], "{more}");
        let line = format!("2026-11-23T18:00:00Z {line}");
        assert_eq!(texts(&read(line.as_bytes(), WIDE, Timestamps::Prefixed)), [expect.as_str(), "next"], "{more}");
    }
}

#[test]
fn a_cut_never_goes_through_a_character() {
    let line = format!("x{}", "é".repeat(LINE_BYTES));
    let expect = format!("x{}{CUT}", "é".repeat((LINE_BYTES - 1) / 2));
    assert_eq!(texts(&read(line.as_bytes(), WIDE, Timestamps::Absent)), [expect]);
}

proptest! {
    #[test]
    fn where_the_bytes_are_cut_does_not_matter(
        bytes in prop::collection::vec(prop_oneof![Just(b'\n'), Just(0x1B), Just(b'['), Just(b'm'), any::<u8>()], 0..200),
        cuts in prop::collection::vec(0_usize..40, 0..40),
        lines in 0_usize..9,
        most in 0_usize..99,
    ) {
        let bounds = Bounds { lines, bytes: most };
        let whole = read(&bytes, bounds, Timestamps::Prefixed);
        let mut log = LogLines::new(bounds, Timestamps::Prefixed);
        let mut rest = bytes.as_slice();
        for cut in cuts {
            let (chunk, after) = rest.split_at(cut.min(rest.len()));
            log.push(chunk);
            rest = after;
        }
        log.push(rest);
        log.finish();
        prop_assert_eq!(log.lines(), whole.lines());
        prop_assert_eq!((log.dropped(), log.bytes()), (whole.dropped(), whole.bytes()));
        prop_assert!(log.lines().len() <= lines && log.bytes() <= most);
        prop_assert!(log.lines().iter().all(|line| !line.text.contains(|c: char| c.is_control() && c != '\t')));
    }

    #[test]
    fn where_a_long_line_is_cut_does_not_matter(length in LINE_BYTES - 9..LINE_BYTES + 99, cut in 0_usize..LINE_BYTES) {
        let line = "é".repeat(length / 2) + &"x".repeat(length % 2);
        let mut log = LogLines::new(WIDE, Timestamps::Absent);
        log.push(&line.as_bytes()[..cut]);
        log.push(&line.as_bytes()[cut..]);
        log.finish();
        let whole = read(line.as_bytes(), WIDE, Timestamps::Absent);
        prop_assert_eq!(log.lines(), whole.lines());
        prop_assert!(log.bytes() <= LINE_BYTES + CUT.len());
    }
}
