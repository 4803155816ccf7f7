//! Percent-encoding of what stands between the delimiters of a route.
//!
//! Two functions of our own rather than a crate: what must be encoded is what our own grammar gives a meaning to, and
//! everything else that is legal in a fragment stays readable.

use std::fmt::{self, Write};

/// Writes a text as one segment of the path, encoded.
pub(super) fn segment(text: &str) -> impl fmt::Display {
    encoded(text, b":@!$'()*,;=")
}

/// Writes a text as one key or value of the query, encoded.
pub(super) fn value(text: &str) -> impl fmt::Display {
    encoded(text, b":@!$'()*;/")
}

/// Writes a text as one item of a list whose delimiters are commas and semicolons, encoded.
pub(crate) fn item(text: &str) -> impl fmt::Display {
    encoded(text, b":@!$()*/")
}

/// Reads an encoded text; what is not a valid escape stands for itself, and what is not UTF-8 is replaced.
pub(crate) fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let (byte, after) = escape(rest).unwrap_or((first, after));
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Unreserved characters and those of `readable` stand for themselves.
fn encoded(text: &str, readable: &'static [u8]) -> impl fmt::Display {
    fmt::from_fn(move |out| {
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || readable.contains(&byte) {
                out.write_char(char::from(byte))?;
            } else {
                write!(out, "%{byte:02X}")?;
            }
        }
        Ok(())
    })
}

/// The byte that a text's first three characters stand for, and what follows them.
fn escape(text: &[u8]) -> Option<(u8, &[u8])> {
    let [b'%', high, low, rest @ ..] = text else {
        return None;
    };
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some((digit(*high)? << 4 | digit(*low)?, rest))
}
