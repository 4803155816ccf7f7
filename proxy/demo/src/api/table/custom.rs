//! The columns that a CustomResourceDefinition asks for.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::words::{age, items, number, shown, text};

/// A column of a custom kind.
#[derive(Debug)]
pub struct Column {
    definition: Value,
    path: Vec<Step>,
    of_type: String,
}

/// A step of a JSONPath, as far as columns use them.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    Index(usize),
    /// The first item whose member has this value.
    Where(String, String),
    Every,
}

/// The columns of a version.
pub fn columns(definition: &Value, version: &str) -> Vec<Column> {
    let versions = items(definition, "/spec/versions").iter();
    let mut of_version = versions.filter(|known| text(known, "/name") == version);
    let asked = of_version.next().map(|version| items(version, "/additionalPrinterColumns")).unwrap_or_default();
    let mut columns = vec![Column::new("Name", "string", "name", ".metadata.name", "", 0)];
    if asked.is_empty() {
        columns.push(Column::new("Age", "date", "", ".metadata.creationTimestamp", "", 0));
    }
    columns.extend(asked.iter().map(|column| {
        let of = |path| text(column, path);
        let path = of("/jsonPath");
        Column::new(of("/name"), of("/type"), of("/format"), path, of("/description"), number(column, "/priority"))
    }));
    columns
}

/// The definitions of columns.
pub fn definitions(columns: &[Column]) -> Value {
    columns.iter().map(|column| column.definition.clone()).collect()
}

impl Column {
    fn new(name: &str, of_type: &str, format: &str, path: &str, description: &str, priority: i64) -> Self {
        let definition = json!({
            "name": name,
            "type": of_type,
            "format": format,
            "description": description,
            "priority": priority,
        });
        Self { definition, path: parse(path), of_type: of_type.to_owned() }
    }

    /// The cell of an object.
    pub fn value(&self, object: &Value, now: Timestamp) -> Value {
        let found = find(object, &self.path);
        match (found.as_slice(), self.of_type.as_str()) {
            ([], _) => Value::Null,
            ([time], "date") => age(time.as_str().unwrap_or_default(), now).into(),
            ([value @ (Value::Number(_) | Value::Bool(_))], "integer" | "number" | "boolean") => (*value).clone(),
            (values, _) => values.iter().map(|value| shown(value)).collect::<Vec<_>>().join(",").into(),
        }
    }
}

fn find<'a>(object: &'a Value, path: &[Step]) -> Vec<&'a Value> {
    path.iter().fold(vec![object], |found, step| found.into_iter().flat_map(|value| step.take(value)).collect())
}

impl Step {
    fn take<'a>(&self, value: &'a Value) -> Vec<&'a Value> {
        match self {
            Self::Member(name) => value.get(name).into_iter().collect(),
            Self::Index(at) => value.get(*at).into_iter().collect(),
            Self::Every => items(value, "").iter().collect(),
            Self::Where(name, wanted) => {
                let is_wanted = |item: &&Value| item.get(name).is_some_and(|found| shown(found) == *wanted);
                items(value, "").iter().filter(is_wanted).collect()
            }
        }
    }
}

/// The steps of `.spec.list[?(@.type=="x")].value[0]`; what is not understood ends the path in nothing.
fn parse(path: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = path.trim().trim_start_matches('{').trim_end_matches('}');
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('[') {
            let end = after.find(']').unwrap_or(after.len());
            let (inner, after) = after.split_at(end);
            steps.push(bracket(inner));
            rest = after.strip_prefix(']').unwrap_or_default();
        } else {
            let name_from = rest.strip_prefix('.').unwrap_or(rest);
            let end = name_end(name_from);
            let (name, after) = name_from.split_at(end);
            if !name.is_empty() {
                steps.push(Step::Member(name.replace("\\.", ".")));
            } else if after == rest {
                return vec![Step::Index(usize::MAX)];
            }
            rest = after;
        }
    }
    steps
}

fn name_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '.' | '[' if !escaped => return at,
            _ => escaped = c == '\\',
        }
    }
    text.len()
}

fn bracket(inner: &str) -> Step {
    if inner == "*" {
        return Step::Every;
    }
    if let Ok(at) = inner.parse() {
        return Step::Index(at);
    }
    let condition = inner.strip_prefix("?(@.").and_then(|inner| inner.strip_suffix(')'));
    if let Some((name, value)) = condition.and_then(|condition| condition.split_once("==")) {
        return Step::Where(name.trim().to_owned(), value.trim().trim_matches(['"', '\'']).to_owned());
    }
    Step::Member(inner.trim_matches(['"', '\'']).to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_find_what_columns_show() {
        let object = json!({
            "spec": { "a.b": 1, "list": [{ "type": "x", "v": 1 }, { "type": "y", "v": 2 }], "ok": true },
            "metadata": { "creationTimestamp": "1970-01-01T00:00:00Z" },
        });
        let check = |path: &str, of_type: &str, expect: Value| {
            let column = Column::new("", of_type, "", path, "", 0);
            assert_eq!(column.value(&object, Timestamp::from_second(300).unwrap()), expect, "{path}");
        };
        check(".spec.ok", "boolean", true.into());
        check(".spec.list[0].v", "integer", 1.into());
        check(".spec.list[?(@.type==\"y\")].v", "string", "2".into());
        check(".spec.list[*].v", "string", "1,2".into());
        check(".spec.a\\.b", "integer", 1.into());
        check("{.spec.ok}", "string", "true".into());
        check(".spec.missing", "string", Value::Null);
        check(".metadata.creationTimestamp", "date", "5m".into());
    }

    proptest! {
        #[test]
        fn no_path_panics(path in "[.\\[\\]?@()=\"'a-z\\\\*0-9{}é]{0,30}") {
            find(&json!({ "a": [{ "b": 1 }] }), &parse(&path));
        }
    }
}
