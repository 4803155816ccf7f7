//! Reads an object into a struct that knows only some of its members.
//!
//! serde_json parses; a projection says where the value of a key goes, and all else is skipped. One visitor serves every
//! projection through `dyn Fields`. Derived `Deserialize`s did the same with a copy of the parser in each struct: ten times
//! the code, which every user would fetch. Of kinds whose lists are long the tables hold the numbers of protobuf too.
//!
//! Nothing here fails on odd data: a value of an unexpected type, `null` too, leaves its field as it was.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::json::{List, Pairs, Text};

pub mod protobuf;

/// An object of which some members are read.
pub trait Fields<'de> {
    /// Where the value of this key goes.
    fn slot(&mut self, key: &str) -> Slot<'_, 'de>;
    /// Where the value of the field of this number goes, in protobuf.
    fn numbered(&mut self, number: u32) -> Slot<'_, 'de>;
    /// The keys that have one, and the numbers of those that have one in protobuf, else 0.
    fn keys(&self) -> &'static [(&'static str, u32)];
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
    /// A string in JSON, and in protobuf a message of seconds and nanoseconds.
    Time(&'s mut Text<'de>),
    /// An object of strings.
    Pairs(&'s mut Pairs<'de>),
    /// The same, whose values are messages of a string in protobuf.
    Quantities(&'s mut Pairs<'de>),
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

/// Reads an object of a list or a watch: JSON or protobuf, in which `{` would begin a group, and objects have none.
pub fn read_either<'de, T: Fields<'de> + Default>(bytes: &'de [u8]) -> Option<T> {
    if bytes.first() == Some(&b'{') {
        return read(bytes).ok();
    }
    let mut object = T::default();
    protobuf::read_into(bytes, &mut object)?;
    Some(object)
}

/// The field mask of a projection, from the table that decoding follows, so that the two cannot drift apart.
///
/// For example `metadata=1(name=1,labels=11),spec=2(nodeName=10)`: our proxy sends no more of each object than that.
pub fn mask<'de, T: Fields<'de> + Default>() -> String {
    let mut text = String::new();
    write_mask(&mut T::default(), &mut text);
    text
}

/// Implements [`Fields`] for projections, each given as a table of keys and fields.
///
/// A number after the key is that of the field in Kubernetes' protobuf, where its value is read from that too; `time` and
/// `quantities` say that the value is a message there. The numbers are those of `generated.proto` in `k8s.io/api`.
macro_rules! fields {
    ($($object:ty { $($key:literal $(= $number:literal $($message:ident)?)?: $field:ident),* $(,)? })*) => {$(
        impl<'de> $crate::k8s::projection::Fields<'de> for $object {
            fn slot(&mut self, key: &str) -> $crate::k8s::projection::Slot<'_, 'de> {
                match key {
                    $($key => $crate::k8s::projection::Field::as_slot(&mut self.$field),)*
                    _ => $crate::k8s::projection::Slot::Skip,
                }
            }

            fn numbered(&mut self, number: u32) -> $crate::k8s::projection::Slot<'_, 'de> {
                match number {
                    $($($number => $crate::k8s::projection::Field::as_slot(&mut self.$field)$(.$message())?,)?)*
                    _ => $crate::k8s::projection::Slot::Skip,
                }
            }

            fn keys(&self) -> &'static [(&'static str, u32)] {
                &[$(($key, 0 $(+ $number)?)),*]
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
    for (index, (key, number)) in object.keys().iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(key);
        if *number > 0 {
            text.push('=');
            text.push_str(&number.to_string());
        }
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

impl<'s, 'de> Slot<'s, 'de> {
    /// Of a string that is a time in protobuf.
    pub fn time(self) -> Self {
        if let Self::Text(text) = self { Self::Time(text) } else { self }
    }

    /// Of strings that are quantities in protobuf.
    pub fn quantities(self) -> Self {
        if let Self::Pairs(pairs) = self { Self::Quantities(pairs) } else { self }
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
mod tests;
