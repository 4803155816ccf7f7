//! The order in which people read names and versions: `1.9` before `1.17`, `node-2` before `node-10`.

use std::cmp::Ordering;

/// Compares texts with each run of digits as one number; texts that read alike are ordered by their bytes.
pub fn natural(a: &str, b: &str) -> Ordering {
    by_runs(a.as_bytes(), b.as_bytes()).then_with(|| a.cmp(b))
}

fn by_runs(a: &[u8], b: &[u8]) -> Ordering {
    // Names of one kind begin alike: from where they differ, back to the first digit of the number that is there.
    let alike = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let digits = a.iter().take(alike).rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (a, b) = (a.get(alike - digits..).unwrap_or_default(), b.get(alike - digits..).unwrap_or_default());
    let (one, two) = (number(a), number(b));
    if one.is_empty() || two.is_empty() {
        return a.cmp(b);
    }
    let (x, y) = (significant(one), significant(two));
    let rest = || by_runs(a.get(one.len()..).unwrap_or_default(), b.get(two.len()..).unwrap_or_default());
    x.len().cmp(&y.len()).then_with(|| x.cmp(y)).then_with(rest)
}

/// The digits that a text begins with.
fn number(text: &[u8]) -> &[u8] {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    text.get(..digits).unwrap_or_default()
}

/// A number without the zeros before it.
fn significant(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    digits.get(zeros..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::natural;
    use proptest::prelude::*;

    #[test]
    fn numbers_in_names_are_numbers() {
        let mut texts = ["node-10", "1.17.4", "node-2", "1.9.1", "", "1.9", "17.5", "2.0", "007", "7", "rc1"];
        texts.sort_by(|a, b| natural(a, b));
        assert_eq!(texts, ["", "1.9", "1.9.1", "1.17.4", "2.0", "007", "7", "17.5", "node-2", "node-10", "rc1"]);
    }

    proptest! {
        #[test]
        fn it_is_an_order(a in "[0-9a-c.-]{0,8}", b in "[0-9a-c.-]{0,8}", c in "[0-9a-c.-]{0,8}") {
            prop_assert_eq!(natural(&a, &b), natural(&b, &a).reverse());
            prop_assert_eq!(natural(&a, &b).is_eq(), a == b);
            if natural(&a, &b).is_le() && natural(&b, &c).is_le() {
                prop_assert!(natural(&a, &c).is_le());
            }
        }
    }
}
