//! Numbers and names as people read them.
//!
//! A unit always goes with its number, precision is what a decision needs (two or three significant figures), and what
//! is unknown or undefined is written as a dash, never as zero. Integers only: float formatting costs tens of kilobytes
//! of wasm.

/// Written where there is no number to write.
pub const NONE: &str = "–";

/// Writes a count with its thousands apart: `1,486`.
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Writes a count with its noun: `1 pod`, `2 pods`, `1,486 pods`.
#[must_use]
pub fn plural(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// Writes thousandths of a core as cores, without the word: `0.012`, `0.25`, `3.2`, `640`, `98.4k`.
#[must_use]
pub fn cores(cpu_millis: u64) -> String {
    // Each bound is where the text of the finer form would round up into the coarser one.
    match cpu_millis {
        ..100 => decimal(cpu_millis, 3),
        100..995 => decimal(rounded(cpu_millis, 10), 2),
        995..99_950 => decimal(rounded(cpu_millis, 100), 1),
        99_950..999_500 => rounded(cpu_millis, 1000).to_string(),
        999_500..999_950_000 => decimal(rounded(cpu_millis, 100_000), 1) + "k",
        _ => decimal(rounded(cpu_millis, 100_000_000), 1) + "M",
    }
}

/// Writes a part of a whole in cores: `3.2 / 16 cores`.
#[must_use]
pub fn cores_of(used_millis: u64, total_millis: u64) -> String {
    let unit = if total_millis == 1000 { "core" } else { "cores" };
    format!("{} / {} {unit}", cores(used_millis), cores(total_millis))
}

/// Writes bytes in the largest binary unit that fits: `512 B`, `41 GiB`, `1.9 PiB`.
#[must_use]
pub fn bytes(bytes: u64) -> String {
    let (number, unit) = bytes_and_unit(bytes);
    format!("{number} {unit}")
}

/// Writes a part of a whole in bytes, naming a shared unit once: `41 / 64 GiB`, `742 TiB / 1.2 PiB`.
#[must_use]
pub fn bytes_of(used_bytes: u64, total_bytes: u64) -> String {
    let (used, used_unit) = bytes_and_unit(used_bytes);
    let (total, unit) = bytes_and_unit(total_bytes);
    if used_unit == unit || used_bytes == 0 {
        format!("{used} / {total} {unit}")
    } else {
        format!("{used} {used_unit} / {total} {unit}")
    }
}

/// Writes a part as a percentage of a whole, rounded to the nearest: `61 %`; of nothing it is [`NONE`].
#[must_use]
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return NONE.to_owned();
    }
    let (part, whole) = (u128::from(part), u128::from(whole));
    format!("{} %", (part * 200 + whole) / (whole * 2))
}

/// A share in whole percents, never less than none; rounded as [`percent`] does: a half that a float holds a hair below itself is one.
#[must_use]
pub fn percents(share: f64) -> u64 {
    (share.max(0.0) * 100.0 + 1e-9).round() as u64
}

/// The same in words; what is not known is told so.
#[must_use]
pub fn share(share: Option<f64>) -> String {
    share.map_or_else(|| "no data".to_owned(), |share| format!("{} %", percents(share)))
}

/// Shortens a long name to `most` characters by leaving out its middle: `checkout-7d…-x2kvp`.
///
/// The end is kept because that is where the names of pods differ. For plain text only; on the page the whole name
/// stays in the element, so that it copies whole.
#[must_use]
pub fn middle(name: &str, most: usize) -> String {
    let length = name.chars().count();
    if length <= most {
        return name.to_owned();
    }
    let kept = most.saturating_sub(1);
    let (head, tail) = (kept - kept / 2, kept / 2);
    name.chars().take(head).chain(['…']).chain(name.chars().skip(length - tail)).take(most).collect()
}

/// How many characters of the end of a name always stay: the random part of a pod's name and a little more.
const TAIL: usize = 8;

/// Parts a name into a head that may be cut on the page, and the tail that tells it from others.
#[must_use]
pub fn head_and_tail(name: &str) -> (&str, &str) {
    let at = name.char_indices().rev().nth(TAIL - 1).map_or(0, |(at, _)| at);
    name.split_at(at)
}

const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

fn bytes_and_unit(bytes: u64) -> (String, &'static str) {
    if bytes < 1024 {
        return (bytes.to_string(), "B");
    }
    let mut units = UNITS.iter();
    let mut unit = units.next().unwrap_or(&"");
    let mut size = 1024;
    // What would round to 1024 of one unit is one of the next.
    while rounded(bytes, size) >= 1024 {
        let Some(next) = units.next() else { break };
        (unit, size) = (next, size << 10);
    }
    // A unit holds more than ten tenths of itself in a u64 only up to PiB, hence the wider product.
    let tenths = (u128::from(bytes) * 20 + u128::from(size)) / (u128::from(size) * 2);
    let tenths = u64::try_from(tenths).unwrap_or(u64::MAX);
    let number = if tenths < 100 { decimal(tenths, 1) } else { rounded(bytes, size).to_string() };
    (number, unit)
}

/// The nearest whole number of `unit`s, halves up.
fn rounded(number: u64, unit: u64) -> u64 {
    number / unit + u64::from(number % unit >= unit.div_ceil(2))
}

/// Writes `number / 10^places` without the zeros at its end.
fn decimal(number: u64, places: u32) -> String {
    let unit = 10_u64.pow(places);
    let text = format!("{}.{:0width$}", number / unit, number % unit, width = places as usize);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_share_and_its_parts_round_to_the_same_percents() {
        for (part, whole) in [(481_u64, 200_u64), (57, 200), (203, 200), (1, 8), (1, 3), (0, 5)] {
            assert_eq!(format!("{} %", percents(part as f64 / whole as f64)), percent(part, whole), "{part}/{whole}");
        }
    }

    #[test]
    fn counts_have_their_thousands_apart() {
        let check = |number: u64, expect: &str| assert_eq!(count(number), expect);
        check(0, "0");
        check(999, "999");
        check(1486, "1,486");
        check(144_014, "144,014");
        check(u64::MAX, "18,446,744,073,709,551,615");
    }

    #[test]
    fn a_noun_goes_with_its_count() {
        assert_eq!(plural(0, "pod", "pods"), "0 pods");
        assert_eq!(plural(1, "pod", "pods"), "1 pod");
        assert_eq!(plural(1486, "pod", "pods"), "1,486 pods");
    }

    #[test]
    fn cores_keep_the_figures_that_matter() {
        let check = |millis: u64, expect: &str| assert_eq!(cores(millis), expect, "{millis} m");
        check(0, "0");
        check(1, "0.001");
        check(12, "0.012");
        check(99, "0.099");
        check(250, "0.25");
        check(994, "0.99");
        check(995, "1");
        check(1000, "1");
        check(3246, "3.2");
        check(16_000, "16");
        check(99_949, "99.9");
        check(99_950, "100");
        check(640_000, "640");
        check(999_499, "999");
        check(999_500, "1k");
        check(1_900_000, "1.9k");
        check(98_432_000, "98.4k");
        check(160_000_000, "160k");
        check(999_950_000, "1M");
        check(u64::MAX, "18446744073.7M");
    }

    #[test]
    fn a_part_of_a_whole_names_its_unit() {
        assert_eq!(cores_of(3200, 16_000), "3.2 / 16 cores");
        assert_eq!(cores_of(0, 1000), "0 / 1 core");
        assert_eq!(bytes_of(41 << 30, 64 << 30), "41 / 64 GiB");
        assert_eq!(bytes_of(742 << 40, 1221 << 40), "742 TiB / 1.2 PiB");
        assert_eq!(bytes_of(0, 64 << 30), "0 / 64 GiB");
    }

    #[test]
    fn bytes_take_the_largest_unit_that_fits() {
        let check = |number: u64, expect: &str| assert_eq!(bytes(number), expect, "{number}");
        check(0, "0 B");
        check(1023, "1023 B");
        check(1024, "1 KiB");
        check(1536, "1.5 KiB");
        check(10 << 10, "10 KiB");
        check((1 << 20) - 1, "1 MiB");
        check((1 << 20) - 513, "1023 KiB");
        check(41 << 30, "41 GiB");
        check(1_945_555_039_024_054, "1.7 PiB");
        check(u64::MAX, "16 EiB");
    }

    #[test]
    fn a_percentage_of_nothing_is_a_dash() {
        assert_eq!(percent(61, 100), "61 %");
        assert_eq!(percent(1, 3), "33 %");
        assert_eq!(percent(2, 3), "67 %");
        assert_eq!(percent(3, 2), "150 %");
        assert_eq!(percent(0, 5), "0 %");
        assert_eq!(percent(5, 0), NONE);
        assert_eq!(percent(u64::MAX, u64::MAX), "100 %");
    }

    #[test]
    fn long_names_lose_their_middle() {
        let check = |name: &str, most: usize, expect: &str| assert_eq!(middle(name, most), expect);
        check("checkout", 8, "checkout");
        check("checkout-7d9c4b6f5-x2kvp", 13, "checko…-x2kvp");
        check("checkout-7d9c4b6f5-x2kvp", 12, "checko…x2kvp");
        check("äöüßÄÖÜ", 3, "ä…Ü");
        check("checkout", 1, "…");
        check("checkout", 0, "");
        check("", 0, "");
    }

    #[test]
    fn the_end_of_a_name_is_kept_by_characters() {
        assert_eq!(head_and_tail("checkout-7d9c8b6f5-x2kvp"), ("checkout-7d9c8b6", "f5-x2kvp"));
        assert_eq!(head_and_tail("web"), ("", "web"));
        assert_eq!(head_and_tail("ääääääääää"), ("ää", "ääääääää"));
        assert_eq!(head_and_tail(""), ("", ""));
    }

    proptest! {
        #[test]
        fn a_shortened_name_has_at_most_the_characters_allowed(name in r"\PC{0,40}", most in 0_usize..50) {
            let text = middle(&name, most);
            prop_assert_eq!(text.chars().count(), name.chars().count().min(most));
        }

        #[test]
        fn any_number_is_written_without_a_panic(first in any::<u64>(), second in any::<u64>()) {
            for text in [cores_of(first, second), bytes_of(first, second), percent(first, second), count(first)] {
                prop_assert!(!text.is_empty());
            }
        }

        #[test]
        fn bytes_are_written_in_at_most_four_digits(number in any::<u64>()) {
            let text = bytes(number);
            prop_assert!(text.chars().filter(char::is_ascii_digit).count() <= 4, "{}", text);
        }
    }
}
