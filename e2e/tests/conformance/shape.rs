//! What two answers have in common: status, content type, and the names and types in their bodies.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::cluster::Answer;
use crate::table::Compare;

/// Objects whose members are named by people, so that only their types are compared.
const FREE: [&str; 15] = [
    "additionalProperties",
    "allocatable",
    "annotations",
    "capacity",
    "data",
    "hard",
    "labels",
    "limits",
    "matchLabels",
    "nodeSelector",
    "paths",
    "requests",
    "selector",
    "stringData",
    "used",
];
/// Differences are told up to here.
const MAX_TOLD: usize = 6;

/// How the demo's answer differs from the real one; empty where it does not.
pub fn differences(compare: Compare, real: &Answer, demo: &Answer) -> Vec<String> {
    let mut differences = Vec::new();
    if real.code != demo.code {
        differences.push(format!("status {} instead of {}", demo.code, real.code));
    }
    if real.content_type != demo.content_type {
        differences.push(format!("content type {} instead of {}", word(&demo.content_type), word(&real.content_type)));
    }
    if real.encoding != demo.encoding {
        differences.push(format!("encoding {} instead of {}", word(&demo.encoding), word(&real.encoding)));
    }
    if compare == Compare::Code {
        return differences;
    }
    let (real, demo) = (read(compare, &real.body), read(compare, &demo.body));
    let (expect, got) = (shape(compare, &real), shape(compare, &demo));
    let told = |shape: Vec<&String>| shape.into_iter().take(MAX_TOLD).cloned().collect::<Vec<_>>().join(", ");
    let missing: Vec<_> = expect.difference(&got).collect();
    if !missing.is_empty() {
        differences.push(format!("lacks {}", told(missing)));
    }
    let added: Vec<_> = got.difference(&expect).collect();
    if !added.is_empty() {
        differences.push(format!("adds {}", told(added)));
    }
    if real["kind"] == "Status" && real["reason"] != demo["reason"] {
        differences.push(format!("reason {} instead of {}", demo["reason"], real["reason"]));
    }
    if real.is_string() && real != demo {
        differences.push(format!("says {demo} instead of {real}"));
    }
    differences
}

fn word(header: &Option<String>) -> &str {
    header.as_deref().unwrap_or("none")
}

fn read(compare: Compare, body: &[u8]) -> Value {
    let text = String::from_utf8_lossy(body);
    match serde_json::from_slice(body) {
        Ok(value) if compare != Compare::Events => value,
        _ if compare == Compare::Events => Value::Array(text.lines().map(line_of).collect()),
        _ => text.into_owned().into(),
    }
}

fn line_of(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|_| Value::from(line))
}

fn shape(compare: Compare, value: &Value) -> BTreeSet<String> {
    let mut shape = BTreeSet::new();
    match value {
        Value::Object(table) if compare == Compare::Columns => {
            let columns = table.get("columnDefinitions").and_then(Value::as_array).into_iter().flatten();
            // As one text, whatever the order of their members.
            let text =
                |column: &Value| ["name", "type", "format", "priority", "description"].map(|of| column[of].to_string());
            shape.extend(
                columns.enumerate().map(|(place, column)| format!("column {place}: {}", text(column).join(" "))),
            );
        }
        Value::Object(members) if compare == Compare::Head => {
            for (name, member) in members {
                if name == "metadata" {
                    add(&mut shape, name, member);
                } else {
                    shape.insert(format!("{name}: {}", type_of(member)));
                }
            }
        }
        other => add(&mut shape, "", other),
    }
    shape
}

fn add(shape: &mut BTreeSet<String>, at: &str, value: &Value) {
    shape.insert(format!("{at}: {}", type_of(value)));
    let last = at.rsplit('.').next().unwrap_or_default();
    match value {
        // As many words as there are fields.
        Value::Object(_) if last == "fieldsV1" => {}
        Value::Object(members) => {
            for (name, member) in members {
                let name = if FREE.contains(&last) { "*" } else { name };
                add(shape, &format!("{at}.{name}"), member);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| add(shape, &format!("{at}[]"), item)),
        _ => {}
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
