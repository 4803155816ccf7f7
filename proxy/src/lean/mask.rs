//! The fields that a client asks for, as it writes them: `metadata(name,labels),spec(containers(name,image))`.
//!
//! A name alone is the whole value below it; names in parentheses are those that are wanted of an object, or of each
//! object of an array. `name=1` is the field of this number where the list is protobuf.

use std::ops::Range;

/// What is wanted of each item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    /// What is wanted of an object, with its fields in one row of the list of all; the first is the list itself.
    nodes: Vec<Node>,
    fields: Vec<Field>,
    /// Whether a field at the top has a number.
    has_numbers: bool,
}

/// What is wanted of an object.
pub type Place = usize;

/// What is wanted of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing.
    Nothing,
    /// All of it.
    Whole,
    /// Some fields of it.
    Fields(Place),
}

/// Why a mask cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MaskError {
    /// More than a header should hold.
    #[error("it is longer than {MAX_LENGTH} bytes")]
    Length,
    /// Too many parentheses in each other.
    #[error("it is deeper than {MAX_DEPTH} levels")]
    Depth,
    /// Nothing can be called so.
    #[error("a name is empty, longer than {MAX_NAME}, or of other characters than letters, digits, - and _")]
    Name,
    /// A number that no field has.
    #[error("a field's number is none from 1 to 536870911")]
    Number,
    /// A name or a number that stands twice.
    #[error("a name or a number stands twice in one place")]
    Twice,
    /// A parenthesis that is missing, or one too many.
    #[error("its parentheses do not match")]
    Parentheses,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Node {
    fields: Range<usize>,
    others: Wanted,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Field {
    name: Box<str>,
    /// Its number in protobuf, or 0.
    number: u32,
    wanted: Wanted,
}

/// The longest mask; the app's are a quarter of it.
pub const MAX_LENGTH: usize = 4 << 10;
/// The longest name of a field.
pub const MAX_NAME: usize = 64;
const MAX_DEPTH: usize = 16;
/// The number of `items` in any list.
const ITEMS: u32 = 2;
/// The largest number of a field.
const MAX_NUMBER: u32 = (1 << 29) - 1;

impl Mask {
    /// The place of the list itself.
    pub const LIST: Place = 0;

    /// Reads a mask; its number of fields is bounded by its length.
    pub fn parse(text: &str) -> Result<Self, MaskError> {
        if text.len() > MAX_LENGTH {
            return Err(MaskError::Length);
        }
        let mut mask = Self { nodes: Vec::new(), fields: Vec::new(), has_numbers: false };
        // All of a list but its items is kept: its kind, its version, and how it goes on.
        mask.nodes.push(Node { fields: 0..0, others: Wanted::Whole });
        let (items, rest) = mask.object(text, 0)?;
        if !rest.is_empty() {
            return Err(MaskError::Parentheses);
        }
        let row = mask.add(vec![Field { name: "items".into(), number: ITEMS, wanted: Wanted::Fields(items) }]);
        if let Some(list) = mask.nodes.first_mut() {
            list.fields = row;
        }
        Ok(mask)
    }

    /// What is wanted of a member of an object.
    pub fn wanted(&self, place: Place, name: &[u8]) -> Wanted {
        self.find(place, |field| field.name.as_bytes() == name)
    }

    /// What is wanted of the field of a message that has this number.
    pub fn wanted_of_number(&self, place: Place, number: u32) -> Wanted {
        self.find(place, |field| field.number == number)
    }

    /// Whether it says what is wanted of a list of protobuf: a field without a number is left out there.
    pub fn has_numbers(&self) -> bool {
        self.has_numbers
    }

    fn find(&self, place: Place, is_it: impl Fn(&Field) -> bool) -> Wanted {
        let Some(node) = self.nodes.get(place) else { return Wanted::Nothing };
        let fields = self.fields.get(node.fields.clone()).unwrap_or_default();
        fields.iter().find(|field| is_it(field)).map_or(node.others, |field| field.wanted)
    }

    /// Reads the fields of an object up to a closing parenthesis or the end.
    fn object<'a>(&mut self, text: &'a str, depth: usize) -> Result<(Place, &'a str), MaskError> {
        if depth == MAX_DEPTH {
            return Err(MaskError::Depth);
        }
        let mut fields: Vec<Field> = Vec::new();
        let mut rest = text;
        loop {
            let (name, after) = rest.split_at(rest.find(['(', ')', ',']).unwrap_or(rest.len()));
            let (name, number) = match name.split_once('=') {
                Some((name, number)) => (name, number_of(number)?),
                None => (name, 0),
            };
            if !is_name(name) {
                return Err(MaskError::Name);
            }
            if fields.iter().any(|field| &*field.name == name || (number > 0 && field.number == number)) {
                return Err(MaskError::Twice);
            }
            self.has_numbers |= depth == 0 && number > 0;
            let (wanted, after) = match after.strip_prefix('(') {
                None => (Wanted::Whole, after),
                Some(inner) => {
                    let (place, after) = self.object(inner, depth + 1)?;
                    (Wanted::Fields(place), after.strip_prefix(')').ok_or(MaskError::Parentheses)?)
                }
            };
            fields.push(Field { name: name.into(), number, wanted });
            match after.strip_prefix(',') {
                Some(next) => rest = next,
                None if after.is_empty() || after.starts_with(')') => {
                    let fields = self.add(fields);
                    self.nodes.push(Node { fields, others: Wanted::Nothing });
                    return Ok((self.nodes.len() - 1, after));
                }
                None => return Err(MaskError::Parentheses),
            }
        }
    }

    fn add(&mut self, fields: Vec<Field>) -> Range<usize> {
        let start = self.fields.len();
        self.fields.extend(fields);
        start..self.fields.len()
    }
}

fn is_name(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

fn number_of(text: &str) -> Result<u32, MaskError> {
    text.parse().ok().filter(|number| (1..=MAX_NUMBER).contains(number)).ok_or(MaskError::Number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_mask_says_what_is_wanted_of_each_member() {
        let mask = Mask::parse("metadata(name,labels),spec(containers(name)),status").unwrap();
        let Wanted::Fields(item) = mask.wanted(Mask::LIST, b"items") else { panic!("items are masked") };
        assert_eq!(mask.wanted(Mask::LIST, b"metadata"), Wanted::Whole);
        assert_eq!(mask.wanted(item, b"status"), Wanted::Whole);
        assert_eq!(mask.wanted(item, b"kind"), Wanted::Nothing);
        let Wanted::Fields(spec) = mask.wanted(item, b"spec") else { panic!("spec is masked") };
        let Wanted::Fields(container) = mask.wanted(spec, b"containers") else { panic!("containers are masked") };
        assert_eq!(mask.wanted(container, b"name"), Wanted::Whole);
        assert_eq!(mask.wanted(container, b"env"), Wanted::Nothing);
    }

    #[test]
    fn a_field_may_have_a_number() {
        let mask = Mask::parse("metadata=1(name=1,labels),status=3").unwrap();
        let Wanted::Fields(item) = mask.wanted_of_number(Mask::LIST, 2) else { panic!("items are masked") };
        assert_eq!(mask.wanted_of_number(Mask::LIST, 1), Wanted::Whole);
        assert_eq!(mask.wanted_of_number(item, 3), Wanted::Whole);
        assert_eq!(mask.wanted_of_number(item, 2), Wanted::Nothing);
        let Wanted::Fields(metadata) = mask.wanted(item, b"metadata") else { panic!("metadata is masked") };
        assert_eq!(mask.wanted_of_number(item, 1), Wanted::Fields(metadata));
        assert_eq!(mask.wanted_of_number(metadata, 1), Wanted::Whole);
        assert!(mask.has_numbers());
        // Names that only another version of the API has need none.
        assert!(Mask::parse("metadata=1(name=1),note").unwrap().has_numbers());
        for without in ["metadata(name)", "metadata(name=1)"] {
            assert!(!Mask::parse(without).unwrap().has_numbers(), "{without}");
        }
    }

    #[test]
    fn what_is_no_mask_is_refused_with_the_reason() {
        let check = |text: &str, expect: MaskError| assert_eq!(Mask::parse(text), Err(expect), "{text}");
        check("", MaskError::Name);
        check("a,", MaskError::Name);
        check(",a", MaskError::Name);
        check("a()", MaskError::Name);
        check("a b", MaskError::Name);
        check("a.b", MaskError::Name);
        check("é", MaskError::Name);
        check(&"a".repeat(MAX_NAME + 1), MaskError::Name);
        check("a(b", MaskError::Parentheses);
        check("a(b)c", MaskError::Parentheses);
        check("a)", MaskError::Parentheses);
        check("a,b(c),a", MaskError::Twice);
        check("a=1,b=1", MaskError::Twice);
        check("a=", MaskError::Number);
        check("a=0", MaskError::Number);
        check("a=-1", MaskError::Number);
        check("a=536870912", MaskError::Number);
        check("=1", MaskError::Name);
        check(&"a(".repeat(MAX_DEPTH), MaskError::Depth);
        check(&"a".repeat(MAX_LENGTH + 1), MaskError::Length);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[a-c(),=0-2é ]{0,40}") {
            let _ = Mask::parse(&text);
        }
    }
}
