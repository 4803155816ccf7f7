//! Finds the end of a JSON value as its bytes arrive, and refuses what is not JSON.
//!
//! Nothing is kept of a value but its open brackets, so that one of any length is skipped or copied in constant memory.
//! The bytes of a string are not held to be UTF-8: whoever reads it does that.

/// Where in a value its bytes have ended so far.
#[derive(Debug, Default)]
pub struct Value {
    open: Vec<Bracket>,
    state: State,
}

/// Why a list cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// A byte that cannot stand where it does.
    #[error("it is not JSON")]
    Byte,
    /// More open brackets than the API server reads itself.
    #[error("it is nested too deeply")]
    Depth,
    /// A length or a number that cannot be.
    #[error("it is not protobuf")]
    Protobuf,
    /// An object larger than any that an API server stores.
    #[error("an object is too large")]
    Length,
}

/// What an open bracket began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bracket {
    /// `{`
    Object,
    /// `[`
    Array,
}

#[derive(Debug, Default, Clone, Copy)]
enum State {
    /// A value must come.
    #[default]
    Value,
    /// An array has begun.
    FirstItem,
    /// An object has begun.
    FirstKey,
    /// A comma of an object.
    Key,
    /// A key has ended.
    Colon,
    /// A value has ended.
    After,
    Text(Whose),
    Escape(Whose),
    /// This many digits of a `\u` are missing.
    Hex(Whose, u8),
    Number(Number),
    /// The rest of `true`, `false` or `null`.
    Word(&'static [u8]),
}

/// Whether a string is a key or a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Key,
    Value,
}

/// How far a number is: <https://www.rfc-editor.org/rfc/rfc8259#section-6>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Number {
    Minus,
    Zero,
    Whole,
    Point,
    Fraction,
    E,
    Sign,
    Exponent,
}

/// The depth at which the API server gives up, too (Go's encoding/json).
pub const MAX_DEPTH: usize = 10_000;

impl Value {
    /// Reads on. `Some` is the length of what belongs to the value, which has ended; `None` when all bytes belong to it.
    ///
    /// A number ends before the byte that is not of it, so its end may be found at the start of the next bytes.
    pub fn read(&mut self, bytes: &[u8]) -> Result<Option<usize>, Malformed> {
        let mut state = self.state;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            state = match state {
                State::Text(whose) => {
                    at += plain_len(bytes.get(at..).unwrap_or_default());
                    match (bytes.get(at), whose) {
                        (None, _) => break,
                        // What mostly follows a key or a string is taken in the same step.
                        (Some(b'"'), Whose::Key) if next_two(bytes, at) == Some(b":\"") => {
                            at += 3;
                            State::Text(Whose::Value)
                        }
                        (Some(b'"'), Whose::Key) => {
                            at += 1;
                            State::Colon
                        }
                        (Some(b'"'), Whose::Value) => match self.open.last() {
                            None => return Ok(self.ended(at + 1)),
                            Some(bracket) if next_two(bytes, at) == Some(b",\"") => {
                                at += 3;
                                State::Text(bracket.whose())
                            }
                            Some(_) => {
                                at += 1;
                                State::After
                            }
                        },
                        (Some(b'\\'), _) => {
                            at += 1;
                            State::Escape(whose)
                        }
                        (Some(_), _) => return Err(Malformed::Byte),
                    }
                }
                State::Number(number) => match number.next(byte) {
                    Some(next) => {
                        at += 1;
                        State::Number(next)
                    }
                    None if !number.may_end() => return Err(Malformed::Byte),
                    None if self.open.is_empty() => return Ok(self.ended(at)),
                    None => State::After,
                },
                _ => {
                    at += 1;
                    match (state, byte) {
                        (_, b' ' | b'\n' | b'\r' | b'\t') if state.is_between() => state,
                        (State::Colon, b':') => State::Value,
                        (State::FirstKey | State::Key, b'"') => State::Text(Whose::Key),
                        (State::Value | State::FirstItem, b'"') => State::Text(Whose::Value),
                        (State::Value | State::FirstItem, b'{') => {
                            self.open(Bracket::Object)?;
                            State::FirstKey
                        }
                        (State::Value | State::FirstItem, b'[') => {
                            self.open(Bracket::Array)?;
                            State::FirstItem
                        }
                        (State::After, b',') => match self.open.last() {
                            Some(Bracket::Object) => State::Key,
                            _ => State::Value,
                        },
                        (State::FirstKey | State::After, b'}') => match self.close(Bracket::Object)? {
                            true => return Ok(self.ended(at)),
                            false => State::After,
                        },
                        (State::FirstItem | State::After, b']') => match self.close(Bracket::Array)? {
                            true => return Ok(self.ended(at)),
                            false => State::After,
                        },
                        (State::Value | State::FirstItem, byte) => scalar(byte)?,
                        (State::Word([expect]), byte) if *expect == byte => {
                            if self.open.is_empty() {
                                return Ok(self.ended(at));
                            }
                            State::After
                        }
                        (State::Word([expect, rest @ ..]), byte) if *expect == byte => State::Word(rest),
                        (State::Escape(whose), b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                            State::Text(whose)
                        }
                        (State::Escape(whose), b'u') => State::Hex(whose, 4),
                        (State::Hex(whose, 1), byte) if byte.is_ascii_hexdigit() => State::Text(whose),
                        (State::Hex(whose, missing), byte) if byte.is_ascii_hexdigit() => {
                            State::Hex(whose, missing - 1)
                        }
                        _ => return Err(Malformed::Byte),
                    }
                }
            };
        }
        self.state = state;
        Ok(None)
    }

    fn ended(&mut self, length: usize) -> Option<usize> {
        self.state = State::Value;
        Some(length)
    }

    /// Closes a bracket; says whether it was the outermost.
    fn close(&mut self, bracket: Bracket) -> Result<bool, Malformed> {
        if self.open.pop() != Some(bracket) {
            return Err(Malformed::Byte);
        }
        Ok(self.open.is_empty())
    }

    fn open(&mut self, bracket: Bracket) -> Result<(), Malformed> {
        if self.open.len() == MAX_DEPTH {
            return Err(Malformed::Depth);
        }
        self.open.push(bracket);
        Ok(())
    }
}

/// Whether a byte may stand between the parts of JSON.
pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

/// The two bytes after one, if they are there.
fn next_two(bytes: &[u8], at: usize) -> Option<&[u8; 2]> {
    bytes.get(at + 1..)?.first_chunk()
}

/// What begins with a byte that begins no string, object or array.
fn scalar(byte: u8) -> Result<State, Malformed> {
    match byte {
        b't' => Ok(State::Word(b"rue")),
        b'f' => Ok(State::Word(b"alse")),
        b'n' => Ok(State::Word(b"ull")),
        b'-' => Ok(State::Number(Number::Minus)),
        b'0' => Ok(State::Number(Number::Zero)),
        b'1'..=b'9' => Ok(State::Number(Number::Whole)),
        _ => Err(Malformed::Byte),
    }
}

/// How many bytes at the start stand for themselves in a string: no quote, backslash or control character.
///
/// Eight at a time: most strings of Kubernetes are too short for memchr to pay, and it cannot find a range.
fn plain_len(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = ONES << 7;
    let mut plain = 0;
    let mut rest = bytes;
    while let Some((eight, tail)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*eight);
        // The lowest mark is exact; those above it may be false, as borrows go upwards.
        let zero_in = |word: u64| word.wrapping_sub(ONES) & !word;
        let quote = zero_in(word ^ (ONES * u64::from(b'"')));
        let backslash = zero_in(word ^ (ONES * u64::from(b'\\')));
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let marks = (quote | backslash | control) & HIGHS;
        if marks != 0 {
            return plain + (marks.trailing_zeros() / 8) as usize;
        }
        plain += 8;
        rest = tail;
    }
    let is_special = |byte: &u8| matches!(*byte, b'"' | b'\\' | 0..0x20);
    plain + rest.iter().position(is_special).unwrap_or(rest.len())
}

impl Bracket {
    /// What a string after a comma is.
    fn whose(self) -> Whose {
        match self {
            Self::Object => Whose::Key,
            Self::Array => Whose::Value,
        }
    }
}

impl State {
    /// Whether space may stand here.
    fn is_between(self) -> bool {
        !matches!(self, Self::Text(_) | Self::Escape(_) | Self::Hex(..) | Self::Number(_) | Self::Word(_))
    }
}

impl Number {
    /// The number with one more byte, if that is of it.
    fn next(self, byte: u8) -> Option<Self> {
        match (self, byte) {
            (Self::Minus, b'0') => Some(Self::Zero),
            (Self::Minus, b'1'..=b'9') | (Self::Whole, b'0'..=b'9') => Some(Self::Whole),
            (Self::Zero | Self::Whole, b'.') => Some(Self::Point),
            (Self::Point | Self::Fraction, b'0'..=b'9') => Some(Self::Fraction),
            (Self::Zero | Self::Whole | Self::Fraction, b'e' | b'E') => Some(Self::E),
            (Self::E, b'+' | b'-') => Some(Self::Sign),
            (Self::E | Self::Sign | Self::Exponent, b'0'..=b'9') => Some(Self::Exponent),
            _ => None,
        }
    }

    fn may_end(self) -> bool {
        matches!(self, Self::Zero | Self::Whole | Self::Fraction | Self::Exponent)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    use super::*;

    /// Whether the bytes are one value and nothing else, read in pieces.
    fn is_value(bytes: &[u8], piece: usize) -> bool {
        let mut value = Value::default();
        // A number has no end of its own.
        let all = [bytes, b" "].concat();
        let mut before = 0;
        for part in all.chunks(piece) {
            match value.read(part) {
                Err(_) => return false,
                Ok(Some(length)) => return all.iter().skip(before + length).all(|byte| is_space(*byte)),
                Ok(None) => before += part.len(),
            }
        }
        false
    }

    #[test]
    fn json_is_told_from_what_is_none() {
        let check = |text: &str, expect: bool| {
            for piece in [1, 2, 3, 64] {
                assert_eq!(is_value(text.as_bytes(), piece), expect, "{text}");
            }
            assert_eq!(serde_json::from_str::<IgnoredAny>(text).is_ok(), expect, "{text}");
        };
        for text in [
            "{}",
            "[]",
            r#" {"a" : [1 , -2.5e+7, 0, 0e1], "b":{"c":null} , "":true} "#,
            r#""\" \\ \/ \b \u00e9 é""#,
            "[[[]],{}]",
            "-0",
            "12",
            "false",
        ] {
            check(text, true);
        }
        for text in [
            "",
            " ",
            "{",
            "[1",
            "{]",
            "[}",
            "[1,]",
            "[,1]",
            "{,}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1,}"#,
            r#"{"a" 1}"#,
            r#"{1:2}"#,
            "{} {}",
            "01",
            "-",
            "1.",
            "1e",
            "+1",
            "tru",
            "trux",
            "nulll",
            r#""a"#,
            "\"a\nb\"",
            r#""\x""#,
            r#""\u12g4""#,
            "'a'",
            "[1 2]",
        ] {
            check(text, false);
        }
    }

    #[test]
    fn what_is_nested_too_deeply_is_refused() {
        let check = |depth: usize, expect: Result<Option<usize>, Malformed>| {
            assert_eq!(Value::default().read("[".repeat(depth).as_bytes()), expect);
        };
        check(MAX_DEPTH, Ok(None));
        check(MAX_DEPTH + 1, Err(Malformed::Depth));
    }

    proptest! {
        #[test]
        fn any_text_is_judged_as_serde_json_does(text in "[\\[\\]{}:,\"\\\\a0-9.eE+\\-tn ]{0,24}", piece in 1usize..9) {
            prop_assert_eq!(is_value(text.as_bytes(), piece), serde_json::from_str::<IgnoredAny>(&text).is_ok());
        }

        #[test]
        fn the_first_special_byte_ends_the_plain_ones(bytes in any::<Vec<u8>>()) {
            let expect = bytes.iter().position(|byte| *byte < 0x20 || matches!(byte, b'"' | b'\\'));
            prop_assert_eq!(plain_len(&bytes), expect.unwrap_or(bytes.len()));
        }
    }
}
