//! Kubernetes' `resource.Quantity` read into integers.
//!
//! Source: the grammar in the documentation of `k8s.io/apimachinery/pkg/api/resource.Quantity`. The two functions answer
//! what `MilliValue()` and `Value()` answer there: rounded up, so that a request for a little never becomes one for nothing.
//! 150,000 pods carry half a million quantities, so reading one allocates nothing and never touches a float.
//!
//! Not kept: the suffix it was written with. Nothing here can be negative, so a negative quantity reads as zero.

/// The largest value there is: "no quantity may represent a number greater than 2^63-1 in magnitude".
pub const MAX: u64 = i64::MAX as u64;

/// Reads a quantity of CPU in thousandths of a core, rounded up: `250m` is 250, `1.5` is 1500, `1n` is 1.
///
/// `None` if the text is not a quantity; values past [`MAX`] read as that.
#[must_use]
pub fn cpu_millis(text: &str) -> Option<u64> {
    Quantity::parse(text.as_bytes()).map(|quantity| quantity.scaled_up(3))
}

/// Reads a quantity of bytes or of things in whole units, rounded up: `64Mi` is 67108864, `1500m` is 2.
///
/// `None` if the text is not a quantity; values past [`MAX`] read as that.
#[must_use]
pub fn whole(text: &str) -> Option<u64> {
    Quantity::parse(text.as_bytes()).map(|quantity| quantity.scaled_up(0))
}

/// `mantissa × 10^decimal × 2^binary`, and something more after the last digit if `inexact`.
struct Quantity {
    mantissa: u64,
    decimal: i64,
    binary: u32,
    inexact: bool,
    negative: bool,
}

impl Quantity {
    fn parse(text: &[u8]) -> Option<Self> {
        let (negative, text) = sign(text);
        let mut quantity = Self { mantissa: 0, decimal: 0, binary: 0, inexact: false, negative };
        let (whole, rest) = digits(text);
        quantity.push(whole, 1);
        let (fraction, rest) = match rest.split_first() {
            Some((b'.', rest)) => digits(rest),
            _ => (b"".as_slice(), rest),
        };
        quantity.push(fraction, 0);
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        quantity.apply_suffix(rest)?;
        Some(quantity)
    }

    /// Appends digits; those past the 19 that fit are kept as a power of ten and a trace of not being zero.
    ///
    /// `skipped` is the power of ten that a digit which no longer fits is worth: one before the point, none after it.
    fn push(&mut self, digits: &[u8], skipped: i64) {
        for digit in digits.iter().map(|byte| u64::from(byte - b'0')) {
            let longer = self.mantissa.checked_mul(10).and_then(|mantissa| mantissa.checked_add(digit));
            match longer {
                Some(mantissa) if !self.inexact && self.decimal <= 0 => {
                    self.mantissa = mantissa;
                    self.decimal -= 1 - skipped;
                }
                _ => {
                    self.decimal += skipped;
                    self.inexact |= digit != 0;
                }
            }
        }
    }

    fn apply_suffix(&mut self, suffix: &[u8]) -> Option<()> {
        match suffix {
            b"" => {}
            b"n" => self.decimal -= 9,
            b"u" => self.decimal -= 6,
            b"m" => self.decimal -= 3,
            b"k" => self.decimal += 3,
            b"M" => self.decimal += 6,
            b"G" => self.decimal += 9,
            b"T" => self.decimal += 12,
            b"P" => self.decimal += 15,
            b"E" => self.decimal += 18,
            b"Ki" => self.binary = 10,
            b"Mi" => self.binary = 20,
            b"Gi" => self.binary = 30,
            b"Ti" => self.binary = 40,
            b"Pi" => self.binary = 50,
            b"Ei" => self.binary = 60,
            [b'e' | b'E', exponent @ ..] => {
                self.decimal = self.decimal.saturating_add(parse_exponent(exponent)?);
            }
            _ => return None,
        }
        Some(())
    }

    /// The value times `10^power`, rounded up and held below [`MAX`].
    fn scaled_up(&self, power: i64) -> u64 {
        if self.negative || (self.mantissa == 0 && !self.inexact) {
            return 0;
        }
        let shifted = u128::from(self.mantissa) << self.binary;
        let decimal = self.decimal.saturating_add(power);
        let ten_to = 10_u128.checked_pow(u32::try_from(decimal.unsigned_abs()).unwrap_or(u32::MAX));
        let value = match (decimal, ten_to) {
            (0, _) => shifted + u128::from(self.inexact),
            (1.., Some(factor)) => shifted.saturating_mul(factor),
            (1.., None) => u128::MAX,
            (_, Some(divisor)) => {
                let partial = self.inexact || !shifted.is_multiple_of(divisor);
                shifted / divisor + u128::from(partial)
            }
            (_, None) => 1,
        };
        u64::try_from(value).map_or(MAX, |value| value.min(MAX))
    }
}

fn sign(text: &[u8]) -> (bool, &[u8]) {
    match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    }
}

fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    text.split_at(length)
}

/// The number after `e`, held far outside of what any value can reach.
fn parse_exponent(text: &[u8]) -> Option<i64> {
    let (negative, text) = sign(text);
    let (number, rest) = digits(text);
    if number.is_empty() || !rest.is_empty() {
        return None;
    }
    let magnitude = number
        .iter()
        .fold(0_i64, |sum, byte| sum.saturating_mul(10).saturating_add(i64::from(byte - b'0')).min(1_000_000));
    Some(if negative { -magnitude } else { magnitude })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The expectations are what `ParseQuantity`, `MilliValue` and `Value` of apimachinery 0.37.2 answered.
    #[test]
    fn quantities_read_as_kubernetes_reads_them() {
        let check = |text: &str, millis: u64, units: u64| {
            assert_eq!(cpu_millis(text), Some(millis), "thousandths of {text:?}");
            assert_eq!(whole(text), Some(units), "units of {text:?}");
        };
        check("0", 0, 0);
        check("2", 2000, 2);
        check("250m", 250, 1);
        check("1500m", 1500, 2);
        check("1.5", 1500, 2);
        check(".5", 500, 1);
        check("5.", 5000, 5);
        check("0.1m", 1, 1);
        check("1n", 1, 1);
        check("12345678n", 13, 1);
        check("96500u", 97, 1);
        check("64Mi", 67_108_864_000, 67_108_864);
        check("16374208Ki", 16_767_188_992_000, 16_767_188_992);
        check("1.5Gi", 1_610_612_736_000, 1_610_612_736);
        check("1.25Ki", 1_280_000, 1280);
        check(".351G", 351_000_000_000, 351_000_000);
        check("2T", 2_000_000_000_000_000, 2_000_000_000_000);
        check("1Pi", 1_125_899_906_842_624_000, 1_125_899_906_842_624);
        check("1e3", 1_000_000, 1000);
        check("1E3", 1_000_000, 1000);
        check("15e-1", 1500, 2);
        check("1e-400", 1, 1);
        check("+5", 5000, 5);
        check("0.0000000000000000000000000000000000001", 1, 1);
    }

    #[test]
    fn values_past_the_largest_read_as_the_largest() {
        for text in
            ["9223372036854775808", "100E", "8Ei", "1e400", "1e999999999999999999999", "10000000000000000000000"]
        {
            assert_eq!(whole(text), Some(MAX), "{text:?}");
        }
        assert_eq!(whole("9223372036854775807"), Some(MAX));
        assert_eq!(whole("1E"), Some(1_000_000_000_000_000_000));
        assert_eq!(cpu_millis("1E"), Some(MAX));
    }

    #[test]
    fn negative_quantities_read_as_zero() {
        assert_eq!(whole("-5Gi"), Some(0));
        assert_eq!(cpu_millis("-0.1"), Some(0));
    }

    #[test]
    fn text_that_is_no_quantity_reads_as_nothing() {
        for text in [
            "", " 1", "1 ", "-", ".", "Ki", "e3", "1e", "1ee3", "1mm", "1K", "1ki", "0x10", "1_000", "12.34.5", "１",
            "NaN",
        ] {
            assert_eq!(whole(text), None, "{text:?}");
            assert_eq!(cpu_millis(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in r"\PC*|[+-]?[0-9.]{0,40}[eEinumkKMGTP]{0,3}[+-]?[0-9]{0,30}") {
            prop_assert_eq!(cpu_millis(&text).is_some(), whole(&text).is_some());
        }

        #[test]
        fn thousandths_round_up_to_units(number in 0_u64..1_000_000_000, places in 0_usize..9, suffix in "|n|u|m|k|Ki|Mi") {
            let text = format!("{}.{:0places$}{suffix}", number / 1000, number % 1000);
            let (millis, units) = (cpu_millis(&text).unwrap(), whole(&text).unwrap());
            prop_assert_eq!(units, millis.div_ceil(1000));
        }

        #[test]
        fn integers_read_as_themselves(number in 0..=MAX) {
            prop_assert_eq!(whole(&number.to_string()), Some(number));
            prop_assert_eq!(cpu_millis(&format!("{number}m")), Some(number));
        }

        #[test]
        fn binary_suffixes_are_powers_of_1024(number in 0_u64..1 << 20, power in 1_u32..=4) {
            let suffix = ["Ki", "Mi", "Gi", "Ti"][power as usize - 1];
            prop_assert_eq!(whole(&format!("{number}{suffix}")), Some(number << (10 * power)));
        }
    }
}
