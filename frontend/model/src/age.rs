//! How long ago, in the words of kubectl.
//!
//! The thresholds are those of `HumanDuration` in `k8s.io/apimachinery/pkg/util/duration`, so that an age reads the same
//! here and in a terminal. A year is 365 days, as it is there.

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

/// Writes an age as kubectl does, in two or three significant figures: `70s`, `12m`, `4d3h`, `2y45d`.
///
/// Clocks differ, so an age of one second before now is `0s`; anything further in the future is `<invalid>`.
#[must_use]
pub fn human(age_s: i64) -> String {
    match age_s {
        ..-1 => "<invalid>".to_owned(),
        -1 => "0s".to_owned(),
        _ if age_s < 2 * MINUTE => format!("{age_s}s"),
        _ if age_s < 10 * MINUTE => two_units(age_s, (MINUTE, 'm'), (1, 's')),
        _ if age_s < 3 * HOUR => format!("{}m", age_s / MINUTE),
        _ if age_s < 8 * HOUR => two_units(age_s, (HOUR, 'h'), (MINUTE, 'm')),
        _ if age_s < 2 * DAY => format!("{}h", age_s / HOUR),
        _ if age_s < 8 * DAY => two_units(age_s, (DAY, 'd'), (HOUR, 'h')),
        _ if age_s < 2 * YEAR => format!("{}d", age_s / DAY),
        _ if age_s < 8 * YEAR => two_units(age_s, (YEAR, 'y'), (DAY, 'd')),
        _ => format!("{}y", age_s / YEAR),
    }
}

/// Writes the age of the last proof for the freshness badge, in one unit: `2 s`, `3 min`, `5 h`, `2 d`.
///
/// What lies in the future is now: the badge compares two readings of one clock, which may have been set back.
#[must_use]
pub fn brief(age_s: i64) -> String {
    match age_s.max(0) {
        seconds @ ..MINUTE => format!("{seconds} s"),
        seconds @ ..HOUR => format!("{} min", seconds / MINUTE),
        seconds @ ..DAY => format!("{} h", seconds / HOUR),
        seconds => format!("{} d", seconds / DAY),
    }
}

/// The larger unit, and what is left in the smaller one unless that is none.
fn two_units(age_s: i64, (large_s, large): (i64, char), (small_s, small): (i64, char)) -> String {
    let (count, rest) = (age_s / large_s, age_s % large_s / small_s);
    if rest == 0 { format!("{count}{large}") } else { format!("{count}{large}{rest}{small}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The cases of apimachinery's `TestHumanDuration` and `TestHumanDurationBoundaries`, in whole seconds.
    #[test]
    fn ages_read_as_in_kubectl() {
        let check = |age_s: i64, expect: &str| assert_eq!(human(age_s), expect, "{age_s} s");
        check(-2, "<invalid>");
        check(-1, "0s");
        check(0, "0s");
        check(1, "1s");
        check(70, "70s");
        check(2 * MINUTE - 1, "119s");
        check(2 * MINUTE, "2m");
        check(2 * MINUTE + 1, "2m1s");
        check(190, "3m10s");
        check(10 * MINUTE - 1, "9m59s");
        check(10 * MINUTE, "10m");
        check(10 * MINUTE + 1, "10m");
        check(70 * MINUTE, "70m");
        check(3 * HOUR - 1, "179m");
        check(3 * HOUR, "3h");
        check(3 * HOUR + MINUTE, "3h1m");
        check(8 * HOUR - 1, "7h59m");
        check(8 * HOUR, "8h");
        check(8 * HOUR + 59 * MINUTE, "8h");
        check(47 * HOUR, "47h");
        check(2 * DAY - 1, "47h");
        check(2 * DAY, "2d");
        check(2 * DAY + HOUR, "2d1h");
        check(8 * DAY - 1, "7d23h");
        check(8 * DAY, "8d");
        check(8 * DAY + 23 * HOUR, "8d");
        check(367 * DAY, "367d");
        check(2 * YEAR - 1, "729d");
        check(2 * YEAR, "2y");
        check(2 * YEAR + 23 * HOUR + 59 * MINUTE, "2y");
        check(2 * YEAR + DAY - 1, "2y");
        check(2 * YEAR + DAY, "2y1d");
        check(2 * YEAR + 25 * HOUR, "2y1d");
        check(3 * YEAR, "3y");
        check(7 * YEAR, "7y");
        check(8 * YEAR - 1, "7y364d");
        check(8 * YEAR, "8y");
        check(8 * YEAR + 364 * DAY, "8y");
        check(9 * YEAR, "9y");
    }

    #[test]
    fn the_badge_shows_one_unit() {
        let check = |age_s: i64, expect: &str| assert_eq!(brief(age_s), expect, "{age_s} s");
        check(-5, "0 s");
        check(0, "0 s");
        check(59, "59 s");
        check(60, "1 min");
        check(3599, "59 min");
        check(3600, "1 h");
        check(86_399, "23 h");
        check(86_400, "1 d");
    }

    proptest! {
        #[test]
        fn any_age_is_written_without_a_panic(age_s in any::<i64>()) {
            prop_assert!(!human(age_s).is_empty() && !brief(age_s).is_empty());
        }
    }
}
