//! The API server's own YAML, made readable.
//!
//! The text comes from the server (`Accept: application/yaml`), so nothing here understands YAML as such: it knows how
//! that one writer lays it out. Maps are indented by two, items of a list stand where their key stands, and keys are
//! plain. On any other text the functions still answer, only less aptly.

/// What a part of a line is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A map's key, without its colon.
    Key,
    /// Text, plain, quoted or in a block.
    String,
    /// A number.
    Number,
    /// `true`, `false` or `null`.
    Constant,
    /// A comment.
    Comment,
}

/// A part of a line, in bytes; what lies between spans is punctuation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Span {
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
}

/// Reads lines in order and says what their parts are; remembers only whether it is inside a block of text.
#[derive(Clone, Debug, Default)]
pub struct Highlighter {
    /// The indentation of the line that opened the block which the next line may be part of.
    block_owner: Option<usize>,
}

/// Leaves out `metadata.managedFields`, which is most of a small object and is for machines.
#[must_use]
pub fn without_managed_fields(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut in_metadata = false;
    let mut in_block = false;
    for line in text.split_inclusive('\n') {
        in_block = in_block && is_inside_key_at_two(line);
        if !line.starts_with([' ', '\n', '\r', '#', '-']) {
            in_metadata = line.trim_end() == "metadata:";
        }
        in_block = in_block || (in_metadata && line.starts_with("  managedFields:"));
        if !in_block {
            kept.push_str(line);
        }
    }
    kept
}

impl Highlighter {
    /// Says what the parts of the next line are, in their order.
    pub fn line(&mut self, line: &str) -> Vec<Span> {
        let line = line.trim_end();
        let start = line.len() - line.trim_start().len();
        if let Some(owner) = self.block_owner {
            if line.is_empty() {
                return Vec::new();
            }
            if start > owner {
                return vec![Span { start, end: line.len(), kind: Kind::String }];
            }
            self.block_owner = None;
        }
        let mut spans = Vec::new();
        let start = after_dashes(line, start);
        let value = match key_end(line.get(start..).unwrap_or("")) {
            Some(length) => {
                spans.push(Span { start, end: start + length, kind: Kind::Key });
                start + length + 1
            }
            None => start,
        };
        if opens_block(line.get(value..).unwrap_or("").trim()) {
            self.block_owner = Some(start);
        } else {
            push_value(line, value, &mut spans);
        }
        spans
    }
}

/// Whether a line is part of the value of a key that is indented by two: deeper, or an item of its list.
fn is_inside_key_at_two(line: &str) -> bool {
    line.starts_with("   ") || line.starts_with("  - ") || line.trim().is_empty()
}

/// The place after `- ` as often as it stands there, since an item may itself begin a list.
fn after_dashes(line: &str, mut start: usize) -> usize {
    while let Some(rest) = line.get(start..).and_then(|rest| rest.strip_prefix("- ")) {
        start = line.len() - rest.trim_start().len();
    }
    start
}

/// The length of the key that a text begins with.
fn key_end(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    if first == '#' {
        return None;
    }
    if first == '"' || first == '\'' {
        let end = quoted_end(text, first)?;
        return text.get(end..)?.starts_with(':').then_some(end);
    }
    let end = text.find(": ").or_else(|| text.ends_with(':').then(|| text.len() - 1))?;
    // A flow map, or a sentence that happens to hold a colon after a quote or comment began.
    (end > 0 && !text.get(..end)?.contains(['{', '[', '"', '#'])).then_some(end)
}

/// The place after the closing quote.
fn quoted_end(text: &str, quote: char) -> Option<usize> {
    let mut characters = text.char_indices().skip(1);
    while let Some((place, character)) = characters.next() {
        if character == '\\' && quote == '"' {
            characters.next();
        } else if character == quote {
            return Some(place + 1);
        }
    }
    None
}

/// Whether a value announces a block of text: `|`, `>`, `|-`, `>+`, `|2-`.
fn opens_block(value: &str) -> bool {
    value
        .strip_prefix(['|', '>'])
        .is_some_and(|rest| rest.len() <= 2 && rest.bytes().all(|byte| byte.is_ascii_digit() || b"+-".contains(&byte)))
}

fn push_value(line: &str, from: usize, spans: &mut Vec<Span>) {
    let rest = line.get(from..).unwrap_or("");
    let text = rest.trim_start();
    let start = line.len() - text.len();
    let comment = comment_start(text);
    let value = text.get(..comment).unwrap_or("").trim_end();
    if !value.is_empty() && !matches!(value, "-" | "{}" | "[]" | "---" | "...") {
        spans.push(Span { start, end: start + value.len(), kind: kind_of(value) });
    }
    if comment < text.len() {
        spans.push(Span { start: start + comment, end: line.len(), kind: Kind::Comment });
    }
}

/// Where a comment begins that stands alone or after a value; the length of the text if there is none.
fn comment_start(text: &str) -> usize {
    let quoted = text
        .chars()
        .next()
        .filter(|first| "\"'".contains(*first))
        .map_or(0, |quote| quoted_end(text, quote).unwrap_or(text.len()));
    if text.starts_with('#') {
        return 0;
    }
    text.get(quoted..).and_then(|rest| rest.find(" #")).map_or(text.len(), |place| quoted + place + 1)
}

fn kind_of(value: &str) -> Kind {
    match value {
        "true" | "false" | "null" | "~" => Kind::Constant,
        _ if is_number(value) => Kind::Number,
        _ => Kind::String,
    }
}

/// An integer or a decimal fraction, with or without an exponent.
///
/// Told by shape, because the standard library's parser of floats brings tables.
fn is_number(value: &str) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (number, exponent) = value.split_once(['e', 'E']).unwrap_or((value, "0"));
    let (whole, fraction) = unsigned(number).split_once('.').unwrap_or((unsigned(number), "0"));
    is_digits(whole) && is_digits(fraction) && is_digits(unsigned(exponent))
}

fn unsigned(number: &str) -> &str {
    number.strip_prefix(['-', '+']).unwrap_or(number)
}

#[cfg(test)]
mod tests;
