//! JSON text with holes: an object before its resourceVersion is known, or a template before its names are.

use std::io::Write;

use bytes::Bytes;
use serde_json::Value;

use super::opened::Opened;
use super::rope::{Interner, Rope};
use composer::Composer;

mod composer;

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

    /// Its length in bytes, without what fills its holes.
    pub(super) fn len(&self) -> usize {
        let len_of = |part: &Part| match part {
            Part::Own(text) => text.len(),
            Part::Shared(text) => text.len(),
            Part::Hole(_) => 0,
        };
        self.parts.iter().map(len_of).sum()
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

    use super::super::opened::{Entry, Scope, Source};
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
