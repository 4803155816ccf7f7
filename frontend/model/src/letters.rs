//! Which letters a name has: what lacks one of a word's does not contain the word, which is known without reading the name.

/// A set of letters, without their case. Names of Kubernetes objects have letters, digits, `-` and `.`; all else is one more of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Letters(u64);

/// What no name should have.
const OTHER: u64 = 1 << 38;

impl Letters {
    /// Those of a text.
    pub fn of(text: &str) -> Self {
        Self(text.bytes().fold(0, |all, byte| all | bit(byte)))
    }

    /// Whether all of the others are among these.
    pub fn have(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// Both together.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// The letter of a text that has only one: whatever has that letter contains the text.
    pub fn only(text: &[u8]) -> Option<Self> {
        let [byte] = text else { return None };
        Some(Self(bit(*byte))).filter(|letter| letter.0 != OTHER)
    }
}

fn bit(byte: u8) -> u64 {
    match byte.to_ascii_lowercase() {
        letter @ b'a'..=b'z' => 1 << (letter - b'a'),
        digit @ b'0'..=b'9' => 1 << (26 + digit - b'0'),
        b'-' => 1 << 36,
        b'.' => 1 << 37,
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

    proptest! {
        #[test]
        fn what_contains_a_text_has_its_letters(before in any::<String>(), text in "[a-zA-Z0-9.ü_-]{0,6}", after in any::<String>()) {
            let name = format!("{before}{text}{after}");
            prop_assert!(Letters::of(&name).have(Letters::of(&text.to_uppercase().to_lowercase())));
            prop_assert!(Letters::of(&name).have(Letters::of(&text)));
        }
    }
}
