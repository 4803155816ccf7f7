//! Which letters a name has, and which of them side by side: what lacks those of a word does not contain it, which is known without
//! reading the name.

/// A set of letters and pairs of letters, without their case. Names of Kubernetes objects have letters, digits, `-` and `.`; all else is
/// one more letter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Letters {
    single: u64,
    /// A Bloom filter of one hash: of 100 names that lack a pair some twelve seem to have it.
    pairs: [u64; 2],
}

/// What no name should have.
const OTHER: u32 = 38;

impl Letters {
    /// Those of a text.
    pub fn of(text: &str) -> Self {
        let mut all = Self::default();
        let mut before = None::<u32>;
        for byte in text.bytes() {
            let letter = number(byte);
            all.single |= 1_u64 << letter;
            if let Some(before) = before {
                let pair = before * 31 + letter;
                let bit = 1_u64 << (pair % 64);
                let [low, high] = &mut all.pairs;
                *(if (pair / 64).is_multiple_of(2) { low } else { high }) |= bit;
            }
            before = Some(letter);
        }
        all
    }

    /// Whether all of the others are among these.
    pub fn have(self, others: Self) -> bool {
        let [low, high] = others.pairs;
        self.single & others.single == others.single && self.pairs[0] & low == low && self.pairs[1] & high == high
    }

    /// Both together.
    #[must_use]
    pub fn with(self, others: Self) -> Self {
        let [low, high] = self.pairs;
        Self { single: self.single | others.single, pairs: [low | others.pairs[0], high | others.pairs[1]] }
    }

    /// The letter of a text that has only one: whatever has that letter contains the text.
    pub fn only(text: &[u8]) -> Option<Self> {
        let [byte] = text else { return None };
        let letter = number(*byte);
        (letter != OTHER).then_some(Self { single: 1_u64 << letter, pairs: [0; 2] })
    }
}

fn number(byte: u8) -> u32 {
    match byte.to_ascii_lowercase() {
        letter @ b'a'..=b'z' => u32::from(letter - b'a'),
        digit @ b'0'..=b'9' => 26 + u32::from(digit - b'0'),
        b'-' => 36,
        b'.' => 37,
        _ => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Letters;

    #[test]
    fn a_letter_stands_for_all_of_a_text_only_where_it_is_known_by_itself() {
        let only = |text: &str| Letters::only(text.as_bytes()).is_some();
        assert!(only("c") && only("C") && only("7") && only("-") && only("."));
        assert!(!only("") && !only("cc") && !only("_") && !only("ü"));
    }

    #[test]
    fn most_names_that_lack_a_pair_of_letters_are_known_not_to_have_it() {
        let names =
            ["checkout-7d9f8c6b5-x2kvp", "mail-sender-lx7dbhzjw2-24lsn", "cart-cleanup-29931975-shsh4", "web-0"];
        let words = ["ch", "he", "ec", "ou", "ma", "se", "-c", "cl", "up", "xq", "qz", "zz", "0-", "97", "b-", "er"];
        let asked = || names.into_iter().flat_map(|name| words.map(|word| (name, word)));
        let lacking = asked().filter(|(name, word)| !name.contains(word)).count();
        let wrong = asked().filter(|(name, word)| !name.contains(word) && Letters::of(name).have(Letters::of(word)));
        let wrong: Vec<_> = wrong.collect();
        assert!(wrong.len() * 3 < lacking, "{wrong:?} of {lacking}");
    }

    proptest! {
        #[test]
        fn one_letter_that_a_name_has_is_in_it(name in "[a-zA-Z0-9.ü_-]{0,12}", letter in "[a-zA-Z0-9.-]") {
            let only = Letters::only(letter.as_bytes()).unwrap();
            prop_assert_eq!(Letters::of(&name).have(only), name.to_lowercase().contains(&letter.to_lowercase()));
        }

        #[test]
        fn what_contains_a_text_has_its_letters(before in any::<String>(), text in "[a-zA-Z0-9.ü_-]{0,6}", after in any::<String>()) {
            let name = format!("{before}{text}{after}");
            prop_assert!(Letters::of(&name).have(Letters::of(&text.to_uppercase().to_lowercase())));
            prop_assert!(Letters::of(&name).have(Letters::of(&text)));
        }
    }
}
