//! The order in which people read names and versions: `1.9` before `1.17`, `node-2` before `node-10`.

use std::cmp::Ordering;

/// Compares texts with each run of digits as one number; texts that read alike are ordered by their bytes.
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.as_bytes(), b.as_bytes());
    loop {
        let (one, two) = (take(&mut left), take(&mut right));
        let order = match (one, two) {
            ([], []) => return a.cmp(b),
            ([x, ..], [y, ..]) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (one, two) = (significant(one), significant(two));
                one.len().cmp(&two.len()).then_with(|| one.cmp(two))
            }
            _ => one.cmp(two),
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Takes a run of digits, or one other byte, off the front.
fn take<'t>(text: &mut &'t [u8]) -> &'t [u8] {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (run, rest) = text.split_at(digits.max(1).min(text.len()));
    *text = rest;
    run
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
