//! Which objects of a list are meant: label selectors and field selectors.

use std::collections::BTreeSet;

use super::query::Query;
use crate::error::ApiError;
use crate::kinds::Kind;
use crate::store::object::Object;

/// All conditions that an object has to meet.
#[derive(Debug, Clone, Default)]
pub struct Selector {
    labels: Vec<LabelCondition>,
    fields: Vec<FieldCondition>,
}

#[derive(Debug, Clone)]
struct LabelCondition {
    name: String,
    test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    Exists,
    Absent,
    In(BTreeSet<String>),
    NotIn(BTreeSet<String>),
    Greater(i64),
    Less(i64),
}

#[derive(Debug, Clone)]
struct FieldCondition {
    path: String,
    value: String,
    equal: bool,
}

impl Selector {
    /// The selector of a request.
    pub fn of(kind: &Kind, query: &Query) -> Result<Self, ApiError> {
        let labels = query.get("labelSelector").map(parse_labels).transpose()?.unwrap_or_default();
        let fields = query.get("fieldSelector").map(|text| parse_fields(kind, text)).transpose()?.unwrap_or_default();
        Ok(Self { labels, fields })
    }

    /// The selector of a label selector's text.
    pub fn of_labels(text: &str) -> Result<Self, ApiError> {
        Ok(Self { labels: parse_labels(text)?, fields: Vec::new() })
    }

    /// Whether everything is meant.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    /// Whether an object is meant.
    pub fn matches(&self, object: &Object) -> bool {
        self.labels.iter().all(|condition| condition.test.is_met(object.label(&condition.name)))
            && self.fields.iter().all(|condition| {
                (object.field(&condition.path).unwrap_or_default() == condition.value) == condition.equal
            })
    }
}

impl Test {
    fn is_met(&self, value: Option<&str>) -> bool {
        let number = || value.and_then(|value| value.parse::<i64>().ok());
        match self {
            Self::Exists => value.is_some(),
            Self::Absent => value.is_none(),
            Self::In(values) => value.is_some_and(|value| values.contains(value)),
            Self::NotIn(values) => !value.is_some_and(|value| values.contains(value)),
            Self::Greater(than) => number().is_some_and(|number| number > *than),
            Self::Less(than) => number().is_some_and(|number| number < *than),
        }
    }
}

fn parse_fields(kind: &Kind, text: &str) -> Result<Vec<FieldCondition>, ApiError> {
    let parse = |term: &str| {
        let (path, value, equal) = if let Some((path, value)) = term.split_once("!=") {
            (path, value, false)
        } else if let Some((path, value)) = term.split_once("==").or_else(|| term.split_once('=')) {
            (path, value, true)
        } else {
            return Err(ApiError::BadRequest(format!("invalid selector: '{text}'; can't understand '{term}'")));
        };
        let is_name = path == "metadata.name" || (path == "metadata.namespace" && kind.namespaced);
        if !is_name && !kind.selectable.contains(&path) {
            return Err(ApiError::BadRequest(unsupported_field(kind, path)));
        }
        Ok(FieldCondition { path: path.to_owned(), value: value.to_owned(), equal })
    };
    text.split(',').filter(|term| !term.is_empty()).map(parse).collect()
}

/// Each kind says it in its own words.
fn unsupported_field(kind: &Kind, path: &str) -> String {
    match (kind.group, kind.plural) {
        ("", "pods" | "nodes" | "namespaces" | "replicationcontrollers" | "secrets" | "services")
        | ("apps" | "batch", _)
            if !kind.selectable.is_empty() =>
        {
            format!("field label not supported: {path}")
        }
        _ => format!("\"{path}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""),
    }
}

fn parse_labels(text: &str) -> Result<Vec<LabelCondition>, ApiError> {
    let mut parser = Parser { tokens: tokens(text), at: 0 };
    let mut conditions = Vec::new();
    while parser.peek() != "" {
        conditions.push(parser.requirement()?);
        match parser.next() {
            "" => break,
            "," if parser.peek() == "" => return Err(unparsable("found '', expected: identifier after ','")),
            "," => {}
            other => return Err(unparsable(&format!("found '{other}', expected: ',' or 'end of string'"))),
        }
    }
    Ok(conditions)
}

struct Parser<'a> {
    tokens: Vec<&'a str>,
    at: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> &'a str {
        self.tokens.get(self.at).copied().unwrap_or_default()
    }

    fn next(&mut self) -> &'a str {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn requirement(&mut self) -> Result<LabelCondition, ApiError> {
        let absent = self.peek() == "!";
        if absent {
            self.next();
        }
        let name = self.next();
        if is_symbol(name) {
            return Err(unparsable(&format!("found '{name}', expected: identifier")));
        }
        check_label_name(name)?;
        let test = if absent {
            Test::Absent
        } else if matches!(self.peek(), "" | ",") {
            Test::Exists
        } else {
            self.test()?
        };
        Ok(LabelCondition { name: name.to_owned(), test })
    }

    fn test(&mut self) -> Result<Test, ApiError> {
        Ok(match self.next() {
            "=" | "==" => Test::In(self.one()?),
            "!=" => Test::NotIn(self.one()?),
            "in" => Test::In(self.many()?),
            "notin" => Test::NotIn(self.many()?),
            ">" => Test::Greater(self.number()?),
            "<" => Test::Less(self.number()?),
            other => {
                return Err(unparsable(&format!("found '{other}', expected: in, notin, =, ==, !=, gt, lt")));
            }
        })
    }

    fn one(&mut self) -> Result<BTreeSet<String>, ApiError> {
        // Nothing after the sign means the empty value.
        let value = if matches!(self.peek(), "" | ",") { "" } else { self.next() };
        if is_symbol(value) && !value.is_empty() {
            return Err(unparsable(&format!("found '{value}', expected: identifier")));
        }
        check_label_value(value)?;
        Ok(BTreeSet::from([value.to_owned()]))
    }

    fn number(&mut self) -> Result<i64, ApiError> {
        let value = self.next();
        let wrong = |_| {
            unparsable(&format!(
                "values[0][x]: Invalid value: \"{value}\": for 'Gt', 'Lt' operators, the value must be an integer"
            ))
        };
        value.parse().map_err(wrong)
    }

    fn many(&mut self) -> Result<BTreeSet<String>, ApiError> {
        let open = self.next();
        if open != "(" {
            return Err(unparsable(&format!("found '{open}' expected: '('")));
        }
        let mut values = BTreeSet::new();
        loop {
            let value = if matches!(self.peek(), "," | ")") { "" } else { self.next() };
            check_label_value(value)?;
            values.insert(value.to_owned());
            match self.next() {
                ")" => return Ok(values),
                "," => {}
                other => return Err(unparsable(&format!("found '{other}', expected: ',' or ')'"))),
            }
        }
    }
}

fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '!' | '=' if rest.starts_with("!=") || rest.starts_with("==") => 2,
            '!' | '=' | ',' | '(' | ')' | '<' | '>' => 1,
            _ => rest.find(|c: char| c.is_whitespace() || "!=,()<>".contains(c)).unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after.trim_start();
    }
    tokens
}

fn is_symbol(token: &str) -> bool {
    token.is_empty() || token.starts_with(['!', '=', ',', '(', ')', '<', '>'])
}

fn unparsable(why: &str) -> ApiError {
    ApiError::BadRequest(format!("unable to parse requirement: {why}"))
}

fn check_label_name(name: &str) -> Result<(), ApiError> {
    let (prefix, own) = name.rsplit_once('/').unwrap_or(("", name));
    let good = is_label_text(own) && !own.is_empty() && own.len() <= 63 && prefix.len() <= 253 && !prefix.contains('/');
    if good {
        return Ok(());
    }
    Err(unparsable(&format!(
        "<nil>: Invalid value: \"{name}\": name part must consist of alphanumeric characters, '-', '_' or '.', and must \
         start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for \
         validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
    )))
}

fn check_label_value(value: &str) -> Result<(), ApiError> {
    if is_label_text(value) && value.len() <= 63 {
        return Ok(());
    }
    Err(unparsable(&format!(
        "values[0][x]: Invalid value: \"{value}\": a valid label must be an empty string or consist of alphanumeric \
         characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or \
         'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
    )))
}

fn is_label_text(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        && !text.starts_with(['-', '_', '.'])
        && !text.ends_with(['-', '_', '.'])
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::clock::Clock;
    use crate::kinds::builtin;
    use crate::store::Store;

    fn object() -> std::sync::Arc<Object> {
        let store = Store::new(Clock::new(Timestamp::UNIX_EPOCH, 0.0), 1);
        let object = json!({
            "metadata": { "namespace": "shop", "name": "web", "labels": { "app": "web", "n": "5", "empty": "" } },
            "spec": { "nodeName": "n1" },
            "status": { "phase": "Running" },
        });
        store.create(builtin("", "pods"), object).unwrap()
    }

    #[test]
    fn selectors_choose_as_the_api_server_does() {
        let object = object();
        let check = |query: &str, expect: Option<bool>| {
            let selector = Selector::of(builtin("", "pods"), &Query::parse(query)).ok();
            assert_eq!(selector.map(|selector| selector.matches(&object)), expect, "{query}");
        };
        check("", Some(true));
        check("labelSelector=app=web", Some(true));
        check("labelSelector=app==web,n", Some(true));
        check("labelSelector=app!=web", Some(false));
        check("labelSelector=missing!=x", Some(true));
        check("labelSelector=!app", Some(false));
        check("labelSelector=!missing", Some(true));
        check("labelSelector=app in (api, web)", Some(true));
        check("labelSelector=app notin (api,web)", Some(false));
        check("labelSelector=empty=", Some(true));
        check("labelSelector=empty in ()", Some(true));
        check("labelSelector=n>4,n<6", Some(true));
        check("labelSelector=n>5", Some(false));
        check("fieldSelector=metadata.name=web,metadata.namespace=shop", Some(true));
        check("fieldSelector=spec.nodeName==n1", Some(true));
        check("fieldSelector=spec.nodeName!=n1", Some(false));
        check("fieldSelector=status.phase=Pending", Some(false));
        check("fieldSelector=spec.hostNetwork=false", Some(true));
        check("labelSelector=a b c", None);
        check("labelSelector=,", None);
        check("labelSelector=a,", None);
        check("labelSelector=app in web", None);
        check("labelSelector=app in (web", None);
        check("labelSelector=a=b=c", None);
        check("labelSelector=-a=b", None);
        check("labelSelector=n>x", None);
        check("fieldSelector=spec.foo=1", None);
        check("fieldSelector=x", None);
    }

    proptest! {
        #[test]
        fn no_selector_panics(labels in "[ -~]{0,40}", fields in "\\PC{0,40}") {
            let object = object();
            let _ = parse_labels(&labels).map(|labels| Selector { labels, fields: Vec::new() }.matches(&object));
            let _ = parse_fields(object.kind, &fields);
        }
    }
}
