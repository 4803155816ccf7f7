//! A word that a name must contain.

use memchr::memchr2_iter;

use crate::letters::Letters;

/// A word to look for in any case.
///
/// Names of Kubernetes objects are ASCII, so only ASCII letters have two cases here.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Word(Box<[u8]>);

impl Word {
    pub(super) fn new(text: &str) -> Self {
        Self(text.as_bytes().into())
    }

    /// Whether whatever contains this word contains the other.
    pub(super) fn contains(&self, other: &Self) -> bool {
        str::from_utf8(&self.0).is_ok_and(|text| other.is_in(text))
    }

    /// What a name that contains the word has.
    pub(super) fn letters(&self) -> Letters {
        str::from_utf8(&self.0).map(Letters::of).unwrap_or_default()
    }

    /// Whether every name that has these letters contains the word.
    pub(super) fn is_told_by_letters(&self) -> bool {
        Letters::only(&self.0).is_some()
    }

    /// Whether a name contains the word; 150,000 names are asked at every keystroke, so nothing is copied.
    pub(super) fn is_in(&self, name: &str) -> bool {
        let Some((first, rest)) = self.0.split_first() else {
            return true;
        };
        let name = name.as_bytes();
        memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), name).any(|place| {
            let after = name.get(place + 1..).and_then(|after| after.get(..rest.len()));
            after.is_some_and(|after| after.eq_ignore_ascii_case(rest))
        })
    }
}
