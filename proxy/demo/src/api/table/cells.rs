//! What can stand in a column.

use jiff::Timestamp;
use serde_json::Value;

use super::words::{self, age, items, or, text};

/// What stands in one column.
#[derive(Debug, Clone, Copy)]
pub enum Cell {
    /// The object's name.
    Name,
    /// How long it has been there.
    Age,
    /// When it was created.
    Created,
    /// The text at a path; empty where there is none.
    Text(&'static str),
    /// The text at a path, or a word for none.
    Or(&'static str, &'static str),
    /// The number at a path.
    Number(&'static str),
    /// The truth at a path.
    Bool(&'static str),
    /// How long ago the time at a path was.
    Since(&'static str),
    /// How many items or members are at a path.
    Count(&'static str),
    /// The names of the containers of a pod template.
    Containers(&'static str),
    /// Their images.
    Images(&'static str),
    /// A label selector.
    Selector(&'static str),
    /// Labels.
    Labels(&'static str),
    /// The subjects of a kind.
    Subjects(&'static str),
    /// What a function says.
    Of(fn(&Value) -> String),
    /// What a function says, now.
    At(fn(&Value, Timestamp) -> String),
}

use Cell::{
    Age, At, Bool, Containers, Count, Created, Images, Labels, Name, Number, Of, Or, Selector, Since, Subjects, Text,
};

const NONE: &str = "<none>";

impl Cell {
    /// The cell of an object.
    pub fn value(&self, object: &Value, now: Timestamp) -> Value {
        let at = |path: &str| object.pointer(path);
        match *self {
            Name => text(object, "/metadata/name").into(),
            Age => age(text(object, "/metadata/creationTimestamp"), now).into(),
            Created => text(object, "/metadata/creationTimestamp").into(),
            Text(path) => at(path).map(scalar).unwrap_or_default().into(),
            Or(path, none) => or(&at(path).map(scalar).unwrap_or_default(), none).into(),
            Number(path) => at(path).and_then(Value::as_i64).unwrap_or_default().into(),
            Bool(path) => at(path).and_then(Value::as_bool).unwrap_or_default().into(),
            Since(path) => match text(object, path) {
                "" => NONE.into(),
                time => age(time, now).into(),
            },
            Count(path) => match at(path) {
                Some(Value::Array(items)) => items.len().into(),
                Some(Value::Object(members)) => members.len().into(),
                _ => 0.into(),
            },
            Containers(path) => words::joined(items(object, path), "/name").into(),
            Images(path) => words::joined(items(object, path), "/image").into(),
            Selector(path) => words::selector(at(path)).into(),
            Labels(path) => words::labels(object, path).into(),
            Subjects(kind) => subjects(object, kind).into(),
            Of(of) => of(object).into(),
            At(of) => of(object, now).into(),
        }
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => yes.to_string(),
        _ => String::new(),
    }
}

fn subjects(binding: &Value, kind: &str) -> String {
    let of_kind = items(binding, "/subjects").iter().filter(|subject| text(subject, "/kind") == kind);
    let name = |subject: &Value| match text(subject, "/namespace") {
        "" => text(subject, "/name").to_owned(),
        namespace => format!("{namespace}/{}", text(subject, "/name")),
    };
    of_kind.map(name).collect::<Vec<_>>().join(", ")
}
