//! Interned strings: a namespace, a node or a label value is kept once and compared as a number.

use super::index::{Index, hash_of};

use crate::k8s::json::Pairs;

/// An interned string; equal strings have equal names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(u32);

/// All interned strings, one after the other. The first is the empty one.
#[derive(Debug, Default)]
pub struct Names {
    text: String,
    /// Where each name but the empty one ends in the text.
    ends: Vec<u32>,
    by_text: Index,
    /// The bytes of text that were kept when some were forgotten the last time.
    kept_bytes: usize,
}

/// Less text than this is not worth looking through everything.
const WORTH_BYTES: usize = 1 << 20;

impl Name {
    /// The empty string.
    pub const EMPTY: Self = Self(0);

    /// Whether this is the empty string.
    pub fn is_empty(self) -> bool {
        self == Self::EMPTY
    }

    /// Its place among all names, from 0 on: what is kept for each name can stand in an array.
    pub fn place(self) -> usize {
        self.0 as usize
    }
}

impl Names {
    /// How many there are, the empty one included.
    pub fn count(&self) -> usize {
        self.ends.len() + 1
    }

    /// The name of a text, new or known.
    pub fn intern(&mut self, text: &str) -> Name {
        if text.is_empty() {
            return Name::EMPTY;
        }
        let hash = hash_of(text);
        if let Some(number) = self.by_text.find(hash, |n| self.text(Name(n)) == text) {
            return Name(number);
        }
        // A tab cannot hold four billion bytes of names; past that all further ones would read as empty.
        let ends = (u32::try_from(self.text.len() + text.len()), u32::try_from(self.ends.len() + 1));
        let (Ok(end), Ok(number)) = ends else {
            return Name::EMPTY;
        };
        self.text.push_str(text);
        self.ends.push(end);
        self.by_text.insert(hash, number);
        Name(number)
    }

    /// The name at a place.
    #[cfg(test)]
    pub(super) fn name_at(&self, place: u32) -> Name {
        assert!((place as usize) < self.count());
        Name(place)
    }

    /// The names of labels, in their order.
    pub fn intern_pairs(&mut self, pairs: &Pairs<'_>) -> Box<[(Name, Name)]> {
        pairs.0.iter().map(|(key, value)| (self.intern(key), self.intern(value))).collect()
    }

    /// The name of a text that is known.
    pub fn find(&self, text: &str) -> Option<Name> {
        if text.is_empty() {
            return Some(Name::EMPTY);
        }
        self.by_text.find(hash_of(text), |n| self.text(Name(n)) == text).map(Name)
    }

    /// The text of a name.
    pub fn text(&self, name: Name) -> &str {
        let end_of = |place: Option<usize>| place.and_then(|p| self.ends.get(p)).map_or(0, |end| *end as usize);
        let place = name.place();
        self.text.get(end_of(place.checked_sub(2))..end_of(place.checked_sub(1))).unwrap_or("")
    }

    /// Whether there is so much text that most of it may be of what has gone.
    pub(super) fn is_worth_forgetting(&self) -> bool {
        self.text.len() > 2 * self.kept_bytes + WORTH_BYTES
    }

    /// Forgets the texts of the names that are not in use. These read as empty from then on, and are never given to another
    /// text, so that a name that somebody still has cannot come to mean something else.
    pub(super) fn forget_all_but(&mut self, in_use: &[bool]) {
        let mut kept = Self { ends: Vec::with_capacity(self.ends.len()), ..Self::default() };
        for number in (1..).take(self.ends.len()) {
            let text = self.text(Name(number));
            if !text.is_empty() && in_use.get(number as usize).copied().unwrap_or(false) {
                kept.text.push_str(text);
                kept.by_text.insert(hash_of(text), number);
            }
            // No longer than the text was, and that fits.
            kept.ends.push(u32::try_from(kept.text.len()).unwrap_or(u32::MAX));
        }
        kept.text.shrink_to_fit();
        kept.kept_bytes = kept.text.len();
        *self = kept;
    }

    /// What they hold of the memory, in bytes.
    pub fn bytes(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<u32>() + self.by_text.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::{Name, Names};

    #[test]
    fn equal_texts_have_equal_names() {
        let mut names = Names::default();
        let a = names.intern("a");
        assert_eq!(names.intern("a"), a);
        assert_ne!(names.intern("bc"), a);
        assert_eq!(names.intern(""), Name::EMPTY);
        assert_eq!((names.text(a), names.text(Name::EMPTY)), ("a", ""));
        assert_eq!(names.find("bc").map(|name| names.text(name)), Some("bc"));
        assert_eq!((names.find("c"), names.find("")), (None, Some(Name::EMPTY)));
        assert_eq!(names.count(), 3);
    }

    #[test]
    fn a_name_whose_text_is_forgotten_is_never_given_to_another_text() {
        let mut names = Names::default();
        let [a, b, c] = ["alpha", "beta", "gamma"].map(|text| names.intern(text));
        names.forget_all_but(&[false, true, false, true]);
        assert_eq!([a, b, c].map(|name| names.text(name)), ["alpha", "", "gamma"]);
        assert_eq!((names.find("alpha"), names.find("beta"), names.find("gamma")), (Some(a), None, Some(c)));
        let again = names.intern("beta");
        assert!(![a, b, c].contains(&again));
        assert_eq!(names.intern("gamma"), c);
        assert_eq!(names.text(again), "beta");
    }
}
