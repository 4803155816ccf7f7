//! Writes objects as texts: what others are likely to have, too, in pieces that are shared.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::super::opened::{Entry, Opened, Source};
use super::super::rope::Interner;
use super::{MARK, MIN_SHARED_BYTES, Part, Text, VERSION, write_escaped, write_string};

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

/// Writes one text.
pub(super) struct Composer<'a> {
    interner: &'a Interner,
    holes: &'a [&'a str],
    parts: Vec<Part>,
    own: Vec<u8>,
    /// What may be shared, until it is known: one piece of memory for all.
    candidate: Vec<u8>,
}

impl<'a> Composer<'a> {
    pub(super) fn new(interner: &'a Interner, holes: &'a [&'a str]) -> Self {
        Self { interner, holes, parts: Vec::new(), own: Vec::with_capacity(USUAL_BYTES), candidate: Vec::new() }
    }

    /// The text of a value.
    pub(super) fn compose(mut self, value: &Value) -> Text {
        self.value(value, Place::Root);
        self.cut();
        Text { parts: self.parts }
    }

    /// The text of an object in the midst of a change.
    pub(super) fn compose_opened(mut self, opened: &Opened<'_>) -> Text {
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
        self.candidate.clear();
        write_json(&mut self.candidate, value);
        let text = &self.candidate;
        let has_holes = !self.holes.is_empty() && text.windows(ESCAPED_MARK.len()).any(|part| part == ESCAPED_MARK);
        if has_holes {
            self.value(value, Place::Own);
        } else if text.len() < MIN_SHARED_BYTES {
            self.own.extend_from_slice(text);
        } else {
            let shared = self.interner.intern(text);
            self.cut();
            self.parts.push(Part::Shared(shared));
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
            self.parts.push(Part::Own(self.own.as_slice().into()));
            self.own.clear();
        }
    }
}

/// What most objects have of their own.
const USUAL_BYTES: usize = 1024;
/// [`MARK`] as JSON writes it.
const ESCAPED_MARK: &[u8] = br"\u0001";

fn write_json(buffer: &mut Vec<u8>, value: &Value) {
    serde_json::to_writer(buffer, value).expect("a JSON value is written to memory without fail");
}
