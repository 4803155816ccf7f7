//! A regular expression that a name must match.

use regex_lite::{Regex, RegexBuilder};

use super::Reason;

/// An expression that is looked for in any case, as words are. Its time grows with the length of a name and with its own, never faster.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Regex);

/// An expression of a longer text, or one that would need more memory, is none for names.
const MAX_BYTES: usize = 256;
const MAX_MEMORY: usize = 8 << 10;

impl Pattern {
    /// Reads what stands after the first slash.
    pub(super) fn parse(text: &str) -> Result<Self, Reason> {
        let text = text
            .strip_suffix('/')
            .ok_or(Reason::Pattern("a regular expression ends with /, and a text with a / stands in quotes"))?;
        if text.is_empty() {
            return Err(Reason::Pattern("a regular expression says what to look for"));
        }
        if text.len() > MAX_BYTES {
            return Err(Reason::Pattern("a regular expression has 256 bytes at most"));
        }
        let regex = RegexBuilder::new(text).case_insensitive(true).size_limit(MAX_MEMORY).build();
        regex.map(Self).map_err(|_| Reason::Pattern("this regular expression cannot be read"))
    }

    pub(super) fn is_in(&self, name: &str) -> bool {
        !name.is_empty() && self.0.is_match(name)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Eq for Pattern {}
