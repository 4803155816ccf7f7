//! Interned strings: a namespace, a node or a label value is kept once and compared as a number.

use std::collections::HashMap;
use std::rc::Rc;

/// An interned string; equal strings have equal names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(u32);

/// All interned strings. The first is the empty one.
#[derive(Debug)]
pub struct Names {
    by_text: HashMap<Rc<str>, Name>,
    texts: Vec<Rc<str>>,
}

impl Name {
    /// The empty string.
    pub const EMPTY: Self = Self(0);

    /// Whether this is the empty string.
    pub fn is_empty(self) -> bool {
        self == Self::EMPTY
    }
}

impl Default for Names {
    fn default() -> Self {
        let empty: Rc<str> = Rc::from("");
        Self { by_text: HashMap::from([(Rc::clone(&empty), Name::EMPTY)]), texts: vec![empty] }
    }
}

impl Names {
    /// The name of a text, new or known.
    pub fn intern(&mut self, text: &str) -> Name {
        if let Some(name) = self.by_text.get(text) {
            return *name;
        }
        // A tab cannot hold four billion strings; past that all further ones would read as empty.
        let Ok(next) = u32::try_from(self.texts.len()) else {
            return Name::EMPTY;
        };
        let text: Rc<str> = Rc::from(text);
        self.texts.push(Rc::clone(&text));
        self.by_text.insert(text, Name(next));
        Name(next)
    }

    /// The name of a text that is known.
    pub fn find(&self, text: &str) -> Option<Name> {
        self.by_text.get(text).copied()
    }

    /// The text of a name.
    pub fn text(&self, name: Name) -> &str {
        self.texts.get(name.0 as usize).map_or("", |t| t)
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
        assert_ne!(names.intern("b"), a);
        assert_eq!(names.intern(""), Name::EMPTY);
        assert_eq!(names.text(a), "a");
        assert_eq!(names.find("c"), None);
    }
}
