//! RFC 3339 as Kubernetes writes it, to numbers and back.
//!
//! `2026-11-23T18:00:00Z` for `metav1.Time`, `2026-11-23T18:00:00.123456Z` for `MicroTime` and log lines (nine places),
//! and any UTC offset. No library: two timestamps a pod make this a hot path, and a calendar crate costs about 30 KB of
//! wasm for the one calculation that is needed. The calendar is the proleptic Gregorian one, as everywhere in RFC 3339;
//! a second numbered 60 is refused, as Go refuses it.

/// Reads a timestamp as whole seconds since 1970-01-01T00:00:00Z, leaving out any fraction.
#[must_use]
pub fn seconds(text: &str) -> Option<i64> {
    parse(text.as_bytes()).map(|(seconds, _)| seconds)
}

/// Reads a timestamp as microseconds since 1970-01-01T00:00:00Z, leaving out what is finer.
#[must_use]
pub fn micros(text: &str) -> Option<i64> {
    // Four digits of year: at most 2.6 × 10^17 microseconds either way.
    parse(text.as_bytes()).map(|(seconds, micros)| seconds * 1_000_000 + i64::from(micros))
}

/// Writes seconds since the epoch for people: `2026-11-23 18:00:00 UTC`.
///
/// Years that need more than four digits are written out in full; RFC 3339 has none of them.
#[must_use]
pub fn utc(seconds: i64) -> String {
    let (date, time) = date_and_time(seconds);
    format!("{date} {time} UTC")
}

/// Writes seconds since the epoch and microseconds after them as Kubernetes does.
#[must_use]
pub fn rfc3339(seconds: i64, micros: u32) -> String {
    let (date, time) = date_and_time(seconds);
    if micros == 0 { format!("{date}T{time}Z") } else { format!("{date}T{time}.{micros:06}Z") }
}

const DAY: i64 = 86_400;

fn date_and_time(seconds: i64) -> (String, String) {
    let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, day) = civil_from_days(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    (format!("{year:04}-{month:02}-{day:02}"), format!("{hour:02}:{minute:02}:{second:02}"))
}

/// Seconds since the epoch and microseconds after them.
fn parse(text: &[u8]) -> Option<(i64, u32)> {
    let (year, rest) = number(text, 4)?;
    let (month, rest) = number(after(rest, b"-")?, 2)?;
    let (day, rest) = number(after(rest, b"-")?, 2)?;
    let (hour, rest) = number(after(rest, b"Tt ")?, 2)?;
    let (minute, rest) = number(after(rest, b":")?, 2)?;
    let (second, rest) = number(after(rest, b":")?, 2)?;
    let (micros, rest) = fraction(rest)?;
    let offset = offset(rest)?;
    if day == 0 || day > days_in_month(year, month)? || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = days_from_civil(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset;
    Some((seconds, micros))
}

/// Exactly `width` digits.
fn number(text: &[u8], width: usize) -> Option<(i64, &[u8])> {
    let (digits, rest) = text.split_at_checked(width)?;
    let value =
        digits.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))?;
    Some((value, rest))
}

fn after<'a>(text: &'a [u8], separators: &[u8]) -> Option<&'a [u8]> {
    let (first, rest) = text.split_first()?;
    separators.contains(first).then_some(rest)
}

/// Any number of digits after a point, of which six count.
fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let Some((b'.', text)) = text.split_first() else {
        return Some((0, text));
    };
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(length);
    let places = digits.iter().chain([b'0'; 6].iter()).take(6);
    let micros = places.fold(0, |sum, byte| sum * 10 + u32::from(byte - b'0'));
    (length > 0).then_some((micros, rest))
}

/// Seconds east of UTC.
fn offset(text: &[u8]) -> Option<i64> {
    let (sign, rest) = match text.split_first()? {
        (b'Z' | b'z', []) => return Some(0),
        (b'+', rest) => (1, rest),
        (b'-', rest) => (-1, rest),
        _ => return None,
    };
    let (hours, rest) = number(rest, 2)?;
    let (minutes, rest) = number(after(rest, b":")?, 2)?;
    (rest.is_empty() && hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
}

fn days_in_month(year: i64, month: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(if leap { 29 } else { 28 }),
        _ => None,
    }
}

/// Days since 1970-01-01, counted in years that begin in March, so that a leap day is the last day of its year.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * DAYS_PER_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - DAYS_TO_1970
}

/// The way back from [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + DAYS_TO_1970;
    let (era, day_of_era) = (days.div_euclid(DAYS_PER_ERA), days.rem_euclid(DAYS_PER_ERA));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = (shifted_month + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

/// Days in 400 years, after which the calendar repeats.
const DAYS_PER_ERA: i64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01.
const DAYS_TO_1970: i64 = 719_468;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The expectations are what `date --utc --date=TEXT +%s` answers.
    #[test]
    fn timestamps_read_as_seconds_since_the_epoch() {
        let check = |text: &str, expect: i64| assert_eq!(seconds(text), Some(expect), "{text:?}");
        check("1970-01-01T00:00:00Z", 0);
        check("2026-11-23T18:00:00Z", 1_795_456_800);
        check("2026-11-23T18:00:00.999999Z", 1_795_456_800);
        check("2026-11-23T19:30:00+01:30", 1_795_456_800);
        check("2026-11-23T10:00:00-08:00", 1_795_456_800);
        check("2024-02-29T23:59:59Z", 1_709_251_199);
        check("2000-02-29T00:00:00Z", 951_782_400);
        check("1969-12-31T23:59:59Z", -1);
        check("0001-01-01T00:00:00Z", -62_135_596_800);
        check("9999-12-31T23:59:59Z", 253_402_300_799);
        check("2026-11-23t18:00:00z", 1_795_456_800);
    }

    #[test]
    fn fractions_read_as_microseconds() {
        let check = |text: &str, expect: i64| assert_eq!(micros(text), Some(expect), "{text:?}");
        check("1970-01-01T00:00:01Z", 1_000_000);
        check("1970-01-01T00:00:00.5Z", 500_000);
        check("1970-01-01T00:00:00.123456Z", 123_456);
        check("1970-01-01T00:00:00.123456789Z", 123_456);
        check("1970-01-01T01:00:00.000001+01:00", 1);
        check("1969-12-31T23:59:59.250000Z", -750_000);
    }

    #[test]
    fn other_text_reads_as_nothing() {
        for text in [
            "",
            "2026",
            "2026-11-23",
            "2026-11-23T18:00:00",
            "2026-11-23T18:00Z",
            "2026-11-23T18:00:00.Z",
            "2026-11-23T18:00:00ZZ",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-11-31T00:00:00Z",
            "2026-11-00T00:00:00Z",
            "2025-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-11-23T24:00:00Z",
            "2026-11-23T18:60:00Z",
            "2026-11-23T18:00:60Z",
            "+026-11-23T18:00:00Z",
            "2026-11-23T18:00:00+1:00",
            "2026-11-23T18:00:00+01:60",
            "2026-11-23T18:00:00+24:00",
            "2026-11-23T18:00:00+0100",
            "null",
        ] {
            assert_eq!(seconds(text), None, "{text:?}");
        }
    }

    #[test]
    fn seconds_are_written_for_people() {
        let check = |seconds: i64, expect: &str| assert_eq!(utc(seconds), expect);
        check(0, "1970-01-01 00:00:00 UTC");
        check(1_795_456_800, "2026-11-23 18:00:00 UTC");
        check(1_709_251_199, "2024-02-29 23:59:59 UTC");
        check(-1, "1969-12-31 23:59:59 UTC");
        check(-62_135_596_800, "0001-01-01 00:00:00 UTC");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(seconds in -62_167_219_200_i64..=253_402_300_799) {
            let text = utc(seconds).replace(" UTC", "Z");
            prop_assert_eq!(super::seconds(&text), Some(seconds));
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in r"\PC*|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.+Z-]{0,30}") {
            prop_assert_eq!(seconds(&text).is_some(), micros(&text).is_some());
        }

        #[test]
        fn any_second_is_written_without_a_panic(seconds in any::<i64>()) {
            prop_assert!(utc(seconds).ends_with(" UTC"));
        }
    }
}
