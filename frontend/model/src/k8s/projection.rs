//! Reads a JSON object into a struct that knows only some of its members.
//!
//! serde_json parses; a projection says where the value of a key goes, and all else is skipped. One visitor serves every
//! projection through `dyn Fields`. Derived `Deserialize`s did the same with a copy of the parser in each struct: ten times
//! the code, which every user would fetch.
//!
//! Nothing here fails on odd data: a value of an unexpected type, `null` too, leaves its field as it was.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::json::{List, Pairs, Text};

/// An object of which some members are read.
pub trait Fields<'de> {
    /// Where the value of this key goes.
    fn slot(&mut self, key: &str) -> Slot<'_, 'de>;
    /// The keys that have one.
    fn keys(&self) -> &'static [&'static str];
}

/// Makes room for each value that is there: an item of an array, or an object that may be absent.
pub trait Each<'de> {
    /// Where the next value goes.
    fn next_slot(&mut self) -> Slot<'_, 'de>;
}

/// What can be a field of a projection.
pub trait Field<'de> {
    /// Where its value goes.
    fn as_slot(&mut self) -> Slot<'_, 'de>;
}

/// Where a value goes.
pub enum Slot<'s, 'de> {
    /// Nowhere.
    Skip,
    /// A string, or a whole number's digits: a quantity may stand as a bare number.
    Text(&'s mut Text<'de>),
    /// An object of strings.
    Pairs(&'s mut Pairs<'de>),
    /// `true` or `false`.
    Flag(&'s mut bool),
    /// A whole number.
    Whole(&'s mut i64),
    /// An object.
    Object(&'s mut dyn Fields<'de>),
    /// An array, or an object that may be absent.
    Each(&'s mut dyn Each<'de>),
}

/// Reads an object. Fails where the bytes are not JSON or no object.
pub fn read<'de, T: Fields<'de> + Default>(json: &'de [u8]) -> Result<T, serde_json::Error> {
    let mut object = T::default();
    read_into(json, &mut object)?;
    Ok(object)
}

/// The field mask of a projection, from the table that decoding follows, so that the two cannot drift apart.
///
/// For example `metadata(name,labels),spec(nodeName)`: our proxy sends no more of each object than that.
pub fn mask<'de, T: Fields<'de> + Default>() -> String {
    let mut text = String::new();
    write_mask(&mut T::default(), &mut text);
    text
}

/// Implements [`Fields`] for projections, each given as a table of keys and fields.
macro_rules! fields {
    ($($object:ty { $($key:literal: $field:ident),* $(,)? })*) => {$(
        impl<'de> $crate::k8s::projection::Fields<'de> for $object {
            fn slot(&mut self, key: &str) -> $crate::k8s::projection::Slot<'_, 'de> {
                match key {
                    $($key => $crate::k8s::projection::Field::as_slot(&mut self.$field),)*
                    _ => $crate::k8s::projection::Slot::Skip,
                }
            }

            fn keys(&self) -> &'static [&'static str] {
                &[$($key),*]
            }
        }
    )*};
}
pub(crate) use fields;

// Apart from `read`: through `dyn` there is one copy of the parser for all projections.
fn read_into<'de>(json: &'de [u8], object: &mut dyn Fields<'de>) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    deserializer.deserialize_map(Slot::Object(object))?;
    deserializer.end()
}

fn write_mask(object: &mut dyn Fields<'_>, text: &mut String) {
    for (number, key) in object.keys().iter().enumerate() {
        if number > 0 {
            text.push(',');
        }
        text.push_str(key);
        let inner = match object.slot(key) {
            Slot::Each(each) => each.next_slot(),
            slot => slot,
        };
        if let Slot::Object(inner) = inner {
            text.push('(');
            write_mask(inner, text);
            text.push(')');
        }
    }
}

impl<'de, T: Fields<'de>> Field<'de> for T {
    fn as_slot(&mut self) -> Slot<'_, 'de> {
        Slot::Object(self)
    }
}

impl<'de> Field<'de> for Text<'de> {
    fn as_slot(&mut self) -> Slot<'_, 'de> {
        Slot::Text(self)
    }
}

impl<'de> Field<'de> for Pairs<'de> {
    fn as_slot(&mut self) -> Slot<'_, 'de> {
        Slot::Pairs(self)
    }
}

impl<'de> Field<'de> for bool {
    fn as_slot(&mut self) -> Slot<'_, 'de> {
        Slot::Flag(self)
    }
}

impl<'de> Field<'de> for i64 {
    fn as_slot(&mut self) -> Slot<'_, 'de> {
        Slot::Whole(self)
    }
}

impl<'de, T: Fields<'de> + Default> Field<'de> for List<T> {
    fn as_slot(&mut self) -> Slot<'_, 'de> {
        Slot::Each(self)
    }
}

impl<'de> Field<'de> for List<Text<'de>> {
    fn as_slot(&mut self) -> Slot<'_, 'de> {
        Slot::Each(self)
    }
}

impl<'de, T: Fields<'de> + Default> Field<'de> for Option<T> {
    fn as_slot(&mut self) -> Slot<'_, 'de> {
        Slot::Each(self)
    }
}

impl<'de, T: Fields<'de> + Default> Each<'de> for List<T> {
    fn next_slot(&mut self) -> Slot<'_, 'de> {
        Slot::Object(self.0.push_mut(T::default()))
    }
}

impl<'de> Each<'de> for List<Text<'de>> {
    fn next_slot(&mut self) -> Slot<'_, 'de> {
        Slot::Text(self.0.push_mut(Text::default()))
    }
}

impl<'de, T: Fields<'de> + Default> Each<'de> for Option<T> {
    fn next_slot(&mut self) -> Slot<'_, 'de> {
        Slot::Object(self.insert(T::default()))
    }
}

impl<'de> DeserializeSeed<'de> for Slot<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self {
            Slot::Skip => deserializer.deserialize_ignored_any(IgnoredAny).map(drop),
            slot => deserializer.deserialize_any(slot),
        }
    }
}

impl<'de> Visitor<'de> for Slot<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<(), E> {
        if let Slot::Flag(field) = self {
            *field = flag;
        }
        Ok(())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        match self {
            Slot::Whole(field) => *field = number,
            Slot::Text(field) => *field = number.to_string().into(),
            _ => {}
        }
        Ok(())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        match self {
            Slot::Whole(field) => *field = number.try_into().unwrap_or(i64::MAX),
            Slot::Text(field) => *field = number.to_string().into(),
            _ => {}
        }
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<(), E> {
        if let Slot::Text(field) = self {
            *field = text.into();
        }
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        if let Slot::Text(field) = self {
            *field = text.to_owned().into();
        }
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Slot::Each(each) = self else {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        };
        while seq.next_element_seed(Item(each))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        match self {
            Slot::Object(object) => {
                while let Some(key) = map.next_key::<Text<'de>>()? {
                    map.next_value_seed(object.slot(&key))?;
                }
            }
            Slot::Each(each) => each.next_slot().visit_map(map)?,
            Slot::Pairs(pairs) => {
                while let Some(key) = map.next_key()? {
                    let mut value = Text::default();
                    map.next_value_seed(Slot::Text(&mut value))?;
                    pairs.0.push((key, value));
                }
            }
            _ => while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {},
        }
        Ok(())
    }
}

/// An item of an array: room is made for it only when it is there.
struct Item<'s, 'de>(&'s mut dyn Each<'de>);

impl<'de> DeserializeSeed<'de> for Item<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.next_slot().deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::super::json::{List, Pairs, Text};
    use super::super::pod::Pod;
    use super::{mask, read};

    #[derive(Debug, Default, PartialEq)]
    struct Outer<'a> {
        text: Text<'a>,
        pairs: Pairs<'a>,
        flag: bool,
        whole: i64,
        list: List<Inner<'a>>,
        maybe: Option<Inner<'a>>,
        inner: Inner<'a>,
    }

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Inner<'a> {
        name: Text<'a>,
    }

    fields! {
        Outer<'de> {
            "text": text,
            "pairs": pairs,
            "flag": flag,
            "whole": whole,
            "list": list,
            "maybe": maybe,
            "inner": inner,
        }
        Inner<'de> {
            "name": name,
        }
    }

    fn outer(json: &str) -> Outer<'_> {
        read(json.as_bytes()).unwrap()
    }

    #[test]
    fn each_value_goes_where_its_key_says() {
        let read = outer(
            r#"{"text":"a\nb","other":{"text":[1,{}]},"pairs":{"k":"v","n":2,"none":null},"flag":true,"whole":-3,
                "list":[{"name":"x"},{"name":"y"}],"maybe":{},"inner":{"name":"z"}}"#,
        );
        assert_eq!(&*read.text, "a\nb");
        assert_eq!(
            (read.pairs.get("k"), read.pairs.get("n"), read.pairs.get("none")),
            (Some("v"), Some("2"), Some(""))
        );
        assert_eq!((read.flag, read.whole), (true, -3));
        assert_eq!(read.list.iter().map(|inner| &*inner.name).collect::<Vec<_>>(), ["x", "y"]);
        assert_eq!((read.maybe, &*read.inner.name), (Some(Inner::default()), "z"));
    }

    #[test]
    fn a_number_as_text_keeps_its_digits() {
        let check = |number: &str| assert_eq!(&*outer(&format!(r#"{{"text":{number}}}"#)).text, number);
        check("2");
        check("-2");
        check("18446744073709551615");
    }

    #[test]
    fn a_value_of_an_odd_type_leaves_its_field_empty() {
        let kinds =
            ["null", "true", "1.5", "-1", r#""text""#, "[]", r#"[null,[1],{"a":"b"}]"#, "{}", r#"{"a":{"b":[]}}"#];
        for kind in kinds {
            let check = |key: &str, expect: &[&str]| {
                let json = format!(r#"{{"{key}":{kind}}}"#);
                let empty = outer(&json) == Outer::default();
                assert!(empty || expect.iter().any(|start| kind.starts_with(start)), "{json}");
            };
            check("text", &["\"", "-"]);
            check("pairs", &["{\""]);
            check("flag", &["true"]);
            check("whole", &["-"]);
            check("list", &["[", "{"]);
            check("maybe", &["{", "["]);
            check("inner", &[]);
        }
    }

    #[test]
    fn what_is_no_object_is_an_error() {
        let check = |json: &str| assert!(read::<Outer<'_>>(json.as_bytes()).is_err(), "{json}");
        for json in ["", "5", "[]", "null", r#"{"text":"a""#, "{} x", "<html>"] {
            check(json);
        }
    }

    #[test]
    fn the_mask_is_the_tables_keys() {
        assert_eq!(mask::<Outer<'_>>(), "text,pairs,flag,whole,list(name),maybe(name),inner(name)");
        // Our proxy takes 4096 bytes; another may take less.
        assert!(mask::<Pod<'_>>().len() < 2048, "{}", mask::<Pod<'_>>());
    }

    #[test]
    fn a_masked_pod_is_read_as_the_whole_one() {
        let mask = mask::<Pod<'_>>();
        for line in include_str!("pod_status_cases.txt").lines().filter(|line| line.contains('{')) {
            let json = line.get(line.find('{').unwrap()..).unwrap();
            let mut values = serde_json::Deserializer::from_str(json).into_iter::<Value>();
            let mut whole = values.next().unwrap().unwrap();
            whole["metadata"]["managedFields"] = serde_json::json!([{ "fieldsV1": { "f:name": {} } }]);
            whole["spec"]["containers"] = serde_json::json!([{ "name": "a", "env": [{ "name": "b" }] }]);
            let masked = masked(&whole, &mask);
            assert!(masked.to_string().len() < whole.to_string().len());
            let decoded = |json: &Value| format!("{:?}", read::<Pod<'_>>(json.to_string().as_bytes()).unwrap());
            assert_eq!(decoded(&masked), decoded(&whole));
        }
    }

    /// A value with no more than a mask names.
    fn masked(json: &Value, mask: &str) -> Value {
        match json {
            Value::Array(items) => items.iter().map(|item| masked(item, mask)).collect(),
            Value::Object(members) => fields_of(mask)
                .into_iter()
                .filter_map(|(name, below)| {
                    let value = members.get(name)?;
                    Some((name.to_owned(), below.map_or_else(|| value.clone(), |below| masked(value, below))))
                })
                .collect::<serde_json::Map<_, _>>()
                .into(),
            other => other.clone(),
        }
    }

    /// The names at the top of a mask, each with the mask below it.
    fn fields_of(mask: &str) -> Vec<(&str, Option<&str>)> {
        let mut depth = 0;
        let parts = mask.split(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            c == ',' && depth == 0
        });
        parts
            .map(|part| match part.split_once('(') {
                Some((name, below)) => (name, below.strip_suffix(')')),
                None => (part, None),
            })
            .collect()
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in any::<Vec<u8>>()) {
            let _ = read::<Outer<'_>>(&bytes);
        }
    }
}
