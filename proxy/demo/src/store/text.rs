//! JSON text with holes: an object before its resourceVersion is known, or a template before its names are.

use std::collections::BTreeMap;
use std::io::Write;

use bytes::Bytes;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::opened::{Entry, Opened, Source};
use super::rope::{Interner, Rope};

/// JSON text with numbered holes.
#[derive(Debug, Clone, Default)]
pub struct Text {
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    /// Copied into each rope.
    Own(Box<[u8]>),
    /// Shared by all ropes.
    Shared(Bytes),
    /// Filled by the value of this number.
    Hole(usize),
}

/// Stands around a hole's name in the strings of a template; no text that a person writes has it.
pub const MARK: char = '\u{1}';
/// The hole of the resourceVersion, which every object has.
pub const VERSION: usize = 0;
/// Below this a copy costs less than what it takes to share it.
const MIN_SHARED_BYTES: usize = 96;

impl Text {
    /// The text of an object, with a hole for its resourceVersion.
    pub fn of(object: &Value, interner: &Interner) -> Self {
        Composer::new(interner, &[]).compose(object)
    }

    /// The text of an object after a change, which has the pieces that it had where nothing was read.
    pub fn of_opened(opened: &Opened<'_>, interner: &Interner) -> Self {
        Composer::new(interner, &[]).compose_opened(opened)
    }

    /// The text of a template: strings have holes where they hold a name of `holes` between two [`MARK`]s.
    pub fn with_holes(template: &Value, interner: &Interner, holes: &[&str]) -> Self {
        let mut text = Composer::new(interner, holes).compose(template);
        for part in &mut text.parts {
            if let Part::Own(own) = part
                && own.len() >= MIN_SHARED_BYTES
            {
                *part = Part::Shared(Bytes::from(std::mem::take(own)));
            }
        }
        text
    }

    /// Whether it says this, where the hole of the version has a value.
    pub fn says(&self, text: &str, version: &str) -> bool {
        let version = escaped(version);
        let mut rest = text.as_bytes();
        let is_next = |part: &Part| {
            let part: &[u8] = match part {
                Part::Own(own) => own,
                Part::Shared(shared) => shared,
                Part::Hole(_) => &version,
            };
            rest.strip_prefix(part).map(|left| rest = left).is_some()
        };
        self.parts.iter().all(is_next) && rest.is_empty()
    }

    /// The rope in which the holes have these values, by number.
    pub fn fill(&self, values: &[&str]) -> Rope {
        let mut own = Vec::with_capacity(self.own_len(values));
        let mut pieces = Vec::with_capacity(self.parts.len() + 1);
        for part in &self.parts {
            match part {
                Part::Own(text) => own.extend_from_slice(text),
                Part::Hole(number) => write_escaped(&mut own, values.get(*number).copied().unwrap_or_default()),
                Part::Shared(text) => {
                    pieces.push(Piece::Own(own.len()));
                    pieces.push(Piece::Shared(text.clone()));
                }
            }
        }
        pieces.push(Piece::Own(own.len()));
        let own = Bytes::from(own.into_boxed_slice());
        let mut start = 0;
        Rope::new(pieces.into_iter().filter_map(|piece| match piece {
            Piece::Shared(text) => Some(text),
            Piece::Own(end) => {
                let text = own.slice(start..end);
                start = end;
                (!text.is_empty()).then_some(text)
            }
        }))
    }

    fn own_len(&self, values: &[&str]) -> usize {
        let len_of = |part: &Part| match part {
            Part::Own(text) => text.len(),
            Part::Hole(number) => values.get(*number).map_or(0, |value| value.len()),
            Part::Shared(_) => 0,
        };
        self.parts.iter().map(len_of).sum()
    }
}

/// A piece of a rope in the making: our own text up to an offset, or another's.
enum Piece {
    Own(usize),
    Shared(Bytes),
}

/// Where in an object a value stands, which says whether others are likely to have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    Metadata,
    ResourceVersion,
    ManagedFields,
    Spec,
    Status,
    Shareable,
    Own,
}

impl Place {
    fn member(self, name: &str) -> Self {
        match (self, name) {
            (Self::Root, "metadata") => Self::Metadata,
            (Self::Root, "spec") => Self::Spec,
            (Self::Root, "status") => Self::Status,
            (Self::Metadata, "resourceVersion") => Self::ResourceVersion,
            (Self::Metadata, "managedFields") => Self::ManagedFields,
            (Self::Root | Self::Spec, _)
            | (Self::Metadata, "labels" | "annotations" | "ownerReferences")
            | (Self::ManagedFields, "fieldsV1")
            | (Self::Status, "images") => Self::Shareable,
            _ => Self::Own,
        }
    }
}

/// A member of an object in the midst of a change.
enum Member<'a> {
    Read(&'a Value),
    Closed(&'a RawValue),
}

struct Composer<'a> {
    interner: &'a Interner,
    holes: &'a [&'a str],
    parts: Vec<Part>,
    own: Vec<u8>,
}

impl<'a> Composer<'a> {
    fn new(interner: &'a Interner, holes: &'a [&'a str]) -> Self {
        Self { interner, holes, parts: Vec::new(), own: Vec::new() }
    }

    fn compose(mut self, value: &Value) -> Text {
        self.value(value, Place::Root);
        self.cut();
        Text { parts: self.parts }
    }

    fn compose_opened(mut self, opened: &Opened<'_>) -> Text {
        let mut members: BTreeMap<&str, Member<'_>> = opened
            .value
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.as_str(), Member::Read(value)))
            .collect();
        // What was not read cannot have been changed.
        members.extend(opened.closed.iter().map(|(name, raw)| (&**name, Member::Closed(raw))));
        self.own.push(b'{');
        for (number, (name, member)) in members.into_iter().enumerate() {
            self.name(number, name);
            match (member, &opened.managers) {
                (Member::Closed(raw), _) => self.raw(raw, opened.source),
                (Member::Read(Value::Object(metadata)), Some(managers)) if name == "metadata" => {
                    self.metadata(metadata, managers, opened.source);
                }
                (Member::Read(value), _) => self.value(value, Place::Root.member(name)),
            }
        }
        self.own.push(b'}');
        self.cut();
        Text { parts: self.parts }
    }

    /// The metadata, with the managers in their place.
    fn metadata(&mut self, members: &Map<String, Value>, managers: &[Entry<'_>], source: Source<'_>) {
        let mut members: BTreeMap<&str, Option<&Value>> =
            members.iter().map(|(name, value)| (name.as_str(), Some(value))).collect();
        members.remove("managedFields");
        if !managers.is_empty() {
            members.insert("managedFields", None);
        }
        self.own.push(b'{');
        for (number, (name, member)) in members.into_iter().enumerate() {
            self.name(number, name);
            match member {
                Some(value) => self.value(value, Place::Metadata.member(name)),
                None => self.managers(managers, source),
            }
        }
        self.own.push(b'}');
    }

    fn managers(&mut self, managers: &[Entry<'_>], source: Source<'_>) {
        self.own.push(b'[');
        for (number, entry) in managers.iter().enumerate() {
            if number > 0 {
                self.own.push(b',');
            }
            match entry {
                Entry::Kept(raw) => self.raw(raw, source),
                Entry::Written(value) => self.value(value, Place::ManagedFields),
            }
        }
        self.own.push(b']');
    }

    /// Text that stays as it is: its long pieces are shared with the object that it comes from.
    fn raw(&mut self, raw: &RawValue, source: Source<'_>) {
        let start = raw.get().as_ptr().addr().saturating_sub(source.text.as_ptr().addr());
        for (piece, part) in source.rope.part(start, start + raw.get().len()) {
            if part.len() == piece.len() && piece.len() >= MIN_SHARED_BYTES {
                self.cut();
                self.parts.push(Part::Shared(piece.clone()));
            } else {
                self.own.extend_from_slice(part);
            }
        }
    }

    fn name(&mut self, number: usize, name: &str) {
        if number > 0 {
            self.own.push(b',');
        }
        write_string(&mut self.own, name);
        self.own.push(b':');
    }

    fn value(&mut self, value: &Value, place: Place) {
        match value {
            Value::Object(_) | Value::Array(_) if place == Place::Shareable => self.shareable(value),
            Value::Object(members) => self.object(members, place),
            Value::Array(items) => {
                self.own.push(b'[');
                for (number, item) in items.iter().enumerate() {
                    if number > 0 {
                        self.own.push(b',');
                    }
                    self.value(item, place);
                }
                self.own.push(b']');
            }
            Value::String(text) if place == Place::ResourceVersion => {
                let _ = text;
                self.own.push(b'"');
                self.hole(VERSION);
                self.own.push(b'"');
            }
            Value::String(text) if !self.holes.is_empty() && text.contains(MARK) => self.marked(text),
            scalar => write_json(&mut self.own, scalar),
        }
    }

    fn object(&mut self, members: &Map<String, Value>, place: Place) {
        self.own.push(b'{');
        for (number, (name, member)) in members.iter().enumerate() {
            self.name(number, name);
            self.value(member, place.member(name));
        }
        self.own.push(b'}');
    }

    fn shareable(&mut self, value: &Value) {
        let mut text = Vec::new();
        write_json(&mut text, value);
        let has_holes = !self.holes.is_empty() && text.windows(ESCAPED_MARK.len()).any(|part| part == ESCAPED_MARK);
        if has_holes {
            self.value(value, Place::Own);
        } else if text.len() < MIN_SHARED_BYTES {
            self.own.extend_from_slice(&text);
        } else {
            self.cut();
            self.parts.push(Part::Shared(self.interner.intern(&text)));
        }
    }

    fn marked(&mut self, text: &str) {
        self.own.push(b'"');
        for (number, part) in text.split(MARK).enumerate() {
            match self.holes.iter().position(|hole| number % 2 == 1 && *hole == part) {
                Some(hole) => self.hole(hole),
                None => write_escaped(&mut self.own, part),
            }
        }
        self.own.push(b'"');
    }

    fn hole(&mut self, number: usize) {
        self.cut();
        self.parts.push(Part::Hole(number));
    }

    fn cut(&mut self) {
        if !self.own.is_empty() {
            self.parts.push(Part::Own(std::mem::take(&mut self.own).into_boxed_slice()));
        }
    }
}

/// [`MARK`] as JSON writes it.
const ESCAPED_MARK: &[u8] = br"\u0001";

fn write_json(buffer: &mut Vec<u8>, value: &Value) {
    serde_json::to_writer(buffer, value).expect("a JSON value is written to memory without fail");
}

fn write_string(buffer: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(buffer, text).expect("a string is written to memory without fail");
}

fn escaped(text: &str) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(text.len());
    write_escaped(&mut escaped, text);
    escaped
}

/// A string's text without its quotes.
fn write_escaped(buffer: &mut Vec<u8>, text: &str) {
    if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        buffer.write_all(text.as_bytes()).expect("memory takes every text");
        return;
    }
    let start = buffer.len();
    write_string(buffer, text);
    buffer.pop();
    buffer.remove(start);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::opened::Scope;
    use super::*;

    #[test]
    fn a_text_is_the_object_with_its_version() {
        let object = json!({
            "metadata": { "name": "a\"b", "resourceVersion": "", "labels": { "app": "x".repeat(200) } },
            "spec": { "containers": [{ "image": "y".repeat(200) }], "n": 1, "resourceVersion": "own" },
        });
        let text = Text::of(&object, &Interner::default());
        let filled: Value = serde_json::from_slice(&text.fill(&["42"]).to_vec()).unwrap();
        let mut expect = object;
        expect["metadata"]["resourceVersion"] = "42".into();
        assert_eq!(filled, expect);
    }

    #[test]
    fn an_object_after_a_change_is_the_same_text_however_little_of_it_was_read() {
        let interner = Interner::default();
        let object = json!({
            "metadata": {
                "name": "a\"b",
                "resourceVersion": "",
                "managedFields": [
                    { "manager": "one", "fieldsV1": { "f:spec": { "f:filler": {}, "f:other": "x".repeat(200) } } },
                    { "manager": "two" },
                ],
            },
            "spec": { "containers": [{ "image": "y".repeat(200) }], "n": 1 },
            "status": { "phase": "Running", "images": ["z".repeat(200)] },
            "zone": "é\n",
        });
        let rope = Text::of(&object, &interner).fill(&["42"]);
        let text = String::from_utf8(rope.to_vec()).unwrap();
        for scope in [Scope::Whole, Scope::Unmanaged, Scope::Members(&["status"]), Scope::Members(&[])] {
            let opened = Opened::read(Source { text: &text, rope: &rope }, scope);
            let again = Text::of_opened(&opened, &interner).fill(&["42"]);
            assert_eq!(again.to_vec(), rope.to_vec(), "{scope:?}");
            assert!(Text::of_opened(&opened, &interner).says(&text, "42"), "{scope:?}");
            assert!(!Text::of_opened(&opened, &interner).says(&text, "43"), "{scope:?}");
            assert!(!Text::of_opened(&opened, &interner).says(&format!("{text} "), "42"), "{scope:?}");
        }
        let mut opened = Opened::read(Source { text: &text, rope: &rope }, Scope::Members(&["status"]));
        opened.value["status"]["phase"] = "Failed".into();
        opened.managers.as_mut().unwrap().push(Entry::Written(json!({ "manager": "three" })));
        let changed: Value =
            serde_json::from_slice(&Text::of_opened(&opened, &interner).fill(&["43"]).to_vec()).unwrap();
        let mut expect = object;
        expect["metadata"]["resourceVersion"] = "43".into();
        expect["metadata"]["managedFields"].as_array_mut().unwrap().push(json!({ "manager": "three" }));
        expect["status"]["phase"] = "Failed".into();
        assert_eq!(changed, expect);
    }

    #[test]
    fn a_template_has_values_where_its_marks_were() {
        let template = json!({
            "metadata": { "name": "web-\u{1}name\u{1}", "resourceVersion": "", "labels": { "own": "\u{1}name\u{1}" } },
            "spec": { "volumes": [{ "name": "token-\u{1}name\u{1}-x", "text": "z".repeat(300) }] },
        });
        let text = Text::with_holes(&template, &Interner::default(), &["version", "name"]);
        let filled: Value = serde_json::from_slice(&text.fill(&["7", "q\"\n"]).to_vec()).unwrap();
        assert_eq!(filled["metadata"]["name"], "web-q\"\n");
        assert_eq!(filled["metadata"]["resourceVersion"], "7");
        assert_eq!(filled["metadata"]["labels"]["own"], "q\"\n");
        assert_eq!(filled["spec"]["volumes"][0]["name"], "token-q\"\n-x");
    }

    #[test]
    fn what_a_client_writes_never_makes_a_hole() {
        let object = json!({ "data": { "text": "\u{1}version\u{1}" }, "metadata": { "resourceVersion": "" } });
        let filled: Value =
            serde_json::from_slice(&Text::of(&object, &Interner::default()).fill(&["7"]).to_vec()).unwrap();
        assert_eq!(filled["data"]["text"], "\u{1}version\u{1}");
    }
}
