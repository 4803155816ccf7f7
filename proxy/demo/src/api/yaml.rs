//! YAML as the API server writes it: sorted keys, lists not indented below their key, quotes only where they are needed.

use serde_json::Value;

/// A value as a document.
pub fn write(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::Object(members) if !members.is_empty() => block(&mut text, value, 0),
        Value::Array(items) if !items.is_empty() => block(&mut text, value, 0),
        _ => {
            scalar(&mut text, value, 0);
            text.push('\n');
        }
    }
    text
}

/// An item of a list that stands at the left margin.
pub fn write_item(text: &mut String, value: &Value) {
    item(text, value, 0);
}

/// A member of an object that stands at the left margin.
pub fn write_member(text: &mut String, name: &str, value: &Value) {
    member(text, name, value, 0);
}

/// The members or items, one a line, each beginning with the indentation.
fn block(text: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                push_indent(text, indent);
                member(text, name, value, indent);
            }
        }
        Value::Array(items) => {
            for value in items {
                push_indent(text, indent);
                item(text, value, indent);
            }
        }
        _ => {}
    }
}

/// What follows on a line that is indented already.
fn member(text: &mut String, name: &str, value: &Value, indent: usize) {
    string(text, name, indent);
    text.push(':');
    match value {
        Value::Object(members) if !members.is_empty() => {
            text.push('\n');
            block(text, value, indent + 2);
        }
        Value::Array(items) if !items.is_empty() => {
            text.push('\n');
            block(text, value, indent);
        }
        _ => {
            text.push(' ');
            scalar(text, value, indent + 2);
            text.push('\n');
        }
    }
}

fn item(text: &mut String, value: &Value, indent: usize) {
    text.push_str("- ");
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (number, (name, value)) in members.iter().enumerate() {
                if number > 0 {
                    push_indent(text, indent + 2);
                }
                member(text, name, value, indent + 2);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (number, value) in items.iter().enumerate() {
                if number > 0 {
                    push_indent(text, indent + 2);
                }
                item(text, value, indent + 2);
            }
        }
        _ => {
            scalar(text, value, indent + 2);
            text.push('\n');
        }
    }
}

fn scalar(text: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(yes) => text.push_str(if *yes { "true" } else { "false" }),
        Value::Number(number) => text.push_str(&number.to_string()),
        Value::String(value) => string(text, value, indent),
        Value::Array(_) => text.push_str("[]"),
        Value::Object(_) => text.push_str("{}"),
    }
}

fn string(text: &mut String, value: &str, indent: usize) {
    if value.contains('\n') && is_printable(value) && !value.starts_with([' ', '\n', '\t']) {
        literal(text, value, indent);
    } else if needs_escapes(value) || reads_as_another_type(value) {
        text.push_str(&serde_json::to_string(value).unwrap_or_default());
    } else if is_plain(value) {
        text.push_str(value);
    } else {
        text.push('\'');
        text.push_str(&value.replace('\'', "''"));
        text.push('\'');
    }
}

fn literal(text: &mut String, value: &str, indent: usize) {
    let body = value.trim_end_matches('\n');
    text.push('|');
    match value.len() - body.len() {
        0 => text.push('-'),
        1 => {}
        _ => text.push('+'),
    }
    for line in body.split('\n') {
        text.push('\n');
        if !line.is_empty() {
            push_indent(text, indent);
            text.push_str(line);
        }
    }
    for _ in 1..value.len() - body.len() {
        text.push('\n');
    }
}

fn is_printable(value: &str) -> bool {
    value.chars().all(|c| c == '\n' || c == '\t' || !c.is_control())
}

fn needs_escapes(value: &str) -> bool {
    value.chars().any(char::is_control)
}

/// Texts that YAML would read as a number, a date, a truth or nothing.
fn reads_as_another_type(value: &str) -> bool {
    let word = matches!(
        value,
        "" | "~"
            | "null"
            | "Null"
            | "NULL"
            | "true"
            | "True"
            | "TRUE"
            | "false"
            | "False"
            | "FALSE"
            | "yes"
            | "Yes"
            | "YES"
            | "no"
            | "No"
            | "NO"
            | "on"
            | "On"
            | "ON"
            | "off"
            | "Off"
            | "OFF"
            | "y"
            | "Y"
            | "n"
            | "N"
            | ".nan"
            | ".NaN"
            | ".NAN"
            | ".inf"
            | ".Inf"
            | ".INF"
            | "<<"
            | "="
    );
    word || is_number(value) || is_date(value)
}

fn is_number(value: &str) -> bool {
    let digits = value.trim_start_matches(['+', '-']).replace('_', "");
    let radix = |prefix: &str, radix: u32| {
        digits.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_digit(radix)))
    };
    let begins = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    radix("0x", 16) || radix("0b", 2) || radix("0o", 8) || (begins && digits.parse::<f64>().is_ok())
}

/// Dates begin with four digits and a dash.
fn is_date(value: &str) -> bool {
    let bytes = value.as_bytes();
    matches!(bytes, [a, b, c, d, b'-', e, ..] if [a, b, c, d, e].iter().all(|byte| byte.is_ascii_digit()))
        && bytes.iter().all(|byte| byte.is_ascii_digit() || b"-:TtZz.+ ".contains(byte))
}

/// Whether a text needs no quotes.
fn is_plain(value: &str) -> bool {
    let Some(first) = value.chars().next() else {
        return false;
    };
    let indicator = "-?:,[]{}#&*!|>'\"%@`".contains(first);
    let second_is_text = value.chars().nth(1).is_some_and(|c| !c.is_whitespace());
    let good_start = !indicator || ("-?:".contains(first) && second_is_text);
    good_start
        && first != ' '
        && !value.ends_with(' ')
        && !value.contains(": ")
        && !value.ends_with(':')
        && !value.contains(" #")
        && !value.starts_with("---")
        && !value.starts_with("...")
}

fn push_indent(text: &mut String, indent: usize) {
    text.extend(std::iter::repeat_n(' ', indent));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_and_lists_are_laid_out_as_the_api_server_lays_them_out() {
        let value = json!({
            "a": { "list": [{ "name": "x", "of": ["y", "z"] }, ["n", 1]], "empty": {}, "none": [] },
            "b": null,
            "n": 5,
        });
        let expect = "\
a:
  empty: {}
  list:
  - name: x
    of:
    - \"y\"
    - z
  - - \"n\"
    - 1
  none: []
b: null
\"n\": 5
";
        assert_eq!(write(&value), expect);
    }

    #[test]
    fn texts_are_quoted_only_where_they_must_be() {
        let check = |value: &str, expect: &str| {
            let mut text = String::new();
            string(&mut text, value, 2);
            assert_eq!(text, expect);
        };
        check("plain text", "plain text");
        check("a:b", "a:b");
        check("nginx:1.27", "nginx:1.27");
        check("key: value", "'key: value'");
        check("true", "\"true\"");
        check("1.5", "\"1.5\"");
        check("0x1F", "\"0x1F\"");
        check("1e3", "\"1e3\"");
        check("100m", "100m");
        check("1.2.3", "1.2.3");
        check("", "\"\"");
        check("2026-11-23T21:48:15Z", "\"2026-11-23T21:48:15Z\"");
        check("*", "'*'");
        check("-x", "-x");
        check("- x", "'- x'");
        check("it's", "it's");
        check("'quoted'", "'''quoted'''");
        check("{\"type\":\"X\"}", "'{\"type\":\"X\"}'");
        check("a\tb\u{1}", "\"a\\tb\\u0001\"");
        check("two\nlines", "|-\n  two\n  lines");
        check("two\nlines\n", "|\n  two\n  lines");
    }
}
